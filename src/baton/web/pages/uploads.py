"""The buttons that begin and end drafts: edit, new version, discard."""

from fastapi import APIRouter
from starlette.responses import Response

from baton.access.rules import Action
from baton.context import CallerDep
from baton.records import queries
from baton.records.commands import drafts, versions
from baton.web.addresses import RecordId, found
from baton.web.posting import FormDep, redirect, require_own_form
from baton.web.render import login_url, page

router = APIRouter(include_in_schema=False)


@router.post("/uploads/{record_id}/edit")
def edit(call: CallerDep, form: FormDep, record_id: RecordId) -> Response:
    """Open the draft of a published record, to change its description."""
    require_own_form(call, form)
    with call.write() as tx:
        drafts.edit(tx.connection, tx.actor, record_id)
    return redirect(f"/uploads/{record_id}")


@router.post("/uploads/{record_id}/new-version")
def new_version(call: CallerDep, form: FormDep, record_id: RecordId) -> Response:
    """Open the draft of the next version, or the one that is open already."""
    require_own_form(call, form)
    with call.write() as tx:
        draft = versions.new_version(tx.connection, tx.actor, record_id)
    return redirect(f"/uploads/{draft.id}?done=version")


@router.get("/uploads/{record_id}/discard")
def ask_before_discarding(call: CallerDep, record_id: RecordId) -> Response:
    """The question before a draft is gone."""
    with call.read() as tx:
        if tx.actor.is_anonymous:
            return found(login_url(call.request.url.path))
        draft = queries.get_draft(tx.connection, tx.actor, record_id, Action.DISCARD)
        return page(call, "discard.html", actor=tx.actor, draft=draft)


@router.post("/uploads/{record_id}/discard")
def discard(call: CallerDep, form: FormDep, record_id: RecordId) -> Response:
    """Throw the draft away."""
    require_own_form(call, form)
    with call.write() as tx:
        draft = queries.get_draft(tx.connection, tx.actor, record_id, Action.DISCARD)
        drafts.discard(tx.connection, tx.actor, record_id)
    return redirect(f"/records/{record_id}" if draft.is_published else "/me/uploads?done=discarded")

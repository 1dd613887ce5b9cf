"""`/uploads/new` and `/uploads/{id}`: the form of a draft. Every button of it saves what was typed first."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from baton.access.rules import Action
from baton.accounts.actor import Actor
from baton.accounts.errors import CsrfFailed
from baton.context import Call, CallerDep, Transaction
from baton.files import commands as files
from baton.files.queries import unfinished
from baton.kernel import clock
from baton.kernel.errors import FieldError, Problem
from baton.records import queries
from baton.records.commands import drafts, versions
from baton.records.commands.drafts import Saved
from baton.records.commands.publish import publish
from baton.records.errors import NoDraft
from baton.records.metadata.check import terms_in
from baton.records.record import Body, Record
from baton.records.rules import NAMED, missing_for_publication
from baton.vocabularies.queries import find_many
from baton.web.addresses import RecordId, found
from baton.web.forms.incoming import Incoming
from baton.web.forms.multipart import Typed, read_form
from baton.web.forms.shown import REQUIRED, is_simply_missing
from baton.web.forms.values import Values, body_of, empty_body, same_texts, typed_values, values_of
from baton.web.posting import redirect
from baton.web.render import login_url, page
from baton.web.view.upload import unstored_page, upload_page

router = APIRouter(include_in_schema=False)

# What the address may ask the page to say.
NOTICES = {
    "saved": "Draft saved.",
    "version": "This is the draft of a new version. The published ones stay as they are.",
}
MOST_LOST = 50  # of what a file says beside a draft, on the page
NOT_PUBLISHED = "Not published yet. The draft is saved; please look at these:"
PARTLY_SAVED = "The draft is saved, except for these:"
LOGGED_OUT = (
    "You have been logged out, so nothing was saved. What you have typed is still here: "
    "log in in another window, then press the button again. Files have to be chosen again."
)


@router.get("/uploads/new")
def new_upload(call: CallerDep) -> Response:
    """An empty form. Nothing is stored before it is sent."""
    actor = call.actor()
    if actor.is_anonymous:
        return found(login_url("/uploads/new"))
    return _show_unstored(call, actor)


@router.post("/uploads/new")
async def create_upload(request: Request, call: CallerDep) -> Response:
    """Make the draft, with everything that came."""
    return await _receive(request, Incoming(call, None, dict(beginning(call))))


@router.get("/uploads/{record_id}")
def edit_upload(call: CallerDep, record_id: RecordId) -> Response:
    """The form of an open draft; the page of the record when there is none."""
    arguments = call.request.query_params
    with call.read() as tx:
        if tx.actor.is_anonymous:
            return found(login_url(f"/uploads/{record_id}"))
        try:
            draft = queries.get_draft(tx.connection, tx.actor, record_id)
        except NoDraft:
            return found(f"/records/{record_id}")
        wrong = [error for error in _missing(call, tx, draft) if error.code != REQUIRED]
        notice = NOTICES.get(arguments.get("done", ""), "")
        return show_draft(call, tx, draft, values_of(draft.body), wrong, notice=notice, more=arguments.get("more", ""))


@router.post("/uploads/{record_id}")
async def save_upload(request: Request, call: CallerDep, record_id: RecordId) -> Response:
    """Save the form, and do what its button says."""
    return await _receive(request, Incoming(call, record_id, {}))


def beginning(call: Call) -> Body:
    """What an empty form says already."""
    return empty_body(call.context.site.name, clock.today().isoformat())


def show_unstored(call: Call, problem: Problem) -> Response:
    """An empty form again, and why no draft was made."""
    actor = call.actor()
    if actor.is_anonymous:
        return found(login_url("/uploads/new"))
    return _show_unstored(call, actor, problem.detail, problem.status)


def _show_unstored(call: Call, actor: Actor, heading: str = "", status: int = 200) -> Response:
    shown = unstored_page(values_of(beginning(call)))
    return page(call, "upload.html", actor=actor, status=status, upload=shown, notice="", heading=heading, lost=())


async def _receive(request: Request, incoming: Incoming) -> Response:
    typed = await read_form(request, incoming.take, request.app.state.max_json_bytes)
    incoming.require_own(typed)
    return await run_in_threadpool(_answer, incoming, typed)


def _answer(incoming: Incoming, typed: Typed) -> Response:
    """Save, then do what the button says; whatever fails, what was typed is shown again."""
    button, _colon, detail = typed.get("action").partition(":")
    values = typed_values(typed.items, button, detail)
    try:
        saved = _save(incoming, values, typed.get("revision"), button, detail)
        told = [*incoming.errors, *saved.errors]
        if button == "publish":
            return _publish(incoming.call, saved.record, values, told)
    except Problem as problem:
        return _show_again(incoming, values, typed.get("revision"), problem)
    if button == "discard":
        return redirect(f"/uploads/{saved.record.id}/discard")
    return _after_saving(incoming.call, saved, values, told, detail if button == "more" else "")


def _save(incoming: Incoming, values: Values, revision: str, button: str, detail: str) -> Saved:
    if incoming.refusal is not None:
        raise incoming.refusal
    call, number = incoming.call, incoming.draft_number()
    with call.write() as tx:
        draft = queries.get_draft(tx.connection, tx.actor, number, Action.UPDATE_DRAFT)
        body = body_of(values, draft.body)
        saved = drafts.save_draft(tx.connection, tx.actor, call.context.dois, number, body, revision or None)
        if button in BUTTONS:
            BUTTONS[button](call, tx, number, detail)
        return saved


def _publish(call: Call, draft: Record, values: Values, told: Sequence[FieldError]) -> Response:
    with call.write() as tx:
        draft = queries.get_draft(tx.connection, tx.actor, draft.id, Action.PUBLISH)
        errors = list(dict.fromkeys([*told, *_missing(call, tx, draft)]))
        if errors:
            return show_draft(call, tx, draft, values, errors, heading=NOT_PUBLISHED, status=400)
        publish(tx.connection, tx.actor, call.context.dois, draft.id)
    return redirect(f"/records/{draft.id}?done=published")


def _after_saving(call: Call, saved: Saved, values: Values, told: Sequence[FieldError], more: str) -> Response:
    """Lead to the stored draft if it shows all that was typed; else show what was typed, and what is wrong with it."""
    number = saved.record.id
    is_kept = same_texts(values, values_of(saved.record.body))
    errors = [error for error in told if error.code != REQUIRED or not (is_kept or is_simply_missing(error, values))]
    if not errors:
        return redirect(f"/uploads/{number}?more={more}" if more else f"/uploads/{number}?done=saved")
    with call.read() as tx:
        draft = queries.get_draft(tx.connection, tx.actor, number)
        return show_draft(call, tx, draft, values, errors, heading=PARTLY_SAVED, more=more)


def _show_again(incoming: Incoming, values: Values, revision: str, problem: Problem) -> Response:
    """Nothing was saved: the form as it was typed, with what went wrong."""
    call, number = incoming.call, incoming.number
    errors = problem.errors or (FieldError("", problem.detail),)
    with call.read() as tx:
        if tx.actor.is_anonymous or (number is None and isinstance(problem, CsrfFailed)):
            heading = LOGGED_OUT if tx.actor.is_anonymous else problem.detail
            shown = unstored_page(values, call.request.url.path, revision)
            said: dict[str, Any] = {"upload": shown, "notice": "", "heading": heading, "lost": ()}
            return page(call, "upload.html", actor=tx.actor, status=problem.status, **said)
        if number is None:
            raise problem
        draft = queries.get_draft(tx.connection, tx.actor, number)
        return show_draft(call, tx, draft, values, errors, heading="Nothing was saved:", status=problem.status)


def show_draft(
    call: Call,
    tx: Transaction,
    draft: Record,
    values: Values,
    errors: Sequence[FieldError],
    *,
    heading: str = "",
    notice: str = "",
    more: str = "",
    status: int = 200,
    lost: Sequence[FieldError] = (),
) -> Response:
    """The form of a draft with these texts. `lost`: what the file that it was made of says beside them."""
    shown = upload_page(draft, values, errors, _missing(call, tx, draft), more)
    said: dict[str, Any] = {"upload": shown, "notice": notice, "heading": heading}
    said |= {"lost": lost[:MOST_LOST], "more_lost": len(lost[MOST_LOST:])}
    return page(call, "upload.html", actor=tx.actor, status=status, **said)


def _missing(call: Call, tx: Transaction, draft: Record) -> tuple[FieldError, ...]:
    terms = find_many(tx.connection, terms_in(draft.body))
    prefix = call.context.dois.prefix
    waiting = unfinished(tx.connection, draft.id, NAMED + 1)
    return missing_for_publication(
        draft.body, bool(draft.files), waiting, terms, today=clock.today(), own_prefix=prefix
    )


def _delete_file(_call: Call, tx: Transaction, number: int, key: str) -> None:
    draft = queries.get_fillable_draft(tx.connection, tx.actor, number)
    files.delete_file(tx.connection, draft.id, key)


def _reserve_doi(call: Call, tx: Transaction, number: int, _detail: str) -> None:
    drafts.reserve_doi(tx.connection, tx.actor, call.context.dois, number)


def _release_doi(_call: Call, tx: Transaction, number: int, _detail: str) -> None:
    drafts.release_doi(tx.connection, tx.actor, number)


def _import_files(_call: Call, tx: Transaction, number: int, _detail: str) -> None:
    versions.import_files(tx.connection, tx.actor, number)


# What a button does besides saving, in the same transaction.
BUTTONS: Mapping[str, Callable[[Call, Transaction, int, str], None]] = {
    "delete-file": _delete_file,
    "reserve-doi": _reserve_doi,
    "release-doi": _release_doi,
    "import-files": _import_files,
}

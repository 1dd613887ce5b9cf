"""`/api/deposit/depositions`: Zenodo's legacy deposit interface. Routes translate; they decide nothing."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from baton.accounts.actor import ACTIONS, WRITE
from baton.accounts.rules import require_login, require_scope
from baton.context import NOT_FORGED, CallerDep, Transaction
from baton.imports.zenodo_grants import terms_in
from baton.imports.zenodo_json import Defaults, to_rdm
from baton.kernel import clock
from baton.kernel.errors import InvalidInput, ValidationFailed
from baton.kernel.http import JsonBody, JsonResponse
from baton.kernel.openapi import TEXT, answers, in_query, takes, whole_number
from baton.kernel.paging import link_header, neighbours
from baton.records import queries
from baton.records.commands import drafts, versions
from baton.records.commands.drafts import Saved
from baton.records.commands.publish import publish
from baton.records.record import Record
from baton.search.params import request_of
from baton.search.queries import search
from baton.search.scope import WINDOW
from baton.vocabularies.queries import find_many
from baton.zenodo.deposition import deposition_json
from baton.zenodo.error_paths import in_legacy_words
from baton.zenodo.schemas import DepositionInput, DepositionJson

router = APIRouter(prefix="/api/deposit/depositions", tags=["Depositions"], dependencies=[NOT_FORGED])


def show(call: CallerDep, tx: Transaction, record: Record, status: int = 200) -> Response:
    """A deposition as an answer."""
    return JsonResponse(deposition_json(record, tx.view(record), call.context.dois), status)


def show_saved(call: CallerDep, tx: Transaction, saved: Saved, status: int = 200) -> Response:
    """A stored deposition; beside it in `errors`, under legacy names, the values that could not be kept."""
    body = deposition_json(saved.record, tx.view(saved.record), call.context.dois)
    faults = [error.as_json() for error in in_legacy_words(saved.errors) if error.code != "required"]
    return JsonResponse({**body, "errors": faults} if faults else body, status)


def translated(call: CallerDep, body: object) -> dict[str, Any]:
    """What a legacy body says, in the RDM dialect.

    Only for those who may write at all, and before the writer's turn: a long body takes its time.
    """
    with call.read() as tx:
        require_login(tx.actor, WRITE)
        known = find_many(tx.connection, terms_in(body))
    defaults = Defaults(clock.today(), call.context.site.name)
    return to_rdm(body, defaults=defaults, policy=call.context.dois, known=known)


PARAMETERS = in_query(
    {
        "q": (TEXT, "As in searches of records."),
        "status": ({"type": "string", "enum": ["draft", "published"]}, "Only drafts, or only what is published."),
        "sort": (TEXT, "bestmatch, mostrecent, version, and each with a minus sign before it."),
        "page": (whole_number(WINDOW), "The page, from 1."),
        "size": (whole_number(WINDOW), "Depositions on a page, 25 by default."),
    }
)


@router.get(
    "",
    operation_id="list_depositions",
    responses=answers(200, list[DepositionJson], 403, 503),
    openapi_extra=PARAMETERS,
)
def list_depositions(call: CallerDep) -> Response:
    """The caller's own depositions, newest first; the `Link` header leads to further pages."""
    actor = call.actor()
    require_login(actor)
    asked = request_of(call.request.query_params, actor, scope="mine", facets=(), default_sort="mostrecent")
    result = search(call.context.search, call.context.database, asked)
    pages = neighbours(
        f"{call.context.site.base_url}/api/deposit/depositions",
        call.request.query_params.multi_items(),
        page=asked.page,
        size=asked.size,
        total=min(result.total, WINDOW),
    )
    with call.read() as tx:
        found = queries.load_many(tx.connection, result.hits)
        shown = [deposition_json(record, tx.view(record), call.context.dois) for record in found]
        return JsonResponse(shown, headers={"Link": link_header(pages)})


@router.post(
    "",
    operation_id="create_deposition",
    responses=answers(201, DepositionJson, 403, 413),
    openapi_extra=takes(DepositionInput, required=False),
    status_code=201,
)
def create_deposition(call: CallerDep, body: JsonBody) -> Response:
    """Make a new deposition; `{}` is enough."""
    raw = translated(call, body)
    with call.write() as tx:
        return show_saved(call, tx, drafts.create_draft(tx.connection, tx.actor, call.context.dois, raw), 201)


@router.get(
    "/{deposition_id}",
    operation_id="get_deposition",
    responses=answers(200, DepositionJson, 403, 404),
)
def get_deposition(call: CallerDep, deposition_id: int) -> Response:
    """The open draft, or the published record when there is none."""
    with call.read() as tx:
        return show(call, tx, queries.get_draft_or_record(tx.connection, tx.actor, deposition_id))


@router.put(
    "/{deposition_id}",
    operation_id="update_deposition",
    responses=answers(200, DepositionJson, 403, 404, 413),
    openapi_extra=takes(DepositionInput),
)
def update_deposition(call: CallerDep, deposition_id: int, body: JsonBody) -> Response:
    """Replace the metadata."""
    if body is None:
        raise InvalidInput('Send the deposition as a JSON object: {"metadata": {...}}.')
    raw = translated(call, body)
    with call.write() as tx:
        saved = drafts.save_draft(tx.connection, tx.actor, call.context.dois, deposition_id, raw)
        return show_saved(call, tx, saved)


@router.delete(
    "/{deposition_id}",
    operation_id="delete_deposition",
    responses=answers(204, None, 403, 404),
    status_code=204,
)
def delete_deposition(call: CallerDep, deposition_id: int) -> Response:
    """Throw an unpublished deposition away."""
    with call.write() as tx:
        drafts.discard(tx.connection, tx.actor, deposition_id)
        return Response(status_code=204)


@router.post(
    "/{deposition_id}/actions/publish",
    operation_id="publish_deposition",
    responses=answers(202, DepositionJson, 403, 404),
    status_code=202,
)
def publish_deposition(call: CallerDep, deposition_id: int) -> Response:
    """Publish it: from then on its files never change."""
    with call.write() as tx:
        try:
            record = publish(tx.connection, tx.actor, call.context.dois, deposition_id)
        except ValidationFailed as failed:
            raise ValidationFailed(in_legacy_words(failed.errors), failed.detail) from None
        return show(call, tx, record, 202)


@router.post(
    "/{deposition_id}/actions/edit",
    operation_id="edit_deposition",
    responses=answers(201, DepositionJson, 403, 404),
    status_code=201,
)
def edit_deposition(call: CallerDep, deposition_id: int) -> Response:
    """Open a published deposition for changes to its metadata."""
    with call.write() as tx:
        return show(call, tx, drafts.edit(tx.connection, tx.actor, deposition_id), 201)


@router.post(
    "/{deposition_id}/actions/discard",
    operation_id="discard_deposition",
    responses=answers(204, None, 403, 404),
    status_code=204,
)
def discard_deposition(call: CallerDep, deposition_id: int) -> Response:
    """Drop what was changed since the last publication."""
    with call.write() as tx:
        require_scope(tx.actor, ACTIONS)
        drafts.discard(tx.connection, tx.actor, deposition_id)
        return Response(status_code=204)


@router.post(
    "/{deposition_id}/actions/newversion",
    operation_id="new_version_of_deposition",
    responses=answers(201, DepositionJson, 403, 404),
    status_code=201,
)
def new_version_of_deposition(call: CallerDep, deposition_id: int) -> Response:
    """The draft of a new version, with all files of the version before in it already."""
    with call.write() as tx:
        return show(call, tx, versions.new_version_with_files(tx.connection, tx.actor, deposition_id), 201)

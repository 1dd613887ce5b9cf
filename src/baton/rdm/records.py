"""Records and drafts over HTTP. Routes translate; they decide nothing."""

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from baton.accounts.actor import WRITE, Actor
from baton.accounts.rules import require_login
from baton.context import NOT_FORGED, Call, CallerDep, Transaction
from baton.exports.file_json import files_json
from baton.exports.formats import DEFAULTS, OTHER_FORMATS, Format, etag_of, negotiate
from baton.exports.linkset import AS_LINKSET
from baton.imports.commands import create_draft_of, save_draft_of
from baton.imports.crates import create_draft_of_crate
from baton.imports.formats import CRATE, MEDIA_TYPES
from baton.kernel.errors import NotFound
from baton.kernel.http import DirectRoute, JsonResponse
from baton.kernel.openapi import answers, takes
from baton.rdm.descriptions import Sent, SentDep, described, media_type, read_sent
from baton.rdm.lists import list_response
from baton.rdm.schemas import DraftInput, FilesJson, MovedJson, RecordJson, SearchJson
from baton.records import queries
from baton.records.commands import drafts, versions
from baton.records.commands.drafts import Saved
from baton.records.commands.publish import publish
from baton.records.record import Record

router = APIRouter(prefix="/api/records", tags=["Records"], dependencies=[NOT_FORGED])


def accepted(request: Request, tx: Transaction) -> Format:
    """The format in which the caller wants records."""
    return negotiate(request.headers.get("accept"), DEFAULTS[tx.site.records_json], request.query_params)


def show(request: Request, tx: Transaction, record: Record, status: int = 200) -> Response:
    """One record or draft in the format that the caller accepts, or 304 when they have it already."""
    form = accepted(request, tx)
    headers = {
        "ETag": etag_of(record, tx.view(record), form),
        "Vary": "Accept, Authorization, Cookie",
        "Link": f"<{tx.site.base_url}/api/records/{record.id}>; {AS_LINKSET}",
    }
    if request.method == "GET" and headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(form.render(record, tx.view(record)), status, headers, form.media_type)


def show_saved(request: Request, tx: Transaction, saved: Saved, status: int) -> Response:
    """A stored draft; what must still be mended stands beside it in `errors`."""
    form = accepted(request, tx)
    body = form.as_data(saved.record, tx.view(saved.record))
    if isinstance(body, str):
        return Response(body, status, media_type=form.media_type)
    if saved.errors:
        body["errors"] = [error.as_json() for error in saved.errors]
    return JsonResponse(body, status, {"ETag": etag_of(saved.record, tx.view(saved.record), form)}, form.media_type)


@router.post(
    "",
    operation_id="create_draft",
    responses=answers(201, RecordJson, 403, 406, 413, 415, formats=OTHER_FORMATS),
    openapi_extra=takes(DraftInput, required=False, also=(*MEDIA_TYPES, CRATE)),
    status_code=201,
)
async def create_draft(request: Request, call: CallerDep) -> Response:
    """Make a new draft, of JSON, of a document in another format, or of a whole RO-Crate in a ZIP file.

    What is wrong with it is told in `errors`, as is what of a document the draft does not hold; all else is kept.
    """
    if media_type(request) == CRATE:
        return await _unpack(request, call)
    return await run_in_threadpool(_create, request, call, await read_sent(request))


def _create(request: Request, call: Call, sent: Sent) -> Response:
    given = described(call, sent) if sent.content.strip() else {}
    with call.write() as tx:
        return show_saved(request, tx, create_draft_of(tx.connection, tx.actor, call.context.dois, given), 201)


async def _unpack(request: Request, call: Call) -> Response:
    actor = await run_in_threadpool(_depositor, request, call)
    parts, most = call.context, request.app.state.max_json_bytes
    saved = await create_draft_of_crate(
        parts.database, parts.store, parts.quotas, parts.dois, actor, request.stream(), most
    )
    return await run_in_threadpool(_show_unpacked, request, call, saved)


def _depositor(request: Request, call: Call) -> Actor:
    """Who sends a crate; whoever may not, or could not read the answer, is told so before the bytes flow."""
    with call.read() as tx:
        require_login(tx.actor, WRITE)
        accepted(request, tx)
        return tx.actor


def _show_unpacked(request: Request, call: Call, saved: Saved) -> Response:
    with call.read() as tx:
        return show_saved(request, tx, saved, 201)


async def get_record(request: Request, record_id: int) -> Response:
    """Read a published record. The number of a work (concept) leads to its newest version."""
    return await Call(request).run(_read, request, record_id)


def _read(call: Call, request: Request, record_id: int) -> Response:
    with call.read() as tx:
        record = queries.get_record(tx.connection, tx.actor, record_id)
        if record.id != record_id:
            return RedirectResponse(f"{tx.site.base_url}/api/records/{record.id}", 302)
        return show(request, tx, record)


_NEWEST = {"description": "The number is that of a work: `Location` is its newest version."}

router.routes.append(
    DirectRoute(
        "/api/records/{record_id:number}",
        get_record,
        operation_id="get_record",
        responses={**answers(200, RecordJson, 403, 404, 406, formats=OTHER_FORMATS), 302: _NEWEST},
        tags=["Records"],
    )
)


@router.get(
    "/{record_id}/draft",
    operation_id="get_draft",
    responses=answers(200, RecordJson, 403, 404, 406, formats=OTHER_FORMATS),
)
def get_draft(request: Request, call: CallerDep, record_id: int) -> Response:
    """Read the open draft of a record."""
    with call.read() as tx:
        return show(request, tx, queries.get_draft(tx.connection, tx.actor, record_id))


@router.put(
    "/{record_id}/draft",
    operation_id="update_draft",
    responses=answers(200, RecordJson, 403, 404, 406, 412, 413, 415, formats=OTHER_FORMATS),
    openapi_extra=takes(DraftInput, also=MEDIA_TYPES),
)
def update_draft(request: Request, call: CallerDep, record_id: int, sent: SentDep) -> Response:
    """Replace the draft's content. `If-Match` with the revision that you read guards against overwriting others."""
    given, if_match = described(call, sent), request.headers.get("if-match")
    with call.write() as tx:
        saved = save_draft_of(tx.connection, tx.actor, call.context.dois, record_id, given, if_match)
        return show_saved(request, tx, saved, 200)


@router.post(
    "/{record_id}/draft",
    operation_id="edit_record",
    responses=answers(201, RecordJson, 403, 404, 406, formats=OTHER_FORMATS),
    status_code=201,
)
def edit_record(request: Request, call: CallerDep, record_id: int) -> Response:
    """Open a draft of a published record, to change its metadata; if one is open, that one."""
    with call.write() as tx:
        return show(request, tx, drafts.edit(tx.connection, tx.actor, record_id), 201)


@router.delete(
    "/{record_id}/draft",
    operation_id="discard_draft",
    responses=answers(204, None, 403, 404),
    status_code=204,
)
def discard_draft(call: CallerDep, record_id: int) -> Response:
    """Throw the draft away; a record that was never published goes with it."""
    with call.write() as tx:
        drafts.discard(tx.connection, tx.actor, record_id)
        return Response(status_code=204)


@router.post(
    "/{record_id}/draft/actions/publish",
    operation_id="publish_draft",
    responses=answers(202, RecordJson, 403, 404, 406, formats=OTHER_FORMATS),
    status_code=202,
)
def publish_draft(request: Request, call: CallerDep, record_id: int) -> Response:
    """Publish the draft. Everything that is missing is told at once in `errors`."""
    with call.write() as tx:
        return show(request, tx, publish(tx.connection, tx.actor, call.context.dois, record_id), 202)


@router.post(
    "/{record_id}/draft/actions/files-import",
    operation_id="import_files",
    responses=answers(201, FilesJson, 403, 404),
    status_code=201,
)
def import_files(call: CallerDep, record_id: int) -> Response:
    """Give the draft of a new version the files of the version before, without copying their bytes."""
    with call.write() as tx:
        record = versions.import_files(tx.connection, tx.actor, record_id)
        return JsonResponse(files_json(record, record.files, tx.view(record)), 201)


@router.get(
    "/{record_id}/versions",
    operation_id="list_versions",
    responses=answers(200, SearchJson, 403, 404, 406, formats=OTHER_FORMATS),
)
def list_versions(request: Request, call: CallerDep, record_id: int) -> Response:
    """All published versions of the work that this record is a version of, newest first."""
    with call.read() as tx:
        form = accepted(request, tx)
        found = queries.list_versions(tx.connection, tx.actor, record_id)
        hits = [form.as_data(record, tx.view(record)) for record in found]
        link = f"{tx.site.base_url}/api/records/{record_id}/versions"
        beside = {"aggregations": {}, "sortBy": "version", "links": {"self": link}}
        return list_response(form, hits, len(hits), beside)


@router.post(
    "/{record_id}/versions",
    operation_id="new_version",
    responses=answers(201, RecordJson, 403, 404, 406, formats=OTHER_FORMATS),
    status_code=201,
)
def new_version(request: Request, call: CallerDep, record_id: int) -> Response:
    """Open the draft of a new version without files; if one is open already, that one."""
    with call.write() as tx:
        return show(request, tx, versions.new_version(tx.connection, tx.actor, record_id), 201)


@router.get(
    "/{record_id}/versions/latest",
    operation_id="latest_version",
    responses=answers(301, MovedJson, 403, 404),
    status_code=301,
)
def latest_version(call: CallerDep, record_id: int) -> Response:
    """Where the newest published version is."""
    with call.read() as tx:
        record = queries.get_record(tx.connection, tx.actor, record_id)
        if record.latest_id is None:
            raise NotFound(f"Record {record_id} has no published version.")
        location = f"{tx.site.base_url}/api/records/{record.latest_id}"
        body = {"status": 301, "message": "Moved Permanently", "location": location}
        return JsonResponse(body, 301, {"Location": location})


@router.post(
    "/{record_id}/draft/pids/doi",
    operation_id="reserve_doi",
    responses=answers(201, RecordJson, 403, 404, 406, formats=OTHER_FORMATS),
    status_code=201,
)
def reserve_doi(request: Request, call: CallerDep, record_id: int) -> Response:
    """Reserve the DOI under which the draft will be published."""
    with call.write() as tx:
        return show(request, tx, drafts.reserve_doi(tx.connection, tx.actor, call.context.dois, record_id), 201)


@router.delete(
    "/{record_id}/draft/pids/doi",
    operation_id="release_doi",
    responses=answers(200, RecordJson, 403, 404, 406, formats=OTHER_FORMATS),
)
def release_doi(request: Request, call: CallerDep, record_id: int) -> Response:
    """Give a reserved DOI back."""
    with call.write() as tx:
        return show(request, tx, drafts.release_doi(tx.connection, tx.actor, record_id))

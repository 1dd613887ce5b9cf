"""Files of drafts and records over HTTP. Bytes stream; everything else is a row."""

from collections.abc import Mapping
from typing import Any

from anyio import to_thread
from fastapi import APIRouter, Depends
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from baton.context import NOT_FORGED, Call, CallerDep, Transaction
from baton.exports.file_json import file_json, files_json, parts_json
from baton.exports.linkset import link_to_page
from baton.exports.upload_answers import location_of, waiting_for_more
from baton.files import commands
from baton.files.commands import NewFile
from baton.files.download import content_response
from baton.files.errors import NoContent
from baton.files.queries import (
    EMBEDDED,
    all_parts,
    files_named,
    get_file,
    get_parts,
    get_waiting,
    page_of_files,
    received_parts,
)
from baton.files.rules import Parts, declared, lookup_key
from baton.files.upload import WRITERS, receive
from baton.kernel.errors import FieldError, InvalidInput
from baton.kernel.http import JsonBody, JsonResponse, is_head
from baton.kernel.openapi import REFUSED_UPLOADS, answers, downloads, streams
from baton.kernel.paging import page_asked
from baton.rdm.schemas import FileInput, FileJson, FilesJson
from baton.records import queries
from baton.records.record import Record
from baton.storage.content import Stored
from baton.uploads.addresses import check_url
from baton.uploads.commands import CONTENT, begin_fetches, complete_upload
from baton.uploads.entry import Upload
from baton.uploads.parts import Placing, put_together
from baton.uploads.put import Arrived, Place, put
from baton.uploads.queries import list_unfinished
from baton.uploads.receive import attended
from baton.uploads.rules import only_asks

MOST_LISTED = 10_000  # files on one page

router = APIRouter(prefix="/api/records/{record_id}", tags=["Files"], dependencies=[NOT_FORGED])

_KNOWN = {"key", "size", "checksum", "metadata", "access", "transfer"}


def new_files(body: object) -> list[NewFile]:
    """The files that a request announces."""
    if not isinstance(body, list):
        raise InvalidInput("Send a JSON list of objects, each with the `key` of a file.")
    return [_new_file(place, item) for place, item in enumerate(body)]


def _new_file(place: int, item: object) -> NewFile:
    if not isinstance(item, Mapping) or not isinstance(item.get("key"), str):
        message = "Every file needs a `key`: its name, a string."
        raise InvalidInput(message, errors=[FieldError(f"{place}.key", message, "required")])
    if unknown := sorted(str(name) for name in item if name not in _KNOWN):
        raise InvalidInput(
            f"Unknown field {unknown[0]!r}.",
            errors=[FieldError(f"{place}.{name}", "Unknown field.") for name in unknown],
        )
    size, checksum, metadata = item.get("size"), item.get("checksum"), item.get("metadata")
    if size is not None and (not isinstance(size, int) or isinstance(size, bool)):
        raise InvalidInput("`size` must be a number of bytes.", errors=[FieldError(f"{place}.size", "Not a number.")])
    if checksum is not None and not isinstance(checksum, str):
        raise InvalidInput("`checksum` must be a string.", errors=[FieldError(f"{place}.checksum", "Not a string.")])
    return NewFile(item["key"], size, checksum, file_metadata(metadata), **_transfer(place, item))


def _transfer(place: int, item: Mapping[str, Any]) -> dict[str, Any]:
    """How a file comes: in one piece, in so many parts, or fetched from an address."""
    transfer = item.get("transfer") or {}
    kind = transfer.get("type", "L") if isinstance(transfer, Mapping) else None
    if kind == "L":
        return {}
    if kind == "F":
        return {"source": _source(place, transfer.get("url"))}
    if kind != "M":
        raise InvalidInput(
            "Only transfers of type L (content sent in one piece), M (in parts) and F (fetched by this server) are "
            "possible here."
        )
    given = {"size": item.get("size"), "transfer.parts": transfer.get("parts")}
    if transfer.get("part_size") is not None:
        given["transfer.part_size"] = transfer["part_size"]
    for name, value in given.items():
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            message = f"A transfer in parts needs `{name}`, a number from 1."
            raise InvalidInput(message, errors=[FieldError(f"{place}.{name}", message, "required")])
    return {"parts": transfer["parts"], "part_size": transfer.get("part_size")}


def _source(place: int, url: object) -> str:
    if not isinstance(url, str):
        message = "A file that is fetched needs `transfer.url`, its address."
        raise InvalidInput(message, errors=[FieldError(f"{place}.transfer.url", message, "required")])
    check_url(url)
    return url


def file_metadata(value: object) -> Mapping[str, Any] | None:
    """What a depositor says about one file: an object or nothing."""
    if value is not None and not isinstance(value, Mapping):
        raise InvalidInput("`metadata` must be an object.", errors=[FieldError("metadata", "Not an object.")])
    return value


def _shown(tx: Transaction, record: Record, key: str) -> Response:
    return JsonResponse(file_json(record, get_file(tx.connection, record.id, key), tx.view(record)))


@router.get("/draft/files", operation_id="list_draft_files", responses=answers(200, FilesJson, 403, 404))
def list_draft_files(call: CallerDep, record_id: int) -> Response:
    """The files of a draft, complete or not."""
    with call.read() as tx:
        draft = queries.get_draft(tx.connection, tx.actor, record_id)
        return _listed(call, tx, draft)


@router.post(
    "/draft/files",
    operation_id="init_files",
    status_code=201,
    responses=answers(201, FilesJson, 403, 404, 413),
    openapi_extra=streams("application/json", {"type": "array", "items": FileInput.model_json_schema()}),
)
def init_files(call: CallerDep, record_id: int, body: JsonBody) -> Response:
    """Announce files; then send each one's content, and commit it. What is to be fetched comes by itself."""
    entries = new_files(body)
    with call.write() as tx:
        draft = queries.get_fillable_draft(tx.connection, tx.actor, record_id)
        commands.init_files(tx.connection, draft.id, entries, call.context.quotas)
        begin_fetches(tx.connection, draft.id, entries, call.context.uploads, tx.actor.user_id)
        draft = queries.get_draft(tx.connection, tx.actor, record_id)
        # Of a long list only what is new: whoever announces files one by one would get all of it each time.
        shown = draft.files
        if not draft.lists_all_files:
            shown = files_named(tx.connection, draft.id, [entry.key for entry in entries])
        return JsonResponse(files_json(draft, shown, tx.view(draft)), 201)


@router.delete("/draft/files", operation_id="delete_files", status_code=204, responses=answers(204, None, 403, 404))
def delete_files(call: CallerDep, record_id: int) -> Response:
    """Take all files off the draft."""
    with call.write() as tx:
        draft = queries.get_fillable_draft(tx.connection, tx.actor, record_id)
        commands.delete_all(tx.connection, draft.id)
        return Response(status_code=204)


@router.put(
    "/draft/files/{key:path}/content",
    operation_id="put_content",
    responses=answers(200, FileJson, *REFUSED_UPLOADS),
    openapi_extra=streams("application/octet-stream"),
)
async def put_content(request: Request, call: CallerDep, record_id: int, key: str) -> Response:
    """Send the content of an announced file, all of it or with `Content-Range`. It is safely stored when answered."""
    place = await run_in_threadpool(_place, call, record_id, key)
    async with put(call.context.uploads, request, place, lambda upload: location_of(upload, call.base_url)) as arrived:
        if arrived.stored is None:
            return await run_in_threadpool(_progress, call, place, arrived)
        return await run_in_threadpool(_attach, call, place, arrived.stored, arrived.upload)


def _place(call: Call, record_id: int, key: str) -> Place:
    """Where the content goes; and whether it may come at all, before its bytes flow."""
    find = get_file if only_asks(call.request.headers) else get_waiting
    with call.read() as tx:
        draft = queries.get_fillable_draft(tx.connection, tx.actor, record_id)
        entry = find(tx.connection, draft.id, key)
        return Place(draft.id, entry.key, CONTENT, list_unfinished(tx.connection, draft.id, entry.key, CONTENT))


def _attach(call: Call, place: Place, stored: Stored, upload: Upload | None) -> Response:
    with call.write() as tx:
        draft = queries.get_fillable_draft(tx.connection, tx.actor, place.record_id)
        if upload is None:
            commands.attach_content(tx.connection, draft.id, place.key, stored, call.context.quotas)
        else:
            complete_upload(tx.connection, upload, stored, call.context.quotas)
        return _shown(tx, draft, place.key)


def _progress(call: Call, place: Place, arrived: Arrived) -> Response:
    """How far the content has come; the file itself when all of it has."""
    with call.read() as tx:
        draft, entry = queries.get_draft_file(tx.connection, tx.actor, place.record_id, place.key)
        if arrived.upload is None and entry.sha256 is not None:
            return JsonResponse(file_json(draft, entry, tx.view(draft)), headers={"Upload-Complete": "?1"})
        limits = call.context.quotas.limits(tx.connection, draft.id)
    body, headers = waiting_for_more(arrived.upload, limits, call.base_url)
    return JsonResponse(body, arrived.status, headers=headers)


@router.put(
    "/draft/files/{key:path}/content/{part:number}",
    operation_id="put_part",
    responses=answers(200, FileJson, *REFUSED_UPLOADS),
    openapi_extra=streams("application/octet-stream"),
)
async def put_part(request: Request, call: CallerDep, record_id: int, key: str, part: int) -> Response:
    """Send one part of a file that was announced with transfer type M; in any order, and again if it fails."""
    promised = declared(request.headers)
    plan = await run_in_threadpool(_plan, call, record_id, key, part)
    if promised.size is not None:
        plan.check_part(part, promised.size)
    placing = Placing(call.context.uploads, plan, part)
    async with receive(
        attended(request.receive, placing.is_wanted),
        call.context.store if plan.each is None else placing,
        check_size=lambda size: plan.check_part(part, size) if size > (plan.size_of(part) or plan.size) else None,
        declared=promised,
    ) as stored:
        return await run_in_threadpool(_attach_part, call, record_id, key, part, stored)


def _plan(call: Call, record_id: int, key: str, part: int) -> Parts:
    """How the file comes in parts; and whether this one may come at all, before its bytes flow."""
    with call.read() as tx:
        draft = queries.get_fillable_draft(tx.connection, tx.actor, record_id)
        plan = get_parts(tx.connection, draft.id, key)
    plan.size_of(part)
    return plan


def _attach_part(call: Call, record_id: int, key: str, part: int, stored: Stored) -> Response:
    with call.write() as tx:
        draft = queries.get_fillable_draft(tx.connection, tx.actor, record_id)
        commands.attach_part(tx.connection, draft.id, key, part, stored)
        return _shown(tx, draft, key)


@router.get(
    "/draft/files/{key:path}/content",
    operation_id="get_draft_content",
    responses=downloads(),
    response_class=Response,
)
def get_draft_content(request: Request, call: CallerDep, record_id: int, key: str) -> Response:
    """Download a file of a draft. With HEAD it tells how far an upload has come, and ends a request at work on it."""
    with call.read() as tx:
        draft, entry = queries.get_draft_file(tx.connection, tx.actor, record_id, key)
        asks = is_head(request) and tx.view(draft).may_manage
        waiting = list_unfinished(tx.connection, draft.id, entry.key, CONTENT) if asks else []
        limits = call.context.quotas.limits(tx.connection, draft.id)
    headers = {}
    if waiting:
        upload = call.context.uploads.look(record_id, waiting[0].id)
        headers = waiting_for_more(upload, limits, call.base_url)[1]
        if entry.sha256 is None:
            return Response(status_code=204, headers=headers)
    answer = content_response(request, call.context.downloads, entry, is_public=False)
    answer.headers.update(headers)
    return answer


@router.post(
    "/draft/files/{key:path}/commit",
    operation_id="commit_file",
    responses=answers(200, FileJson, 403, 404, 410, 423, 503, 507),
)
async def commit_file(call: CallerDep, record_id: int, key: str) -> Response:
    """Complete a file whose content has been sent; one that came in parts is put together."""
    answer = await run_in_threadpool(_commit, call, record_id, key)
    if answer is None:
        answer = await to_thread.run_sync(_commit_parts, call, record_id, key, limiter=WRITERS)
    return answer


def _commit(call: Call, record_id: int, key: str) -> Response | None:
    """The answer, unless the content has yet to be put together."""
    with call.write() as tx:
        draft = queries.get_fillable_draft(tx.connection, tx.actor, record_id)
        try:
            entry = commands.commit_file(tx.connection, draft.id, key)
        except NoContent:
            if get_file(tx.connection, draft.id, key).parts is None:
                raise
            return None
        return JsonResponse(file_json(draft, entry, tx.view(draft)))


def _commit_parts(call: Call, record_id: int, key: str) -> Response:
    with call.read() as tx:
        plan, parts = all_parts(tx.connection, record_id, key)
    with put_together(call.context.uploads, plan, parts, record_id, key) as stored, call.write() as tx:
        draft = queries.get_fillable_draft(tx.connection, tx.actor, record_id)
        commands.attach_content(tx.connection, draft.id, key, stored, call.context.quotas)
        entry = commands.commit_file(tx.connection, draft.id, key)
        return JsonResponse(file_json(draft, entry, tx.view(draft)))


@router.get("/draft/files/{key:path}", operation_id="get_draft_file", responses=answers(200, FileJson, 403, 404))
def get_draft_file(call: CallerDep, record_id: int, key: str) -> Response:
    """One file of a draft. Of one that comes in parts, `transfer.received` lists those that are there."""
    with call.read() as tx:
        draft, entry = queries.get_draft_file(tx.connection, tx.actor, record_id, key)
        answer = file_json(draft, entry, tx.view(draft))
        if "parts" in answer["links"]:
            answer["transfer"]["received"] = parts_json(received_parts(tx.connection, entry.id))
        return JsonResponse(answer)


def _no_part(call: CallerDep, record_id: int, key: str) -> None:
    """Refuse the bytes of a part whose number is none: they are not the metadata of a file."""
    name, _content, part = key.rpartition("/content/")
    if not name:
        return
    with call.read() as tx:
        draft = queries.get_fillable_draft(tx.connection, tx.actor, record_id)
        if not files_named(tx.connection, draft.id, [lookup_key(key)]):
            count = get_parts(tx.connection, draft.id, name).count
            raise InvalidInput(f"{part[:40]!a} is no part: the parts of this file are numbered from 1 to {count:,}.")


@router.put(
    "/draft/files/{key:path}",
    operation_id="update_file_metadata",
    dependencies=[Depends(_no_part)],
    responses=answers(200, FileJson, 403, 404, 413),
    openapi_extra=streams("application/json", {"type": "object"}),
)
def update_file_metadata(call: CallerDep, record_id: int, key: str, body: JsonBody) -> Response:
    """Say something about one file."""
    if not isinstance(body, Mapping):
        raise InvalidInput("Send a JSON object with a `metadata` object in it.")
    with call.write() as tx:
        draft = queries.get_fillable_draft(tx.connection, tx.actor, record_id)
        entry = commands.update_metadata(tx.connection, draft.id, key, file_metadata(body.get("metadata")))
        return JsonResponse(file_json(draft, entry, tx.view(draft)))


@router.delete(
    "/draft/files/{key:path}", operation_id="delete_file", status_code=204, responses=answers(204, None, 403, 404)
)
def delete_file(call: CallerDep, record_id: int, key: str) -> Response:
    """Take one file off the draft."""
    with call.write() as tx:
        draft = queries.get_fillable_draft(tx.connection, tx.actor, record_id)
        commands.delete_file(tx.connection, draft.id, key)
        return Response(status_code=204)


@router.get("/files", operation_id="list_files", responses=answers(200, FilesJson, 403, 404))
def list_record_files(call: CallerDep, record_id: int) -> Response:
    """The files of a published record."""
    with call.read() as tx:
        record = queries.get_record_with_files(tx.connection, tx.actor, record_id)
        return _listed(call, tx, record)


def _listed(call: Call, tx: Transaction, record: Record) -> Response:
    """The files of a record: all of a list that is not long, or the page that was asked for."""
    given = call.request.query_params
    address = f"{call.context.site.base_url}{call.request.url.path}"
    page = page_asked(address, given, total=record.totals.count, size=EMBEDDED, most=MOST_LISTED)
    if not {"page", "size"} & given.keys():
        links = {} if record.lists_all_files else {"next": page.links["next"]}
        return JsonResponse(files_json(record, record.files, tx.view(record), links))
    entries = page_of_files(tx.connection, record.id, page=page.number, size=page.size)
    return JsonResponse(files_json(record, entries, tx.view(record), page.links))


@router.get("/files/{key:path}/content", operation_id="get_content", responses=downloads(), response_class=Response)
def get_content(request: Request, call: CallerDep, record_id: int, key: str) -> Response:
    """Download a file; `Range` and `If-None-Match` work."""
    with call.read() as tx:
        record, entry = queries.get_record_file(tx.connection, tx.actor, record_id, key)
        is_public = record.files_access == "public"
        attachment = "download" in request.query_params
        answer = content_response(request, call.context.downloads, entry, is_public=is_public, attachment=attachment)
        answer.headers.update(link_to_page("collection", record.id, tx.site.base_url))
        return answer


@router.get("/files/{key:path}", operation_id="get_file", responses=answers(200, FileJson, 403, 404))
def get_one_file(call: CallerDep, record_id: int, key: str) -> Response:
    """One file of a published record."""
    with call.read() as tx:
        record, entry = queries.get_record_file(tx.connection, tx.actor, record_id, key)
        return JsonResponse(file_json(record, entry, tx.view(record)))

"""`/api/files/{bucket}/{key}`: the legacy way to upload, one PUT a file. Routes translate; they decide nothing."""

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from baton.context import NOT_FORGED, Call, CallerDep
from baton.exports.upload_answers import location_of, waiting_for_more
from baton.files import commands
from baton.files.download import content_response
from baton.files.errors import NoSuchFile
from baton.files.queries import EMBEDDED, files_named, page_of_files
from baton.files.rules import check_key, lookup_key
from baton.kernel.http import JsonResponse, is_head
from baton.kernel.openapi import REFUSED_UPLOADS, answers, downloads, streams
from baton.kernel.paging import link_header, page_asked
from baton.records import queries
from baton.storage.content import Stored
from baton.uploads.commands import BUCKET, complete_upload
from baton.uploads.entry import Upload
from baton.uploads.put import Arrived, Place, put
from baton.uploads.queries import list_unfinished
from baton.zenodo.deposition import bucket_file_json
from baton.zenodo.schemas import BucketFileJson, BucketJson

router = APIRouter(prefix="/api/files/{bucket_id}", tags=["Buckets"], dependencies=[NOT_FORGED])


@router.get("", operation_id="list_bucket", responses=answers(200, BucketJson, 403, 404))
def list_bucket(call: CallerDep, bucket_id: str) -> Response:
    """The files of a deposition or record; further pages of a long list are in the `Link` header."""
    with call.read() as tx:
        record = queries.get_bucket(tx.connection, tx.actor, bucket_id)
        address = f"{call.context.site.base_url}{call.request.url.path}"
        page = page_asked(address, call.request.query_params, total=record.totals.count, size=EMBEDDED, most=EMBEDDED)
        entries = page_of_files(tx.connection, record.id, page=page.number, size=page.size)
        shown = [bucket_file_json(record, entry, tx.view(record)) for entry in entries if entry.md5]
        limits = call.context.quotas.limits(tx.connection, record.id)
        body = {
            "id": bucket_id,
            "locked": record.is_published,
            "size": record.totals.bytes,
            "quota_size": limits.max_record_bytes,
            "max_file_size": limits.max_file_bytes,
            "contents": shown,
        }
        return JsonResponse(body, headers={"Link": link_header(page.links)})


@router.put(
    "/{key:path}",
    operation_id="put_bucket_file",
    status_code=201,
    responses=answers(201, BucketFileJson, *REFUSED_UPLOADS),
    openapi_extra=streams("application/octet-stream"),
)
async def put_bucket_file(request: Request, call: CallerDep, bucket_id: str, key: str) -> Response:
    """Upload a file, or replace it. It is safely stored when the answer comes."""
    place = await run_in_threadpool(_place, call, bucket_id, check_key(key))
    async with put(call.context.uploads, request, place, lambda upload: location_of(upload, call.base_url)) as arrived:
        if arrived.stored is None:
            return await run_in_threadpool(_progress, call, bucket_id, place, arrived)
        return await run_in_threadpool(_put, call, place, arrived.stored, arrived.upload)


def _place(call: Call, bucket_id: str, key: str) -> Place:
    """Where the file goes; and whether it may come at all, before its bytes flow."""
    with call.read() as tx:
        draft = queries.get_fillable_draft(tx.connection, tx.actor, queries.record_of_bucket(tx.connection, bucket_id))
        return Place(draft.id, key, BUCKET, list_unfinished(tx.connection, draft.id, key, BUCKET))


def _put(call: Call, place: Place, stored: Stored, upload: Upload | None) -> Response:
    with call.write() as tx:
        draft = queries.get_fillable_draft(tx.connection, tx.actor, place.record_id)
        if upload is None:
            entry = commands.put_file(tx.connection, draft.id, place.key, stored, call.context.quotas)
        else:
            entry = complete_upload(tx.connection, upload, stored, call.context.quotas)
        return JsonResponse(bucket_file_json(draft, entry, tx.view(draft)), 201)


def _progress(call: Call, bucket_id: str, place: Place, arrived: Arrived) -> Response:
    """How far the file has come; the file itself when all of it has."""
    with call.read() as tx:
        record = queries.get_bucket(tx.connection, tx.actor, bucket_id)
        entry = next(iter(files_named(tx.connection, record.id, [place.key])), None)
        if arrived.upload is None and entry is not None and entry.sha256 is not None:
            shown = bucket_file_json(record, entry, tx.view(record))
            return JsonResponse(shown, headers={"Upload-Complete": "?1"})
        limits = call.context.quotas.limits(tx.connection, record.id)
    body, headers = waiting_for_more(arrived.upload, limits, call.base_url)
    return JsonResponse(body, arrived.status, headers=headers)


@router.get("/{key:path}", operation_id="get_bucket_file", responses=downloads(), response_class=Response)
def get_bucket_file(request: Request, call: CallerDep, bucket_id: str, key: str) -> Response:
    """Download a file. With HEAD it tells how far an upload has come, and ends a request at work on it."""
    with call.read() as tx:
        record = queries.get_bucket(tx.connection, tx.actor, bucket_id)
        entry = next(iter(files_named(tx.connection, record.id, [lookup_key(key)])), None)
        asks = is_head(request) and record.is_draft and tx.view(record).may_manage
        waiting = list_unfinished(tx.connection, record.id, lookup_key(key), BUCKET) if asks else []
        limits = call.context.quotas.limits(tx.connection, record.id)
    headers = {}
    if waiting:
        upload = call.context.uploads.look(record.id, waiting[0].id)
        headers = waiting_for_more(upload, limits, call.base_url)[1]
        if entry is None or entry.sha256 is None:
            return Response(status_code=204, headers=headers)
    if entry is None:
        raise NoSuchFile(key)
    is_public = not record.is_draft and record.files_access == "public"
    answer = content_response(request, call.context.downloads, entry, is_public=is_public)
    answer.headers.update(headers)
    return answer


@router.delete(
    "/{key:path}", operation_id="delete_bucket_file", status_code=204, responses=answers(204, None, 403, 404)
)
def delete_bucket_file(call: CallerDep, bucket_id: str, key: str) -> Response:
    """Take a file off the deposition."""
    with call.write() as tx:
        draft = queries.get_fillable_draft(tx.connection, tx.actor, queries.record_of_bucket(tx.connection, bucket_id))
        commands.delete_file(tx.connection, draft.id, key)
        return Response(status_code=204)

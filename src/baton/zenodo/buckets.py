"""`/api/files/{bucket}/{key}`: the legacy way to upload, one PUT a file. Routes translate; they decide nothing."""

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from baton.context import NOT_FORGED, Call, CallerDep
from baton.files import commands
from baton.files.download import content_response
from baton.files.queries import EMBEDDED, get_file, others_of, page_of_files
from baton.files.rules import check_key, declared
from baton.files.upload import receive
from baton.kernel.http import JsonResponse
from baton.kernel.ids import LARGEST_ID
from baton.kernel.openapi import answers, downloads, streams
from baton.kernel.paging import link_header, neighbours, number_of
from baton.records import queries
from baton.storage.content import Stored
from baton.zenodo.deposition import bucket_file_json
from baton.zenodo.schemas import BucketFileJson, BucketJson

router = APIRouter(prefix="/api/files/{bucket_id}", tags=["Buckets"], dependencies=[NOT_FORGED])


@router.get("", operation_id="list_bucket", responses=answers(200, BucketJson, 403, 404))
def list_bucket(call: CallerDep, bucket_id: str) -> Response:
    """The files of a deposition or record; further pages of a long list are in the `Link` header."""
    with call.read() as tx:
        record = queries.get_bucket(tx.connection, tx.actor, bucket_id)
        given = call.request.query_params
        size = number_of(given, "size", EMBEDDED, EMBEDDED)
        page = number_of(given, "page", 1, LARGEST_ID // size)
        entries = page_of_files(tx.connection, record.id, page=page, size=size)
        address = f"{call.context.site.base_url}{call.request.url.path}"
        pages = neighbours(address, given.multi_items(), page=page, size=size, total=record.totals.count)
        shown = [bucket_file_json(record, entry, tx.view(record)) for entry in entries if entry.md5]
        body = {"id": bucket_id, "locked": record.is_published, "size": record.totals.bytes, "contents": shown}
        return JsonResponse(body, headers={"Link": link_header(pages)})


@router.put(
    "/{key:path}",
    operation_id="put_bucket_file",
    status_code=201,
    responses=answers(201, BucketFileJson, 403, 404, 503, 507),
    openapi_extra=streams("application/octet-stream"),
)
async def put_bucket_file(request: Request, call: CallerDep, bucket_id: str, key: str) -> Response:
    """Upload a file, or replace it. It is safely stored when the answer comes."""
    promised = declared(request.headers)
    key = check_key(key)
    others = await run_in_threadpool(_others, call, bucket_id, key)
    async with receive(
        request.stream(),
        call.context.store,
        check_size=lambda size: call.context.limits.check_size(size, others),
        declared=promised,
    ) as stored:
        return await run_in_threadpool(_put, call, bucket_id, key, stored)


def _others(call: Call, bucket_id: str, key: str) -> int:
    """What the other files of the bucket take; and whether this one may come at all, before its bytes flow."""
    with call.read() as tx:
        draft = queries.get_fillable_draft(tx.connection, tx.actor, queries.record_of_bucket(tx.connection, bucket_id))
        return others_of(tx.connection, draft.id, key).bytes


def _put(call: Call, bucket_id: str, key: str, stored: Stored) -> Response:
    with call.write() as tx:
        draft = queries.get_fillable_draft(tx.connection, tx.actor, queries.record_of_bucket(tx.connection, bucket_id))
        entry = commands.put_file(tx.connection, draft.id, key, stored, call.context.limits)
        return JsonResponse(bucket_file_json(draft, entry, tx.view(draft)), 201)


@router.get("/{key:path}", operation_id="get_bucket_file", responses=downloads(), response_class=Response)
def get_bucket_file(request: Request, call: CallerDep, bucket_id: str, key: str) -> Response:
    """Download a file."""
    with call.read() as tx:
        record = queries.get_bucket(tx.connection, tx.actor, bucket_id)
        is_public = not record.is_draft and record.files_access == "public"
        return content_response(
            request, call.context.store, get_file(tx.connection, record.id, key), is_public=is_public
        )


@router.delete(
    "/{key:path}", operation_id="delete_bucket_file", status_code=204, responses=answers(204, None, 403, 404)
)
def delete_bucket_file(call: CallerDep, bucket_id: str, key: str) -> Response:
    """Take a file off the deposition."""
    with call.write() as tx:
        draft = queries.get_fillable_draft(tx.connection, tx.actor, queries.record_of_bucket(tx.connection, bucket_id))
        commands.delete_file(tx.connection, draft.id, key)
        return Response(status_code=204)

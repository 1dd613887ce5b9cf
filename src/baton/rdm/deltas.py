"""Only what changed: the chunks of a file, and a file's content as a delta against files that the caller may read."""

from collections.abc import Sequence

from anyio import to_thread
from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from baton.context import NOT_FORGED, Call, CallerDep
from baton.exports.file_json import file_json
from baton.files import commands
from baton.files.chunks import MEDIA_TYPE as CHUNKS
from baton.files.chunks import encoded_chunks
from baton.files.delta import Base, DeltaReader
from baton.files.delta_format import MEDIA_TYPE as DELTA
from baton.files.download import READERS
from baton.files.entry import FileEntry
from baton.files.errors import DeltaBaseChanged, NoContent, UploadInterrupted
from baton.files.pieces import ContentSlice
from baton.files.queries import get_file, get_waiting
from baton.files.rules import Declared
from baton.kernel.http import JsonResponse
from baton.kernel.openapi import answers, downloads, streams
from baton.rdm.schemas import FileJson
from baton.records import queries
from baton.storage.content import Stored
from baton.uploads.whole import received

router = APIRouter(prefix="/api/records/{record_id}", tags=["Files"], dependencies=[NOT_FORGED])


def _whole(entry: FileEntry) -> ContentSlice:
    if entry.sha256 is None or entry.size is None:
        raise NoContent(f'The content of "{entry.key}" has not been uploaded yet.')
    return ContentSlice.of(entry.sha256, 0, entry.size, entry.size, entry.crc32)


async def _chunks(call: Call, content: ContentSlice) -> Response:
    encoded = await to_thread.run_sync(encoded_chunks, call.context.store, content, limiter=READERS)
    return Response(encoded, headers={"Cache-Control": "no-cache"}, media_type=CHUNKS)


@router.get(
    "/files/{key:path}/content/chunks", operation_id="get_chunks", responses=downloads(), response_class=Response
)
async def get_chunks(call: CallerDep, record_id: int, key: str) -> Response:
    """The chunks that a file is made of, for whoever has an older copy (docs/formats/versions.md)."""
    return await _chunks(call, await run_in_threadpool(_published, call, record_id, key))


def _published(call: Call, record_id: int, key: str) -> ContentSlice:
    with call.read() as tx:
        _record, entry = queries.get_record_file(tx.connection, tx.actor, record_id, key)
    return _whole(entry)


@router.get(
    "/draft/files/{key:path}/content/chunks",
    operation_id="get_draft_chunks",
    responses=downloads(),
    response_class=Response,
)
async def get_draft_chunks(call: CallerDep, record_id: int, key: str) -> Response:
    """The chunks that a draft's file is made of."""
    return await _chunks(call, await run_in_threadpool(_in_draft, call, record_id, key))


def _in_draft(call: Call, record_id: int, key: str) -> ContentSlice:
    with call.read() as tx:
        _draft, entry = queries.get_draft_file(tx.connection, tx.actor, record_id, key)
    return _whole(entry)


@router.put(
    "/draft/files/{key:path}/content/delta",
    operation_id="put_delta",
    responses=answers(200, FileJson, 403, 404, 412, 503, 507),
    openapi_extra=streams(DELTA),
)
async def put_delta(request: Request, call: CallerDep, record_id: int, key: str) -> Response:
    """Send the content of an announced file as what it copies from published files and what is new in it.

    The result is hashed and compared with the SHA-256 that the delta announces (docs/formats/delta.md).
    """
    reader = DeltaReader(request.stream())
    key = await run_in_threadpool(_key, call, record_id, key)
    try:
        head = await reader.head()
    except ClientDisconnect as error:
        raise UploadInterrupted("The connection ended before the file did; nothing was kept.") from error
    bases = await run_in_threadpool(_bases, call, head.bases)
    content = reader.content(head, bases, call.context.store)
    declared = Declared(head.size, {"sha256": head.sha256})
    async with received(call.context.uploads, content, record_id, key, declared) as stored:
        return await run_in_threadpool(_attach, call, record_id, key, stored)


def _key(call: Call, record_id: int, key: str) -> str:
    """The name of the announced file; and whether its content may come at all, before its bytes flow."""
    with call.read() as tx:
        draft = queries.get_fillable_draft(tx.connection, tx.actor, record_id)
        return get_waiting(tx.connection, draft.id, key).key


def _bases(call: Call, named: Sequence[Base]) -> list[ContentSlice]:
    """The contents to copy from. They go by record and name, so that nobody can ask whether other people's exist."""
    found = []
    with call.read() as tx:
        for base in named:
            _record, entry = queries.get_record_file(tx.connection, tx.actor, base.record_id, base.key)
            if entry.sha256 != base.sha256:
                raise DeltaBaseChanged(
                    f'"{base.key}" of record {base.record_id} has another content than the delta says.'
                )
            found.append(_whole(entry))
    return found


def _attach(call: Call, record_id: int, key: str, stored: Stored) -> Response:
    with call.write() as tx:
        draft = queries.get_fillable_draft(tx.connection, tx.actor, record_id)
        commands.attach_content(tx.connection, draft.id, key, stored, call.context.quotas)
        return JsonResponse(file_json(draft, get_file(tx.connection, draft.id, key), tx.view(draft)))

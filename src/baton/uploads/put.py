"""A file by PUT: in one go, or gone on with by `Content-Range` or the IETF's resumable uploads.

What came of a large file before its connection broke is kept, so that the next request may bring the rest. A PUT of the
whole begins anew.
"""

from asyncio import get_running_loop
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from anyio import to_thread
from starlette.requests import Request

from baton.files.errors import LengthMismatch
from baton.files.rules import check_said_once, declared, declared_digests
from baton.files.upload import WRITERS
from baton.storage.content import Stored
from baton.uploads import rules
from baton.uploads.commands import begin_upload
from baton.uploads.engine import Append, Engine
from baton.uploads.entry import OPEN, Upload
from baton.uploads.errors import OffsetConflict
from baton.uploads.receive import append
from baton.uploads.whole import received

# What is sent again sooner than it is asked for; it is received without leaving a trace when it breaks.
SMALL = 4 << 20
# The revision of the draft whose interim answers we speak; to clients of any other one, none is sent.
INTEROP = {"Upload-Draft-Interop-Version": "8"}


@dataclass(frozen=True, slots=True)
class Place:
    """Which file is put, through which door, and what has come of it before."""

    record_id: int
    key: str
    door: str
    unfinished: Sequence[Upload]  # the newest first


@dataclass(frozen=True, slots=True)
class Arrived:
    """What a request has led to: a content, or an upload that waits for more; neither when it only asked."""

    stored: Stored | None
    upload: Upload | None = None
    status: int = 202  # for an upload that waits for more


@asynccontextmanager
async def put(
    engine: Engine, request: Request, place: Place, location: Callable[[Upload], Mapping[str, str]]
) -> AsyncIterator[Arrived]:
    """Receive what a PUT brings. When all of a file is there, commit the row that names it inside the block."""
    headers = request.headers
    if "content-range" not in headers and "upload-complete" not in headers:
        whole = declared(headers)
        if whole.size is not None and whole.size <= SMALL:
            async with received(engine, request.stream(), place.record_id, place.key, whole) as stored:
                yield Arrived(stored)
            await _drop(engine, place.unfinished)
            return
    plan = await to_thread.run_sync(_plan, engine, place, headers, limiter=WRITERS)
    if plan.upload is None or plan.append is None:
        yield Arrived(None, plan.upload)
        return
    progress = _interim(request, plan.upload, location) if "upload-complete" in headers else None
    async with append(engine, request.receive, plan.upload, plan.append, progress) as appended:
        yield Arrived(appended.stored, appended.upload, 201 if plan.append.waits else 202)
    await _drop(engine, [upload for upload in place.unfinished if upload.id != plan.upload.id])


@dataclass(frozen=True, slots=True)
class _Plan:
    upload: Upload | None
    append: Append | None = None


def _plan(engine: Engine, place: Place, headers: Mapping[str, str]) -> _Plan:
    """Which upload the request begins or goes on with, and what it adds."""
    check_said_once(headers)
    size = rules.number(headers, "content-length")
    if "content-range" in headers:
        return _ranged(engine, place, headers, size)
    ends = rules.flag(headers, "upload-complete") is not False
    length = rules.same_length(rules.number(headers, "upload-length"), size if ends else None)
    digests = declared_digests(headers) if ends else rules.whole_digests(headers)
    what = Append(
        offset=0,
        length=length,
        size=size,
        chunk=None if ends else rules.chunk_of(headers),
        is_last=ends,
        waits=not ends,
    )
    return _Plan(_begin(engine, place, digests, length, size), what)


def _ranged(engine: Engine, place: Place, headers: Mapping[str, str], size: int | None) -> _Plan:
    said = rules.content_range(headers["content-range"])
    if size is not None and size != said.length:
        raise LengthMismatch(f"The Content-Range is one of {said.length:,} bytes, and {size:,} come.")
    upload, digests = place.unfinished[0] if place.unfinished else None, rules.whole_digests(headers)
    if said.first is None:
        if upload is not None:
            upload = engine.look(place.record_id, upload.id)
            rules.same_length(upload.length, said.total)
            if upload.state != OPEN:
                return _Plan(None)
            if upload.is_whole:
                # All of it came, and the server was stopped before it had a name.
                return _Plan(upload, Append(offset=upload.offset))
        return _Plan(upload)
    if upload is None:
        if said.first > 0:
            raise OffsetConflict("Nothing of this file is there yet. Begin with its first byte.", 0)
        upload = _begin(engine, place, digests, said.total, said.length)
    chunk = rules.chunk_of(headers)
    what = Append(offset=said.first, length=said.total, size=said.length, chunk=chunk, digests=digests)
    return _Plan(upload, what)


def _begin(engine: Engine, place: Place, digests: Mapping[str, str], length: int | None, size: int | None) -> Upload:
    with engine.database.write() as connection:
        return begin_upload(
            connection, place.record_id, place.door, place.key, engine, length=length, least=size, digests=digests
        )


async def _drop(engine: Engine, uploads: Sequence[Upload]) -> None:
    """Forget what a newer upload has replaced, unless it is still under way."""
    for upload in uploads:
        await to_thread.run_sync(engine.forget, upload, limiter=WRITERS)


def _interim(
    request: Request, upload: Upload, location: Callable[[Upload], Mapping[str, str]]
) -> Callable[[int], None] | None:
    """Tells the client where the upload goes on, and then how far it has come; for clients that understand it."""
    tell = request.scope.get("extensions", {}).get("baton.interim", {}).get("tell")
    if tell is None or any(request.headers.get(name.lower()) != value for name, value in INTEROP.items()):
        return None
    tell(104, "Upload Resumption Supported", {**INTEROP, **location(upload)})
    loop = get_running_loop()

    def progress(offset: int) -> None:
        shown = {**INTEROP, "Upload-Offset": str(offset)}
        loop.call_soon_threadsafe(tell, 104, "Upload Resumption Supported", shown)

    return progress

"""Bytes out over HTTP: whole, in ranges, on condition, or as one archive; memory stays flat."""

import asyncio
import base64
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from baton.files.archive import Archive, Member
from baton.files.conditions import http_date, is_ours_to_answer, is_unchanged, range_applies
from baton.files.disposition import disposition, headers_elsewhere, safety_headers
from baton.files.entry import FileEntry
from baton.files.errors import NoContent
from baton.files.pieces import ContentSlice, Distrust, Piece, read_blocks
from baton.files.ranges import Span, requested_spans
from baton.kernel.http import is_head
from baton.storage.content import ContentStore
from baton.storage.errors import damaged
from baton.storage.fixity import State

# Up to here a read is cheaper than handing it to a thread, even from a disk.
INLINE = 64 << 10
# Reads that may wait for a disk at once. Apart from the threads of other requests, which must not wait behind them.
READERS = CapacityLimiter(32)
# The longest address that every client and every server between takes.
LONGEST_ADDRESS = 4000

# An address where anybody may read the content of that name and size for a while, with these headers; may block.
# `None` if there is none: it is sent by us.
Sign = Callable[[str, int, Mapping[str, str]], str | None]


@dataclass(frozen=True, slots=True)
class Downloads:
    """Where bytes come from, who hears of those that are not what came, and where else they can be had."""

    store: ContentStore
    distrust: Distrust
    sign: Sign | None = None


@dataclass(frozen=True, slots=True)
class _Representation:
    """What can be downloaded: its size and identity, what to say about it, and how any part of it is made."""

    size: int
    etag: str
    modified: datetime
    content_type: str
    headers: dict[str, str]
    whole_headers: dict[str, str]  # true of all bytes only
    pieces: Callable[[Span], Iterable[Piece]]
    elsewhere: Callable[[], str | None] | None = None  # where the bytes can be had instead, if anywhere


def content_response(
    request: Request,
    source: Downloads,
    entry: FileEntry,
    *,
    is_public: bool,
    attachment: bool = False,
) -> Response:
    """The content of a file: 200, 206, 302 or 304; raises the `Problem` for 412 and 416, and `ContentMissing`.

    `is_public` says whether caches may keep it; whether the caller may read it was decided before. A whole file that is
    damaged breaks off before its end; in a range nobody can see it.
    """
    if entry.sha256 is None or entry.md5 is None or entry.size is None:
        raise NoContent(f'The content of "{entry.key}" has not been uploaded yet.')
    if entry.state not in {State.WHOLE, None}:
        raise damaged(entry.sha256)
    safety = safety_headers(entry.key, entry.mimetype, attachment=attachment)
    sha256, md5, size, crc32, sign = entry.sha256, entry.md5, entry.size, entry.crc32, source.sign

    def elsewhere(sign: Sign) -> str | None:
        said = headers_elsewhere(entry.key, entry.mimetype, attachment=attachment)
        return sign(sha256, size, {**said, **_caching(is_public=False)})

    representation = _Representation(
        size=entry.size,
        etag=f'"md5:{md5}"',
        modified=entry.updated_at,
        content_type=safety.pop("Content-Type"),
        headers={
            **safety,
            **_caching(is_public=is_public),
            "Repr-Digest": f"sha-256=:{base64.b64encode(bytes.fromhex(sha256)).decode()}:",
        },
        whole_headers={"Content-MD5": base64.b64encode(bytes.fromhex(md5)).decode()},
        pieces=lambda span: [ContentSlice.of(sha256, span.start, span.stop, size, crc32)] if span.length else [],
        elsewhere=None if sign is None else lambda: elsewhere(sign),
    )
    return _respond(request, source, representation)


def archive_response(
    request: Request,
    source: Downloads,
    entries: Sequence[FileEntry],
    name: str,
    modified: datetime,
    *,
    is_public: bool,
    before: Sequence[Member] = (),
) -> Response:
    """All complete files in one ZIP called `name`, dated `modified`; as `content_response` otherwise.

    `before` them stands what was made for this archive.
    """
    for entry in entries:
        if entry.sha256 is not None and entry.state not in {State.WHOLE, None}:
            raise damaged(entry.sha256)
    members = [
        Member(entry.key, entry.size, entry.crc32, entry.sha256)
        for entry in entries
        if entry.sha256 is not None and entry.size is not None and entry.crc32 is not None
    ]
    archive = Archive([*before, *members], modified)
    representation = _Representation(
        size=archive.size,
        etag=archive.etag,
        modified=modified,
        content_type="application/zip",
        headers={
            "Content-Disposition": disposition(name, attachment=True),
            "X-Content-Type-Options": "nosniff",
            **_caching(is_public=is_public),
        },
        whole_headers={},
        pieces=lambda span: archive.pieces(span.start, span.stop),
    )
    return _respond(request, source, representation)


def _caching(*, is_public: bool) -> dict[str, str]:
    """Caches may keep public bytes, and ask each time whether they are still public; of others nothing is kept."""
    return {"Cache-Control": "public, no-cache" if is_public else "private, no-store"}


def _respond(request: Request, source: Downloads, it: _Representation) -> Response:
    headers = {
        **it.headers,
        "Accept-Ranges": "bytes",
        "ETag": it.etag,
        "Last-Modified": http_date(it.modified),
    }
    if is_unchanged(request.headers, it.etag, it.modified):
        return _Bytes(source, 304, headers)
    # HEAD is answered as GET would be, without Range (section 14.2) and without reading a byte.
    wants_head = request.method == "HEAD" or is_head(request)
    elsewhere = None if wants_head or _is_ours_to_answer(request, it.etag) else it.elsewhere
    spans = None
    if not wants_head and range_applies(request.headers, it.etag, it.modified):
        spans = requested_spans(request.headers.get("range"), it.size)
    if spans is None:
        whole = Span(0, it.size)
        headers |= {**it.whole_headers, "Content-Type": it.content_type, "Content-Length": str(it.size)}
        if wants_head:
            return _Bytes(source, 200, headers)
        return _Bytes(source, 200, headers, it.pieces(whole), it.size, elsewhere)
    if len(spans) == 1:
        span = spans[0]
        headers |= {"Content-Type": it.content_type, "Content-Length": str(span.length)}
        headers["Content-Range"] = span.content_range(it.size)
        return _Bytes(source, 206, headers, it.pieces(span), span.length, elsewhere)
    return _several(source, it, spans, headers)


def _is_ours_to_answer(request: Request, etag: str) -> bool:
    """Whether the caller is not to be led elsewhere: what it says is for us alone, or we alone know the answer."""
    # Many programs (wget, Python's urllib) take this header along to wherever they are led.
    return "authorization" in request.headers or is_ours_to_answer(request.headers, etag)


def _several(source: Downloads, it: _Representation, spans: Sequence[Span], headers: dict[str, str]) -> Response:
    """`multipart/byteranges`: RFC 9110 section 14.6."""
    # As unlikely in the content as its own digest is.
    boundary = "part-" + it.etag.strip('"').rpartition(":")[2]
    heads = [
        (
            f"\r\n--{boundary}\r\nContent-Type: {it.content_type}\r\n"
            f"Content-Range: {span.content_range(it.size)}\r\n\r\n"
        ).encode()
        for span in spans
    ]
    end = f"\r\n--{boundary}--\r\n".encode()

    def pieces() -> Iterator[Piece]:
        for head, span in zip(heads, spans, strict=True):
            yield head
            yield from it.pieces(span)
        yield end

    length = sum(map(len, heads)) + sum(span.length for span in spans) + len(end)
    headers |= {"Content-Type": f"multipart/byteranges; boundary={boundary}", "Content-Length": str(length)}
    return _Bytes(source, 206, headers, pieces(), length)


class _Bytes(Response):
    """An answer whose body is read from the store while it is sent, or that leads to where it can be had."""

    def __init__(
        self,
        source: Downloads,
        status: int,
        headers: dict[str, str],
        pieces: Iterable[Piece] = (),
        length: int = 0,
        elsewhere: Callable[[], str | None] | None = None,
    ) -> None:
        self.status_code = status
        self.background = None
        self.body = b""
        self.raw_headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
        self._of_bytes = {name for name, _value in self.raw_headers}  # what is added later is true of any answer
        self._blocks = read_blocks(source.store, pieces, source.distrust)
        self._length = length
        self._is_quick = length <= INLINE and source.store.is_local
        self._elsewhere = elsewhere

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope
        start = {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        try:
            if self._elsewhere is not None:
                address = await to_thread.run_sync(self._elsewhere, limiter=READERS)
                if address is not None and len(address) <= LONGEST_ADDRESS:
                    await self._lead_to(address, send)
                    return
            if self._is_quick:
                body = b"".join(self._blocks)
                await send(start)
                await send({"type": "http.response.body", "body": body})
                return
            # Whatever is wrong with the first bytes is still answered with a proper status.
            block = await to_thread.run_sync(next, self._blocks, None, limiter=READERS)
            await send(start)
            await self._stream(block, receive, send)
        finally:
            # Closes the content that is being read, also when the client has gone or the server stops.
            self._blocks.close()

    async def _lead_to(self, address: str, send: Send) -> None:
        headers = [(name, value) for name, value in self.raw_headers if name not in self._of_bytes]
        headers += [
            (b"location", address.encode()),
            (b"cache-control", b"private, no-store"),  # the address is good for a while only
            (b"referrer-policy", b"no-referrer"),
            (b"content-length", b"0"),
        ]
        await send({"type": "http.response.start", "status": 302, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    async def _stream(self, block: bytes | None, receive: Receive, send: Send) -> None:
        gone = asyncio.ensure_future(_disconnected(receive))
        try:
            while block is not None and not gone.done():
                await send({"type": "http.response.body", "body": block, "more_body": True})
                block = await to_thread.run_sync(next, self._blocks, None, limiter=READERS)
            await send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()


async def _disconnected(receive: Receive) -> None:
    """Return once the client has gone; the server itself goes on taking what is sent to nobody."""
    while (await receive())["type"] != "http.disconnect":
        pass

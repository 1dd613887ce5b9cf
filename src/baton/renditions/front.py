"""The shortest way to what everybody may read of a record: from where it is kept to the wire, before any routing.

A record's JSON has been rendered into the database when it was published. Its page and its exports are kept in memory
once somebody has asked for them, made once however many crawlers ask at the same time, and bounded. Each hit asks the
database whether the record is still public and still the same, so nothing that was withdrawn is served. Whoever brings
credentials, or comes from another origin, goes on to the route, which knows all cases.
"""

import asyncio
import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from fastapi.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from baton.exports.linkset import AS_LINKSET
from baton.exports.view import View
from baton.kernel.db import Database
from baton.renditions.formats import rendered_formats
from baton.renditions.queries import Rendition, Stamped, find_rendition, find_stamp

T = TypeVar("T")

# Pages of a record, its exports, and its JSON in whatever format `Accept` names.
_PUBLIC = re.compile(r"(?:/api)?/records/([0-9]{1,18})(?:/export/[a-z0-9-]{1,40})?")
_JSON = "/api/records/"
# Whoever brings one of these may get another answer than everybody, or still has a body to send.
_PERSONAL = {b"authorization", b"cookie", b"origin", b"range", b"content-length", b"transfer-encoding"}
LONGEST_QUERY = 200
LONGEST_ACCEPT = 200
LARGEST = 2_000_000  # bytes of one answer
# Answers made at a time. Each competes with people's requests for the interpreter, so a crowd of crawlers may not take
# more; two, so that a slow one does not hold up all others.
AT_A_TIME = 2

# A cache between us and the reader may keep it, and has to ask us each time: that costs a 304, and nothing that was
# withdrawn is shown for even a minute.
_HEADERS = [
    (b"cache-control", b"public, no-cache"),
    (b"vary", b"Accept, Authorization, Cookie, Origin"),
]
_REPLACED = {b"cache-control", b"vary", b"etag", b"content-length", b"content-type"}


class _Key(NamedTuple):
    path: str
    query: bytes
    accept: bytes


@dataclass(frozen=True, slots=True)
class _Kept:
    stamp: Stamped
    etag: bytes
    lines: bytes  # the headers as they go out, but those of the body
    media_type: bytes
    body: bytes

    @property
    def size(self) -> int:
        return len(self.body) + 1000


class PublicAnswers:
    """An ASGI layer in front of the application. `most` is what all kept answers may take together, in bytes."""

    def __init__(self, app: ASGIApp, database: Database, view: View, records_json: str, most: int) -> None:
        self._app = app
        self._database = database
        self._view = view  # everybody's
        self._lines = _lines(_HEADERS)
        named = dict.fromkeys(("", "*/*", "application/json"), "")
        self._rendered = {accept.encode(): name for accept, name in named.items()} | {
            name.encode(): name for name in rendered_formats(records_json)
        }
        self._most = most
        self._kept: OrderedDict[_Key, _Kept] = OrderedDict()
        self._size = 0
        self._making: dict[_Key, asyncio.Event] = {}
        self._turns = asyncio.Semaphore(AT_A_TIME)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = _asked(scope)
        if asked is None:
            await self._app(scope, receive, send)
            return
        number, key, known = asked
        form = self._rendered.get(key.accept)
        if form is not None and key.path.startswith(_JSON) and not key.query:
            found = await self._look_up(find_rendition, number, form, self._view)
            if found is not None:
                await _give(self._as_kept(found, key), known, send)
                return
        stamp = await self._look_up(find_stamp, number)
        if stamp is None:
            await self._app(scope, receive, send)
            return
        kept = self._find(key, stamp)
        if kept is None and key in self._making:
            await self._making[key].wait()
            kept = self._find(key, stamp)
        if kept is not None:
            await _give(kept, known, send)
            return
        await self._make(scope, receive, send, key, stamp)

    async def _look_up(self, find: Callable[..., T], *arguments: object) -> T:
        """On SQLite at once, which is cheaper than any thread."""
        if self._database.is_sqlite:
            return find(self._database, *arguments)
        return await run_in_threadpool(find, self._database, *arguments)

    def _as_kept(self, found: Rendition, key: _Key) -> "_Kept":
        link = f"link: <{self._view.base_url}{key.path}>; {AS_LINKSET}\r\netag: {found.etag}\r\n"
        return _Kept((), found.etag.encode(), self._lines + link.encode(), found.media_type.encode(), found.body)

    def _find(self, key: _Key, stamp: Stamped) -> _Kept | None:
        kept = self._kept.get(key)
        if kept is None or kept.stamp != stamp:
            return None
        self._kept.move_to_end(key)
        return kept

    async def _make(self, scope: Scope, receive: Receive, send: Send, key: _Key, stamp: Stamped) -> None:
        """Let the application answer in its turn, and keep that; who asks for the same meanwhile waits for it."""
        made = self._making.setdefault(key, asyncio.Event())

        def settle() -> None:
            if (kept := answer.kept(stamp)) is not None:
                self._keep(key, kept)
            if self._making.get(key) is made:
                del self._making[key]
            made.set()

        async with AsyncExitStack() as turn:

            async def send_on(message: Message) -> None:
                await turn.aclose()  # who is slow to take an answer holds no turn
                await send(message)

            answer = _Recorder(send_on, settle)
            try:
                await turn.enter_async_context(self._turns)
                first = await receive()
                if first["type"] != "http.disconnect":
                    await self._app(scope, _again(first, receive), answer)
            finally:
                if not made.is_set():
                    settle()

    def _keep(self, key: _Key, kept: _Kept) -> None:
        if (old := self._kept.pop(key, None)) is not None:
            self._size -= old.size
        self._kept[key] = kept
        self._size += kept.size
        while self._size > self._most:
            _oldest, gone = self._kept.popitem(last=False)
            self._size -= gone.size


class _Recorder:
    """Sends an answer on and remembers it, if everybody may have it and it is not too large.

    `settle` is called when that is known, before the last of it is sent: who is slow to take it keeps nobody waiting.
    """

    def __init__(self, send: Send, settle: Callable[[], None]) -> None:
        self._send = send
        self._settle = settle
        self._headers: Sequence[tuple[bytes, bytes]] = ()
        self._is_for_all = False
        self._is_whole = False
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._headers = message["headers"]
            self._is_for_all = message["status"] == 200 and not any(  # noqa: PLR2004  OK
                name.lower() == b"set-cookie" for name, _value in self._headers
            )
            if self._is_for_all:
                message["headers"] = [*_without(self._headers, {b"cache-control", b"vary"}), *_HEADERS]
        elif self._is_for_all:
            self._body += message.get("body", b"")
            self._is_for_all = len(self._body) <= LARGEST
            self._is_whole = not message.get("more_body")
        if self._is_whole or not self._is_for_all:
            self._settle()
        await self._send(message)

    def kept(self, stamp: Stamped) -> _Kept | None:
        if not (self._is_for_all and self._is_whole):
            return None
        told = {name.lower(): value for name, value in self._headers}
        etag = told.get(b"etag") or f'"{hashlib.sha256(self._body).hexdigest()[:32]}"'.encode()
        headers = [*_without(self._headers, _REPLACED), *_HEADERS, (b"etag", etag)]
        return _Kept(stamp, etag, _lines(headers), told.get(b"content-type", b"text/plain"), self._body)


def _again(first: Message, receive: Receive) -> Receive:
    pending = [first]

    async def again() -> Message:
        return pending.pop() if pending else await receive()

    return again


def _lines(headers: Sequence[tuple[bytes, bytes]]) -> bytes:
    return b"".join(b"%b: %b\r\n" % header for header in headers)


def _without(headers: Sequence[tuple[bytes, bytes]], names: set[bytes]) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, value in headers if name.lower() not in names]


def _asked(scope: Scope) -> tuple[int, _Key, bytes] | None:
    """The record, the question and the tags that are known, of a request that is answered to everybody alike."""
    if scope["type"] != "http" or scope["method"] != "GET" or len(scope["query_string"]) > LONGEST_QUERY:
        return None
    match = _PUBLIC.fullmatch(scope["path"])
    if match is None or b"token" in scope["query_string"]:
        return None
    accept = known = b""
    for name, value in scope["headers"]:
        if name in _PERSONAL:
            return None
        if name == b"accept":
            accept = value
        elif name == b"if-none-match":
            known = value
    if len(accept) > LONGEST_ACCEPT:
        return None
    return int(match[1]), _Key(scope["path"], scope["query_string"], accept), known


async def _give(kept: _Kept, known: bytes, send: Send) -> None:
    status, lines, body = 304, kept.lines, b""
    if not known or kept.etag not in known:
        status, body = 200, kept.body
        lines += b"content-type: %b\r\ncontent-length: %d\r\n" % (kept.media_type, len(body))
    await send({"type": "http.response.start", "status": status, "lines": lines})
    await send({"type": "http.response.body", "body": body})

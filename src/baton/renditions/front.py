"""The shortest way to what everybody may read of a record: from where it is kept to the wire, before any routing.

A record's JSON has been rendered into the database when it was published. Its page and its exports are kept in memory
once somebody has asked for them, made once however many crawlers ask at the same time, and bounded. Nothing is served
without asking the database whether anything was committed, and then whether the record is still public and still the
same. What has to be made waits for its turn. Whoever brings credentials, or comes from another origin, waits for
nothing and goes on to the route, which knows all cases.
"""

import asyncio
import hashlib
import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple, TypeVar

from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from baton.accounts.credentials import CSRF_COOKIE, SESSION_COOKIE
from baton.exports.linkset import AS_LINKSET
from baton.exports.view import View
from baton.kernel.db import Database
from baton.kernel.http import problem_response, wants_json
from baton.renditions.errors import Crowded
from baton.renditions.formats import rendered_formats
from baton.renditions.kept import Kept, Key, Shelf
from baton.renditions.queries import Rendition, Stamped, find_rendition, find_stamp
from baton.renditions.turns import Turns

T = TypeVar("T")

# Pages of a record, its exports, and its JSON in whatever format `Accept` names.
_PUBLIC = re.compile(r"(?:/api)?/records/([0-9]{1,18})(?:/export/[a-z0-9-]{1,40})?")
_JSON = "/api/records/"
# Whoever brings one of these may get another answer than everybody. A range of a page, a body sent along, or a cookie
# that somebody else has set for the whole domain changes nothing.
_PERSONAL = {b"authorization", b"origin"}
_OUR_COOKIES = (SESSION_COOKIE.encode(), CSRF_COOKIE.encode())
LARGEST = 2_000_000  # bytes of one answer
RETRY_AFTER = 10  # seconds

# A cache between us and the reader may keep it, and has to ask us each time: that costs a 304, and nothing that was
# withdrawn is shown for even a minute.
_HEADERS = [
    (b"cache-control", b"public, no-cache"),
    (b"vary", b"Accept, Authorization, Cookie, Origin"),
]
_REPLACED = {b"cache-control", b"vary", b"etag", b"content-length", b"content-type"}


class _Asked(NamedTuple):
    """A request that is answered to everybody alike."""

    record_id: int
    key: Key
    known: bytes  # the tags of what the client has


class PublicAnswers:
    """An ASGI layer in front of the application. `most` is what all kept answers may take together, in bytes."""

    def __init__(
        self, app: ASGIApp, database: Database, view: View, records_json: str, most: int, turns: Turns
    ) -> None:
        self._app = app
        self._database = database
        self._view = view  # everybody's
        self._lines = _lines(_HEADERS)
        named = dict.fromkeys(("", "*/*", "application/json"), "")
        self._rendered = {accept.encode(): name for accept, name in named.items()} | {
            name.encode(): name for name in rendered_formats(records_json)
        }
        # Apart, because JSON is found in the database as well, and may not take the place of pages.
        self._json, self._pages = Shelf(most // 8), Shelf(most - most // 8)
        self._state: int | None = None
        self._making: dict[Key, asyncio.Future[None]] = {}
        self._turns = turns

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = _asked(scope)
        if asked is None:
            await self._app(scope, receive, send)
            return
        kept = await self._find(asked)
        if kept is None and (made := self._making.get(asked.key)) is not None:
            if not await self._turns.wait(made, partial(_gone, receive)):
                await _refuse(scope, receive, send)
                return
            kept = await self._find(asked)
        if kept is not None:
            await _give(kept, asked.known, send)
        else:
            await self._make_in_turn(scope, receive, send, asked)

    async def _find(self, asked: _Asked) -> Kept | None:
        """What is there for everybody, if it is true now."""
        number, key, _known = asked
        state = self._state_now()
        if (kept := self._json.find(key)) is not None and kept.is_true_at(state):
            return kept
        if (kept := self._pages.find(key)) is not None and kept.is_true_at(state):
            return kept
        form = self._rendered.get(key.accept)
        if form is not None and key.path.startswith(_JSON) and not key.query:
            found = await self._look_up(find_rendition, number, form, self._view)
            if found is not None:
                rendered = self._as_kept(found, key, state)
                if state is not None and len(found.body) <= LARGEST:
                    self._json.put(key, rendered)
                return rendered
        stamp = await self._look_up(find_stamp, number)
        if kept is None or stamp is None or kept.stamp != stamp:
            return None
        kept.true_at = state
        return kept

    def _state_now(self) -> int | None:
        """The state of the database, asked for once for all requests that have arrived by now.

        Those that arrive later are handled after `_forget`: the event loop does things in the order in which they came.
        """
        if self._state is None:
            self._state = self._database.state()
            asyncio.get_running_loop().call_soon(self._forget)
        return self._state

    def _forget(self) -> None:
        self._state = None

    async def _look_up(self, find: Callable[..., T], *arguments: object) -> T:
        """On SQLite at once, which is cheaper than any thread."""
        if self._database.is_sqlite:
            return find(self._database, *arguments)
        return await run_in_threadpool(find, self._database, *arguments)

    def _as_kept(self, found: Rendition, key: Key, state: int | None) -> Kept:
        link = f"link: <{self._view.base_url}{key.path}>; {AS_LINKSET}\r\netag: {found.etag}\r\n"
        lines = self._lines + link.encode()
        return Kept((), found.etag.encode(), lines, found.media_type.encode(), found.body, state)

    async def _make_in_turn(self, scope: Scope, receive: Receive, send: Send, asked: _Asked) -> None:
        """Let the application answer in its turn, and keep that; who asks for the same meanwhile waits for it."""
        made = self._making.setdefault(asked.key, asyncio.get_running_loop().create_future())
        place = self._turns.ask()

        def settle(kept: Kept | None = None) -> None:
            if kept is not None:
                self._pages.put(asked.key, kept)
            if self._making.get(asked.key) is made:
                del self._making[asked.key]
            if not made.done():
                made.set_result(None)

        async def send_on(message: Message) -> None:
            self._turns.leave(place)  # who is slow to take an answer holds no turn
            await send(message)

        try:
            if not await self._turns.wait(place, partial(_gone, receive)):
                await _refuse(scope, receive, send)
                return
            if (kept := await self._find(asked)) is not None:  # by now
                await _give(kept, asked.known, send_on)
            else:
                stamp = await self._look_up(find_stamp, asked.record_id)
                await self._app(scope, _bodiless(receive), _Recorder(send_on, stamp, settle))
        finally:
            settle()
            self._turns.leave(place)


class _Recorder:
    """Sends an answer on and remembers it, if everybody may have it and it is not too large.

    `settle` is told when that is known, before the last of it is sent: who is slow to take it keeps nobody waiting.
    """

    def __init__(self, send: Send, stamp: Stamped | None, settle: Callable[[Kept | None], None]) -> None:
        self._send = send
        self._stamp = stamp
        self._settle = settle
        self._headers: Sequence[tuple[bytes, bytes]] = ()
        self._is_for_all = False
        self._is_whole = False
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._headers = message["headers"]
            self._is_for_all = (
                self._stamp is not None
                and message["status"] == 200  # noqa: PLR2004  OK
                and not any(name.lower() == b"set-cookie" for name, _value in self._headers)
            )
            if self._is_for_all:
                message["headers"] = [*_without(self._headers, {b"cache-control", b"vary"}), *_HEADERS]
        elif self._is_for_all:
            self._body += message.get("body", b"")
            self._is_for_all = len(self._body) <= LARGEST
            self._is_whole = not message.get("more_body")
        if self._is_whole or not self._is_for_all:
            self._settle(self._kept())
        await self._send(message)

    def _kept(self) -> Kept | None:
        if self._stamp is None or not (self._is_for_all and self._is_whole):
            return None
        told = {name.lower(): value for name, value in self._headers}
        etag = told.get(b"etag") or f'"{hashlib.sha256(self._body).hexdigest()[:32]}"'.encode()
        headers = [*_without(self._headers, _REPLACED), *_HEADERS, (b"etag", etag)]
        return Kept(self._stamp, etag, _lines(headers), told.get(b"content-type", b"text/plain"), self._body)


async def _gone(receive: Receive) -> None:
    """Returns when the client has."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _bodiless(receive: Receive) -> Receive:
    """What the application hears of a request whose body, if there is any, nobody needs."""
    pending: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def hear() -> Message:
        return pending.pop() if pending else await receive()

    return hear


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    crowded = Crowded(
        f"Too many readers ask at once for what has to be made first. Try again in {RETRY_AFTER} seconds, or sign in.",
        headers={"Retry-After": str(RETRY_AFTER)},
    )
    if wants_json(Request(scope)):
        answer: Response = problem_response(crowded)
    else:
        answer = PlainTextResponse(crowded.detail, crowded.status, crowded.headers)
    await answer(scope, receive, send)


def _lines(headers: Sequence[tuple[bytes, bytes]]) -> bytes:
    return b"".join(b"%b: %b\r\n" % header for header in headers)


def _without(headers: Sequence[tuple[bytes, bytes]], names: set[bytes]) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, value in headers if name.lower() not in names]


def _asked(scope: Scope) -> _Asked | None:
    if scope["type"] != "http" or scope["method"] != "GET" or b"token" in scope["query_string"]:
        return None
    match = _PUBLIC.fullmatch(scope["path"])
    if match is None:
        return None
    accept = known = b""
    for name, value in scope["headers"]:
        if name in _PERSONAL or (name == b"cookie" and any(cookie in value for cookie in _OUR_COOKIES)):
            return None
        if name == b"accept":
            accept = value
        elif name == b"if-none-match":
            known = value
    return _Asked(int(match[1]), Key(scope["path"], scope["query_string"], accept), known)


async def _give(kept: Kept, known: bytes, send: Send) -> None:
    status, lines, body = 304, kept.lines, b""
    if not known or kept.etag not in known:
        status, body = 200, kept.body
        lines += b"content-type: %b\r\ncontent-length: %d\r\n" % (kept.media_type, len(body))
    await send({"type": "http.response.start", "status": status, "lines": lines})
    await send({"type": "http.response.body", "body": body})

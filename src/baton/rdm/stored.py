"""The shortest way to a public record: from its rendition to the wire, before any routing.

Only what everybody may read is answered here. Whoever brings credentials, asks for another format or another origin,
or for what has not been rendered yet, goes on to the route, which knows all cases.
"""

import re
from typing import Any

from fastapi.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from baton.context import Context
from baton.exports.view import View
from baton.renditions.formats import rendered_formats
from baton.renditions.queries import Rendition, find_rendition

_RECORD = re.compile(r"/api/records/([0-9]{1,18})")
# Headers by which an answer may differ, beside `Accept`.
_PERSONAL = {b"authorization", b"cookie", b"origin"}


class StoredRecords:
    """An ASGI layer in front of the application."""

    def __init__(self, app: ASGIApp, context: Context) -> None:
        self._app = app
        self._context = context
        self._view = View(context.site.base_url, context.site.name, may_read_files=True, may_manage=False)
        named = dict.fromkeys(("", "*/*", "application/json"), "")
        self._accepts = {accept.encode(): name for accept, name in named.items()} | {
            name.encode(): name for name in rendered_formats(context.site.records_json)
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = self._asked(scope)
        found = None
        if asked is not None:
            if self._context.database.is_sqlite:
                found = find_rendition(self._context.database, *asked, self._view)
            else:
                found = await run_in_threadpool(find_rendition, self._context.database, *asked, self._view)
        if found is None:
            await self._app(scope, receive, send)
            return
        await self._answer(scope, found, send)

    def _asked(self, scope: Scope) -> tuple[int, str] | None:
        """The record and format of a request that is the same for everybody."""
        if scope["type"] != "http" or scope["method"] != "GET" or scope["query_string"]:
            return None
        match = _RECORD.fullmatch(scope["path"])
        if match is None:
            return None
        accept = b""
        for name, value in scope["headers"]:
            if name in _PERSONAL:
                return None
            if name == b"accept":
                accept = value
        form = self._accepts.get(accept)
        return None if form is None else (int(match[1]), form)

    async def _answer(self, scope: Scope, found: Rendition, send: Send) -> None:
        etag = found.etag.encode()
        known = any(name == b"if-none-match" and etag in value for name, value in scope["headers"])
        headers: list[tuple[bytes, bytes]] = [
            (b"etag", etag),
            (b"vary", b"Accept, Authorization, Cookie, Origin"),
            (b"link", self._linkset(scope)),
        ]
        if not known:
            headers.append((b"content-type", found.media_type.encode()))
            headers.append((b"content-length", str(len(found.body)).encode()))
        start: dict[str, Any] = {"type": "http.response.start", "status": 304 if known else 200, "headers": headers}
        await send(start)
        await send({"type": "http.response.body", "body": b"" if known else found.body})

    def _linkset(self, scope: Scope) -> bytes:
        address = f"{self._context.site.base_url}{scope['path']}"
        return f'<{address}>; rel="linkset"; type="application/linkset+json"'.encode()

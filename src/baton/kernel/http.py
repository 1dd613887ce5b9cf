"""HTTP for everybody: request ids, one log line a request, limits on bodies, doubled slashes, problems as JSON."""

import logging
import random
import re
import time
from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import unquote_to_bytes

import orjson
from fastapi import Depends
from fastapi.routing import APIRoute
from starlette.convertors import Convertor, register_url_convertor
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import request_response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from baton.kernel.errors import InvalidInput, Problem, TooLarge
from baton.kernel.logging import request_id

log = logging.getLogger("baton.http")

_SLASHES = re.compile(r"/{2,}")
# Of requests; they are no secrets, and asking the system for each would cost more than the rest of this layer.
_NAMES = random.Random()  # noqa: S311
_LENGTH = re.compile(r"[0-9]{1,18}")


class JsonResponse(Response):
    """JSON by orjson, with the media type exactly `application/json`, which some clients compare to the letter."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:  # noqa: ANN401  any JSON value
        return orjson.dumps(content)


def problem_response(problem: Problem) -> Response:
    """A problem as both dialects read it."""
    return JsonResponse(problem.as_json(), problem.status, headers=problem.headers)


async def read_body(request: Request, limit: int) -> bytes:
    """The whole body, refused as soon as it is seen to be longer than `limit` bytes."""
    pieces: list[bytes] = []
    size = 0
    if announced_length(request) > limit:
        raise TooLarge(f"The body of this request may have {limit:,} bytes at most.")
    try:
        async for piece in request.stream():
            size += len(piece)
            if size > limit:
                raise TooLarge(f"The body of this request may have {limit:,} bytes at most.")
            pieces.append(piece)
    except ClientDisconnect:
        raise InvalidInput("The connection ended before the body did; nothing was changed.") from None
    return b"".join(pieces)


def announced_length(request: Request) -> int:
    """What `Content-Length` says; 0 when it says nothing. Raises `InvalidInput` when it is no number of bytes."""
    length = request.headers.get("content-length", "")
    if length and not _LENGTH.fullmatch(length):
        raise InvalidInput(f"The Content-Length {length[:40]!a} is no number of bytes.")
    return int(length or 0)


async def _json_body(request: Request) -> Any:  # noqa: ANN401  any JSON value
    """The body as JSON whatever its Content-Type says; `None` when there is none."""
    return json_of(await read_body(request, request.app.state.max_json_bytes))


def json_of(body: bytes) -> Any:  # noqa: ANN401  any JSON value
    """The body as JSON; `None` when there is none."""
    if not body.strip():
        return None
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InvalidInput(f"The body is not valid JSON: {error}.") from None


JsonBody = Annotated[Any, Depends(_json_body)]


class _Number(Convertor[int]):
    """`{name:number}` in the path of a `DirectRoute`: more digits name nothing, and `int` refuses thousands of them."""

    regex = "[0-9]{1,19}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


register_url_convertor("number", _Number())


class DirectRoute(APIRoute):
    """A route for the hottest reads: its `async` endpoint gets the bare request and the path's numbers as they are.

    No dependency is solved and no thread is spent, which is most of what a short read costs; it is described in the
    API like any other.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:  # noqa: ANN401  FastAPI's own
        super().__init__(path, endpoint, **options)

        async def call(request: Request) -> Response:
            answer: Response = await endpoint(request, **request.path_params)
            return answer

        self.app = request_response(call)


class Gate:
    """The outermost layer: names each request, answers HEAD as GET without a body, logs, and turns crashes into 500.

    Doubled slashes are joined here, and those at the end of an API address dropped, and not by a redirect, which would
    lose the bodies of PUT and POST.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = _Answer(send, scope)
        request_id.set(answer.name)
        method = scope["method"]
        # A copy: the server below goes by its own, and must still know a HEAD when it sees one.
        scope = {**scope, "path": _tidied(scope["path"])}
        if answer.is_head:
            scope |= {"method": "GET", "is_head": True}
        app = self.app if _is_utf8(scope) else _UNDECODABLE
        try:
            await app(scope, receive, answer)
        except Exception:
            log.exception("request failed", extra={"method": method, "path": scope["path"]})
        finally:
            level = logging.DEBUG if scope["path"] == "/ping" else logging.INFO
            if log.isEnabledFor(level):
                took = round((time.perf_counter() - answer.started) * 1000, 1)
                extra = {"method": method, "path": scope["path"], "status": answer.status, "ms": took}
                log.log(level, "request", extra=extra)


def _is_utf8(scope: Scope) -> bool:
    """Whether an address of the API can be read; else names that differ would be taken for the same one."""
    if not scope["path"].startswith("/api/"):
        return True
    for part in (scope.get("raw_path") or b"", scope["query_string"]):
        if b"%" in part:
            try:
                unquote_to_bytes(part).decode()
            except UnicodeDecodeError:
                return False
    return True


_UNDECODABLE = problem_response(InvalidInput("The address is not in UTF-8. Encode its letters in UTF-8, then as %XX."))


def _tidied(path: str) -> str:
    """The address that was meant: clients join their parts carelessly."""
    if "//" in path:
        path = _SLASHES.sub("/", path)
    return path.rstrip("/") if path.startswith("/api/") else path


class _Answer:
    """The way back: adds the request's id and leaves out the body of a HEAD.

    What is kept ready comes with its headers as `lines`, in the place of the usual list of them. Where the server
    offers to send a whole answer at once, these go out as they are.
    """

    def __init__(self, send: Send, scope: Scope) -> None:
        self.name = f"{_NAMES.getrandbits(64):016x}"
        self.started = time.perf_counter()
        self.status = 0
        self.is_head = scope["method"] == "HEAD"
        self._send = send
        self._whole = scope.get("extensions", {}).get("baton.whole")
        self._lines = b""  # held back until the body is there

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            lines = message.pop("lines", None)
            if lines is None:
                message["headers"] = [*message["headers"], (b"x-request-id", self.name.encode())]
            else:
                lines += b"x-request-id: %b\r\n" % self.name.encode()
                if self._whole is not None:
                    self._lines = lines
                    return
                message["headers"] = [tuple(line.split(b": ", 1)) for line in lines.splitlines()]
        elif self._lines:
            await self._whole["give"](self.status, self._lines, b"" if self.is_head else message["body"])
            return
        elif self.is_head and message["type"] == "http.response.body":
            if message.get("more_body"):
                return
            message = {"type": "http.response.body", "body": b""}
        await self._send(message)


def is_head(request: Request) -> bool:
    """Whether nobody will read the body: what is costly to make need not be made."""
    return request.method == "HEAD" or bool(request.scope.get("is_head"))


def wants_json(request: Request) -> bool:
    """Whether an error should be told as JSON: on the API always, elsewhere when no HTML is asked for."""
    return request.url.path.startswith("/api") or "text/html" not in Headers(scope=request.scope).get("accept", "")

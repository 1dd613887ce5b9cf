"""Somebody else's web server: files with ranges and validators, redirects, and every way to break."""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Origin:
    """What it serves, and what it was asked. `breaks` are numbers of bytes after which the next answers end."""

    port: int
    files: dict[str, bytes] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    statuses: list[int] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)
    slow: dict[str, float] = field(default_factory=dict)  # the seconds that a tenth of the file takes, by path
    headers: dict[str, str] = field(default_factory=dict)
    etag: str | None = '"1"'
    tells_lengths: bool = True
    asked: list[tuple[str, str | None]] = field(default_factory=list)  # path and Range

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class _Handler(BaseHTTPRequestHandler):
    origin: Origin

    def do_GET(self) -> None:
        origin = self.origin
        wanted = self.headers.get("Range")
        origin.asked.append((self.path, wanted))
        if self.path in origin.redirects:
            self._head(302, {"Location": origin.redirects[self.path]}, 0)
            return
        status = origin.statuses.pop(0) if origin.statuses else 200
        if status != 200 or self.path not in origin.files:
            self._head(404 if status == 200 else status, {}, 0)
            return
        data = origin.files[self.path]
        headers = dict(origin.headers)
        if origin.etag:
            headers["ETag"] = origin.etag
        start = 0
        if wanted and self.headers.get("If-Range") == origin.etag:
            start = int(re.fullmatch(r"bytes=(\d+)-", wanted)[1])  # type: ignore[index]
            headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        self._head(206 if start else 200, headers, len(data) - start)
        limit = origin.breaks.pop(0) if origin.breaks else len(data)
        self.close_connection = True
        end, step = min(start + limit, len(data)), len(data) // 10 if self.path in origin.slow else len(data)
        with suppress(ConnectionError):  # whoever fetches it may stop at any moment
            for place in range(start, end, step):
                self.wfile.write(data[place : min(place + step, end)])
                time.sleep(origin.slow.get(self.path, 0))

    def _head(self, status: int, headers: dict[str, str], length: int) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if self.origin.tells_lengths:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the library's own name
        """Say nothing."""


@contextmanager
def origin() -> Iterator[Origin]:
    """A server on a free port of this machine."""
    handler = type("Handler", (_Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    handler.origin = Origin(server.server_address[1])  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield handler.origin  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

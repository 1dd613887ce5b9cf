"""A server on a real socket, in this process: for what only shows on the wire."""

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import orjson
import pytest
import uvicorn

from baton.app import create_app
from baton.cli.serve import OPTIONS
from baton.kernel.settings import Settings


@dataclass(frozen=True)
class Reply:
    """An answer as it came over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return orjson.loads(self.body)


@dataclass(frozen=True)
class Live:
    """A server that listens, and how to speak to it byte by byte."""

    port: int
    token: str
    sockets: list[socket.socket] = field(default_factory=list)

    def connect(self) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        self.sockets.append(connection)
        return connection

    def raw(self, data: bytes, *, close: bool = False) -> Reply:
        """Send bytes and read one answer; `close`: say at once that no more will come."""
        connection = self.connect()
        connection.sendall(data)
        if close:
            connection.shutdown(socket.SHUT_WR)
        return read_reply(connection)

    def head(self, method: str, path: str, **headers: str) -> bytes:
        """The first lines of a request of Alice's; `_` in the names of headers stands for `-`."""
        lines = [f"{method} {path} HTTP/1.1", "Host: testserver", f"Authorization: Bearer {self.token}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        return "\r\n".join([*lines, "", ""]).encode()

    def call(self, method: str, path: str, body: bytes | object = b"", **headers: str) -> Reply:
        """A whole request with a body of known length."""
        data = body if isinstance(body, bytes) else orjson.dumps(body)
        given = {"Content_Length": str(len(data)), "Accept": "application/vnd.inveniordm.v1+json", **headers}
        return self.raw(self.head(method, path, **given) + data)


def read_reply(connection: socket.socket) -> Reply:
    """Read one answer to its end; status 0 when the connection ends before it."""
    return next_reply(connection.makefile("rb"))


def next_reply(stream: BinaryIO, *, is_head: bool = False) -> Reply:
    """The same for one of several answers that come over a connection."""
    first = stream.readline()
    if not first:
        return Reply(0, {}, b"")
    headers = {}
    while (line := stream.readline().strip()) != b"":
        name, _colon, value = line.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
    length = 0 if is_head else int(headers.get("content-length", "0"))
    return Reply(int(first.split()[1]), headers, stream.read(length))


@pytest.fixture
def live(settings: Settings, cast: Any) -> Iterator[Live]:
    server = uvicorn.Server(uvicorn.Config(create_app(settings), host="127.0.0.1", port=0, **OPTIONS))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    live = Live(server.servers[0].sockets[0].getsockname()[1], cast.alice.token)
    yield live
    for connection in live.sockets:
        connection.close()
    server.should_exit = True
    thread.join(timeout=30)

"""A file on somebody else's server, read from any offset; only from servers that everybody can reach.

The name is looked up once and the connection goes to the very address that was checked, so that a second answer of the
name server cannot lead elsewhere. Every redirect is checked in the same way. A server that sends a byte now and then
gets no further with it: there is a time by which all headers have come, and one for each read of the body.
"""

import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse
from io import BufferedReader, RawIOBase
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urljoin

from baton.uploads.addresses import check_url, is_public, port_of
from baton.uploads.errors import FetchFailed, FetchRefused

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MOST_REDIRECTS = 5
MOST_ADDRESSES = 4
CONNECT_SECONDS = 10
# Until the headers have come, redirects included; and for what is read at once.
PATIENCE = 60
MOVED = {301, 302, 303, 307, 308}
# What may be over when it is asked for again.
PASSING = {408, 425, 429, 500, 502, 503, 504}

Resolve = Callable[[str, int], list[str]]


@dataclass(frozen=True, slots=True)
class Remote:
    """An answer that is being read. `length` is that of the whole file; `validator` says which one it is."""

    offset: int
    length: int | None
    validator: str | None
    read: Callable[[int], bytes]


def resolve(host: str, port: int) -> list[str]:
    """The IP addresses of a server."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@contextmanager
def opened(
    url: str,
    offset: int,
    validator: str | None,
    *,
    private: bool,
    resolve: Resolve = resolve,
    patience: float = PATIENCE,
) -> Iterator[Remote]:
    """Ask for a file from `offset` on, if it is still the one that `validator` says; else from its beginning.

    Raises `FetchRefused` for what will not be fetched, `FetchFailed` for what may work another time.
    """
    end = time.monotonic() + patience
    try:
        for _hop in range(MOST_REDIRECTS + 1):
            connection = _Pinned(check_url(url), end, private=private, resolve=resolve)
            try:
                answer = connection.ask(offset, validator)
                if answer.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and offset:
                    offset = 0  # it may have stopped at the very end of a file whose length was not told
                    continue
                if answer.status not in MOVED or answer.headers.get("Location") is None:
                    yield _remote(answer, offset, partial(connection.read, answer, patience))
                    return
                url = _joined(url, answer.headers["Location"])
            finally:
                connection.close()
    except (OSError, HTTPException) as error:
        raise FetchFailed(f"The server cannot be reached, or broke off: {type(error).__name__}.") from error
    raise FetchRefused(f"The address leads on to others more than {MOST_REDIRECTS} times.")


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        raise FetchRefused(f"The address leads on to {location[:200]!a}, which is none.") from None


class _Pinned:
    """A connection to one checked address of a server, which has answered by `end`."""

    def __init__(self, parts: SplitResult, end: float, *, private: bool, resolve: Resolve) -> None:
        host, port = parts.hostname or "", port_of(parts)
        addresses = resolve(host, port)
        if not addresses or not (private or all(map(is_public, addresses))):
            raise FetchRefused(f"The server {host} has no public address, and only public ones are asked.")
        self._parts = parts
        sock = _connected(addresses[:MOST_ADDRESSES], port)
        if parts.scheme == "https":
            sock.settimeout(_left(end))  # for the whole handshake
            sock = ssl.create_default_context().wrap_socket(sock, server_hostname=host)
        self._timed = _Timed(sock, end)
        self._connection = HTTPConnection(host, port)
        self._connection.sock = self._timed

    def ask(self, offset: int, validator: str | None) -> HTTPResponse:
        """Send the request; the answer's body is still to be read."""
        target = (self._parts.path or "/") + (f"?{self._parts.query}" if self._parts.query else "")
        default = {"http": 80, "https": 443}[self._parts.scheme] == port_of(self._parts)
        host = f"[{self._parts.hostname}]" if ":" in (self._parts.hostname or "") else str(self._parts.hostname)
        headers = {
            "Host": host if default else f"{host}:{port_of(self._parts)}",
            "Accept": "*/*",
            "Accept-Encoding": "identity",
            "User-Agent": "Baton",
        }
        if offset and validator:
            headers |= {"Range": f"bytes={offset}-", "If-Range": validator}
        self._connection.request("GET", target, headers=headers)
        return self._connection.getresponse()

    def read(self, answer: HTTPResponse, patience: float, size: int) -> bytes:
        """What comes next of the body, up to `size` bytes; none at its end."""
        self._timed.end = time.monotonic() + patience
        return answer.read1(size)

    def close(self) -> None:
        self._timed.sock.close()


class _Timed:
    """A socket, as far as `HTTPConnection` needs one, of which all reads together are over at `end`."""

    def __init__(self, sock: socket.socket, end: float) -> None:
        self.sock = sock
        self.end = end

    def makefile(self, _mode: str) -> BufferedReader:
        return BufferedReader(_Reads(self))

    def sendall(self, data: bytes) -> None:
        self.sock.settimeout(_left(self.end))
        self.sock.sendall(data)

    def close(self) -> None:
        """Nothing: the library calls it as soon as it has the headers, and the body is still to come."""


class _Reads(RawIOBase):
    def __init__(self, timed: _Timed) -> None:
        self._timed = timed

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        self._timed.sock.settimeout(_left(self._timed.end))
        return self._timed.sock.recv_into(buffer)


def _left(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError("the server takes too long")
    return left


def _connected(addresses: list[str], port: int) -> socket.socket:
    failed: OSError | None = None
    for address in addresses:
        try:
            return socket.create_connection((address, port), timeout=CONNECT_SECONDS)
        except OSError as error:
            failed = error
    raise failed or OSError("no address")


def _remote(answer: HTTPResponse, offset: int, read: Callable[[int], bytes]) -> Remote:
    if answer.status in PASSING:
        raise FetchFailed(f"The server answered {answer.status}.")
    if answer.status not in {200, 206}:
        raise FetchRefused(f"The server answered {answer.status}, and no file.")
    if answer.headers.get("Content-Encoding", "identity") != "identity":
        raise FetchRefused("The server sends the file compressed, though it was asked for the file itself.")
    begin, length = 0, answer.length
    if answer.status == 206:  # noqa: PLR2004
        match = re.fullmatch(r"bytes (\d{1,18})-\d{1,18}/(\d{1,18})", answer.headers.get("Content-Range", ""))
        if match is None or int(match[1]) != offset:
            raise FetchRefused("The server answered with other bytes than it was asked for.")
        begin, length = offset, int(match[2])
    etag = answer.headers.get("ETag", "")
    strong = etag if etag.startswith('"') else answer.headers.get("Last-Modified", "")
    # Others' control characters cannot be kept, and are not sent back to them.
    return Remote(begin, length, strong if strong.isprintable() else None, read)

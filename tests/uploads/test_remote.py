"""Servers that keep whoever fetches from them waiting, or lead them round in circles: a real one each."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress
from functools import partial

import pytest

from baton.uploads.errors import FetchFailed
from baton.uploads.remote import MOST_ADDRESSES, opened

Answer = Callable[[socket.socket], None]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"


@pytest.fixture
def serve() -> Iterator[Callable[[Answer], int]]:
    """Starts a server that answers each connection, its request read, with what a function sends; gives its port."""
    listeners: list[socket.socket] = []

    def serve(answer: Answer) -> int:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)
        threading.Thread(target=_accept, args=(listener, answer), daemon=True).start()
        return int(listener.getsockname()[1])

    yield serve
    for listener in listeners:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _accept(listener: socket.socket, answer: Answer) -> None:
    with suppress(OSError):
        while True:
            connection, _address = listener.accept()
            threading.Thread(target=_answer, args=(connection, answer), daemon=True).start()


def _answer(connection: socket.socket, answer: Answer) -> None:
    with connection, suppress(OSError):
        connection.recv(65536)
        answer(connection)


def dribble(data: bytes) -> Answer:
    """Sends all but the last bytes at once, and of those one now and then, for ever."""

    def send(connection: socket.socket) -> None:
        connection.sendall(data)
        while True:
            time.sleep(0.05)
            connection.sendall(b"1")

    return send


def fetched(port: int, scheme: str = "http") -> bytes:
    data = b""
    url = f"{scheme}://127.0.0.1:{port}/"
    with opened(url, 0, None, private=True, patience=0.4) as remote:
        while piece := remote.read(1 << 20):
            data += piece
    return data


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"HTTP/1.1 200 O",
        b"HTTP/1.1 200 OK\r\nETag: ",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\nX: ",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;",  # the size of a chunk
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nX: ",  # what follows the last one
    ],
)
def test_headers_have_come_by_a_certain_time(serve: Callable[[Answer], int], sent: bytes) -> None:
    began = time.monotonic()
    with pytest.raises(FetchFailed):
        fetched(serve(dribble(sent)))
    assert time.monotonic() - began < 5


def test_and_so_has_a_greeting_in_secret(serve: Callable[[Answer], int]) -> None:
    began = time.monotonic()
    with pytest.raises(FetchFailed):
        fetched(serve(dribble(b"\x16\x03\x03\x7f\xff")), "https")
    assert time.monotonic() - began < 5


def test_redirects_get_no_time_of_their_own(serve: Callable[[Answer], int]) -> None:
    def lead_on(connection: socket.socket) -> None:
        time.sleep(0.3)
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n")

    with pytest.raises(FetchFailed):
        fetched(serve(lead_on))


def test_continuing_for_ever_ends(serve: Callable[[Answer], int]) -> None:
    def go_on(connection: socket.socket) -> None:
        while True:
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)

    with pytest.raises(FetchFailed):
        fetched(serve(go_on))


def test_a_body_that_is_slow_but_comes_is_read(serve: Callable[[Answer], int]) -> None:
    def send(connection: socket.socket) -> None:
        connection.sendall(HEAD)
        for _piece in range(10):
            time.sleep(0.1)
            connection.sendall(bytes(100))

    assert fetched(serve(send)) == bytes(1000)


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000,
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"f" * 100_000,
    ],
    ids=lambda sent: sent[:30],
)
def test_answers_that_are_none_are_tried_another_time(serve: Callable[[Answer], int], sent: bytes) -> None:
    port = serve(lambda connection: connection.sendall(sent))
    with pytest.raises(FetchFailed):
        fetched(port)


def found_at(addresses: list[str], _host: str, _port: int) -> list[str]:
    return addresses


def test_a_name_with_many_addresses_is_not_tried_at_all_of_them(serve: Callable[[Answer], int]) -> None:
    url = f"http://many.example.org:{serve(lambda connection: connection.sendall(HEAD))}/"
    nobody = [f"127.0.1.{number}" for number in range(1, MOST_ADDRESSES)]
    for found, is_reached in (([*nobody, "127.0.0.1"], True), ([*nobody, "127.0.1.9", "127.0.0.1"], False)):
        with (
            nullcontext() if is_reached else pytest.raises(FetchFailed),
            opened(url, 0, None, private=True, resolve=partial(found_at, found)) as remote,
        ):
            assert remote.length == 1000

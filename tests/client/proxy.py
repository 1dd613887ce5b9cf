"""A bad network: a TCP proxy that counts what passes to the server, slows it down and cuts connections."""

import socket
import threading
import time
from contextlib import suppress
from typing import Self

BLOCK = 64 << 10


class Proxy:
    """Passes connections on to `port`.

    `cut_after`, `cut_answer_after`: bytes to and from the server after which a connection is cut, `cuts` times.
    """

    def __init__(
        self,
        port: int,
        *,
        cut_after: int = 1 << 60,
        cut_answer_after: int = 1 << 60,
        cuts: int = 0,
        bytes_per_second: int = 0,
        answer_bytes_per_second: int = 0,
    ) -> None:
        self.sent = self.received = 0  # bytes that went to the server, and that came from it
        self.bytes_per_second = bytes_per_second
        self.answer_bytes_per_second = answer_bytes_per_second
        self.cuts = cuts
        self._cut_after = cut_after
        self._cut_answer_after = cut_answer_after
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets: list[socket.socket] = [self._listener]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        for each in self._sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _address = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._target))
                self._sockets += [client, server]
                threading.Thread(target=self._there, args=(client, server), daemon=True).start()
                threading.Thread(target=self._back, args=(server, client), daemon=True).start()

    def _there(self, client: socket.socket, server: socket.socket) -> None:
        passed = 0
        with suppress(OSError):
            while data := client.recv(BLOCK):
                server.sendall(data)
                self.sent += len(data)
                passed += len(data)
                if self.bytes_per_second:
                    time.sleep(len(data) / self.bytes_per_second)
                if self.cuts and passed > self._cut_after:
                    self.cuts -= 1
                    break
            for end in (client, server):
                end.shutdown(socket.SHUT_RDWR)

    def _back(self, server: socket.socket, client: socket.socket) -> None:
        passed = 0
        with suppress(OSError):
            while data := server.recv(BLOCK):
                client.sendall(data)
                self.received += len(data)
                passed += len(data)
                if self.answer_bytes_per_second:
                    time.sleep(len(data) / self.answer_bytes_per_second)
                if self.cuts and passed > self._cut_answer_after:
                    self.cuts -= 1
                    server.shutdown(socket.SHUT_RDWR)
                    break
            client.shutdown(socket.SHUT_RDWR)

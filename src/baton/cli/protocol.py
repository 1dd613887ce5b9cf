"""HTTP/1.1 on the wire: what cannot be read at all is refused in the shape of every other refusal."""

from collections.abc import Mapping

from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from baton.kernel.errors import InvalidInput, Problem
from baton.kernel.http import JsonResponse

# The server that reads the wire for us takes headers of any length, and keeps them in memory.
LONGEST_HEAD = 128 << 10


class HeadTooLong(Problem):
    """The address and the headers of a request are longer than this server reads."""

    status = 431
    title = "Headers too long"


class Protocol(HttpToolsProtocol):
    """One connection. The first line and the headers of a request may have about `LONGEST_HEAD` bytes."""

    _is_in_head = False
    _head = 0

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._is_in_head:
            self._head += len(data)
            if self._head > LONGEST_HEAD and not self.transport.is_closing():
                self._refuse(HeadTooLong(f"Address and headers may have {LONGEST_HEAD:,} bytes together."))

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._is_in_head, self._head = True, 0

    def on_headers_complete(self) -> None:
        self._is_in_head = False
        super().on_headers_complete()
        if self.scope["http_version"] == "1.1":  # older clients would take it for the answer
            self.scope["extensions"] = {
                "baton.interim": {"tell": self._tell},
                "baton.whole": {"give": self._give},
            }

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        # `self.cycle` is the last request that was read, and clients may send several ahead.
        self._answered = cycle
        super()._start_asgi_task(cycle, app)

    def _tell(self, status: int, phrase: str, headers: Mapping[str, str]) -> None:
        """Send an interim answer (RFC 9110, section 15.2), which the interface to applications has no message for."""
        if not self._answered.response_started and not self.transport.is_closing():
            lines = [f"HTTP/1.1 {status} {phrase}", *(f"{name}: {value}" for name, value in headers.items())]
            self.transport.write("\r\n".join([*lines, "", ""]).encode())

    async def _give(self, status: int, lines: bytes, body: bytes) -> None:
        """Send a whole answer, its header lines as they are, by one call of the system.

        The usual two messages take two calls, and every header is read and checked: more than everything else that a
        kept answer costs.
        """
        cycle = self._answered
        if cycle.flow.write_paused and not cycle.disconnected:
            await cycle.flow.drain()
        if cycle.disconnected:
            return
        cycle.response_started = True
        cycle.waiting_for_100_continue = False
        cycle.chunked_encoding = False
        ours = [b"%b: %b\r\n" % header for header in cycle.default_headers]
        close = b"" if cycle.keep_alive else b"connection: close\r\n"
        cycle.transport.write(b"".join((STATUS_LINE[status], *ours, lines, close, b"\r\n", body)))
        await cycle.send({"type": "http.response.body", "body": b"", "more_body": False})

    def send_400_response(self, msg: str) -> None:
        """Called by the server for what is no HTTP."""
        self._refuse(InvalidInput(f"{msg} Check the first line, the headers, and the length of the body before it."))

    def _refuse(self, problem: Problem) -> None:
        answer = JsonResponse(problem.as_json(), problem.status)
        lines = [f"HTTP/1.1 {problem.status} {problem.title}", "Connection: close"]
        lines += [f"{name.decode()}: {value.decode()}" for name, value in answer.raw_headers]
        self.transport.write("\r\n".join([*lines, "", ""]).encode() + bytes(answer.body))
        self.transport.close()

"""A real little SMTP server that keeps what it is sent."""

import socketserver
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Self, cast


class SmtpSink:
    """`with SmtpSink() as sink:` takes mails at `sink.url` into `sink.mails`; `sink.refusal` turns recipients away."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.commands: list[str] = []
        self.refusal: bytes | None = None
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.host, self.port = cast("tuple[str, int]", self._server.server_address)
        self.url = f"smtp://{self.host}:{self.port}"

    def _handler(sink) -> type[socketserver.StreamRequestHandler]:  # noqa: N805  `self` is the connection below
        class Connection(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self.wfile.write(b"220 sink\r\n")
                for line in self.rfile:
                    sink.commands.append(line.decode().strip())
                    verb = line[:4].upper()
                    self.wfile.write(self.answer(verb))
                    if verb == b"QUIT":
                        return

            def answer(self, verb: bytes) -> bytes:
                if verb == b"EHLO":
                    return b"250-sink\r\n250 AUTH PLAIN\r\n"
                if verb == b"AUTH":
                    return b"235 welcome\r\n"
                if verb == b"RCPT" and sink.refusal:
                    return sink.refusal
                if verb == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    lines = iter(self.rfile.readline, b".\r\n")
                    body = b"".join(line.removeprefix(b".") for line in lines)
                    sink.mails.append(message_from_bytes(body, policy=policy.default))
                return b"221 bye\r\n" if verb == b"QUIT" else b"250 fine\r\n"

        return Connection

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

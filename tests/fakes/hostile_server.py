"""A repository that cannot be trusted: it names files as it likes and sends other bytes than it promised."""

import json
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class HostileServer(ThreadingHTTPServer):
    """Record 1 has the given file entries, and each content is `sends`; some paths have other `answers`."""

    daemon_threads = True

    def __init__(self, entries: list[dict[str, Any]], sends: bytes, answers: Mapping[str, bytes]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.entries = entries
        self.sends = sends
        self.answers = answers

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: HostileServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *_arguments: object) -> None:
        pass

    def do_GET(self) -> None:
        data = self.server.sends
        if self.path == "/api/records/1":
            data = json.dumps({"id": "1"}).encode()
        elif self.path == "/api/records/1/files":
            data = json.dumps({"entries": self.server.entries}).encode()
        data = self.server.answers.get(self.path, data)
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

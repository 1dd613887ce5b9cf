"""A repository that cannot be trusted: it names files as it likes and sends other bytes than it promised."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class HostileServer(ThreadingHTTPServer):
    """Record 1 has the given file entries; each content is `sends`, and its list of chunks `chunks`."""

    daemon_threads = True

    def __init__(self, entries: list[dict[str, Any]], sends: bytes, chunks: bytes = b"") -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.entries = entries
        self.sends = sends
        self.chunks = chunks

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
        elif self.path.endswith("/content/chunks"):
            data = self.server.chunks
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

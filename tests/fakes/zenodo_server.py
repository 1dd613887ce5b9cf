"""Zenodo's side of a deposit, strict: whole files only, a hundred at once; and it asks to be left in peace."""

import hashlib
import json
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote


class ZenodoServer(ThreadingHTTPServer):
    """One draft, kept in memory; every seventh request is answered with 429."""

    daemon_threads = True

    def __init__(self, token: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.token = token
        self.requests = 0
        self.refused_transfers = 0
        self.drafts: dict[str, dict[str, Any]] = {}
        self.contents: dict[str, bytes] = {}
        self.files: dict[str, dict[str, Any]] = {}
        self.published: set[str] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: ZenodoServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *_arguments: object) -> None:
        pass

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.server.requests += 1
        if self.server.requests % 7 == 0:
            self._answer(429, {"status": 429, "message": "30 per 1 minute"}, {"Retry-After": "1"})
        elif self.headers.get("Authorization") != f"Bearer {self.server.token}":
            self._answer(403, {"status": 403, "message": "Permission denied."})
        else:
            self._answer(*self._route(body))

    do_GET = do_POST = do_PUT = do_DELETE = _handle  # noqa: N815  as the library wants them

    def _route(self, body: bytes) -> tuple[int, Any]:  # noqa: PLR0911  a table of routes
        words = [unquote(word) for word in self.path.split("/")[3:]]
        key = unquote(match[1]) if (match := re.search(r"/draft/files/(.+?)(?:/content|/commit)?$", self.path)) else ""
        match self.command, words:
            case "POST", []:
                self.server.drafts["77"] = json.loads(body)
                return 201, {"id": "77"}
            case "GET", [number, "draft"] if number in self.server.drafts and number not in self.server.published:
                return 200, self.server.drafts[number] | {"id": number, "links": {"self_html": "x"}}
            case "PUT", [number, "draft"]:
                self.server.drafts[number] = json.loads(body)
                return 200, self.server.drafts[number]
            case "POST", [number, "draft", "actions", "publish"]:
                self.server.published.add(number)
                return 202, {"id": number, "links": {"self_html": "x"}, "pids": {"doi": {"identifier": "10.5281/z.77"}}}
            case "GET", [_, "draft", "files"]:
                return 200, {"entries": list(self.server.files.values())}
            case "POST", [_, "draft", "files"]:
                return self._announce(json.loads(body))
            case "PUT", [_, "draft", "files", *_, "content"]:
                self.server.contents[key] = body
                return 200, self.server.files[key]
            case "POST", [_, "draft", "files", *_, "commit"]:
                digest = hashlib.md5(self.server.contents[key]).hexdigest()  # noqa: S324  as the wire has it
                self.server.files[key] |= {"status": "completed", "checksum": f"md5:{digest}"}
                self.server.files[key]["size"] = len(self.server.contents[key])
                return 200, self.server.files[key]
        return 404, {"status": 404, "message": "The requested URL was not found on the server."}

    def _announce(self, files: list[dict[str, Any]]) -> tuple[int, Any]:
        if len(files) > 100:
            return 400, {"status": 400, "message": "Too many files."}
        if any(file.get("transfer", {}).get("type", "L") != "L" for file in files):
            self.server.refused_transfers += 1
            return 403, {"status": 403, "message": "Permission denied."}
        for file in files:
            if set(file) - {"key", "size", "checksum", "metadata"} or file["key"] in self.server.files:
                return 400, {"status": 400, "message": "A validation error occurred."}
            self.server.files[file["key"]] = {"key": file["key"], "status": "pending", "transfer": {"type": "L"}}
        return 201, {"entries": list(self.server.files.values())}

    def _answer(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(data))}.items():
            self.send_header(name, value)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

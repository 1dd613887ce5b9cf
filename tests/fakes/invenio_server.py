"""The reading side of InvenioRDM, strict: versions of one work, lists in pages, MD5 alone, and no chunk lists."""

import hashlib
import json
import re
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

JSON = {"application/json", "application/vnd.inveniordm.v1+json"}


class InvenioServer(ThreadingHTTPServer):
    """Versions by number, the newest last, each with its files.

    `knows_ranges`: whether parts of a content can be asked for. `contents_at`: where contents are redirected to.
    """

    daemon_threads = True

    def __init__(
        self, versions: Mapping[str, Mapping[str, bytes]], *, knows_ranges: bool = True, contents_at: str = ""
    ) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.versions = versions
        self.knows_ranges = knows_ranges
        self.contents_at = contents_at
        self.ranges: list[str | None] = []  # of each content that was asked for
        self.authorizations: set[str | None] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: InvenioServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *_arguments: object) -> None:
        pass

    def do_GET(self) -> None:
        self.server.authorizations.add(self.headers.get("Authorization"))
        path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        match [unquote(word) for word in path.split("/")[1:]]:
            case ["api", "records", number] if number in self.server.versions:
                self._json({"id": number, "links": {"self_html": f"{self.server.url}/records/{number}"}})
            case ["api", "records", _, "versions", "latest"]:
                newest = list(self.server.versions)[-1]
                self._send(301, b"", {"Location": f"{self.server.url}/api/records/{newest}"})
            case ["api", "records", _, "versions"]:
                self._versions(int(query.get("page", ["1"])[0]))
            case ["api", "records", number, "files"] if number in self.server.versions:
                self._json({"enabled": True, "entries": self._entries(number), "links": {"self": self.server.url}})
            case ["api", "records", number, "files", key, "content"] if key in self.server.versions.get(number, {}):
                self._content(path, self.server.versions[number][key])
            case _:
                self._json({"status": 404, "message": "The requested URL was not found on the server."}, 404)

    def _versions(self, page: int) -> None:
        newest_first = list(self.server.versions)[::-1]
        links = {"next": f"{self.server.url}{self.path.partition('?')[0]}?page={page + 1}"}
        self._json(
            {
                "hits": {
                    "total": len(newest_first),
                    "hits": [{"id": number} for number in newest_first[page - 1 : page]],
                },
                "links": links if page < len(newest_first) else {},
            }
        )

    def _entries(self, number: str) -> list[dict[str, Any]]:
        return [
            {
                "key": key,
                "checksum": f"md5:{hashlib.md5(content).hexdigest()}",  # noqa: S324  as the wire has it
                "size": len(content),
                "status": "completed",
                "links": {"content": f"{self.server.url}/api/records/{number}/files/{quote(key)}/content"},
            }
            for key, content in self.server.versions[number].items()
        ]

    def _content(self, path: str, content: bytes) -> None:
        asked = self.headers.get("Range")
        self.server.ranges.append(asked)
        if self.server.contents_at:
            self._send(302, b"", {"Location": self.server.contents_at + path})
        elif asked is None or not self.server.knows_ranges:
            self._send(200, content)
        else:
            found = re.fullmatch(r"bytes=(\d+)-(\d+)", asked)
            assert found, asked
            start, stop = int(found[1]), min(int(found[2]) + 1, len(content))
            assert start < stop, asked
            self._send(206, content[start:stop], {"Content-Range": f"bytes {start}-{stop - 1}/{len(content)}"})

    def _json(self, body: Any, status: int = 200) -> None:
        accepted = self.headers.get("Accept", "*/*")
        if status == 200 and accepted not in JSON | {"*/*"}:
            status, body = 406, {"status": 406, "message": f"{accepted} is not offered."}
        self._send(status, json.dumps(body).encode(), {"Content-Type": "application/json"})

    def _send(self, status: int, data: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

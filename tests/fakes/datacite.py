"""A real little HTTP server that answers as DataCite's REST API does, and takes nothing that DataCite would refuse.

Metadata are validated by DataCite's own JSON schema. Its rules of states: a DOI begins as a draft; `publish` makes it
findable, `register` a draft registered, `hide` a findable one registered; an event that does not apply is passed over,
and only drafts can be deleted.
"""

import base64
import json
import threading
from collections import deque
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from jsonschema_rs import Validator, validator_for
from lxml import etree

SCHEMAS = Path(__file__).parents[1] / "schemas" / "datacite"
KERNEL = "4.7"
JSON_API = "application/vnd.api+json"
WORDS = {
    "resourceType": "resourceTypeGeneral",
    "relationType": "relationType",
    "contributorType": "contributorType",
    "dateType": "dateType",
    "relatedIdentifierType": "relatedIdentifierType",
}
MOVES = {
    ("draft", "publish"): "findable",
    ("registered", "publish"): "findable",
    ("draft", "register"): "registered",
    ("findable", "hide"): "registered",
}


@dataclass
class Entry:
    """A DOI at the fake: its state, and everything that it was told of it."""

    state: str = "draft"
    attributes: dict[str, Any] = field(default_factory=dict)
    history: list[tuple[str, str | None]] = field(default_factory=list)  # method and event of each accepted request

    @property
    def title(self) -> str:
        return str((self.attributes.get("titles") or [{"title": ""}])[0]["title"])

    def related(self, relation: str) -> set[str]:
        items = self.attributes.get("relatedIdentifiers", [])
        return {item["relatedIdentifier"] for item in items if item["relationType"] == relation}


class DataCite:
    """`with DataCite() as registrar:` listens at `url`. `is_down` hangs up; `scripted` are answers to give first.

    `loses_answers` does what it is asked and hangs up then.
    """

    prefix, user, password = "10.5072", "BATON.TEST", "secret"

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.requests: list[tuple[str, str]] = []
        self.is_down = False
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.largest_page = 1000
        self.loses_answers = False
        self.scripted: deque[tuple[int, dict[str, str], bytes]] = deque()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(  # noqa: PLR0911  one for each kind of request
        self, method: str, target: str, headers: Any, body: bytes
    ) -> tuple[int, Any]:
        """What DataCite answers: a status, and JSON or nothing."""
        address = urlsplit(target)
        path = unquote(address.path)
        credentials = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        if headers.get("Authorization") != f"Basic {credentials}":
            return _errors(401, "Bad credentials.")
        doi = path.removeprefix("/dois/").lower()
        with self._lock:
            match method, path:
                case "GET", "/dois":
                    return self._list(parse_qs(address.query))
                case "POST", "/dois":
                    return self._write(None, method, headers, body)
                case "PUT", _ if doi != path:
                    return self._write(doi, method, headers, body)
                case "DELETE", _ if doi in self.entries:
                    return self._delete(doi)
                case "GET", _ if doi in self.entries:
                    return 200, {"data": self._shown(doi)}
        return _errors(404, "The resource you are looking for doesn't exist.")

    def _delete(self, doi: str) -> tuple[int, Any]:
        if self.entries[doi].state != "draft":
            return _errors(405, "Method not allowed")
        del self.entries[doi]
        return 204, None

    def _write(self, named: str | None, method: str, headers: Any, body: bytes) -> tuple[int, Any]:
        if headers.get("Content-Type") != JSON_API:
            return _errors(415, f"Send {JSON_API}.")
        try:
            data = json.loads(body)["data"]
            attributes = dict(data["attributes"])
            is_shaped = data["type"] == "dois" and str(data["id"]).lower() == str(attributes["doi"]).lower()
        except (ValueError, LookupError, TypeError):
            return _errors(400, "You need to provide a payload following the JSONAPI spec")
        doi = str(attributes["doi"]).lower() if is_shaped else ""
        if not is_shaped or (named is not None and named != doi):
            return _errors(400, "You need to provide a payload following the JSONAPI spec")
        if not doi.startswith(f"{self.prefix}/"):
            return _errors(403, "You are not authorized to access this resource.")
        if method == "POST" and doi in self.entries:
            return _errors(422, "This DOI has already been taken", "doi")
        return self._take(doi, method, attributes)

    def _take(self, doi: str, method: str, attributes: dict[str, Any]) -> tuple[int, Any]:
        before = self.entries.get(doi, Entry())
        event = attributes.pop("event", None)
        after = {**before.attributes, **attributes}
        state = MOVES.get((before.state, event or ""), before.state)
        if event not in {None, "publish", "register", "hide"}:
            return _errors(422, "is not included in the list", "event")
        if state != "draft" and (fault := self._fault({**after, **({"event": event} if event else {})})):
            return _errors(422, *fault)
        is_new = doi not in self.entries
        self.entries[doi] = Entry(state, after, [*before.history, (method, event)])
        return 201 if is_new else 200, {"data": self._shown(doi)}

    def _fault(self, attributes: dict[str, Any]) -> tuple[str, str] | None:
        """What DataCite's schema says against metadata that are to be public."""
        for error in _schema().iter_errors(attributes):
            return error.message[:300], ".".join(str(part) for part in error.instance_path)
        return None if attributes.get("url") else ("can't be blank", "url")

    def _shown(self, doi: str) -> dict[str, Any]:
        entry = self.entries[doi]
        return {"id": doi, "type": "dois", "attributes": {**entry.attributes, "doi": doi, "state": entry.state}}

    def _list(self, query: dict[str, list[str]]) -> tuple[int, Any]:
        if query.get("client-id") != [self.user.lower()] or query.get("prefix") != [self.prefix]:
            return 200, {"data": [], "meta": {"total": 0}, "links": {}}
        size = min(int(query["page[size]"][0]), self.largest_page)
        first = int(query["page[cursor]"][0]) - 1
        dois = list(self.entries)  # in the order of their creation
        page = dois[first : first + size]
        following = {**{name: values[0] for name, values in query.items()}, "page[cursor]": first + 1 + size}
        links = {"next": f"{self.url}/dois?{urlencode(following)}"} if len(page) == size else {}
        return 200, {"data": [self._shown(doi) for doi in page], "meta": {"total": len(dois)}, "links": links}


@cache
def _schema() -> Validator:
    """DataCite's JSON schema, of which 4.5 is the last that is shipped, with the words of the newest kernel."""
    schema = json.loads((files("datacite") / "schemas/datacite-v4.5.json").read_text())
    for kind, definition in WORDS.items():
        tree = etree.parse(SCHEMAS / f"kernel-{KERNEL}/include/datacite-{kind}-v4.xsd")
        words = tree.iter("{http://www.w3.org/2001/XMLSchema}enumeration")
        schema["definitions"][definition]["enum"] = [str(word.get("value")) for word in words]
    return validator_for(schema)


def _errors(status: int, title: str, source: str = "") -> tuple[int, Any]:
    error = {"status": str(status), "title": title, **({"source": source} if source else {})}
    return status, {"errors": [error]}


def _handler(registrar: DataCite) -> type[BaseHTTPRequestHandler]:
    class Connection(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 65_536  # one packet an answer

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            registrar.requests.append((self.command, unquote(self.path)))
            registrar.may_answer.wait(30)
            if registrar.is_down:
                self.close_connection = True
                return
            if registrar.scripted:
                status, headers, content = registrar.scripted.popleft()
            else:
                status, found = registrar.answer(self.command, self.path, self.headers, body)
                if registrar.loses_answers:
                    self.close_connection = True
                    return
                headers = {"Content-Type": f"{JSON_API}; charset=utf-8"}
                content = b"" if found is None else json.dumps(found).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815  as http.server calls them

        def log_message(self, *_arguments: object) -> None:
            """Nothing to say."""

    return Connection

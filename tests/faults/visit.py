"""Somebody at work on a repository: a client who keeps a journal, with the program in the same process."""

import hashlib
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

from baton.app import create_app
from baton.context import Context
from baton.kernel import clock
from baton.kernel.settings import Settings


class Refused(Exception):
    """The server says that it cannot do this now: try again later."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def _tell_nobody(_name: str, _value: Any) -> None:
    """The journal is enough."""


@dataclass
class Visit:
    """One attempt at a task. Who comes after a kill has the journal, and whatever is in the repository."""

    alice: TestClient
    context: Context
    seed: int
    origin: str  # somebody else's web server
    journal: dict[str, Any] = field(default_factory=dict)
    tell: Callable[[str, Any], None] = _tell_nobody

    def note(self, name: str, value: Any = True) -> None:
        """Remember what was acknowledged."""
        self.journal[name] = value
        self.tell(name, value)

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """What `make` gave, in this attempt or in an earlier one."""
        if name not in self.journal:
            self.note(name, make())
        return self.journal[name]

    @contextmanager
    def later(self, than: timedelta = timedelta()) -> Iterator[None]:
        """Some hours after the attempt before, so that its leases and pauses are over."""
        self.note("hours", self.journal.get("hours", 0) + 7)
        clock.freeze(clock.now() + than + timedelta(hours=self.journal["hours"]))
        try:
            yield
        finally:
            clock.freeze(None)

    def call(self, method: str, path: str, *expected: int, **given: Any) -> Any:
        answer = self.alice.request(method, path, **given)
        if answer.status_code in {503, 507}:
            raise Refused(answer.status_code)
        assert answer.status_code in expected, (method, path, answer.status_code, answer.text)
        return answer

    def data(self, name: str = "", size: int | None = None) -> bytes:
        """The bytes of a file, the same in every attempt and in no other task."""
        chance = random.Random(f"{self.seed} {name}")
        return chance.randbytes(chance.randrange(1, 200_000) if size is None else size)

    def draft(self) -> str:
        """The address of the draft that this task is about."""
        made = self.once("draft", lambda: self.call("POST", "/api/records", 201, json={"metadata": METADATA}).json())
        return f"/api/records/{made['id']}/draft"

    def check_file(self, key: str, data: bytes, place: str | None = None) -> None:
        """A file is complete, says what it is, and has its bytes."""
        address = f"{place or self.draft()}/files/{key}"
        entry = self.call("GET", address, 200).json()
        md5 = "md5:" + hashlib.md5(data, usedforsecurity=False).hexdigest()
        assert (entry["status"], entry["size"], entry["checksum"]) == ("completed", len(data), md5)
        assert self.call("GET", f"{address}/content", 200).content == data

    def check_nothing_is_half_there(self) -> None:
        """Every file that has a content has all of it."""
        for entry in self.call("GET", f"{self.draft()}/files", 200).json()["entries"]:
            if not entry.get("checksum"):
                assert entry["status"] != "completed"
                continue
            content = self.call("GET", f"{self.draft()}/files/{entry['key']}/content", 200).content
            assert "md5:" + hashlib.md5(content, usedforsecurity=False).hexdigest() == entry["checksum"]
            assert len(content) == entry["size"]


METADATA = {
    "title": "Killed",
    "resource_type": {"id": "dataset"},
    "publication_date": "2024-01-01",
    "publisher": "Test",
    "creators": [{"person_or_org": {"type": "organizational", "name": "Us"}}],
}


@contextmanager
def visiting(settings: Settings, headers: dict[str, str], seed: int, origin: str) -> Iterator[Visit]:
    """The program as it is after a start, without its worker."""
    app = create_app(settings)
    alice = TestClient(app, headers={**headers, "Accept": "application/vnd.inveniordm.v1+json"})
    context = _context_of(app)
    try:
        yield Visit(alice, context, seed, origin)
    finally:
        context.search.close()
        context.database.close()


def _context_of(app: Any) -> Context:
    while not isinstance(app, FastAPI):
        app = next(inner for name, inner in vars(app).items() if name.strip("_") == "app")
    context: Context = app.state.context
    return context

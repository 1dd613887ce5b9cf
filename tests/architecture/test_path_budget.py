"""How far a reader has to go to follow a request: files, functions, depth and statements, counted while it runs.

The figures of today may only ever be lowered. Frameworks do not count; our own code does, wherever it lies.
"""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, event
from starlette.testclient import TestClient
from starlette.types import ASGIApp

import baton
from baton.app import create_app
from baton.kernel.settings import Settings
from baton.kernel.worker import run_until_idle
from baton.reactions import REACTIONS

OURS = str(Path(baton.__file__).parent)
RDM = "application/vnd.inveniordm.v1+json"

Caller = Callable[..., Any]


@dataclass
class Walk:
    """What one request has touched."""

    files: set[str] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)
    statements: list[str] = field(default_factory=list)
    depth: int = 0
    recording: bool = False

    def profile(self, frame: FrameType, what: str, _argument: object) -> None:
        if not self.recording or what != "call" or not frame.f_code.co_filename.startswith(OURS):
            return
        name = frame.f_code.co_filename.removeprefix(OURS)
        self.files.add(name)
        if frame.f_code.co_name == "fetch_one":  # goes to the driver, past SQLAlchemy
            self.statements.append("directly")
        if not frame.f_code.co_name.startswith("<"):  # comprehensions are part of the function around them
            self.functions.add(f"{name}::{frame.f_code.co_qualname}")
            self.depth = max(self.depth, own_depth(frame))

    def execute(self, _connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if self.recording and not statement.startswith("BEGIN"):
            self.statements.append(statement)

    @contextmanager
    def record(self) -> Iterator[None]:
        self.files, self.functions, self.statements, self.depth = set(), set(), [], 0
        self.recording = True
        yield
        self.recording = False


def own_depth(frame: FrameType | None) -> int:
    depth = 0
    while frame is not None:
        code = frame.f_code
        depth += code.co_filename.startswith(OURS) and not code.co_name.startswith("<")
        frame = frame.f_back
    return depth


@pytest.fixture
def walk() -> Iterator[Walk]:
    """Follows every thread that starts from now on."""
    walk = Walk()
    before = threading.getprofile(), sys.getprofile()
    threading.setprofile(walk.profile)
    sys.setprofile(walk.profile)
    event.listen(Engine, "before_cursor_execute", walk.execute)
    yield walk
    event.remove(Engine, "before_cursor_execute", walk.execute)
    threading.setprofile(before[0])
    sys.setprofile(before[1])


@dataclass(frozen=True)
class Budget:
    """What one request may touch at most. Figures may be lowered."""

    files: int
    functions: int
    statements: int
    depth: int

    def allows(self, walk: Walk) -> None:
        assert len(walk.files) <= self.files, "\n".join(sorted(walk.files))
        assert len(walk.functions) <= self.functions, "\n".join(sorted(walk.functions))
        assert len(walk.statements) <= self.statements, "\n".join(walk.statements)
        assert walk.depth <= self.depth


# From the address through permission, every field of the metadata schema and the DOIs to the event, and back through
# the serialization of the answer. The aim is 16 files.
PUBLISH = Budget(files=42, functions=140, statements=20, depth=13)
# A public record has been serialized when it was published: to read it is to look it up.
READ = Budget(files=8, functions=25, statements=5, depth=6)
# What only its owner may see is put together when it is asked for.
READ_IN_PERSON = Budget(files=24, functions=80, statements=5, depth=14)


@pytest.fixture
def application(walk: Walk, settings: Settings) -> ASGIApp:
    """A program that has no worker beside it. Depends on `walk`, so that its threads start later."""
    assert not walk.recording
    return create_app(settings.model_copy(update={"worker": False}))


@pytest.fixture
def call(application: ASGIApp, cast: Any) -> Iterator[Caller]:
    """Alice at the HTTP face, or with `headers` anybody."""
    with TestClient(application, follow_redirects=False) as client:

        def call(method: str, path: str, status: int, **arguments: Any) -> Any:
            headers = cast.alice.headers | {"Accept": RDM}
            answer = client.request(method, path, **{"headers": headers} | arguments)
            assert answer.status_code == status, answer.text
            return answer.json() if answer.content else None

        yield call


METADATA = {
    "title": "Sea ice thickness",
    "resource_type": {"id": "dataset"},
    "publication_date": "2024-11-30",
    "creators": [{"person_or_org": {"type": "personal", "family_name": "Carberry", "given_name": "Josiah"}}],
    "publisher": "Baton",
    "rights": [{"id": "cc-by-4.0"}],
}


def draft_with_a_file(call: Caller) -> str:
    number = call("POST", "/api/records", 201, json={"metadata": METADATA})["id"]
    files = f"/api/records/{number}/draft/files"
    call("POST", files, 201, json=[{"key": "ice.csv"}])
    call("PUT", f"{files}/ice.csv/content", 200, content=b"day,metres\n1,1.8\n")
    call("POST", f"{files}/ice.csv/commit", 200)
    return str(number)


def publish(call: Caller, number: str) -> None:
    call("POST", f"/api/records/{number}/draft/actions/publish", 202)


def test_publishing_stays_within_its_budget(call: Caller, walk: Walk) -> None:
    publish(call, draft_with_a_file(call))  # what is loaded once in the life of the program does not count
    number = draft_with_a_file(call)
    with walk.record():
        publish(call, number)
    PUBLISH.allows(walk)


@pytest.mark.parametrize("accept", ["application/json", RDM])
def test_reading_what_everybody_reads_stays_within_its_budget(
    call: Caller, walk: Walk, application: ASGIApp, inside: Callable[[object], FastAPI], accept: str
) -> None:
    number = draft_with_a_file(call)
    publish(call, number)
    context = inside(application).state.context
    run_until_idle(context.database, context, REACTIONS, ())
    for _ in range(2):
        with walk.record():
            call("GET", f"/api/records/{number}", 200, headers={"Accept": accept})
    READ.allows(walk)


def test_reading_what_one_person_may_read_stays_within_its_budget(call: Caller, walk: Walk) -> None:
    number = draft_with_a_file(call)
    publish(call, number)
    for _ in range(2):
        with walk.record():
            call("GET", f"/api/records/{number}", 200)
    READ_IN_PERSON.allows(walk)

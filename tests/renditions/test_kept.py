"""Pages and exports that everybody may read: made once for each state of a record, never shown when it has moved on."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import Engine, event
from starlette.testclient import TestClient
from tests.refusals import METADATA, RDM, make_record

from baton.reactions import ERRANDS

HTML = {"Accept": "text/html"}
# Threads of the worker, which is busy with what was published.
AT_WORK = {"worker", "worker abroad", *(errand.name for errand in ERRANDS)}


@pytest.fixture
def alice(client: TestClient, cast: Any) -> TestClient:
    client.headers.update({**cast.alice.headers, **RDM})
    return client


@pytest.fixture
def everybody(client: TestClient) -> TestClient:
    return TestClient(client.app, follow_redirects=False)


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """What SQLAlchemy asks; the look-up of a kept answer goes past it."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if threading.current_thread().name not in AT_WORK:
            asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield asked
    event.remove(Engine, "before_cursor_execute", note)


def paths(number: object) -> list[str]:
    return [f"/records/{number}", f"/records/{number}/export/bibtex", f"/records/{number}/export/json-ld"]


def test_a_hit_costs_one_look_up_and_is_the_same_to_the_byte(
    alice: TestClient, everybody: TestClient, statements: list[str]
) -> None:
    number = make_record(alice)
    for path in paths(number):
        first = everybody.get(path, headers=HTML)
        statements.clear()
        second = everybody.get(path, headers=HTML)
        assert len(statements) <= 1  # none on SQLite, where it is asked past SQLAlchemy
        assert (second.status_code, second.content) == (200, first.content)
        assert second.headers["content-type"] == first.headers["content-type"]
        assert second.headers["cache-control"] == first.headers["cache-control"] == "public, no-cache"
        known = everybody.get(path, headers={**HTML, "If-None-Match": second.headers["etag"]})
        assert (known.status_code, known.content) == (304, b"")


def test_a_cookie_that_is_none_of_ours_makes_no_difference(
    alice: TestClient, everybody: TestClient, statements: list[str]
) -> None:
    number = make_record(alice)
    for path in paths(number):
        first = everybody.get(path, headers=HTML | {"Cookie": "_ga=GA1.2.3"})
        statements.clear()
        second = everybody.get(path, headers=HTML | {"Cookie": "_ga=GA1.2.4; lang=de"})
        assert len(statements) <= 1
        assert second.content == first.content == everybody.get(path, headers=HTML).content
        assert second.headers["cache-control"] == first.headers["cache-control"] == "public, no-cache"


def test_head_keeps_and_uses_what_is_kept(alice: TestClient, everybody: TestClient, statements: list[str]) -> None:
    number = make_record(alice)
    for path in paths(number):
        first = everybody.head(path, headers=HTML)
        statements.clear()
        for headers in ({}, {"Range": "bytes=0-99"}):
            second = everybody.head(path, headers=HTML | headers)
            whole = everybody.get(path, headers=HTML | headers)
            assert (first.status_code, second.status_code, whole.status_code) == (200, 200, 200)
            assert (first.content, second.content) == (b"", b"")
            assert second.headers["content-length"] == whole.headers["content-length"] == str(len(whole.content))
            assert second.headers["etag"] == whole.headers["etag"]
        assert len(statements) <= 4  # none on SQLite


def test_an_edit_a_new_version_and_a_restriction_show_at_once(alice: TestClient, everybody: TestClient) -> None:
    number = make_record(alice)

    def page() -> Any:
        return everybody.get(f"/records/{number}", headers=HTML)

    assert METADATA["title"] in page().text
    draft = f"/api/records/{number}/draft"
    alice.post(draft)
    alice.put(draft, json={"metadata": {**METADATA, "title": "Quite another title"}})
    assert "Quite another title" not in page().text
    assert alice.post(f"{draft}/actions/publish").status_code == 202
    assert "Quite another title" in page().text

    newer = alice.post(f"/api/records/{number}/versions").json()["id"]
    assert alice.post(f"/api/records/{newer}/draft/actions/files-import").status_code == 201
    alice.put(f"/api/records/{newer}/draft", json={"metadata": METADATA})
    assert alice.post(f"/api/records/{newer}/draft/actions/publish").status_code == 202
    assert "not the newest version" in page().text

    alice.post(draft)
    closed = {"record": "restricted", "files": "restricted"}
    alice.put(draft, json={"metadata": METADATA, "access": closed})
    assert alice.post(f"{draft}/actions/publish").status_code == 202
    for path in paths(number):
        assert everybody.get(path, headers=HTML).status_code in {403, 404}


def test_whoever_is_known_gets_their_own_answer(alice: TestClient, everybody: TestClient) -> None:
    number = make_record(alice)
    assert everybody.get(f"/records/{number}", headers=HTML).headers["cache-control"] == "public, no-cache"
    for headers in ({"Cookie": "session=x"}, {"Authorization": alice.headers["authorization"]}):
        own = everybody.get(f"/records/{number}", headers={**HTML, **headers})
        assert "public" not in own.headers["cache-control"]


def test_no_route_lets_a_cache_store_what_is_for_one_person(alice: TestClient) -> None:
    """Over every GET of the program, asked with a session or a token: nothing is marked as public, or sets a cookie."""
    number = make_record(alice)
    application: Any = alice.app
    while not isinstance(application, FastAPI):
        application = getattr(application, "app", None) or application._app  # noqa: SLF001  layers
    routes = [one for one in application.routes if isinstance(one, APIRoute) and "GET" in (one.methods or ())]
    assert len(routes) > 30
    values = {"record_id": number, "deposition_id": number, "key": "a.txt", "name": "bibtex", "number": number}
    for route in routes:
        path = route.path
        for name, value in values.items():
            path = path.replace(f"{{{name}:path}}", str(value)).replace(f"{{{name}}}", str(value))
        if "{" in path or "/content" in path or "/files/" in path:
            continue
        answer = alice.get(path, follow_redirects=False)
        if "set-cookie" in answer.headers:
            assert "public" not in answer.headers.get("cache-control", "")
        if answer.headers.get("cache-control", "").startswith("public") and "static" not in path:
            everybody = TestClient(alice.app).get(path, follow_redirects=False)
            assert everybody.content == answer.content, path

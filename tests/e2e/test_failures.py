"""Failures in which a repository must go on: the index or the store is away, a transfer breaks, lists grow."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event
from starlette.testclient import TestClient
from tests.refusals import METADATA, RDM, make_draft, make_record, refused
from tests.waiting import until

from baton.kernel.settings import Settings
from baton.reactions import ERRANDS


@pytest.fixture
def alice(client: TestClient, cast: Any) -> TestClient:
    client.headers.update({**cast.alice.headers, **RDM})
    return client


def found(alice: TestClient) -> int:
    """How many published records a search finds; -1 while search is not available."""
    answer = alice.get("/api/records")
    return int(answer.json()["hits"]["total"]) if answer.status_code == 200 else -1


# --- the index ---


def _by_nothing(index: Path) -> None:
    """In one step: a folder that is emptied file by file can be written to meanwhile."""
    index.rename(index.with_name("index-aside"))


def _by_a_file(index: Path) -> None:
    _by_nothing(index)
    index.write_text("not a folder")


def _without_its_contents(index: Path) -> None:
    for file in index.glob("*/*"):
        if file.suffix not in {".json", ".lock"}:
            file.unlink()


def _by_noise(index: Path) -> None:
    for file in index.glob("*/*"):
        if file.suffix != ".lock":
            file.write_bytes(b"\x5a" * file.stat().st_size)


def _pointing_nowhere(index: Path) -> None:
    for file in index.glob("current-*"):
        file.write_text("nowhere")


@pytest.mark.parametrize("break_it", [_by_a_file, _by_nothing, _without_its_contents, _by_noise, _pointing_nowhere])
def test_everything_but_search_goes_on_without_an_index_and_all_is_found_again(
    alice: TestClient, settings: Settings, break_it: Callable[[Path], None]
) -> None:
    index = settings.data_dir / "index"
    make_record(alice)
    until(lambda: found(alice) == 1)
    break_it(index)
    number = make_record(alice)  # draft, upload, publish
    draft = make_draft(alice)
    assert alice.put(f"/api/records/{draft}/draft", json={"metadata": METADATA}).status_code == 200
    for path in (f"/records/{number}", f"/api/records/{number}", f"/api/records/{number}/files/a.txt/content", "/"):
        assert alice.get(path).status_code == 200
    if index.is_file():
        _search_says_why(alice)
        index.unlink()
    until(lambda: found(alice) == 2)
    assert alice.get("/health").status_code == 200


def _search_says_why(alice: TestClient) -> None:
    for path in ("/api/records?q=water", "/api/user/records", "/api/deposit/depositions"):
        answer = alice.get(path)
        assert "not available at the moment" in refused(answer, 503)["message"]
        assert answer.headers["retry-after"]
    for path in ("/search?q=water", "/me/uploads"):
        page = alice.get(path, headers={"Accept": "text/html"})
        assert page.status_code == 503
        assert "not available at the moment" in page.text
    health = alice.get("/health")
    assert health.status_code == 503
    assert health.json()["database"] == health.json()["storage"] == "ok"
    assert "not available" in health.json()["search"]


# --- the store ---


def test_a_store_that_is_away_stops_uploads_and_downloads_only(alice: TestClient, settings: Settings) -> None:
    number, draft = make_record(alice), make_draft(alice)
    bucket = alice.get(f"/api/deposit/depositions/{draft}").json()["links"]["bucket"]
    store, aside = settings.data_dir / "files", settings.data_dir / "aside"
    store.rename(aside)
    store.write_text("not a folder")
    assert "later" in refused(alice.put(f"{bucket}/a.txt", content=b"x"), 503)["message"]
    form = alice.post(f"/api/deposit/depositions/{draft}/files", files={"file": ("a.txt", b"x")})
    assert "later" in refused(form, 503)["message"]
    refused(alice.get(f"/api/records/{number}/files/a.txt/content"), 503)
    refused(alice.get(f"/api/records/{number}/files-archive"), 503)
    assert alice.get(f"/records/{number}").status_code == 200
    assert alice.put(f"/api/records/{draft}/draft", json={"metadata": METADATA}).status_code == 200
    assert "storage" in alice.get("/health").json()["storage"]
    store.unlink()
    aside.rename(store)
    assert alice.put(f"{bucket}/a.txt", content=b"x").status_code == 201
    assert alice.get(f"/api/records/{number}/files/a.txt/content").content == b"hello"


# --- transfers that break ---


@pytest.fixture
def large(alice: TestClient) -> tuple[str, bytes]:
    """A published record with a file of some megabytes."""
    content = bytes(range(256)) * 12_000
    draft = make_draft(alice)
    bucket = alice.get(f"/api/deposit/depositions/{draft}").json()["links"]["bucket"]
    assert alice.put(f"{bucket}/big.bin", content=content).status_code == 201
    assert alice.post(f"/api/records/{draft}/draft/actions/publish").status_code == 202
    return draft, content


@pytest.mark.parametrize("kind", ["files/big.bin/content", "files-archive"])
def test_a_download_is_taken_up_where_it_broke(alice: TestClient, large: tuple[str, bytes], kind: str) -> None:
    address = f"/api/records/{large[0]}/{kind}"
    whole = alice.get(address)
    assert whole.headers["accept-ranges"] == "bytes"
    got = whole.content[:1_000_001]
    while len(got) < len(whole.content):
        asked = {"Range": f"bytes={len(got)}-{len(got) + 999_999}", "If-Range": whole.headers["etag"]}
        part = alice.get(address, headers=asked)
        assert part.status_code == 206
        got += part.content
    assert got == whole.content
    assert alice.get(address, headers={"Range": "bytes=-10"}).content == whole.content[-10:]
    changed = alice.get(address, headers={"Range": "bytes=5-", "If-Range": '"another"'})
    assert (changed.status_code, changed.content) == (200, whole.content)


@pytest.mark.parametrize("kind", ["files/big.bin/content", "files-archive"])
def test_what_the_caller_has_is_not_sent_again(alice: TestClient, large: tuple[str, bytes], kind: str) -> None:
    address = f"/api/records/{large[0]}/{kind}"
    etag = alice.head(address).headers["etag"]
    for tags in (etag, f'"other", {etag}', f"W/{etag}", "*"):
        answer = alice.get(address, headers={"If-None-Match": tags})
        assert (answer.status_code, answer.content) == (304, b"")
    assert alice.get(address, headers={"If-None-Match": '"other"'}).status_code == 200
    assert alice.get(address, headers={"If-Match": '"other"'}).status_code == 412


# --- lists ---


# Threads of the worker.
AT_WORK = {"worker", "worker abroad", *(errand.name for errand in ERRANDS)}


class Statements:
    """Counts what is asked of the database, whoever asks but the worker."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def __call__(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if threading.current_thread().name not in AT_WORK:
            self.texts.append(statement)


@pytest.fixture
def statements() -> Iterator[Statements]:
    counted = Statements()
    event.listen(Engine, "before_cursor_execute", counted)
    yield counted
    event.remove(Engine, "before_cursor_execute", counted)


LISTS = ("/api/records?size=25", "/api/user/records?size=25", "/api/deposit/depositions?size=25", "/search?size=25")


def test_a_list_of_25_asks_the_database_as_often_as_one_of_5(alice: TestClient, statements: Statements) -> None:
    def asked() -> dict[str, int]:
        counts = {}
        for path in (*LISTS, "/", "/me/uploads"):
            statements.texts.clear()
            assert alice.get(path).status_code == 200
            counts[path] = len(statements.texts)
        return counts

    for _record in range(5):
        make_record(alice)
    until(lambda: found(alice) == 5)
    few = asked()
    for _record in range(20):
        make_record(alice)
    until(lambda: found(alice) == 25)
    assert len(alice.get(LISTS[0]).json()["hits"]["hits"]) == 25
    assert asked() == few
    assert max(few.values()) <= 8

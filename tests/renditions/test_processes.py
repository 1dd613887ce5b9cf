"""What one process keeps is true no longer than the database says, whichever process has changed that."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any

import httpx2
import pytest
from tests.conftest import Cast, Server
from tests.refusals import BODY, METADATA, RDM

PATHS = {
    "/records/{}": "text/html",
    "/records/{}/export/bibtex": "*/*",
    "/api/records/{}": "application/json",
    "/records/{}/export/json-ld": "*/*",
}


@pytest.fixture
def two(start_server: Callable[..., Server], cast: Cast) -> Iterator[tuple[httpx2.Client, httpx2.Client]]:
    """Alice at one process, and everybody at another one with the same data."""
    first = start_server()
    second = start_server(beside=first)
    with ExitStack() as stack:
        alice = httpx2.Client(base_url=first.url, headers={**cast.alice.headers, **RDM}, timeout=60)
        everybody = httpx2.Client(base_url=second.url, timeout=60)
        yield stack.enter_context(alice), stack.enter_context(everybody)


def publish(alice: httpx2.Client) -> str:
    number = done(alice.post("/api/records", json=BODY)).json()["id"]
    files = f"/api/records/{number}/draft/files"
    done(alice.post(files, json=[{"key": "a.txt"}]))
    done(alice.put(f"{files}/a.txt/content", content=b"hello"))
    done(alice.post(f"{files}/a.txt/commit"))
    done(alice.post(f"/api/records/{number}/draft/actions/publish"))
    return str(number)


def edit(alice: httpx2.Client, number: str, **changes: Any) -> None:
    draft = f"/api/records/{number}/draft"
    done(alice.post(draft))
    done(alice.put(draft, json=BODY | changes))
    done(alice.post(f"{draft}/actions/publish"))


def done(answer: httpx2.Response) -> httpx2.Response:
    assert answer.status_code < 400, answer.text
    return answer


def read(everybody: httpx2.Client, number: str, tags: Sequence[str] = ("",) * len(PATHS)) -> list[httpx2.Response]:
    """Page, exports and JSON, asked for with the tags that are known of each."""
    return [
        everybody.get(path.format(number), headers={"Accept": accept, "If-None-Match": tag})
        for (path, accept), tag in zip(PATHS.items(), tags, strict=True)
    ]


def test_what_another_process_changes_shows_at_once(two: tuple[httpx2.Client, httpx2.Client]) -> None:
    alice, everybody = two
    number = publish(alice)
    time.sleep(1)  # the worker renders it
    for title in ("Another title", "One more title"):
        edit(alice, number, metadata=METADATA | {"title": title})
        for _ in range(3):  # made, rendered or kept
            assert [title in answer.text for answer in read(everybody, number)] == [True] * len(PATHS)
        time.sleep(1)
        tags = [answer.headers["etag"] for answer in read(everybody, number)]
        assert [answer.status_code for answer in read(everybody, number, tags)] == [304] * len(PATHS)

    newer = done(alice.post(f"/api/records/{number}/versions")).json()["id"]
    done(alice.post(f"/api/records/{newer}/draft/actions/files-import"))
    done(alice.put(f"/api/records/{newer}/draft", json=BODY))
    done(alice.post(f"/api/records/{newer}/draft/actions/publish"))
    assert "not the newest version" in read(everybody, number)[0].text

    edit(alice, number, access={"record": "restricted", "files": "restricted"})
    for _ in range(2):
        assert {answer.status_code for answer in read(everybody, number)} <= {403, 404}

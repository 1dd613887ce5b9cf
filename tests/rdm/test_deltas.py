"""Chunk lists and deltas over HTTP: only against what the caller may read, and nothing kept of what is wrong."""

import hashlib
import random
import struct
from collections.abc import Sequence
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.refusals import BODY, RDM, make_draft

from baton.storage.chunking import decode

OLD = random.Random(3).randbytes(700_000)
NEW = OLD[:300_000] + b"inserted" + OLD[300_000:]
Operation = bytes | tuple[int, int] | tuple[int, int, int]


def delta(
    base: int,
    operations: Sequence[Operation],
    *,
    result: bytes = NEW,
    size: int | None = None,
    key: str = "data.bin",
    content: bytes = OLD,
    end: bytes = b"\0",
) -> bytes:
    """A delta as another program would write it from docs/formats/delta.md: literals, and (offset, length) to copy."""
    named = key.encode()
    head = struct.pack(
        "<8sQ32sB", b"BATONDL1", len(result) if size is None else size, hashlib.sha256(result).digest(), 1
    )
    head += struct.pack("<Q32sH", base, hashlib.sha256(content).digest(), len(named)) + named
    body = [
        struct.pack("<BI", 1, len(one)) + one
        if isinstance(one, bytes)
        else struct.pack("<BBQQ", 2, one[2] if len(one) == 3 else 0, one[0], one[1])
        for one in operations
    ]
    return head + b"".join(body) + end


GOOD: list[Operation] = [(0, 300_000), b"inserted", (300_000, 400_000)]


def published(alice: TestClient, content: bytes, files_access: str = "public") -> int:
    """The number of a record with the file `data.bin`."""
    number = make_draft(alice, {**BODY, "access": {"record": "public", "files": files_access}})
    files = f"/api/records/{number}/draft/files"
    alice.post(files, json=[{"key": "data.bin"}])
    alice.put(f"{files}/data.bin/content", content=content)
    alice.post(f"{files}/data.bin/commit")
    assert alice.post(f"/api/records/{number}/draft/actions/publish").status_code == 202
    return int(number)


@pytest.fixture
def base(alice: TestClient) -> int:
    """A published record with the old content."""
    return published(alice, OLD)


@pytest.fixture
def file(alice: TestClient) -> str:
    """The address of an announced file of a new draft."""
    files = f"/api/records/{alice.post('/api/records', json={}).json()['id']}/draft/files"
    alice.post(files, json=[{"key": "data.bin"}])
    return f"{files}/data.bin"


def test_a_delta_becomes_the_whole_content(alice: TestClient, base: int, file: str) -> None:
    answer = alice.put(f"{file}/content/delta", content=delta(base, GOOD))
    assert answer.status_code == 200, answer.text
    assert alice.post(f"{file}/commit").json()["checksum"] == f"md5:{hashlib.md5(NEW).hexdigest()}"  # noqa: S324
    assert alice.get(f"{file}/content").content == NEW


def test_the_chunks_of_a_file_are_told_to_whoever_may_read_it(
    alice: TestClient, cast: Any, base: int, file: str
) -> None:
    listed = decode(
        alice.get(f"/api/records/{base}/files/data.bin/content/chunks", headers={"Authorization": ""}).content
    )
    assert (listed.size, listed.sha256) == (len(OLD), hashlib.sha256(OLD).hexdigest())
    assert alice.get(f"{file}/content/chunks").status_code == 400  # nothing has come yet
    alice.put(f"{file}/content", content=b"small")
    assert decode(alice.get(f"{file}/content/chunks").content).size == 5
    assert alice.get(f"{file}/content/chunks", headers=cast.bob.headers).status_code == 403


def test_an_empty_file_has_no_chunks(alice: TestClient) -> None:
    number = published(alice, b"")
    assert len(decode(alice.get(f"/api/records/{number}/files/data.bin/content/chunks").content)) == 0


BAD: dict[str, tuple[list[Operation], dict[str, Any]]] = {
    "copies from beyond the end": ([(0, 300_000), b"inserted", (300_000, 400_001)], {"size": len(NEW) + 1}),
    "copies from far beyond the end": ([(2**64 - 1, 2)], {"size": 2}),
    "a base that it does not name": ([(0, 10, 1)], {"size": 10}),
    "more than it announces": ([*GOOD, b"more"], {}),
    "less than it announces": (GOOD[:2], {}),
    "another digest": (GOOD, {"result": NEW[::-1]}),
    "an unknown operation": (GOOD, {"end": b"\7"}),
    "no end": (GOOD, {"end": b""}),
    "something after its end": (GOOD, {"end": b"\0\0"}),
    "terabytes": (GOOD, {"size": 10**13}),
    "more than there is": (GOOD, {"size": 2**64 - 1}),
    "very many small copies": ([(number, 1) for number in range(3000)], {"result": OLD[:3000]}),
    "very many small pieces": ([OLD[number : number + 1] for number in range(3000)], {"result": OLD[:3000]}),
    "nothing, very often": ([b""] * 3000, {"result": b""}),
    "another content of the base": (GOOD, {"content": NEW}),
    "a file that the base does not have": (GOOD, {"key": "other.bin"}),
    "a name that is no name": (GOOD, {"key": "a\0b"}),
}


@pytest.mark.parametrize("fault", BAD)
def test_what_is_wrong_with_a_delta_is_told_and_nothing_is_kept(
    alice: TestClient, base: int, file: str, fault: str
) -> None:
    operations, changes = BAD[fault]
    answer = alice.put(f"{file}/content/delta", content=delta(base, operations, **changes))
    assert 400 <= answer.status_code < 500, answer.text
    assert alice.get(file).json().get("size") is None
    assert alice.put(f"{file}/content", content=b"whole").status_code == 200


@pytest.mark.parametrize("body", [b"", b"BATONDL1", b"nonsense" * 10, delta(1, GOOD)[:70]])
def test_a_body_that_is_no_delta_is_refused(alice: TestClient, file: str, body: bytes) -> None:
    assert alice.put(f"{file}/content/delta", content=body).status_code == 400


def test_nobody_copies_from_what_they_may_not_read(alice: TestClient, cast: Any, base: int) -> None:
    closed = published(alice, OLD, "restricted")
    client = alice
    client.headers.update({**cast.bob.headers, **RDM})
    files = f"/api/records/{client.post('/api/records', json={}).json()['id']}/draft/files"
    client.post(files, json=[{"key": "data.bin"}])
    assert client.put(f"{files}/data.bin/content/delta", content=delta(closed, GOOD)).status_code == 403
    assert client.get(f"/api/records/{closed}/files/data.bin/content/chunks").status_code == 403
    assert client.put(f"{files}/data.bin/content/delta", content=delta(10**6, GOOD)).status_code == 404
    assert client.put(f"{files}/data.bin/content/delta", content=delta(base, GOOD)).status_code == 200

"""A file in several PUTs with `Content-Range`, at both addresses that take one."""

import base64
import errno
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.fakes.faulty_store import FaultyStore
from tests.refusals import refused
from tests.uploads.conftest import md5

from baton.context import Context
from baton.kernel.errors import NotFound
from baton.kernel.settings import Settings
from baton.uploads.commands import CONTENT, begin_upload
from baton.uploads.engine import ACKNOWLEDGED


@dataclass(frozen=True)
class Target:
    """Where a file is put, and what a whole one is answered."""

    address: str
    created: int
    finish: Callable[[], dict[str, Any]]


@pytest.fixture(params=["bucket", "content"])
def target(request: pytest.FixtureRequest, alice: TestClient, draft: str) -> Target:
    if request.param == "bucket":
        number = draft.split("/")[3]
        bucket = alice.get(f"/api/deposit/depositions/{number}").json()["links"]["bucket"]
        address = f"{bucket}/big file.bin"
        return Target(address, 201, lambda: dict(alice.get(f"{draft}/files/big file.bin").json()))
    alice.post(f"{draft}/files", json=[{"key": "big file.bin"}])
    own = f"{draft}/files/big file.bin"
    return Target(f"{own}/content", 200, lambda: dict(alice.post(f"{own}/commit").json()))


def part(alice: TestClient, target: Target, whole: bytes, first: int, last: int, **headers: str) -> Any:
    said = {"Content-Range": f"bytes {first}-{last}/{len(whole)}", **headers}
    return alice.put(target.address, content=whole[first : last + 1], headers=said)


def test_a_file_in_three_requests_is_the_file_that_was_cut(alice: TestClient, target: Target, whole: bytes) -> None:
    first = part(alice, target, whole, 0, 99_999)
    assert (first.status_code, first.headers["upload-offset"], first.headers["upload-complete"]) == (
        202,
        "100000",
        "?0",
    )
    assert first.json()["offset"] == 100_000
    assert part(alice, target, whole, 100_000, 100_000).status_code == 202
    last = part(alice, target, whole, 100_001, len(whole) - 1)
    assert last.status_code == target.created, last.text
    assert target.finish()["checksum"] == md5(whole)


def test_a_request_that_is_acknowledged_on_the_way_is_one_file(alice: TestClient, target: Target) -> None:
    large = bytes(ACKNOWLEDGED + 5_000_000)
    assert alice.put(target.address, content=large[:-3]).status_code == target.created
    said = {"Content-Range": f"bytes 0-{len(large) - 4}/{len(large)}"}
    assert alice.put(target.address, content=large[:-3], headers=said).headers["upload-offset"] == str(len(large) - 3)
    assert part(alice, target, large, len(large) - 3, len(large) - 1).status_code == target.created
    assert target.finish()["size"] == len(large)


@pytest.mark.parametrize("method", ["HEAD", "PUT"])
def test_how_far_it_is_can_be_asked(alice: TestClient, target: Target, whole: bytes, method: str) -> None:
    asked = {"Content-Range": f"bytes */{len(whole)}"} if method == "PUT" else {}

    def ask() -> Any:
        return alice.request(method, target.address, headers=asked)

    if method == "PUT":
        assert (ask().status_code, ask().headers["upload-offset"]) == (202, "0")
    part(alice, target, whole, 0, 999)
    told = ask()
    assert told.status_code == (202 if method == "PUT" else 204)
    assert (told.headers["upload-offset"], told.headers["upload-complete"]) == ("1000", "?0")
    assert told.headers["upload-length"] == str(len(whole))
    part(alice, target, whole, 1000, len(whole) - 1)
    done = ask()
    assert done.status_code == 200
    assert "upload-offset" not in done.headers


def test_bytes_that_do_not_follow_are_refused_and_nothing_is_lost(
    alice: TestClient, target: Target, whole: bytes
) -> None:
    too_early = part(alice, target, whole, 10, 19)
    assert (too_early.status_code, too_early.headers["upload-offset"]) == (409, "0")
    part(alice, target, whole, 0, 999)
    for first, last in ((0, 999), (500, 1500), (999, 1000), (1001, 2000), (0, len(whole) - 1)):
        answer = part(alice, target, whole, first, last)
        assert (answer.status_code, answer.headers["upload-offset"]) == (409, "1000")
    longer = alice.put(target.address, content=b"x", headers={"Content-Range": "bytes 1000-1000/5000"})
    assert longer.status_code == 409
    assert "cannot change" in longer.json()["message"]
    part(alice, target, whole, 1000, len(whole) - 1)
    assert target.finish()["checksum"] == md5(whole)


def test_a_file_whose_last_bytes_came_before_it_had_a_name_gets_it_when_its_sender_asks(
    alice: TestClient, target: Target, whole: bytes, inside: Context, settings: Settings
) -> None:
    part(alice, target, whole, 0, 999)
    sound, broken = inside.store.objects, FaultyStore(settings.data_dir / "files")
    broken.writing = OSError(errno.EIO, "Input/output error")
    inside.store.objects = broken
    refused(part(alice, target, whole, 1000, len(whole) - 1), 503)
    inside.store.objects = sound
    assert alice.head(target.address).headers["upload-offset"] == str(len(whole))
    assert alice.put(target.address, headers={"Content-Range": f"bytes */{len(whole)}"}).status_code == target.created
    assert target.finish()["checksum"] == md5(whole)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("bytes 0-4", 400),
        ("bytes 0-4/", 400),
        ("bytes 4-0/10", 400),
        ("bytes 0-10/10", 400),
        ("bytes 0-3/10", 400),  # five bytes come
        ("bytes 0-5/10", 400),
        ("bytes -5/10", 400),
        ("bytes */*", 400),
        ("items 0-4/10", 400),
        ("bytes 0-4/99999999999999999999", 400),
        ("bytes 0-4/60000000000", 400),  # larger than a file may be
        ("nonsense", 400),
    ],
)
def test_ranges_that_cannot_be_are_refused(alice: TestClient, target: Target, said: str, status: int) -> None:
    answer = alice.put(target.address, content=b"01234", headers={"Content-Range": said})
    assert answer.status_code == status
    assert answer.json()["message"]
    assert alice.put(target.address, content=b"", headers={"Content-Range": "bytes */10"}).json()["offset"] == 0


def test_an_upload_to_a_draft_that_is_thrown_away_in_the_same_moment_is_404(inside: Context) -> None:
    with inside.database.write() as connection, pytest.raises(NotFound):
        begin_upload(connection, 10**6, CONTENT, "a", inside.uploads, length=10)


def test_a_whole_file_replaces_what_has_come_before(
    alice: TestClient, target: Target, whole: bytes, inside: Context
) -> None:
    part(alice, target, whole, 0, 999)
    assert alice.put(target.address, content=b"small").status_code == target.created
    assert list(inside.uploads.staging.root.iterdir()) == []
    large = whole * 20
    part(alice, target, whole, 0, 999)
    assert alice.put(target.address, content=large).status_code == target.created
    assert list(inside.uploads.staging.root.iterdir()) == []
    assert target.finish()["checksum"] == md5(large)


def test_checksums_of_a_part_and_of_the_whole_are_held_to(alice: TestClient, target: Target, whole: bytes) -> None:
    def digest(data: bytes) -> str:
        return f"sha-256=:{base64.b64encode(hashlib.sha256(data).digest()).decode()}:"

    wrong = part(alice, target, whole, 0, 999, **{"Content-Digest": digest(b"other")})
    assert wrong.status_code == 460
    right = {"Content-Digest": digest(whole[:1000]), "Repr-Digest": digest(whole)}
    address = alice.head(target.address).headers.get("location")
    assert part(alice, target, whole, 0, 999, **right).status_code == 202, address
    assert part(alice, target, whole, 1000, len(whole) - 1).status_code == target.created
    other = whole[::-1] * 20
    refused = alice.put(target.address, content=other, headers={"Repr-Digest": digest(whole)})
    assert refused.status_code == 400
    assert "sha256" in refused.json()["message"]


def test_the_draft_standard_goes_on_at_the_address_that_it_is_given(
    alice: TestClient, target: Target, whole: bytes
) -> None:
    begun = alice.put(target.address, content=whole[:1000], headers={"Upload-Complete": "?0"})
    assert (begun.status_code, begun.headers["upload-complete"]) == (201, "?0")
    assert "max-size=" in begun.headers["upload-limit"]
    own = begun.headers["location"]
    more = {"Content-Type": "application/partial-upload", "Upload-Offset": "1000", "Upload-Complete": "?0"}
    assert alice.patch(own, content=whole[1000:2000], headers=more).status_code == 204
    conflict = alice.patch(own, content=whole[1000:2000], headers=more)
    assert (conflict.status_code, conflict.headers["upload-offset"]) == (409, "2000")
    told = alice.head(own)
    assert (told.headers["upload-offset"], told.headers["upload-complete"]) == ("2000", "?0")
    last = {**more, "Upload-Offset": "2000", "Upload-Complete": "?1"}
    done = alice.patch(own, content=whole[2000:], headers=last)
    assert (done.status_code, done.headers["upload-complete"]) == (200, "?1")
    assert target.finish()["checksum"] == md5(whole)
    assert alice.head(own).headers["upload-complete"] == "?1"


def test_a_length_that_does_not_fit_is_refused_and_the_bytes_stay(
    alice: TestClient, target: Target, whole: bytes
) -> None:
    begun = alice.put(target.address, content=whole[:10], headers={"Upload-Complete": "?0", "Upload-Length": "20"})
    own = begun.headers["location"]
    more = {"Content-Type": "application/partial-upload", "Upload-Offset": "10", "Upload-Complete": "?1"}
    for content in (whole[10:15], whole[10:25]):
        assert alice.patch(own, content=content, headers=more).status_code == 409
    assert alice.head(own).headers["upload-offset"] == "10"
    assert alice.patch(own, content=whole[10:20], headers=more).status_code == 200
    assert target.finish()["size"] == 20


@pytest.mark.parametrize("flag", ["1", "true", "?2", ""])
def test_a_flag_that_cannot_be_read_is_400(alice: TestClient, target: Target, flag: str) -> None:
    assert alice.put(target.address, content=b"x", headers={"Upload-Complete": flag}).status_code == 400


def test_strangers_neither_ask_nor_send(alice: TestClient, target: Target, whole: bytes, cast: Any) -> None:
    part(alice, target, whole, 0, 999)
    for headers in (cast.bob.headers, {"Authorization": ""}):
        assert part(alice, target, whole, 1000, 1999, **headers).status_code == 403
        assert alice.head(target.address, headers=headers).status_code == 403
    assert alice.head(target.address).headers["upload-offset"] == "1000"

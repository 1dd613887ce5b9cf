"""Files that come in parts (transfer type M, wire-contract 22), over HTTP."""

import base64
import hashlib
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient
from tests.refusals import refused
from tests.uploads.conftest import md5

from baton.context import Context
from baton.files.jobs import sweep_contents
from baton.files.rules import Parts
from baton.kernel import clock
from baton.kernel.db import Database
from baton.kernel.settings import Settings
from baton.storage.folder import FolderStore
from baton.storage.versions.store import VersionedStore
from baton.uploads.jobs import expire_uploads
from baton.uploads.parts import put_together

MB = 1_000_000
WHOLE = random.Random(22).randbytes(2 * MB + 345)
PARTS = [WHOLE[:MB], WHOLE[MB : 2 * MB], WHOLE[2 * MB :]]
PLAN = {"key": "big ü.bin", "size": len(WHOLE), "transfer": {"type": "M", "parts": 3, "part_size": MB}}


@pytest.fixture
def alice(client: TestClient, cast: Any) -> TestClient:
    client.headers.update(cast.alice.headers)
    return client


@pytest.fixture
def files(alice: TestClient) -> str:
    """The address of a new draft's files."""
    return f"/api/records/{alice.post('/api/records', json={}).json()['id']}/draft/files"


def announce(alice: TestClient, files: str, **changes: Any) -> dict[str, Any]:
    answer = alice.post(files, json=[{**PLAN, **changes}])
    assert answer.status_code == 201, answer.text
    return dict(answer.json()["entries"][-1])


def test_a_file_in_parts_is_the_file_that_was_cut(alice: TestClient, files: str) -> None:
    entry = announce(alice, files)
    assert entry["status"] == "pending"
    assert entry["transfer"] == {"type": "M", "parts": 3, "part_size": MB}
    links = entry["links"]["parts"]
    assert [link["part"] for link in links] == [1, 2, 3]
    assert all(urlsplit(link["url"]).scheme == "http" for link in links)
    for number in (3, 1, 2, 1):  # in any order, and one again
        sent = alice.put(links[number - 1]["url"], content=PARTS[number - 1])
        assert (sent.status_code, sent.json()["status"]) == (200, "pending")
    done = alice.post(entry["links"]["commit"])
    assert done.status_code == 200
    complete = done.json()
    assert (complete["status"], complete["size"], complete["transfer"]) == ("completed", len(WHOLE), {"type": "L"})
    assert complete["checksum"] == f"md5:{hashlib.md5(WHOLE, usedforsecurity=False).hexdigest()}"
    assert "parts" not in complete["links"]
    assert alice.get(complete["links"]["content"]).content == WHOLE
    assert alice.post(entry["links"]["commit"]).status_code == 200  # again changes nothing


def test_parts_may_be_of_any_size_when_none_was_announced(alice: TestClient, files: str) -> None:
    entry = announce(alice, files, size=10, transfer={"type": "M", "parts": 2})
    for link, content in zip(entry["links"]["parts"], (b"012", b"3456789"), strict=True):
        assert alice.put(link["url"], content=content).status_code == 200
    assert alice.post(entry["links"]["commit"]).json()["size"] == 10
    assert alice.get(f"{files}/big%20%C3%BC.bin/content").content == b"0123456789"


def test_a_missing_part_is_named_and_can_still_come(alice: TestClient, files: str) -> None:
    entry = announce(alice, files)
    for number in (1, 3):
        alice.put(entry["links"]["parts"][number - 1]["url"], content=PARTS[number - 1])
    assert "Part 2" in refused(alice.post(entry["links"]["commit"]))["message"]
    alice.put(entry["links"]["parts"][1]["url"], content=PARTS[1])
    assert alice.post(entry["links"]["commit"]).status_code == 200


def test_what_does_not_make_up_the_announced_file_is_refused_at_the_commit(alice: TestClient, files: str) -> None:
    entry = announce(alice, files, checksum=f"md5:{'0' * 32}")
    for link, content in zip(entry["links"]["parts"], PARTS, strict=True):
        alice.put(link["url"], content=content)
    assert "md5" in refused(alice.post(entry["links"]["commit"]))["message"]
    assert alice.get(entry["links"]["self"]).json()["status"] == "pending"


@pytest.mark.parametrize(("part", "content"), [(1, b"short"), (1, b"x" * (MB + 1)), (3, b"x" * 346)])
def test_parts_of_another_size_are_refused(alice: TestClient, files: str, part: int, content: bytes) -> None:
    entry = announce(alice, files)
    told = refused(alice.put(f"{entry['links']['self']}/content/{part}", content=content))
    assert f"Part {part} has" in told["message"]
    assert alice.post(entry["links"]["commit"]).status_code == 400


NO_PARTS = ["0", "4", "10001", "-1", "1.5", "abc", "1/2", "%C2%B2", "\u0663", "9" * 18, "9" * 19, "9" * 20, "9" * 5000]


@pytest.mark.parametrize("part", NO_PARTS, ids=lambda part: part[:20])
def test_parts_of_another_number_are_told_which_there_are(alice: TestClient, files: str, part: str) -> None:
    entry = announce(alice, files)
    told = refused(alice.put(f"{entry['links']['self']}/content/{part}", content=PARTS[0]))
    assert "numbered from 1 to 3" in told["message"]
    assert len(told["message"]) < 200
    assert alice.get(entry["links"]["self"]).json()["transfer"]["received"] == []


def test_a_file_in_a_folder_called_content_has_metadata_like_any_other(alice: TestClient, files: str) -> None:
    announce(alice, files)
    alice.post(files, json=[{"key": "big ü.bin/content/abc"}])
    said = {"metadata": {"unit": "m"}}
    told = alice.put(f"{files}/big%20%C3%BC.bin/content/abc", json=said)
    assert (told.status_code, told.json()["metadata"]) == (200, said["metadata"])


@pytest.mark.parametrize(
    "changes",
    [
        {"size": None},
        {"size": 0},
        {"size": "9"},
        {"transfer": {"type": "M"}},
        {"transfer": {"type": "M", "parts": 0}},
        {"transfer": {"type": "M", "parts": -1, "part_size": MB}},
        {"transfer": {"type": "M", "parts": True}},
        {"transfer": {"type": "M", "parts": 10_001}},
        {"transfer": {"type": "M", "parts": 10**30}},
        {"transfer": {"type": "M", "parts": 2, "part_size": MB}},
        {"transfer": {"type": "M", "parts": 4, "part_size": MB}},
        {"transfer": {"type": "M", "parts": 3, "part_size": 0}},
        {"transfer": {"type": "M", "parts": 3, "part_size": 1.5}},
        {"transfer": {"type": "F"}},
        {"transfer": {"type": "R", "url": "https://example.org/x"}},
        {"transfer": "M"},
        {"size": 51 * 10**9, "transfer": {"type": "M", "parts": 51}},
    ],
)
def test_impossible_plans_are_refused_with_a_reason(alice: TestClient, files: str, changes: Any) -> None:
    refused(alice.post(files, json=[{**PLAN, **changes}]))
    assert alice.get(files).json()["entries"] == []


def test_a_file_in_one_piece_takes_no_parts(alice: TestClient, files: str) -> None:
    alice.post(files, json=[{"key": "a.txt"}])
    assert alice.put(f"{files}/a.txt/content/1", content=b"x").status_code == 400
    assert alice.put(f"{files}/none.txt/content/1", content=b"x").status_code == 404


def test_a_file_in_parts_may_come_in_one_piece_after_all_or_be_replaced_or_removed(
    alice: TestClient, files: str
) -> None:
    entry = announce(alice, files)
    part = entry["links"]["parts"][0]["url"]
    alice.put(part, content=PARTS[0])
    assert alice.put(f"{entry['links']['self']}/content", content=WHOLE).status_code == 200
    assert alice.post(entry["links"]["commit"]).json()["size"] == len(WHOLE)
    assert alice.put(part, content=PARTS[0]).status_code == 400  # it is complete
    assert alice.delete(entry["links"]["self"]).status_code == 204
    again = announce(alice, files)
    alice.put(part, content=PARTS[0])
    bucket = again["bucket_id"]
    assert alice.put(f"/api/files/{bucket}/big%20%C3%BC.bin", content=b"other").status_code == 201
    assert alice.put(part, content=PARTS[0]).status_code == 400
    assert alice.get(again["links"]["self"]).json()["size"] == 5


def test_parts_are_for_the_owner_of_an_unpublished_draft(alice: TestClient, files: str, cast: Any) -> None:
    part = announce(alice, files)["links"]["parts"][0]["url"]
    for headers in (cast.bob.headers, {"Authorization": ""}):
        assert alice.put(part, content=PARTS[0], headers=headers).status_code == 403


def test_a_draft_with_an_unfinished_file_is_not_published(alice: TestClient, files: str) -> None:
    announce(alice, files)
    told = refused(alice.post(f"{files.removesuffix('/files')}/actions/publish"))
    assert any("big ü.bin" in error["messages"][0] for error in told["errors"])


def test_parts_of_any_size_stay_until_the_file_is_complete_and_are_swept_then(
    alice: TestClient, files: str, settings: Settings
) -> None:
    store, database = VersionedStore(FolderStore(settings.data_dir / "files")), Database(settings.database)
    entry = announce(alice, files, transfer={"type": "M", "parts": 3})
    for link, content in zip(entry["links"]["parts"], PARTS, strict=True):
        alice.put(link["url"], content=content)
    names = [hashlib.sha256(content).hexdigest() for content in (*PARTS, WHOLE)]
    sweep_contents(database, store, timedelta(seconds=-60))
    assert [store.exists(name) for name in names] == [True, True, True, False]
    alice.post(entry["links"]["commit"])
    sweep_contents(database, store, timedelta(seconds=-60))
    assert [store.exists(name) for name in names] == [False, False, False, True]
    database.close()


def test_parts_of_one_size_are_written_once_to_their_place(
    alice: TestClient, files: str, settings: Settings, context: Context
) -> None:
    staged, store = settings.data_dir / "files/staged", FolderStore(settings.data_dir / "files")
    entry = announce(alice, files)
    for number in (3, 1, 2):
        alice.put(entry["links"]["parts"][number - 1]["url"], content=PARTS[number - 1])
        expire_uploads(context.uploads, timedelta(seconds=-60))
    assert [path.name for path in staged.iterdir()] == [entry["file_id"]]
    node = (staged / entry["file_id"]).stat().st_ino
    assert list(store.walk()) == []
    assert alice.post(entry["links"]["commit"]).status_code == 200
    assert store.path(hashlib.sha256(WHOLE).hexdigest()).stat().st_ino == node
    assert list(staged.iterdir()) == []


def test_the_parts_of_a_file_that_is_not_wanted_any_more_are_swept(
    alice: TestClient, files: str, context: Context
) -> None:
    entry = announce(alice, files)
    alice.put(entry["links"]["parts"][0]["url"], content=PARTS[0])
    alice.delete(entry["links"]["self"])
    expire_uploads(context.uploads, timedelta(seconds=-60))
    assert list(context.uploads.staging.root.iterdir()) == []


def test_parts_that_nobody_goes_on_with_expire(alice: TestClient, files: str, context: Context) -> None:
    entry = announce(alice, files)
    alice.put(entry["links"]["parts"][0]["url"], content=PARTS[0])
    clock.freeze(clock.now() + timedelta(days=6))
    alice.put(entry["links"]["parts"][1]["url"], content=PARTS[1])
    clock.freeze(clock.now() + timedelta(days=6))
    expire_uploads(context.uploads, timedelta(0))
    assert len(alice.get(entry["links"]["self"]).json()["transfer"]["received"]) == 2
    clock.freeze(clock.now() + timedelta(days=2))
    expire_uploads(context.uploads, timedelta(0))
    assert alice.get(entry["links"]["self"]).json()["transfer"]["received"] == []
    assert list(context.uploads.staging.root.iterdir()) == []


@pytest.mark.parametrize("part_size", [MB, None])
def test_the_parts_that_have_come_are_listed(alice: TestClient, files: str, part_size: int | None) -> None:
    entry = announce(alice, files, transfer={"type": "M", "parts": 3, "part_size": part_size})
    assert alice.get(entry["links"]["self"]).json()["transfer"]["received"] == []
    for number in (3, 1):
        alice.put(entry["links"]["parts"][number - 1]["url"], content=PARTS[number - 1])
    shown = alice.get(entry["links"]["self"]).json()
    assert [(part["part"], part["size"]) for part in shown["transfer"]["received"]] == [(1, MB), (3, 345)]
    assert shown["transfer"]["received"][0]["checksum"] == md5(PARTS[0])
    alice.put(entry["links"]["parts"][1]["url"], content=PARTS[1])
    complete = alice.post(entry["links"]["commit"]).json()
    assert complete["transfer"] == {"type": "L"}


def test_a_part_that_is_refused_takes_nothing_from_the_one_that_is_there(alice: TestClient, files: str) -> None:
    entry = announce(alice, files)
    for link, content in zip(entry["links"]["parts"], PARTS, strict=True):
        alice.put(link["url"], content=content)
    assert alice.put(entry["links"]["parts"][0]["url"], content=b"short").status_code == 400
    assert alice.post(entry["links"]["commit"]).json()["checksum"] == md5(WHOLE)


def test_a_part_that_turns_out_wrong_on_its_way_is_missing_until_it_comes_again(alice: TestClient, files: str) -> None:
    entry = announce(alice, files)
    for link, content in zip(entry["links"]["parts"], PARTS, strict=True):
        alice.put(link["url"], content=content)
    wrong = {"Content-MD5": base64.b64encode(bytes(16)).decode()}
    assert alice.put(entry["links"]["parts"][1]["url"], content=PARTS[1][::-1], headers=wrong).status_code == 400
    assert "Part 2 is missing" in alice.post(entry["links"]["commit"]).json()["message"]
    assert alice.put(entry["links"]["parts"][1]["url"], content=PARTS[1]).status_code == 200
    assert alice.post(entry["links"]["commit"]).json()["checksum"] == md5(WHOLE)


def test_a_commit_that_was_refused_believes_the_part_that_came_after_it(alice: TestClient, files: str) -> None:
    entry = announce(alice, files, checksum=md5(WHOLE))
    for link, content in zip(entry["links"]["parts"], (PARTS[0], PARTS[1][::-1], PARTS[2]), strict=True):
        alice.put(link["url"], content=content)
    assert "md5" in alice.post(entry["links"]["commit"]).json()["message"]
    alice.put(entry["links"]["parts"][1]["url"], content=PARTS[1])
    assert alice.post(entry["links"]["commit"]).json()["checksum"] == md5(WHOLE)


def test_parts_that_are_more_than_the_file_are_refused_when_they_come(alice: TestClient, files: str) -> None:
    entry = announce(alice, files, size=10, transfer={"type": "M", "parts": 2})
    first, second = (link["url"] for link in entry["links"]["parts"])
    assert alice.put(first, content=b"01234567").status_code == 200
    assert "of a file of 10" in refused(alice.put(second, content=b"01234"))["message"]
    assert alice.put(first, content=b"01234").status_code == 200
    assert alice.put(second, content=b"56789").status_code == 200
    assert alice.post(entry["links"]["commit"]).json()["size"] == 10


def test_parts_come_several_at_once_and_of_two_of_the_same_one_stays(alice: TestClient, files: str) -> None:
    entry = announce(alice, files)

    def send(number: int) -> int:
        return alice.put(entry["links"]["parts"][number - 1]["url"], content=PARTS[number - 1]).status_code

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(send, [1, 2, 3, 1, 2, 3]))
    assert set(answers) <= {200, 423}
    received = alice.get(entry["links"]["self"]).json()["transfer"]["received"]
    assert [part["part"] for part in received] == [1, 2, 3]
    assert alice.post(entry["links"]["commit"]).json()["checksum"] == md5(WHOLE)


def test_a_content_that_parts_have_become_is_not_written_to(alice: TestClient, files: str, context: Context) -> None:
    """As when the server is stopped between the last step on the disk and the one in the database."""
    entry = announce(alice, files)
    for link, content in zip(entry["links"]["parts"], PARTS, strict=True):
        alice.put(link["url"], content=content)
    number = int(files.split("/")[3])
    plan = Parts(len(WHOLE), 3, MB, entry["file_id"])
    with pytest.raises(KeyboardInterrupt), put_together(context.uploads, plan, [], number, entry["key"]):
        raise KeyboardInterrupt
    assert alice.put(entry["links"]["parts"][0]["url"], content=PARTS[0][::-1]).status_code in {409, 410}
    assert alice.post(entry["links"]["commit"]).json()["checksum"] == md5(WHOLE)

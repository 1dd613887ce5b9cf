"""What the answer of a commit says: the stored bytes were read back before it was given."""

import base64
import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.fakes.faulty_store import FaultyStore
from tests.refusals import make_draft, refused
from tests.uploads.conftest import TUS, TUS_BODY, md5, words

from baton.app import create_app
from baton.context import Context
from baton.files.errors import NotReadBack
from baton.files.receipt import ReadBack, read_back
from baton.kernel import clock
from baton.kernel.db import Database
from baton.kernel.settings import Settings
from baton.storage.content import Stored
from baton.storage.folder import FolderHandle, FolderStore

DATA = b"some bytes that are to stay"
SHA256 = hashlib.sha256(DATA).hexdigest()
ALL = ReadBack(sampled=False, most=1000)


def is_receipt(answer: dict[str, Any]) -> bool:
    assert answer["size"] == len(DATA)
    assert answer["checksum"] == md5(DATA)
    assert answer["sha256"] == SHA256
    assert answer["verification"] == "verified"
    return clock.now() - datetime.fromisoformat(answer["last_verified"]) < timedelta(minutes=1)


def commit(alice: TestClient, draft: str, key: str, plan: dict[str, Any] | None = None) -> dict[str, Any]:
    """Announce a file, send its content in one piece or in parts, commit."""
    file = {"key": key, **({"size": len(DATA), "transfer": plan} if plan else {})}
    entry = next(entry for entry in alice.post(f"{draft}/files", json=[file]).json()["entries"] if entry["key"] == key)
    if plan is None:
        alice.put(entry["links"]["content"], content=DATA)
    else:
        for link in entry["links"]["parts"]:
            begin = (link["part"] - 1) * plan["part_size"]
            alice.put(link["url"], content=DATA[begin : begin + plan["part_size"]])
    return dict(alice.post(entry["links"]["commit"]).json())


class TestEveryDoor:
    def test_commit_of_a_file(self, alice: TestClient, draft: str) -> None:
        assert is_receipt(commit(alice, draft, "a"))

    def test_commit_of_a_file_in_parts(self, alice: TestClient, draft: str) -> None:
        assert is_receipt(commit(alice, draft, "a", {"type": "M", "parts": 3, "part_size": 10}))

    def test_bucket(self, alice: TestClient, draft: str) -> None:
        bucket = alice.get(f"/api/deposit/depositions/{draft.split('/')[3]}").json()["links"]["bucket"]
        assert is_receipt(alice.put(f"{bucket}/a", content=DATA).json())

    def test_content_range(self, alice: TestClient, draft: str) -> None:
        bucket = alice.get(f"/api/deposit/depositions/{draft.split('/')[3]}").json()["links"]["bucket"]
        for first, last in ((0, 9), (10, len(DATA) - 1)):
            said = {"Content-Range": f"bytes {first}-{last}/{len(DATA)}"}
            answer = alice.put(f"{bucket}/a", content=DATA[first : last + 1], headers=said)
        assert is_receipt(answer.json())

    def test_tus(self, alice: TestClient, draft: str, begin: Callable[..., str]) -> None:
        done = alice.patch(begin(len(DATA), "a"), content=DATA, headers={**TUS_BODY, "Upload-Offset": "0"})
        assert done.status_code == 204
        assert base64.b64encode(bytes.fromhex(SHA256)).decode() in done.headers["repr-digest"]
        assert datetime.fromisoformat(done.headers["last-verified"]) <= clock.now()
        assert is_receipt(alice.get(f"{draft}/files/a").json())

    def test_the_page_of_the_record(self, alice: TestClient) -> None:
        number = make_draft(alice)
        commit(alice, f"/api/records/{number}/draft", "a")
        assert alice.post(f"/api/records/{number}/draft/actions/publish").status_code == 202
        page = alice.get(f"/records/{number}", headers={"Accept": "text/html"}).text
        for shown in (md5(DATA), f"sha256:{SHA256}", f"{len(DATA)} bytes", f"Last verified {clock.now():%Y-%m-%d}"):
            assert shown in page


class Watched(FolderStore):
    """A folder that counts how often its contents are read."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.reads = 0

    def open(self, sha256: str, size: int | None = None) -> FolderHandle:
        handle = super().open(sha256, size)
        self.reads += 1
        return handle


def test_what_is_there_already_is_read_once_for_its_receipt(
    alice: TestClient, draft: str, begin: Callable[..., str], inside: Context, settings: Settings
) -> None:
    inside.store.objects = store = Watched(settings.data_dir / "files")
    bucket = alice.get(f"/api/deposit/depositions/{draft.split('/')[3]}").json()["links"]["bucket"]

    def by_tus(key: str) -> dict[str, Any]:
        alice.patch(begin(len(DATA), key), content=DATA, headers={**TUS_BODY, "Upload-Offset": "0"})
        return dict(alice.get(f"{draft}/files/{key}").json())

    doors: list[Callable[[], dict[str, Any]]] = [
        lambda: dict(alice.put(f"{bucket}/a", content=DATA).json()),
        lambda: commit(alice, draft, "b"),
        lambda: by_tus("c"),
    ]
    for number, put in enumerate(doors, 1):
        assert is_receipt(put())
        assert store.reads == number
        clock.freeze(clock.now() + timedelta(hours=1))


class TestWhatIsNotReadAtOnce:
    @pytest.fixture
    def alice(self, settings: Settings, cast: Any) -> Iterator[TestClient]:
        none = settings.model_copy(update={"read_back_mb": 0, "worker": False})
        with TestClient(create_app(none), headers=cast.alice.headers) as client:
            yield client

    def test_a_large_file_is_answered_for_as_pending(
        self, alice: TestClient, draft: str, begin: Callable[..., str]
    ) -> None:
        answer = commit(alice, draft, "a")
        assert (answer["sha256"], answer["last_verified"], answer["verification"]) == (SHA256, None, "pending")
        done = alice.patch(begin(3, "b"), content=b"new", headers={**TUS_BODY, "Upload-Offset": "0"})
        assert done.headers["last-verified"] == "pending"

    def test_a_sample_has_all_that_was_assembled_and_some_others(self) -> None:
        rule = ReadBack(sampled=True, most=1000)
        chosen, other = Stored("0" * 64, "", 0, 1), Stored("1" * 64, "", 0, 1)
        assert (rule.is_due(chosen), rule.is_due(other)) == (True, False)
        assert rule.is_due(Stored("1" * 64, "", 0, 1, assembled=True))
        assert not rule.is_due(Stored("0" * 64, "", 0, 1001, assembled=True))


class TestStoresThatLie:
    @pytest.fixture
    def faulty(self, settings: Settings) -> FaultyStore:
        return FaultyStore(settings.data_dir / "files")

    def put(self, faulty: FaultyStore) -> Stored:
        with faulty.writer() as writer:
            writer.write(DATA)
            return writer.finish()

    @pytest.mark.parametrize("fault", ["flip_a_bit", "cut", "lose"])
    def test_no_receipt_is_given_for_other_bytes_and_the_next_try_is_clean(
        self, settings: Settings, faulty: FaultyStore, fault: str
    ) -> None:
        database = Database(settings.database)
        stored = self.put(faulty)
        getattr(faulty, fault)(stored.sha256)
        with pytest.raises(NotReadBack, match="send them again"):
            read_back(database, faulty, ALL, stored)
        assert not faulty.exists(SHA256)
        assert read_back(database, faulty, ALL, self.put(faulty)).verified_at is not None
        database.close()

    def test_what_a_file_has_already_is_healed_by_the_same_bytes(
        self, alice: TestClient, draft: str, faulty: FaultyStore
    ) -> None:
        commit(alice, draft, "a")
        faulty.flip_a_bit(SHA256)
        bucket = alice.get(f"/api/deposit/depositions/{draft.split('/')[3]}").json()["links"]["bucket"]
        assert alice.put(f"{bucket}/b", content=DATA).json()["verification"] == "verified"
        assert [alice.get(f"{draft}/files/{key}/content").content for key in "ab"] == [DATA, DATA]

    @pytest.fixture
    def lying(self, inside: Context, faulty: FaultyStore, request: pytest.FixtureRequest) -> Iterator[FaultyStore]:
        """Damages what it is given while it says yes."""
        inside.store.objects, sound = faulty, inside.store.objects
        faulty.lies = getattr(faulty, request.param)
        yield faulty
        inside.store.objects = sound

    @pytest.mark.parametrize("lying", ["flip_a_bit", "cut", "lose"], indirect=True)
    def test_an_upload_by_tus_is_over_and_its_client_is_told_to_send_again(
        self, alice: TestClient, draft: str, begin: Callable[..., str], inside: Context, lying: FaultyStore
    ) -> None:
        address, all_of_it = begin(len(DATA), "a"), {**TUS_BODY, "Upload-Offset": "0"}
        assert "send them again" in refused(alice.patch(address, content=DATA, headers=all_of_it), 503)["message"]
        assert alice.head(address, headers=TUS).status_code == 410  # upon which clients begin anew by themselves
        assert alice.get(f"{draft}/files").json()["entries"] == []
        assert list(inside.uploads.staging.root.iterdir()) == []
        lying.lies = None
        assert alice.patch(begin(len(DATA), "a"), content=DATA, headers=all_of_it).status_code == 204
        assert is_receipt(alice.get(f"{draft}/files/a").json())

    @pytest.mark.parametrize("lying", ["flip_a_bit", "cut", "lose"], indirect=True)
    def test_parts_are_there_still_and_committed_again(self, alice: TestClient, draft: str, lying: FaultyStore) -> None:
        told = commit(alice, draft, "a", {"type": "M", "parts": 3, "part_size": 10})
        assert (told["status"], "send them again" in told["message"]) == (503, True)
        lying.lies = None
        assert is_receipt(alice.post(f"{draft}/files/a/commit").json())

    @pytest.mark.parametrize("lying", ["flip_a_bit", "cut", "lose"], indirect=True)
    def test_pieces_are_there_still_and_joined_again(
        self, alice: TestClient, draft: str, begin: Callable[..., str], lying: FaultyStore
    ) -> None:
        piece = begin(len(DATA), "", **{"Upload-Concat": "partial"})
        alice.patch(piece, content=DATA, headers={**TUS_BODY, "Upload-Offset": "0"})
        joined = {**TUS, "Upload-Concat": f"final;{piece}", "Upload-Metadata": words(filename="a")}
        assert "send them again" in refused(alice.post(f"{draft}/uploads", headers=joined), 503)["message"]
        lying.lies = None
        assert is_receipt(alice.post(f"{draft}/uploads", headers=joined).json())

    def test_an_upload_that_can_be_resumed_heals_too(
        self, alice: TestClient, draft: str, begin: Callable[..., str], inside: Context, faulty: FaultyStore
    ) -> None:
        commit(alice, draft, "a")
        faulty.flip_a_bit(SHA256)
        address = begin(len(DATA), "b")
        assert alice.patch(address, content=DATA, headers={**TUS_BODY, "Upload-Offset": "0"}).status_code == 204
        assert list(inside.uploads.staging.root.iterdir()) == []
        assert [alice.get(f"{draft}/files/{key}/content").content for key in "ab"] == [DATA, DATA]

"""What holds at every door: contradictions are refused before bytes flow, and nothing of them stays."""

import base64
import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.refusals import refused
from tests.uploads.conftest import TUS, TUS_BODY, md5, words

from baton.context import Context

Begin = Callable[..., str]
DATA = b"0123456789"
PARTIAL = {"Content-Type": "application/partial-upload"}


def digest(data: bytes) -> str:
    """`Repr-Digest`."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(data).digest()).decode()}:"


@pytest.fixture
def file(alice: TestClient, draft: str) -> str:
    """The address of an announced file."""
    alice.post(f"{draft}/files", json=[{"key": "a.bin"}])
    return f"{draft}/files/a.bin"


@pytest.fixture
def bucket(alice: TestClient, draft: str) -> str:
    """Its address at the older door."""
    number = draft.split("/")[3]
    return f"{alice.get(f'/api/deposit/depositions/{number}').json()['links']['bucket']}/a.bin"


def uploads(alice: TestClient, draft: str) -> list[dict[str, Any]]:
    return list(alice.get(f"{draft}/uploads").json()["entries"])


class TestHeadersSaidTwice:
    @pytest.mark.parametrize("name", ["Upload-Length", "Upload-Metadata", "Upload-Defer-Length", "Upload-Concat"])
    def test_a_creation(self, alice: TestClient, draft: str, name: str) -> None:
        said = {**TUS, "Upload-Length": "5", "Upload-Metadata": words(filename="a")}
        twice = [*said.items(), (name, said.get(name, "1")), (name, "6")]
        assert name.lower() in refused(alice.post(f"{draft}/uploads", headers=twice))["message"]
        assert uploads(alice, draft) == []

    @pytest.mark.parametrize(("name", "values"), [("Upload-Offset", "05"), ("Upload-Checksum", ("md5 A", "md5 B"))])
    def test_what_goes_on(self, alice: TestClient, begin: Begin, name: str, values: str) -> None:
        address = begin(10)
        headers = [*TUS_BODY.items(), ("Upload-Offset", "0"), *((name, value) for value in values)]
        refused(alice.patch(address, content=DATA[:5], headers=headers))
        assert alice.head(address, headers=TUS).headers["upload-offset"] == "0"

    @pytest.mark.parametrize(
        ("name", "values"),
        [
            ("Content-Range", ["bytes 0-4/10", "bytes 5-9/10"]),
            ("Upload-Complete", ["?0", "?1"]),
            ("Content-MD5", [base64.b64encode(bytes([number]) * 16).decode() for number in range(2)]),
            ("Repr-Digest", [digest(DATA), digest(b"other")]),  # a list, of which no line is passed over
        ],
    )
    def test_a_put(self, alice: TestClient, draft: str, file: str, name: str, values: list[str]) -> None:
        refused(alice.put(f"{file}/content", content=DATA[:5], headers=[(name, value) for value in values]))
        assert uploads(alice, draft) == []

    def test_what_is_said_twice_alike_is_said(self, alice: TestClient, draft: str) -> None:
        said = [*TUS.items(), ("Upload-Metadata", words(filename="a")), *[("Upload-Length", "5")] * 2]
        assert alice.post(f"{draft}/uploads", headers=said).status_code == 201


class TestDigestsOfTheWhole:
    """They may come with any request, and must always be the same."""

    def test_with_the_last_range(self, alice: TestClient, file: str) -> None:
        ranges = ((0, 4, b""), (5, 9, b"other"))
        for first, last, other in ranges:
            said = {"Content-Range": f"bytes {first}-{last}/10", **({"Repr-Digest": digest(other)} if other else {})}
            answer = alice.put(f"{file}/content", content=DATA[first : last + 1], headers=said)
        assert "sha256" in refused(answer)["message"]
        refused(alice.post(f"{file}/commit"))

    def test_with_one_in_the_middle(self, alice: TestClient, begin: Begin) -> None:
        address = begin(10)
        for offset, said in ((0, {}), (3, {"Repr-Digest": digest(b"other")})):
            sent = DATA[offset : offset + 3]
            assert alice.patch(
                address, content=sent, headers={**TUS_BODY, "Upload-Offset": str(offset), **said}
            ).is_success
        again = {**TUS_BODY, "Upload-Offset": "6", "Repr-Digest": digest(DATA)}
        assert "was said to be" in refused(alice.patch(address, content=DATA[6:], headers=again))["message"]
        assert alice.head(address, headers=TUS).headers["upload-offset"] == "6"
        last = {**TUS_BODY, "Upload-Offset": "6"}
        assert "sha256" in refused(alice.patch(address, content=DATA[6:], headers=last))["message"]
        assert alice.head(address, headers=TUS).status_code == 410

    def test_with_the_creation(self, alice: TestClient, draft: str) -> None:
        said = {"Upload-Length": "10", "Upload-Metadata": words(filename="a"), "Repr-Digest": digest(b"other")}
        refused(alice.post(f"{draft}/uploads", content=DATA, headers={**TUS_BODY, **said}))
        assert uploads(alice, draft) == []


class TestWhatIsComplete:
    """It takes nothing more, and says so before a byte is sent."""

    @pytest.fixture
    def file(self, alice: TestClient, file: str) -> str:
        alice.put(f"{file}/content", content=DATA)
        assert alice.post(f"{file}/commit").status_code == 200
        return file

    @pytest.mark.parametrize(
        ("path", "headers"),
        [
            ("/content", {}),
            ("/content", {"Content-Range": "bytes 0-4/1000000"}),
            ("/content", {"Upload-Complete": "?0"}),
            ("/content/1", {}),
            ("/content/delta", {}),
        ],
    )
    def test_bytes_are_refused(
        self, alice: TestClient, draft: str, file: str, path: str, headers: dict[str, str]
    ) -> None:
        assert "is complete" in refused(alice.put(file + path, content=b"other", headers=headers))["message"]
        assert uploads(alice, draft) == []
        assert alice.get(f"{file}/content").content == DATA

    def test_a_sender_who_missed_the_answer_is_told(self, alice: TestClient, file: str) -> None:
        asked = alice.put(f"{file}/content", headers={"Content-Range": "bytes */10"})
        assert (asked.status_code, asked.headers["upload-complete"]) == (200, "?1")


class TestWhatWasAnnounced:
    """Bytes that turn out to be others end their upload, so that its sender can begin a new one."""

    @pytest.fixture
    def file(self, alice: TestClient, draft: str) -> str:
        alice.post(f"{draft}/files", json=[{"key": "a.bin", "size": 10, "checksum": md5(DATA)}])
        return f"{draft}/files/a.bin"

    @pytest.mark.parametrize("other", [DATA[::-1], DATA + b"longer"])
    @pytest.mark.parametrize("said", ["Content-Range", "Upload-Complete"])
    def test_by_put(self, alice: TestClient, draft: str, file: str, said: str, other: bytes) -> None:
        for content, status in ((other, 400), (DATA, 200)):
            values = {"Content-Range": f"bytes 0-{len(content) - 1}/{len(content)}", "Upload-Complete": "?1"}
            answer = alice.put(f"{file}/content", content=content, headers={said: values[said]})
            assert answer.status_code == status, answer.text
            assert uploads(alice, draft) == []

    def test_by_tus(self, alice: TestClient, file: str, begin: Begin, inside: Context) -> None:
        address = begin(10, name="a.bin")
        refused(alice.patch(address, content=DATA[::-1], headers={**TUS_BODY, "Upload-Offset": "0"}))
        assert alice.head(address, headers=TUS).status_code == 410
        assert list(inside.uploads.staging.root.iterdir()) == []
        assert alice.get(file).json()["status"] == "pending"

    @pytest.mark.parametrize("size", [1, 5_000_000])  # received in two ways
    def test_the_older_door_replaces_it(self, alice: TestClient, file: str, bucket: str, size: int) -> None:
        assert alice.put(bucket, content=bytes(size)).status_code == 201
        assert alice.get(file).json()["size"] == size


class TestPieces:
    def piece(self, alice: TestClient, draft: str, data: bytes) -> str:
        said = {**TUS_BODY, "Upload-Length": str(len(data)), "Upload-Concat": "partial"}
        return str(alice.post(f"{draft}/uploads", content=data, headers=said).headers["location"])

    def join(self, alice: TestClient, draft: str, *pieces: str, **request: Any) -> Any:
        said = {**TUS_BODY, "Upload-Concat": "final;" + " ".join(pieces), "Upload-Metadata": words(filename="a")}
        return alice.post(f"{draft}/uploads", headers=said, **request)

    def test_of_several_who_join_them_one_does_and_the_others_leave_nothing(
        self, alice: TestClient, draft: str
    ) -> None:
        pieces = [self.piece(alice, draft, DATA * 100_000) for _number in range(2)]
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda _number: self.join(alice, draft, *pieces).status_code, range(4)))
        assert answers.count(201) == 1
        assert set(answers) <= {201, 409, 423}
        assert uploads(alice, draft) == []
        assert alice.get(f"{draft}/files/a").json()["size"] == 2 * len(DATA) * 100_000

    def test_what_is_put_together_brings_no_bytes_of_its_own(self, alice: TestClient, draft: str) -> None:
        piece = self.piece(alice, draft, DATA)
        for body in (DATA, iter([DATA])):
            assert "leave them out" in refused(self.join(alice, draft, piece, content=body))["message"]
        assert self.join(alice, draft, piece).status_code == 201

    def test_pieces_of_another_draft_are_not_found(self, alice: TestClient, draft: str) -> None:
        other = f"/api/records/{alice.post('/api/records', json={}).json()['id']}/draft"
        refused(self.join(alice, draft, self.piece(alice, other, DATA)), 404)
        assert uploads(alice, draft) == []

    def test_a_whole_file_is_no_piece(self, alice: TestClient, draft: str, begin: Begin) -> None:
        address = begin(10)
        alice.patch(address, content=DATA, headers={**TUS_BODY, "Upload-Offset": "0"})
        refused(self.join(alice, draft, address), 409)


def test_what_is_refused_at_its_beginning_leaves_no_upload(alice: TestClient, draft: str, file: str) -> None:
    """Where only the request says how large it is, and what is there is not hidden behind it."""
    larger = {"Content-Length": str(51 * 10**9)}
    tus = {**TUS_BODY, "Upload-Defer-Length": "1", "Upload-Metadata": words(filename="b")}
    assert alice.put(f"{file}/content", content=DATA, headers={"Content-Range": "bytes 0-9/*"}).status_code == 202
    for answer in (
        alice.post(f"{draft}/uploads", content=iter([b""]), headers={**tus, **larger}),
        alice.put(f"{file}/content", content=iter([b""]), headers={"Upload-Complete": "?0", **larger}),
        alice.put(f"{file}/content", content=iter([b""]), headers=larger),
    ):
        assert "at most" in refused(answer)["message"]
    assert [upload["offset"] for upload in uploads(alice, draft)] == [10]


def test_of_several_who_end_one_upload_one_does(alice: TestClient, draft: str, begin: Begin) -> None:
    address = begin(10, name="a.bin")
    alice.patch(address, content=DATA[:7], headers={**TUS_BODY, "Upload-Offset": "0"})

    def end(_number: int) -> int:
        return int(alice.patch(address, content=DATA[7:], headers={**TUS_BODY, "Upload-Offset": "7"}).status_code)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(end, range(4)))
    assert answers.count(204) == 1
    assert set(answers) <= {204, 409, 410, 423}
    assert alice.get(f"{draft}/files/a.bin").json()["checksum"] == md5(DATA)

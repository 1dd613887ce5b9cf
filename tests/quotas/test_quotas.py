"""Quotas of records and people: who settles them, and that they hold before bytes flow."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.refusals import make_draft, make_record, refused
from tests.uploads.conftest import TUS, TUS_BODY, words

from baton.app import create_app
from baton.files.queries import wrong_totals
from baton.kernel.db import Database
from baton.kernel.settings import Settings

MB = 1_000_000


@pytest.fixture
def alice(settings: Settings, cast: Any) -> Iterator[TestClient]:
    """Alice, where a record may have 10 MB and everything of one person 25."""
    small = settings.model_copy(
        update={"max_file_bytes": 10 * MB, "max_record_bytes": 10 * MB, "max_user_bytes": 25 * MB}
    )
    with TestClient(create_app(small), headers=cast.alice.headers) as client:
        yield client


@pytest.fixture
def draft(alice: TestClient) -> str:
    return make_draft(alice)


def begin(alice: TestClient, draft: str, name: str, length: int, **headers: str) -> Any:
    said = {**TUS, "Upload-Length": str(length), "Upload-Metadata": words(filename=name), **headers}
    return alice.post(f"/api/records/{draft}/draft/uploads", headers=said)


def announce(alice: TestClient, draft: str, *files: dict[str, Any]) -> Any:
    return alice.post(f"/api/records/{draft}/draft/files", json=list(files))


def settle(alice: TestClient, cast: Any, path: str, **quota: Any) -> Any:
    return alice.post(f"/api/{path}/quota", json=quota, headers=cast.root.headers)


def quota(alice: TestClient, draft: str) -> dict[str, Any]:
    return dict(alice.get(f"/api/records/{draft}/quota").json())


class TestReservations:
    def test_what_is_announced_is_reserved_until_it_comes_or_goes(self, alice: TestClient, draft: str) -> None:
        files = f"/api/records/{draft}/draft/files"
        assert announce(alice, draft, {"key": "a", "size": 6 * MB}).status_code == 201
        body = refused(announce(alice, draft, {"key": "b", "size": 4 * MB + 1}))
        assert body["type"] == "urn:baton:problem:QuotaExceeded"
        assert (body["limit"], body["used"], body["reserved"], body["asked"]) == (10 * MB, 0, 6 * MB, 4 * MB + 1)
        assert "give up uploads" in body["message"]
        assert announce(alice, draft, {"key": "b", "size": 4 * MB}).status_code == 201
        assert alice.put(f"{files}/a/content", content=bytes(6 * MB)).status_code == 200
        assert (quota(alice, draft)["used"], quota(alice, draft)["reserved"]) == (6 * MB, 4 * MB)
        assert alice.delete(f"{files}/b").status_code == 204
        assert announce(alice, draft, {"key": "c", "size": 4 * MB}).status_code == 201
        assert alice.delete(files).status_code == 204
        assert (quota(alice, draft)["used"], quota(alice, draft)["reserved"]) == (0, 0)

    def test_files_announced_together_are_counted_together(self, alice: TestClient, draft: str) -> None:
        refused(announce(alice, draft, {"key": "a", "size": 6 * MB}, {"key": "b", "size": 5 * MB}))
        assert quota(alice, draft)["files"] == 0

    def test_a_file_in_parts_reserves_its_size_once(self, alice: TestClient, draft: str) -> None:
        plan = {"type": "M", "parts": 2, "part_size": 3 * MB}
        entry = announce(alice, draft, {"key": "a", "size": 6 * MB, "transfer": plan}).json()["entries"][0]
        alice.put(entry["links"]["parts"][0]["url"], content=bytes(3 * MB))
        assert quota(alice, draft)["reserved"] == 6 * MB
        refused(begin(alice, draft, "b", 4 * MB + 1))
        alice.put(entry["links"]["parts"][1]["url"], content=bytes(3 * MB))
        assert alice.post(entry["links"]["commit"]).status_code == 200
        assert (quota(alice, draft)["used"], quota(alice, draft)["reserved"]) == (6 * MB, 0)

    def test_unfinished_uploads_reserve_their_length_and_give_it_back(self, alice: TestClient, draft: str) -> None:
        first = begin(alice, draft, "a", 6 * MB).headers["location"]
        refused(begin(alice, draft, "b", 5 * MB))
        refused(announce(alice, draft, {"key": "b", "size": 5 * MB}))
        bucket = alice.get(f"/api/deposit/depositions/{draft}").json()["links"]["bucket"]
        part = {"Content-Range": f"bytes 0-0/{5 * MB}"}
        refused(alice.put(f"{bucket}/b", content=b"x", headers=part))
        refused(alice.put(f"{bucket}/b", content=bytes(4 * MB + 1)))
        assert alice.delete(first, headers=TUS).status_code == 204
        assert alice.put(f"{bucket}/b", content=b"x", headers=part).status_code == 202
        refused(begin(alice, draft, "c", 5 * MB + 1))
        assert begin(alice, draft, "b", 10 * MB).status_code == 201  # it takes the place of the other one

    def test_a_replacement_counts_beyond_what_it_replaces(self, alice: TestClient, draft: str) -> None:
        bucket = alice.get(f"/api/deposit/depositions/{draft}").json()["links"]["bucket"]
        alice.put(f"{bucket}/a", content=bytes(4 * MB))
        assert begin(alice, draft, "a", 7 * MB).status_code == 201
        assert (quota(alice, draft)["used"], quota(alice, draft)["reserved"]) == (4 * MB, 3 * MB)

    def test_pieces_are_counted_until_they_become_a_file(self, alice: TestClient, draft: str) -> None:
        pieces = []
        for _piece in range(2):
            said = {**TUS, "Upload-Length": str(5 * MB), "Upload-Concat": "partial"}
            pieces.append(alice.post(f"/api/records/{draft}/draft/uploads", headers=said).headers["location"])
        refused(begin(alice, draft, "b", 1))
        for piece in pieces:
            sent = alice.patch(piece, content=bytes(5 * MB), headers={**TUS_BODY, "Upload-Offset": "0"})
            assert sent.status_code == 204
        final = {**TUS, "Upload-Concat": f"final;{' '.join(pieces)}", "Upload-Metadata": words(filename="a")}
        assert alice.post(f"/api/records/{draft}/draft/uploads", headers=final).status_code == 201
        assert (quota(alice, draft)["used"], quota(alice, draft)["reserved"]) == (10 * MB, 0)

    def test_without_a_length_what_has_come_counts(self, alice: TestClient, draft: str) -> None:
        said = {**TUS, "Upload-Defer-Length": "1", "Upload-Metadata": words(filename="a")}
        addresses = [
            alice.post(f"/api/records/{draft}/draft/uploads", headers={**said, "Upload-Metadata": words(filename=name)})
            for name in "ab"
        ]
        first, second = (answer.headers["location"] for answer in addresses)

        def send(address: str, size: int) -> Any:
            return alice.patch(address, content=bytes(size), headers={**TUS_BODY, "Upload-Offset": "0"})

        assert send(first, 6 * MB).status_code == 204
        assert refused(send(second, 4 * MB + 1))["asked"] == 4 * MB + 1
        assert send(second, 4 * MB).status_code == 204
        assert quota(alice, draft)["reserved"] == 10 * MB

    def test_of_two_at_once_one_gets_the_room(self, alice: TestClient, draft: str) -> None:
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda name: begin(alice, draft, name, 6 * MB).status_code, "abcd"))
        assert sorted(answers) == [201, 400, 400, 400]

    def test_the_books_are_right_afterwards(self, alice: TestClient, draft: str, settings: Settings) -> None:
        files = f"/api/records/{draft}/draft/files"
        announce(alice, draft, {"key": "a", "size": 5}, {"key": "b", "size": 3}, {"key": "c", "size": 2})
        alice.put(f"{files}/a/content", content=b"12345")
        alice.delete(f"{files}/b")
        database = Database(settings.database)
        with database.read() as connection:
            assert wrong_totals(connection) == []
        database.close()
        assert (quota(alice, draft)["used"], quota(alice, draft)["reserved"]) == (5, 2)


class TestPeople:
    def test_everything_of_one_person_is_counted_together(self, alice: TestClient, cast: Any) -> None:
        first, second, third = (make_draft(alice) for _ in range(3))
        assert begin(alice, first, "a", 10 * MB).status_code == 201
        assert announce(alice, second, {"key": "a", "size": 10 * MB}).status_code == 201
        body = refused(begin(alice, third, "a", 5 * MB + 1))
        assert "one owner" in body["message"]
        assert (body["limit"], body["used"]) == (25 * MB, 20 * MB)
        alice.headers.update(cast.bob.headers)
        assert begin(alice, make_draft(alice), "a", 10 * MB).status_code == 201

    def test_of_two_records_at_once_one_gets_the_room(self, alice: TestClient) -> None:
        drafts = [make_draft(alice) for _ in range(4)]
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda draft: begin(alice, draft, "a", 10 * MB).status_code, drafts))
        assert sorted(answers) == [201, 201, 400, 400]

    def test_files_of_the_version_before_are_taken_over_and_counted(self, alice: TestClient) -> None:
        number = make_record(alice)
        version = alice.post(f"/api/records/{number}/versions").json()["id"]
        assert alice.post(f"/api/records/{version}/draft/actions/files-import").status_code == 201
        assert quota(alice, version)["used"] == 5


class TestSettling:
    def test_a_record_goes_before_its_owner_and_its_owner_before_all(
        self, alice: TestClient, draft: str, cast: Any
    ) -> None:
        person = settle(alice, cast, f"users/{cast.alice.id}", quota_size=12 * MB, max_file_size=11 * MB)
        assert (person.status_code, person.json()) == (200, {})
        refused(begin(alice, draft, "a", 11 * MB + 1))
        assert begin(alice, draft, "a", 11 * MB).status_code == 201
        assert settle(alice, cast, f"records/{draft}", quota_size=20 * MB, notes="A large one").status_code == 200
        told = quota(alice, draft)
        assert (told["quota_size"], told["max_file_size"], told["total_size"]) == (20 * MB, 20 * MB, 25 * MB)
        assert begin(alice, draft, "a", 20 * MB).status_code == 201
        refused(begin(alice, make_draft(alice), "a", 11 * MB + 1))

    def test_the_limits_in_force_are_told_wherever_there_are_any(
        self, alice: TestClient, draft: str, cast: Any
    ) -> None:
        settle(alice, cast, f"records/{draft}", quota_size=3 * MB, max_file_size=2 * MB)
        bucket = alice.get(f"/api/deposit/depositions/{draft}").json()["links"]["bucket"]
        told = alice.get(bucket).json()
        assert (told["quota_size"], told["max_file_size"]) == (3 * MB, 2 * MB)
        assert alice.options(f"/api/records/{draft}/draft/uploads").headers["tus-max-size"] == str(2 * MB)
        assert f"max-size={2 * MB}" in begin(alice, draft, "a", 5).headers["upload-limit"]

    def test_a_quota_below_what_is_there_takes_nothing_away(self, alice: TestClient, cast: Any) -> None:
        number = make_draft(alice)
        bucket = alice.get(f"/api/deposit/depositions/{number}").json()["links"]["bucket"]
        alice.put(f"{bucket}/a", content=b"12345")
        settle(alice, cast, f"records/{number}", quota_size=1)
        assert alice.get(f"{bucket}/a").content == b"12345"
        refused(alice.put(f"{bucket}/b", content=b"1"))

    def test_a_total_of_ones_own(self, alice: TestClient, draft: str, cast: Any) -> None:
        settle(alice, cast, f"users/{cast.alice.id}", quota_size=30 * MB, total_size=40 * MB)
        assert begin(alice, draft, "a", 30 * MB).status_code == 201
        refused(begin(alice, make_draft(alice), "a", 10 * MB + 1))

    def test_only_administrators_settle(self, alice: TestClient, draft: str, cast: Any) -> None:
        for path in (f"records/{draft}", f"users/{cast.alice.id}"):
            for headers in (cast.alice.headers, {"Authorization": ""}):
                refused(alice.post(f"/api/{path}/quota", json={"quota_size": 1}, headers=headers), 403)
        refused(alice.get(f"/api/records/{draft}/quota", headers=cast.bob.headers), 403)

    @pytest.mark.parametrize("number", [0, 4711, 10**30])
    def test_what_is_not_there_gets_no_quota(self, alice: TestClient, cast: Any, number: int) -> None:
        refused(settle(alice, cast, f"records/{number}", quota_size=1), 404)
        refused(settle(alice, cast, f"users/{number}", quota_size=1), 404)
        assert alice.options(f"/api/records/{number}/draft/uploads").status_code == 204

    @pytest.mark.parametrize(
        "body",
        [
            None,
            [],
            {},
            {"quota_size": "9"},
            {"quota_size": 0},
            {"quota_size": True},
            {"quota_size": 2**63},
            {"quota_size": 1.5},
            {"quota_size": 1, "max_file_size": 0},
            {"quota_size": 1, "notes": 5},
            {"quota_size": 1, "notes": "x" * 10_001},
            {"quota_size": 1, "colour": "blue"},
        ],
    )
    def test_quotas_that_cannot_be_are_refused(self, alice: TestClient, draft: str, cast: Any, body: Any) -> None:
        for path in (f"records/{draft}", f"users/{cast.alice.id}"):
            refused(alice.post(f"/api/{path}/quota", json=body, headers=cast.root.headers))

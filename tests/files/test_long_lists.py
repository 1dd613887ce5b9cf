"""Records with very many files: lists are paged, folders are looked into one at a time, uploads cost the same."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from sqlalchemy import Engine, event, insert, text
from starlette.testclient import TestClient
from tests.refusals import RDM, make_draft, make_record, refused

from baton.app import create_app
from baton.files.folders import FolderPage, Subfolder, list_folder
from baton.files.models import file_totals, files
from baton.files.queries import EMBEDDED, files_of_many, first_files, wrong_totals
from baton.kernel import clock
from baton.kernel.db import Database
from baton.kernel.ids import new_uuid
from baton.kernel.settings import Settings

MANY = 2500


@pytest.fixture
def alice(client: TestClient, cast: Any) -> TestClient:
    client.headers.update({**cast.alice.headers, **RDM})
    return client


def add_files(database: Database, record_id: int, keys: Sequence[str]) -> None:
    """Complete files that share the bytes of the one file that the record has already."""
    now = clock.now()
    with database.write() as connection:
        sha256 = connection.execute(text("SELECT sha256 FROM files WHERE record_id = :id"), {"id": record_id}).scalar()
        rows: list[dict[str, Any]] = [
            {
                "id": new_uuid(),
                "record_id": record_id,
                "key": key,
                "status": "completed",
                "sha256": sha256,
                "expected": {},
                "mimetype": "text/plain",
                "position": place,
                "version_id": new_uuid(),
                "created_at": now,
                "updated_at": now,
            }
            for place, key in enumerate(keys, 1)
        ]
        connection.execute(insert(files), rows)
        size = connection.execute(text("SELECT byte_count FROM file_totals WHERE record_id = :id"), {"id": record_id})
        connection.execute(
            file_totals.update()
            .where(file_totals.c.record_id == record_id)
            .values(
                file_count=len(keys) + 1,
                next_position=len(keys) + 1,
                byte_count=size.scalar_one() * (len(keys) + 1),
            )
        )


@pytest.fixture
def long(alice: TestClient, database: Database) -> int:
    """A published record with `a.txt` and many files in folders."""
    number = int(make_record(alice))
    add_files(database, number, [f"run/{place // 50:03}/data {place:05}.txt" for place in range(MANY)])
    return number


def names_of(page: FolderPage) -> list[str]:
    return [item.path if isinstance(item, Subfolder) else item.key for item in page.items]


def test_a_long_list_comes_in_pages_that_lead_to_each_other(alice: TestClient, long: int) -> None:
    first = alice.get(f"/api/records/{long}/files").json()
    assert (first["count"], len(first["entries"])) == (MANY + 1, EMBEDDED)
    seen = [entry["key"] for entry in first["entries"]]
    following = first["links"].get("next")
    while following:
        page = alice.get(following).json()
        seen += [entry["key"] for entry in page["entries"]]
        following = page["links"].get("next")
    assert len(seen) == len(set(seen)) == MANY + 1
    assert len(alice.get(f"/api/records/{long}/files?size=7&page=2").json()["entries"]) == 7
    refused(alice.get(f"/api/records/{long}/files?size=10001"), 400)


def test_a_record_embeds_the_first_files_and_says_how_many_there_are(alice: TestClient, long: int) -> None:
    shown = alice.get(f"/api/records/{long}").json()["files"]
    assert shown["count"] == MANY + 1
    assert shown["total_bytes"] == (MANY + 1) * next(iter(shown["entries"].values()))["size"]
    assert len(shown["entries"]) == EMBEDDED
    (hit,) = alice.get(f"/api/records/{long}/versions").json()["hits"]["hits"]
    assert (hit["files"]["count"], len(hit["files"]["entries"])) == (MANY + 1, EMBEDDED)


def test_the_older_lists_lead_on_in_the_link_header(alice: TestClient, long: int) -> None:
    answer = alice.get(f"/api/deposit/depositions/{long}/files")
    assert len(answer.json()) == EMBEDDED
    assert "page=2" in answer.links["next"]["url"]
    bucket = alice.get(f"/api/deposit/depositions/{long}").json()["links"]["bucket"]
    answer = alice.get(f"{bucket}?size=1000&page=3")
    assert len(answer.json()["contents"]) == MANY + 1 - 2 * 1000
    assert "next" not in answer.links


def test_the_archive_holds_every_file(alice: TestClient, long: int) -> None:
    answer = alice.get(f"/api/records/{long}/files-archive", headers={"Range": "bytes=-22"})
    assert int.from_bytes(answer.content[10:12], "little") == MANY + 1


def test_the_page_shows_one_folder_at_a_time_and_stays_small(alice: TestClient, long: int) -> None:
    top = alice.get(f"/records/{long}", headers={"Accept": "text/html"})
    assert len(top.content) < 200_000
    assert "2,501 files" in top.text
    assert "run/" in top.text
    inside = alice.get(f"/records/{long}?folder=run/", headers={"Accept": "text/html"})
    assert re.search(r"folder=run%2F000%2F", inside.text)
    assert "50 files" in inside.text
    deepest = alice.get(f"/records/{long}?folder=run/049/", headers={"Accept": "text/html"})
    assert f"data {MANY - 1:05}.txt" in deepest.text
    assert "nothing in this folder" in alice.get(f"/records/{long}?folder=nowhere").text


def test_a_folder_is_listed_in_pages_past_whole_folders(database: Database, long: int) -> None:
    with database.read() as connection:
        top = list_folder(connection, long, "", "", 10)
        assert names_of(top) == ["a.txt", "run/"]
        assert top.items[1] == Subfolder("run/", MANY)
        seen: list[str] = []
        after: str | None = ""
        while after is not None:
            page = list_folder(connection, long, "run/", after, 7)
            seen += [item.path for item in page.items if isinstance(item, Subfolder)]
            after = page.next
        assert seen == [f"run/{number:03}/" for number in range(MANY // 50)]


def test_lists_of_records_hold_the_first_files_of_each(alice: TestClient, database: Database, long: int) -> None:
    short, none = int(make_record(alice)), int(make_draft(alice))
    with database.read() as connection:
        found = files_of_many(connection, [short, long, none, 2**40])
        assert found == {number: first_files(connection, number) for number in (short, long)}
    assert (len(found[long][0]), found[long][1].count) == (EMBEDDED, MANY + 1)


def test_names_around_a_folder_are_not_in_it(alice: TestClient, database: Database) -> None:
    number = int(make_record(alice))
    add_files(database, number, ["a", "a-b", "a/x", "a/y/z", "a0", "aa/x", "ä/x", "\U0001f30a/x"])
    with database.read() as connection:
        page = list_folder(connection, number, "", "", 20)
        assert names_of(page) == ["a", "a-b", "a.txt", "a/", "a0", "aa/", "ä/", "\U0001f30a/"]
        inside = list_folder(connection, number, "a/", "", 20)
        assert names_of(inside) == ["a/x", "a/y/"]
        assert list_folder(connection, number, "a/", "a0", 20).items == ()


@pytest.fixture
def unattended(settings: Settings, cast: Any) -> Iterator[TestClient]:
    """Alice, where no worker asks questions of its own."""
    app = create_app(settings.model_copy(update={"worker": False}))
    with TestClient(app, headers={**cast.alice.headers, **RDM}) as client:
        yield client


def test_an_upload_asks_the_same_few_questions_beside_many_files(unattended: TestClient, database: Database) -> None:
    alice = unattended
    draft = make_draft(alice)
    bucket = alice.get(f"/api/deposit/depositions/{draft}").json()["links"]["bucket"]
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    def upload(key: str) -> int:
        statements.clear()
        assert alice.put(f"{bucket}/{key}", content=b"x").status_code == 201
        return len([one for one in statements if "events" not in one and "deliveries" not in one])

    event.listen(Engine, "before_cursor_execute", note)
    try:
        few = upload("first.txt")
        add_files(database, int(draft), [f"{place}.txt" for place in range(MANY)])
        assert upload("last.txt") <= few + 2
        assert not [one for one in statements if "sum(" in one or "count(" in one]
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    listed = alice.post(f"/api/records/{draft}/draft/files", json=[{"key": "new.txt"}]).json()
    assert [entry["key"] for entry in listed["entries"]] == ["new.txt"]


def test_files_are_counted_right_whatever_happens_to_them(alice: TestClient, database: Database) -> None:
    draft = make_draft(alice)
    path = f"/api/records/{draft}/draft/files"
    bucket = alice.get(f"/api/deposit/depositions/{draft}").json()["links"]["bucket"]
    alice.post(path, json=[{"key": "a"}, {"key": "b"}])
    for content in (b"one", b"other bytes"):
        alice.put(f"{path}/a/content", content=content)
        alice.put(f"{bucket}/c", content=content)
    alice.post(f"{path}/a/commit")
    alice.delete(f"{path}/b")
    listed = alice.get(path).json()
    assert (listed["count"], listed["total_bytes"]) == (2, 2 * len(b"other bytes"))
    with database.read() as connection:
        assert wrong_totals(connection) == []
    with database.write() as connection:
        connection.execute(file_totals.update().values(file_count=7))
    with database.read() as connection:
        assert wrong_totals(connection) == [int(draft)]
    alice.delete(path)
    assert alice.get(path).json()["count"] == 0

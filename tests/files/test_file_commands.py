"""The files of a record: announced, filled, completed, replaced, ordered, shared and removed."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, event, select

from baton.files.commands import (
    NewFile,
    attach_content,
    commit_file,
    delete_all,
    delete_file,
    forget_contents,
    import_files,
    init_files,
    put_file,
    update_metadata,
)
from baton.files.entry import Totals
from baton.files.errors import (
    ChecksumMismatch,
    FileCompleted,
    FileExists,
    FileTooLarge,
    InvalidDigest,
    InvalidKey,
    LengthMismatch,
    NoContent,
    NoSuchFile,
    QuotaExceeded,
    TooManyFiles,
)
from baton.files.models import contents
from baton.files.queries import files_of_many, get_file, list_files, referenced, totals
from baton.files.rules import Limits
from baton.kernel import clock
from baton.kernel.db import Database
from baton.kernel.errors import InvalidInput
from baton.quotas.queries import Quotas
from baton.storage.content import Stored

Keep = Callable[[bytes], Stored]
LIMITS = Quotas(Limits(max_file_bytes=100, max_record_bytes=150, max_files=4))
HELLO_MD5 = "5d41402abc4b2a76b9719d911017c592"
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


@contextmanager
def at_most(connection: Connection, count: int) -> Iterator[None]:
    """The block may ask the database `count` times."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "SELECT pg_advisory")):
            statements.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(connection, "before_cursor_execute", note)
    assert 0 < len(statements) <= count, statements


def upload(database: Database, record_id: int, key: str, stored: Stored) -> None:
    with database.write() as connection:
        put_file(connection, record_id, key, stored, LIMITS)


def keys(database: Database, record_id: int) -> list[str]:
    with database.read() as connection:
        return [entry.key for entry in list_files(connection, record_id)]


def test_a_file_is_announced_filled_and_completed(database: Database, draft: int, keep: Keep) -> None:
    clock.freeze(NOON)
    stored = keep(b"hello")
    with database.write() as connection, at_most(connection, 5):
        init_files(connection, draft, [NewFile("a/hello.txt", metadata={"note": "hi"}), NewFile("b.csv")], LIMITS)
    with database.read() as connection:
        announced = list_files(connection, draft)
    assert [(e.key, e.status, e.size, e.md5, e.mimetype) for e in announced] == [
        ("a/hello.txt", "pending", None, None, "text/plain"),
        ("b.csv", "pending", None, None, "text/csv"),
    ]

    with database.write() as connection, at_most(connection, 7):
        attach_content(connection, draft, "a/hello.txt", stored, LIMITS)
    clock.freeze(NOON + timedelta(minutes=1))
    with database.write() as connection, at_most(connection, 2):
        committed = commit_file(connection, draft, "a/hello.txt")

    with database.read() as connection, at_most(connection, 1):
        entry = get_file(connection, draft, "a/hello.txt")
    assert entry == committed
    assert (entry.status, entry.size, entry.md5, entry.sha256, entry.crc32) == (
        "completed",
        5,
        HELLO_MD5,
        stored.sha256,
        stored.crc32,
    )
    assert (entry.metadata, entry.created_at, entry.updated_at) == ({"note": "hi"}, NOON, clock.now())
    assert entry.id == announced[0].id
    assert entry.version_id != announced[0].version_id


@pytest.mark.parametrize(
    ("entries", "problem"),
    [
        ([], InvalidInput),
        ([NewFile("a"), NewFile("a")], FileExists),
        ([NewFile("new"), NewFile("there")], FileExists),
        ([NewFile("../x")], InvalidKey),
        ([NewFile("a", size=101)], FileTooLarge),
        ([NewFile("a", size=90), NewFile("b", size=90)], QuotaExceeded),
        ([NewFile("a", size=-1)], LengthMismatch),
        ([NewFile("a", size=2**70)], LengthMismatch),
        ([NewFile("a", checksum="sha1:00")], InvalidDigest),
        ([NewFile(name) for name in "abcd"], TooManyFiles),
    ],
)
def test_files_are_announced_all_or_none(
    database: Database, draft: int, entries: list[NewFile], problem: type[Exception]
) -> None:
    with database.write() as connection:
        init_files(connection, draft, [NewFile("there")], LIMITS)

    with pytest.raises(problem), database.write() as connection:
        init_files(connection, draft, entries, LIMITS)
    assert keys(database, draft) == ["there"]


def test_content_comes_again_until_the_file_is_committed(database: Database, draft: int, keep: Keep) -> None:
    first, second = keep(b"first"), keep(b"second")
    with database.write() as connection:
        init_files(connection, draft, [NewFile("a")], LIMITS)
        attach_content(connection, draft, "a", first, LIMITS)
        attach_content(connection, draft, "a", second, LIMITS)
        commit_file(connection, draft, "a")
        assert commit_file(connection, draft, "a").sha256 == second.sha256

    with pytest.raises(FileCompleted, match="Delete it first"), database.write() as connection:
        attach_content(connection, draft, "a", first, LIMITS)
    with database.read() as connection:
        assert get_file(connection, draft, "a").sha256 == second.sha256


def test_nothing_happens_to_files_that_are_not_there(database: Database, draft: int, keep: Keep) -> None:
    stored = keep(b"x")
    for act in (
        lambda c: attach_content(c, draft, "nowhere", stored, LIMITS),
        lambda c: commit_file(c, draft, "nowhere"),
        lambda c: delete_file(c, draft, "nowhere"),
        lambda c: delete_file(c, draft, "no\0where"),
        lambda c: update_metadata(c, draft, "nowhere", {}),
        lambda c: get_file(c, 2**62, "nowhere"),
    ):
        with pytest.raises(NoSuchFile) as caught, database.write() as connection:
            act(connection)
        assert caught.value.status == 404


def test_a_file_without_content_is_not_completed(database: Database, draft: int) -> None:
    with database.write() as connection:
        init_files(connection, draft, [NewFile("a")], LIMITS)
    with pytest.raises(NoContent), database.write() as connection:
        commit_file(connection, draft, "a")


@pytest.mark.parametrize(
    ("announced", "problem"),
    [
        (NewFile("a", size=4), LengthMismatch),
        (NewFile("a", size=6), LengthMismatch),
        (NewFile("a", size=5, checksum="md5:" + "0" * 32), ChecksumMismatch),
        (NewFile("a", checksum="sha256:" + "0" * 64), ChecksumMismatch),
    ],
)
def test_other_content_than_announced_is_refused(
    database: Database, draft: int, keep: Keep, announced: NewFile, problem: type[Exception]
) -> None:
    stored = keep(b"hello")
    with database.write() as connection:
        init_files(connection, draft, [announced], LIMITS)
    with pytest.raises(problem), database.write() as connection:
        attach_content(connection, draft, "a", stored, LIMITS)
    with pytest.raises(NoContent), database.write() as connection:
        commit_file(connection, draft, "a")


def test_the_announced_content_is_taken(database: Database, draft: int, keep: Keep) -> None:
    stored = keep(b"hello")
    with database.write() as connection:
        init_files(connection, draft, [NewFile("a", 5, f"md5:{HELLO_MD5}")], LIMITS)
        attach_content(connection, draft, "a", stored, LIMITS)
        assert commit_file(connection, draft, "a").status == "completed"


def test_an_empty_file_is_a_file(database: Database, draft: int, keep: Keep) -> None:
    stored = keep(b"")
    with database.write() as connection:
        assert put_file(connection, draft, "bucket", stored, LIMITS).size == 0
        init_files(connection, draft, [NewFile("rdm", size=0)], LIMITS)
        attach_content(connection, draft, "rdm", stored, LIMITS)
        assert commit_file(connection, draft, "rdm").size == 0


def test_one_call_creates_or_replaces_a_file(database: Database, draft: int, keep: Keep) -> None:
    first, second = keep(b"first"), keep(b"second one")
    clock.freeze(NOON)
    with database.write() as connection, at_most(connection, 6):
        created = put_file(connection, draft, "a/data.csv", first, LIMITS)
    upload(database, draft, "b.txt", first)
    clock.freeze(NOON + timedelta(minutes=1))
    with database.write() as connection:
        replaced = put_file(connection, draft, "a/data.csv", second, LIMITS)
        assert replaced == get_file(connection, draft, "a/data.csv")

    assert (created.size, created.mimetype, created.updated_at) == (5, "text/csv", NOON)
    assert (replaced.id, replaced.created_at, replaced.size) == (created.id, NOON, 10)
    assert replaced.version_id != created.version_id
    assert keys(database, draft) == ["a/data.csv", "b.txt"]


def test_putting_completes_a_file_that_was_only_announced(database: Database, draft: int, keep: Keep) -> None:
    stored = keep(b"hello")
    with database.write() as connection:
        init_files(connection, draft, [NewFile("a", size=99, metadata={"note": 1})], LIMITS)
        put_file(connection, draft, "a", stored, LIMITS)
        entry = get_file(connection, draft, "a")
    assert (entry.status, entry.size, entry.metadata) == ("completed", 5, {"note": 1})


def test_limits_count_what_stays_and_not_what_is_replaced(database: Database, draft: int, keep: Keep) -> None:
    large, small = keep(b"l" * 100), keep(b"s" * 50)
    upload(database, draft, "a", large)
    upload(database, draft, "b", small)
    upload(database, draft, "a", large)
    with pytest.raises(QuotaExceeded):
        upload(database, draft, "b", large)
    with database.write() as connection:
        init_files(connection, draft, [NewFile("c")], LIMITS)
    with pytest.raises(QuotaExceeded), database.write() as connection:
        attach_content(connection, draft, "c", small, LIMITS)
    with pytest.raises(FileTooLarge):
        upload(database, draft, "b", keep(b"x" * 101))
    empty = keep(b"")
    for key in "cd":
        upload(database, draft, key, empty)
    upload(database, draft, "d", empty)
    with pytest.raises(TooManyFiles):
        upload(database, draft, "e", empty)
    with pytest.raises(InvalidKey):
        upload(database, draft, "../e", empty)
    with database.read() as connection, at_most(connection, 1):
        assert totals(connection, draft) == Totals(4, 150)


def test_two_uploads_to_one_name_at_once_both_succeed_and_one_stays(database: Database, draft: int, keep: Keep) -> None:
    stored = [keep(bytes([number])) for number in range(8)]
    failed: list[BaseException] = []

    def put(content: Stored) -> None:
        try:
            for _ in range(5):
                upload(database, draft, "same", content)
        except BaseException as error:  # noqa: BLE001  whatever it is, the test must see it
            failed.append(error)

    threads = [threading.Thread(target=put, args=(content,)) for content in stored]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    with database.read() as connection:
        (entry,) = list_files(connection, draft)
        assert entry.sha256 in {content.sha256 for content in stored}
        assert referenced(connection, [content.sha256 for content in stored]) == {c.sha256 for c in stored}


def test_announcing_one_name_twice_at_once_refuses_one(database: Database, draft: int) -> None:
    outcomes: list[str] = []

    def announce() -> None:
        try:
            with database.write() as connection:
                init_files(connection, draft, [NewFile("same")], LIMITS)
            outcomes.append("announced")
        except FileExists:
            outcomes.append("refused")

    threads = [threading.Thread(target=announce) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["announced", "refused", "refused", "refused"]


def test_metadata_of_a_file_are_replaced(database: Database, draft: int, keep: Keep) -> None:
    upload(database, draft, "a", keep(b"x"))
    with database.write() as connection, at_most(connection, 2):
        changed = update_metadata(connection, draft, "a", {"description": "second"})
    with database.read() as connection:
        assert get_file(connection, draft, "a") == changed
    assert changed.metadata == {"description": "second"}


def test_a_new_file_comes_after_all_that_were_there(database: Database, draft: int, keep: Keep) -> None:
    content = keep(b"x")
    for key in "dcb":
        upload(database, draft, key, content)
    with database.write() as connection:
        delete_file(connection, draft, "b")
    upload(database, draft, "a", content)
    upload(database, draft, "d", keep(b"again"))
    assert keys(database, draft) == ["d", "c", "a"]


def test_files_are_removed_one_by_one_or_all(database: Database, draft: int, other_draft: int, keep: Keep) -> None:
    content = keep(b"x")
    for key in "abc":
        upload(database, draft, key, content)
    upload(database, other_draft, "a", content)
    with database.write() as connection, at_most(connection, 3):
        delete_file(connection, draft, "b")
    assert keys(database, draft) == ["a", "c"]
    with database.write() as connection, at_most(connection, 2):
        assert delete_all(connection, draft) == 2
    assert keys(database, draft) == []
    assert keys(database, other_draft) == ["a"]


def test_a_new_version_shares_the_bytes_of_the_one_before(
    database: Database, draft: int, other_draft: int, keep: Keep
) -> None:
    upload(database, draft, "b/data.csv", keep(b"data"))
    upload(database, draft, "a.txt", keep(b"text"))
    with database.write() as connection:
        update_metadata(connection, draft, "a.txt", {"note": "kept"})
        init_files(connection, draft, [NewFile("never finished")], LIMITS)
    with database.write() as connection, at_most(connection, 3):
        assert import_files(connection, draft, other_draft) == 2

    with database.read() as connection, at_most(connection, 1):
        lists = files_of_many(connection, [draft, other_draft])
    with database.read() as connection, at_most(connection, 2):  # who has none might have very many
        assert files_of_many(connection, [draft, other_draft, 2**40]) == lists
    ours, theirs = lists[draft][0][:2], lists[other_draft][0]
    assert [(e.key, e.sha256, e.metadata, e.status) for e in ours] == [
        (e.key, e.sha256, e.metadata, e.status) for e in theirs
    ]
    assert {e.id for e in ours}.isdisjoint(e.id for e in theirs)
    assert set(lists) == {draft, other_draft}


def test_there_may_be_nothing_to_share_and_nobody_to_list(database: Database, draft: int, other_draft: int) -> None:
    with database.write() as connection:
        assert import_files(connection, draft, other_draft) == 0
        assert files_of_many(connection, []) == {}
        assert referenced(connection, []) == set()


def test_only_old_contents_without_a_file_are_forgotten(
    database: Database, draft: int, other_draft: int, keep: Keep
) -> None:
    clock.freeze(NOON)
    shared, single, again = keep(b"shared"), keep(b"single"), keep(b"again")
    upload(database, draft, "shared", shared)
    upload(database, draft, "single", single)
    upload(database, draft, "again", again)
    with database.write() as connection:
        import_files(connection, draft, other_draft)
        delete_all(connection, draft)
        delete_file(connection, other_draft, "single")
        delete_file(connection, other_draft, "again")
    clock.freeze(NOON + timedelta(days=2))
    with database.write() as connection:
        put_file(connection, draft, "again", again, LIMITS)
        delete_file(connection, draft, "again")
    everything = [shared.sha256, single.sha256, again.sha256]

    with database.write() as connection:
        assert forget_contents(connection, NOON) == 0
        assert forget_contents(connection, NOON + timedelta(days=1)) == 1
        assert referenced(connection, everything) == {shared.sha256, again.sha256}
        assert connection.execute(select(contents.c.size)).scalars().all()

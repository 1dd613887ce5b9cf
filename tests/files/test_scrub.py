"""Stored bytes are read again; what is damaged or lost is found, healed where that can be, and never served."""

import errno
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import obstore
import pytest
from sqlalchemy import select
from tests.fakes.faulty_store import FaultyStore
from tests.radosgw import Gateway

from baton.files.checks import fixity, list_bad, look_again
from baton.files.commands import put_file
from baton.files.models import contents
from baton.files.queries import get_file
from baton.files.rules import Limits
from baton.files.scrub import Care, Stores, replicate, scrub
from baton.kernel import clock
from baton.kernel.db import Database
from baton.kernel.outbox import events
from baton.quotas.queries import Quotas
from baton.storage.content import Stored, content_path
from baton.storage.errors import StorageFailed, StorageFull
from baton.storage.fixity import State, examine, no_brake
from baton.storage.folder import FolderStore
from baton.storage.s3.address import Address, Keys
from baton.storage.s3.store import S3Store

LIMITS = Quotas(Limits(10**9, 10**9, 100))
MONTH = timedelta(days=30)
CARE = Care(MONTH, sampled=False, pace=no_brake)

Put = Callable[[str, bytes], Stored]


@pytest.fixture
def faulty(tmp_path: Path) -> FaultyStore:
    return FaultyStore(tmp_path / "faulty")


@pytest.fixture
def replica(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "replica")


@pytest.fixture
def put(database: Database, draft: int, faulty: FaultyStore) -> Put:
    """Uploads a file to a draft."""

    def put(key: str, data: bytes) -> Stored:
        with faulty.writer() as writer:
            writer.write(data)
            stored = writer.finish()
            with database.write() as connection:
                put_file(connection, draft, key, stored, LIMITS)
        return stored

    return put


def state_of(database: Database, sha256: str) -> str:
    with database.read() as connection:
        return str(connection.execute(select(contents.c.state).where(contents.c.sha256 == sha256)).scalar_one())


def told(database: Database) -> list[tuple[str, str]]:
    kinds = ("ContentFoundBad", "ContentHealed")
    with database.read() as connection:
        rows = connection.execute(select(events).where(events.c.kind.in_(kinds)).order_by(events.c.id))
        return [(row.kind, row.payload["state"]) for row in rows]


def test_new_contents_are_read_back_at_once_and_the_file_says_when(
    database: Database, draft: int, put: Put, faulty: FaultyStore
) -> None:
    put("a", b"new")
    assert scrub(database, Stores(faulty), CARE) == 1
    with database.read() as connection:
        entry = get_file(connection, draft, "a")
    assert entry.verified_at is not None
    assert clock.now() - entry.verified_at < timedelta(minutes=1)
    assert scrub(database, Stores(faulty), CARE) == 0


def test_everything_is_read_again_in_each_cycle(database: Database, put: Put, faulty: FaultyStore) -> None:
    for number in range(20):
        put(str(number), bytes([number]))
    assert scrub(database, Stores(faulty), CARE) == 20
    clock.freeze(clock.now() + MONTH + timedelta(hours=1))
    assert scrub(database, Stores(faulty), CARE) == 20


def test_a_sample_is_read_back_at_once_and_the_rest_in_its_turn(
    database: Database, put: Put, faulty: FaultyStore
) -> None:
    sampled = sum(put(str(number), bytes([number])).sha256.startswith("0") for number in range(60))
    care = Care(MONTH, sampled=True, pace=no_brake)
    assert scrub(database, Stores(faulty), care) == sampled
    clock.freeze(clock.now() + MONTH + timedelta(hours=1))
    assert scrub(database, Stores(faulty), care) == 60


@pytest.mark.parametrize(
    ("damage", "state"), [("flip_a_bit", State.DAMAGED), ("cut", State.DAMAGED), ("lose", State.LOST)]
)
def test_damage_is_found_told_and_reported_honestly(
    database: Database, draft: int, put: Put, faulty: FaultyStore, damage: str, state: State
) -> None:
    stored = put("a", b"precious")
    getattr(faulty, damage)(stored.sha256)

    scrub(database, Stores(faulty), CARE)

    assert state_of(database, stored.sha256) == state
    assert told(database) == [("ContentFoundBad", state)]
    with database.read() as connection:
        assert [due.sha256 for due in list_bad(connection)] == [stored.sha256]
        assert (fixity(connection).bad, get_file(connection, draft, "a").verified_at) == (1, None)


@pytest.mark.parametrize("damage", ["flip_a_bit", "cut", "lose"])
def test_damage_is_healed_from_the_second_store(
    database: Database, put: Put, faulty: FaultyStore, replica: FolderStore, damage: str
) -> None:
    stored = put("a", b"precious")
    stores = Stores(faulty, replica)
    assert (replicate(database, stores), replicate(database, stores)) == (1, 0)
    getattr(faulty, damage)(stored.sha256)

    scrub(database, stores, CARE)

    assert faulty.folder.path(stored.sha256).read_bytes() == b"precious"
    assert state_of(database, stored.sha256) == State.WHOLE
    assert [kind for kind, _state in told(database)] == ["ContentHealed"]


@pytest.mark.parametrize("damaged", [b"PRECIOUS", b"prec", None], ids=["changed", "cut", "lost"])
def test_damage_in_a_bucket_is_healed_from_the_second_store(
    database: Database, draft: int, replica: FolderStore, s3_server: Gateway, damaged: bytes | None
) -> None:
    bucket = S3Store(Address.parse(s3_server.url(s3_server.new_bucket()), Keys()))
    with bucket.writer() as writer, database.write() as connection:
        writer.write(b"precious")
        stored = writer.finish()
        put_file(connection, draft, "a", stored, LIMITS)
    stores = Stores(bucket, replica)
    replicate(database, stores)
    bucket.delete(stored.sha256)
    if damaged is not None:
        obstore.put(bucket.objects.bucket, bucket.objects.key(content_path(stored.sha256)), damaged)

    scrub(database, stores, CARE)

    assert examine(bucket, stored.sha256, stored.size) == State.WHOLE
    assert [kind for kind, _state in told(database)] == ["ContentHealed"]


def test_two_contents_that_changed_places_are_both_found(database: Database, put: Put, faulty: FaultyStore) -> None:
    one, other = put("one", b"first"), put("other", b"other")
    faulty.swap(one.sha256, other.sha256)
    scrub(database, Stores(faulty), CARE)
    assert {state_of(database, stored.sha256) for stored in (one, other)} == {State.DAMAGED}


def test_a_store_that_says_yes_and_keeps_nothing_is_found_out(
    database: Database, put: Put, faulty: FaultyStore
) -> None:
    faulty.lies = faulty.lose
    stored = put("a", b"into the void")
    scrub(database, Stores(faulty), CARE)
    assert state_of(database, stored.sha256) == State.LOST


def test_a_damaged_copy_heals_nothing(database: Database, put: Put, faulty: FaultyStore, replica: FolderStore) -> None:
    stored = put("a", b"precious")
    stores = Stores(faulty, replica)
    replicate(database, stores)
    replica.path(stored.sha256).write_bytes(b"PRECIOUS")
    faulty.flip_a_bit(stored.sha256)
    damaged = faulty.folder.path(stored.sha256).read_bytes()

    scrub(database, stores, CARE)

    assert state_of(database, stored.sha256) == State.DAMAGED
    assert faulty.folder.path(stored.sha256).read_bytes() == damaged  # somebody may still make something of it


def test_a_content_that_was_restored_is_whole_again_within_an_hour(
    database: Database, put: Put, faulty: FaultyStore
) -> None:
    stored = put("a", b"precious")
    faulty.flip_a_bit(stored.sha256)
    scrub(database, Stores(faulty), CARE)
    faulty.flip_a_bit(stored.sha256)  # back again

    assert scrub(database, Stores(faulty), CARE) == 0
    clock.freeze(clock.now() + timedelta(hours=2))
    scrub(database, Stores(faulty), CARE)

    assert state_of(database, stored.sha256) == State.WHOLE
    assert told(database) == [("ContentFoundBad", "damaged"), ("ContentHealed", "damaged")]


def test_a_content_that_was_restored_is_whole_again_at_once_when_an_operator_asks(
    database: Database, put: Put, faulty: FaultyStore
) -> None:
    stored = put("a", b"precious")
    faulty.flip_a_bit(stored.sha256)
    scrub(database, Stores(faulty), CARE)
    faulty.flip_a_bit(stored.sha256)  # back again
    with database.write() as connection:
        look_again(connection)
    assert scrub(database, Stores(faulty), CARE) == 1
    assert state_of(database, stored.sha256) == State.WHOLE


def test_a_store_that_is_away_damages_nobody_and_the_check_comes_back(
    database: Database, put: Put, faulty: FaultyStore
) -> None:
    for number in range(3):
        put(str(number), bytes([number]))
    faulty.reading = OSError(errno.EIO, "Input/output error")
    with pytest.raises(StorageFailed):
        scrub(database, Stores(faulty), CARE)
    faulty.reading = None
    assert told(database) == []
    assert scrub(database, Stores(faulty), CARE) == 3


def test_a_stop_loses_nothing_and_does_not_begin_again(database: Database, put: Put, faulty: FaultyStore) -> None:
    for number in range(20):
        put(str(number), bytes([number]))
    answers = iter([False] * 5)

    first = scrub(database, Stores(faulty), CARE, lambda: next(answers, True))

    assert 0 < first < 20
    assert scrub(database, Stores(faulty), CARE) == 20 - first


def test_a_full_second_store_stops_the_copying_and_nothing_else(
    database: Database, put: Put, faulty: FaultyStore, tmp_path: Path
) -> None:
    put("a", b"x")
    full = FaultyStore(tmp_path / "full")
    full.writing = OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(StorageFull):
        replicate(database, Stores(faulty, full))
    full.writing = None
    assert replicate(database, Stores(faulty, full)) == 1


def test_a_copy_that_is_missing_is_made_again_within_a_cycle(
    database: Database, put: Put, faulty: FaultyStore, replica: FolderStore
) -> None:
    stored = put("a", b"x")
    stores = Stores(faulty, replica)
    replicate(database, stores)
    replica.delete(stored.sha256)
    scrub(database, stores, CARE)
    assert replicate(database, stores) == 1


def test_damage_found_while_copying_is_checked_at_once(
    database: Database, put: Put, faulty: FaultyStore, replica: FolderStore
) -> None:
    stored = put("a", b"precious")
    scrub(database, Stores(faulty), CARE)
    faulty.flip_a_bit(stored.sha256)
    assert replicate(database, Stores(faulty, replica)) == 0
    assert list(replica.walk()) == []
    scrub(database, Stores(faulty, replica), CARE)
    assert state_of(database, stored.sha256) == State.DAMAGED

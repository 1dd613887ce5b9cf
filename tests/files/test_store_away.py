"""Background work meets an object store that is away: it fails, says so, and ends well when the store is back."""

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.fakes.origin import origin
from tests.files.lineages import Lineage, corrected, table
from tests.radosgw import Gateway

from baton.app import create_context
from baton.context import Context
from baton.files.checks import Due, list_bad
from baton.files.commands import PENDING, NewFile, init_files, put_file
from baton.files.compactions import MOST_ATTEMPTS
from baton.files.entry import FileEntry
from baton.files.queries import get_file
from baton.files.rules import Limits
from baton.files.scrub import Care, Stores, replicate, scrub
from baton.kernel import clock
from baton.kernel.db import Database
from baton.kernel.settings import Settings
from baton.quotas.queries import Quotas
from baton.storage.content import ContentStore, Stored
from baton.storage.errors import StorageFailed
from baton.storage.fixity import no_brake
from baton.storage.folder import FolderStore
from baton.storage.s3.address import Address, Keys
from baton.storage.s3.store import S3Store
from baton.uploads.commands import begin_fetches
from baton.uploads.fetch import MOST_ATTEMPTS as MOST_FETCHES

LIMITS = Quotas(Limits(10**9, 10**9, 100))
CARE = Care(timedelta(days=30), sampled=False, pace=no_brake)
LATER = timedelta(hours=2)


@pytest.fixture(scope="module")
def gateway(s3_server: Gateway) -> Iterator[Gateway]:
    with s3_server.another() as gateway:
        yield gateway


@pytest.fixture
def server(gateway: Gateway) -> Iterator[Gateway]:
    """Is well again at the end of each test."""
    yield gateway
    gateway.resume()


@pytest.fixture
def url(server: Gateway) -> str:
    return f"{server.url(server.new_bucket())}&timeout=3"


@pytest.fixture
def bucket(url: str) -> S3Store:
    """A bucket in which everything is old enough to be swept."""
    return S3Store(Address.parse(url, Keys()), grace=timedelta(days=-1))


def keep(store: ContentStore, data: bytes) -> Stored:
    with store.writer() as writer:
        writer.write(data)
        return writer.finish()


@pytest.fixture
def files(database: Database, draft: int, bucket: S3Store) -> list[Stored]:
    kept = [keep(bucket, random.Random(number).randbytes(3_000_000)) for number in range(3)]
    for number, stored in enumerate(kept):
        with database.write() as connection:
            put_file(connection, draft, str(number), stored, LIMITS)
    return kept


def bad(database: Database) -> list[Due]:
    with database.read() as connection:
        return list(list_bad(connection))


@pytest.mark.usefixtures("files")
def test_a_scrub_that_meets_an_outage_takes_nothing_for_lost_and_goes_on_afterwards(
    database: Database, bucket: S3Store, server: Gateway
) -> None:
    blocks = iter(range(100))

    def pace(_count: int) -> None:
        if next(blocks) == 4:  # in the midst of the second file
            server.pause()

    with pytest.raises(StorageFailed):
        scrub(database, Stores(bucket), Care(CARE.cycle, sampled=False, pace=pace))
    with pytest.raises(StorageFailed):
        scrub(database, Stores(bucket), CARE)
    assert bad(database) == []
    server.resume()
    assert 0 < scrub(database, Stores(bucket), CARE) < 3
    assert bad(database) == []


@pytest.mark.usefixtures("files")
def test_a_bucket_that_is_not_there_is_an_outage_and_no_loss(database: Database, server: Gateway) -> None:
    with pytest.raises(StorageFailed):
        scrub(database, Stores(S3Store(Address.parse(server.url("no-such-bucket"), Keys()))), CARE)
    assert bad(database) == []


def test_copies_are_made_when_the_store_is_back(
    database: Database, files: list[Stored], tmp_path: Path, bucket: S3Store, server: Gateway
) -> None:
    folder = FolderStore(tmp_path / "replica")
    server.pause()
    with pytest.raises(StorageFailed):
        replicate(database, Stores(bucket, folder))
    with pytest.raises(StorageFailed):
        replicate(database, Stores(folder, bucket))
    server.resume()
    assert replicate(database, Stores(bucket, folder)) == len(files)
    assert bad(database) == []


@pytest.mark.parametrize("question", [1, 3, 6])
def test_a_sweep_that_meets_an_outage_removes_nothing_that_is_named_and_is_done_again(
    bucket: S3Store, server: Gateway, question: int
) -> None:
    named = {keep(bucket, bytes([number])).sha256 for number in range(3)}
    unnamed = {keep(bucket, bytes([number, number])).sha256 for number in range(3)}
    asked = 0

    def known(names: list[str]) -> set[str]:
        nonlocal asked
        asked += 1
        if asked == question:
            server.pause()
        return named & set(names)

    later = clock.now() + timedelta(days=2)
    with pytest.raises(StorageFailed):
        bucket.sweep(known, later)
    server.resume()
    bucket.sweep(known, later)
    bucket.sweep(known, later)
    assert {name for name, _size in bucket.walk()} == named
    assert not any(bucket.exists(name) for name in unnamed)


@pytest.mark.parametrize("tick", [1, 3])
def test_a_compaction_that_meets_an_outage_is_tried_again(
    database: Database, new_draft: Callable[[], int], bucket: S3Store, server: Gateway, tick: int
) -> None:
    lineage = Lineage(database, bucket, new_draft)
    first, _ = lineage.publish(table())
    lineage.publish(corrected(table(), 1), base=first)
    ticks = iter(range(100))

    def is_over() -> bool:
        if next(ticks) == tick:  # 0 is before anything is claimed
            server.pause()
        return False

    assert lineage.compact(is_over) == 0
    assert ["StorageFailed" in str(outcome) for outcome in lineage.outcomes().values()] == [True]
    server.resume()
    clock.freeze(clock.now() + LATER)
    assert lineage.compact() == 1
    lineage.check()


def test_a_compaction_is_never_given_up_for_outages(
    database: Database, new_draft: Callable[[], int], bucket: S3Store, server: Gateway
) -> None:
    lineage = Lineage(database, bucket, new_draft)
    first, _ = lineage.publish(table())
    lineage.publish(corrected(table(), 1), base=first)
    with server.stopped():
        for _attempt in range(MOST_ATTEMPTS + 1):
            assert lineage.compact() == 0
            clock.freeze(clock.now() + LATER)
    assert lineage.compact() == 1
    lineage.check()


@pytest.fixture
def program(settings: Settings, url: str) -> Iterator[Context]:
    context = create_context(settings.model_copy(update={"storage_url": url, "fetch_private": True}))
    yield context
    context.search.close()
    context.database.close()


def test_a_fetch_is_never_given_up_for_outages_nor_asks_for_the_bytes_again(
    program: Context, draft: int, server: Gateway
) -> None:
    data = random.Random(1).randbytes(500_000)
    with origin() as source:
        source.files["/a"] = data
        with program.database.write() as connection:
            announced = [NewFile("a", source=f"{source.url}/a")]
            init_files(connection, draft, announced, LIMITS)
            begin_fetches(connection, draft, announced, program.uploads, None)

        def entry() -> FileEntry:
            program.fetcher.fetch_due(lambda: False)
            clock.freeze(clock.now() + LATER)
            with program.database.read() as connection:
                return get_file(connection, draft, "a")

        with server.stopped():
            assert {entry().status for _attempt in range(MOST_FETCHES + 1)} == {PENDING}
        assert (entry().size, len(source.asked)) == (len(data), 1)

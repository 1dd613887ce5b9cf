"""`kill -9` between any two steps of compaction and sweep: what was published can be read, and all objects are there.

A process publishes versions, compacts them and sweeps as if it were the day after tomorrow, until it is killed before
or after a random call of the store or of the database. The next one goes on with what it finds.
"""

import hashlib
import multiprocessing
import os
import random
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select
from tests.files.conftest import new_record
from tests.files.lineages import Lineage, corrected, table

from baton.files.compactions import list_objects
from baton.files.models import files
from baton.kernel import clock
from baton.kernel.db import Database
from baton.kernel.settings import Settings
from baton.storage.folder import FolderStore
from baton.storage.versions.store import VersionedStore

RUNS = int(os.environ.get("BATON_KILL_RUNS", "200")) // 5
# Runs that share one repository, so that later ones find what earlier ones left behind.
RUNS_TOGETHER = 20
# Calls that a process lives for, at most.
LONGEST_LIFE = 120

FIRST = table(4000)  # 200 KB


class Fate:
    """Kills this process before or after one of the calls that it is asked about."""

    def __init__(self, calls: int) -> None:
        self._left = calls

    @contextmanager
    def call(self) -> Iterator[None]:
        self._count()
        yield
        self._count()

    def _count(self) -> None:
        self._left -= 1
        if self._left < 0:
            os.kill(os.getpid(), signal.SIGKILL)


class DoomedStore(FolderStore):
    def __init__(self, root: Path, fate: Fate) -> None:
        super().__init__(root)
        self._fate = fate

    def writer(self) -> Any:
        with self._fate.call():
            return super().writer()

    def open(self, sha256: str, size: int | None = None) -> Any:
        with self._fate.call():
            return super().open(sha256, size)

    def put_note(self, kind: str, sha256: str, data: bytes) -> None:
        with self._fate.call():
            super().put_note(kind, sha256, data)

    def delete_note(self, kind: str, sha256: str) -> None:
        with self._fate.call():
            super().delete_note(kind, sha256)

    def sweep(self, known: Callable[[list[str]], set[str]], older_than: Any) -> Any:
        def asked(names: list[str]) -> set[str]:
            with self._fate.call():
                return known(names)

        return super().sweep(asked, older_than)


class DoomedDatabase(Database):
    def __init__(self, url: str, fate: Fate) -> None:
        super().__init__(url)
        self._fate = fate

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with self._fate.call(), super().write() as connection:
            yield connection


def live(url: str, root: Path, owner: int, seed: int) -> None:
    """What one process does until it is killed."""
    chance = random.Random(seed)
    fate = Fate(chance.randrange(LONGEST_LIFE))
    database = DoomedDatabase(url, fate)
    lineage = Lineage(database, DoomedStore(root, fate), lambda: new_record(database, owner))
    # Whatever the one before was at, its lease is over.
    clock.freeze(clock.now() + timedelta(hours=seed))
    record, data = None, FIRST
    while True:
        data = corrected(data, chance.randrange(1 << 30), lines=5)
        previous, (record, _contents) = record, lineage.publish(data, base=record)
        lineage.compact()
        if previous is not None and chance.random() < 0.3:
            lineage.withdraw(previous, "0.csv")
        if chance.random() < 0.5:
            lineage.sweep_later()


@pytest.mark.parametrize("series", range(max(1, RUNS // RUNS_TOGETHER)))
def test_a_kill_between_any_two_steps_loses_nothing(settings: Settings, cast: Any, tmp_path: Path, series: int) -> None:
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["tests.files.test_compact_killed"])
    for run in range(RUNS_TOGETHER):
        seed = series * RUNS_TOGETHER + run
        process = processes.Process(target=live, args=(settings.database, tmp_path, cast.alice.id, seed))
        process.start()
        process.join(60)
        assert process.exitcode == -signal.SIGKILL
        check(Database(settings.database), FolderStore(tmp_path))


def check(database: Database, objects: FolderStore) -> None:
    """Every file can be read and is what its name says; every object that should be there is."""
    store = VersionedStore(objects)
    with database.read() as connection:
        for sha256 in set(connection.execute(select(files.c.sha256)).scalars()):
            with store.open(sha256) as handle:
                assert hashlib.sha256(handle.pread(0, handle.size)).hexdigest() == sha256
        stored = dict(objects.walk())
        for sha256, size in list_objects(connection):
            assert stored[sha256] == size
    database.close()

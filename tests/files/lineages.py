"""Versions of a file without the rest of a record: contents under keys of records, queued and compacted."""

import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select

from baton.files.commands import delete_file, put_file
from baton.files.compact import compact_versions
from baton.files.compactions import queue_compactions, with_recipe
from baton.files.jobs import sweep_contents
from baton.files.models import compactions
from baton.files.rules import Limits
from baton.kernel import clock
from baton.kernel.db import Database
from baton.quotas.queries import Quotas
from baton.storage.content import ContentStore, Stored
from baton.storage.versions.store import VersionedStore

LIMITS = Quotas(Limits(1 << 40, 1 << 40, 1000))
GRACE = timedelta(days=1)
MOST_INFLATED = 16 << 20


def table(rows: int = 20_000, seed: int = 1) -> bytes:
    """About a megabyte of measurements."""
    chance = random.Random(seed)
    return "".join(f"{n},{chance.gauss(10, 5):.4f},{chance.random():.8f},a station,ok\n" for n in range(rows)).encode()


def corrected(data: bytes, seed: int, lines: int = 30) -> bytes:
    """The same with some other lines and a few more."""
    chance = random.Random(seed)
    rows = data.splitlines(keepends=True)
    for place in chance.sample(range(len(rows)), lines):
        rows[place] = f"corrected,{seed},{chance.random()}\n".encode()
    return b"".join([*rows, f"added,{seed}\n".encode() * 20])


@dataclass
class Lineage:
    """Records whose files are versions of one another."""

    database: Database
    objects: ContentStore
    records: Callable[[], int]
    contents: dict[str, bytes] = field(default_factory=dict)

    @property
    def store(self) -> VersionedStore:
        """As a process sees it that has just started."""
        return VersionedStore(self.objects)

    def publish(self, *datas: bytes, base: int | None = None) -> tuple[int, list[Stored]]:
        """A record with these files; what is new in them is queued for comparison with the record `base`."""
        record = self.records()
        kept = []
        for number, data in enumerate(datas):
            with self.store.writer() as writer:
                writer.write(data)
                stored = writer.finish()
                with self.database.write() as connection:
                    put_file(connection, record, f"{number}.csv", stored, LIMITS)
            self.contents[stored.sha256] = data
            kept.append(stored)
        if base is not None:
            with self.database.write() as connection:
                queue_compactions(connection, record, base)
        return record, kept

    def withdraw(self, record: int, key: str) -> None:
        with self.database.write() as connection:
            delete_file(connection, record, key)

    def compact(self, is_over: Callable[[], bool] = lambda: False) -> int:
        return compact_versions(self.database, self.store, MOST_INFLATED, is_over)

    def sweep_later(self) -> None:
        """The sweep of the day after tomorrow."""
        clock.freeze(clock.now() + 2 * GRACE)
        sweep_contents(self.database, self.store, GRACE)
        clock.freeze(None)

    def are_recipes(self) -> set[str]:
        with self.database.read() as connection:
            return with_recipe(connection, list(self.contents))

    def outcomes(self) -> dict[str, str | None]:
        with self.database.read() as connection:
            return {row.sha256: row.outcome for row in connection.execute(select(compactions))}

    def stored_objects(self) -> set[str]:
        return {name for name, _size in self.objects.walk()}

    def check(self, *but: str) -> None:
        """Everything that was published can be read, and is what it was."""
        for sha256, data in self.contents.items():
            if sha256 in but:
                continue
            with self.store.open(sha256) as handle:
                read = handle.pread(0, handle.size)
            assert hashlib.sha256(read).hexdigest() == sha256
            assert read == data

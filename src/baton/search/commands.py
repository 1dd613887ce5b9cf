"""Bringing the index up to date with the database. Everything here can be run again without harm."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy import Connection

from baton.kernel.db import Database
from baton.kernel.heap import trim_heap
from baton.records.record import Record
from baton.search.backend import Backend, Change
from baton.search.documents import Document, documents, key_of
from baton.search.queries import changed_since, count_versions, newest_event, versions_beside, versions_by_work

# Gives every state that there is of the versions asked for: the published one, the open draft, both or none.
Load: TypeAlias = Callable[[Connection, Sequence[int]], Sequence[Record]]
# Told how many versions have been read, and how many there are.
Progress: TypeAlias = Callable[[int, int], None]

MOST_ROUNDS = 10
FEW = 100


def index_records(database: Database, backend: Backend, load: Load, numbers: Sequence[int]) -> None:
    """Bring the index up to date for these versions and the others of their works, in one commit.

    What is indexed is their state now, not at the time of the event, so that events may come late, twice and in any
    order. An index that is lost is built anew from everything. Raises `SearchUnavailable`.
    """
    if ensure_index(database, backend, load):
        return
    with database.read() as connection:
        change = _change(connection, load, numbers)
    backend.apply(*change)


def _change(connection: Connection, load: Load, numbers: Sequence[int]) -> Change:
    versions = versions_beside(connection, numbers)
    found = list(documents(load(connection, versions)))
    kept = {document["key"] for document in found}
    both = (key_of(number, is_draft=is_draft) for number in versions for is_draft in (False, True))
    return found, [key for key in both if key not in kept]


def ensure_index(database: Database, backend: Backend, load: Load) -> bool:
    """Build the index if there is none that can be read; returns whether it had to be. Raises `SearchUnavailable`."""
    if not backend.needs_rebuild():
        return False
    reindex(database, backend, load)
    return True


def reindex(database: Database, backend: Backend, load: Load, progress: Progress = lambda _done, _total: None) -> int:
    """Build the whole index anew from the database while the present one answers; returns how many versions were read.

    What changes meanwhile is caught up with before the switch, and once more after it: another process may have made
    its last change to the old index just then. Raises `SearchUnavailable`.
    """
    with database.read() as connection:
        run = _Run(database, load, progress, count_versions(connection), newest_event(connection))
    backend.rebuild(run.documents(), run.changes())
    with database.read() as connection:
        change = _change(connection, load, changed_since(connection, run.event))
    backend.apply(*change)
    trim_heap()
    return run.done


@dataclass(slots=True)
class _Run:
    """How far a reindexing has come: versions read, and the event up to which changes are in the new index."""

    database: Database
    load: Load
    progress: Progress
    total: int
    event: int
    done: int = 0

    def documents(self) -> Iterator[Document]:
        for versions in versions_by_work(self.database):
            with self.database.read() as connection:
                states = self.load(connection, versions)
            yield from documents(states)
            self.done += len(versions)
            self.progress(self.done, max(self.total, self.done))

    def changes(self) -> Iterator[Change]:
        """What changed since the round before, until a round has hardly anything new."""
        for _round in range(MOST_ROUNDS):
            with self.database.read() as connection:
                newest = newest_event(connection)
                change = _change(connection, self.load, changed_since(connection, self.event))
            yield change
            is_close = newest - self.event < FEW
            self.event = newest
            if is_close:
                return

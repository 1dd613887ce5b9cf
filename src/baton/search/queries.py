"""Searching so that everybody finds what was just written, and what reindexing must know of the database."""

import time
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Connection, func, select, union_all

from baton.kernel import clock
from baton.kernel.db import Database
from baton.kernel.numbers import record_ids
from baton.kernel.outbox import deliveries, events
from baton.records.models import records, works
from baton.search.backend import Backend, Facet, SearchRequest, SearchResult
from baton.search.errors import SearchUnavailable

# The name under which the outbox delivers to the index.
REACTION = "index"

PATIENCE = 2.0  # seconds that a search waits at most for what was written before it
PAUSE = 0.005
WORKS_AT_ONCE = 200
# Events get their numbers before they are committed: so far back may one appear that was not there before.
OVERLAP = 1000

_NEW = select(events.c.id, events.c.created_at).where(~events.c.fanned_out).order_by(events.c.id).limit(500)
_UNDELIVERED = (
    select(events.c.id, events.c.created_at)
    .select_from(deliveries.join(events))
    .where(deliveries.c.reaction == REACTION, ~deliveries.c.dead)
    .order_by(events.c.id)
    .limit(500)
)
# SQLite takes a limit only inside a subquery of a union.
_WAITING = union_all(select(_NEW.subquery()), select(_UNDELIVERED.subquery())).subquery()
_WAIT = select(func.min(_WAITING.c.id), func.max(_WAITING.c.id), func.min(_WAITING.c.created_at))


def search(backend: Backend, database: Database, request: SearchRequest) -> SearchResult:
    """Answer `request` from an index that holds all that was committed before, or after `PATIENCE` from what there is.

    Raises `SearchUnavailable`, and `InvalidInput` for an unknown sort or facet or a page beyond the window.
    """
    wait_for_index(database)
    try:
        return backend.search(request)
    except SearchUnavailable:
        if not _is_empty(database):
            raise
        # A repository in which nothing was ever written has no index yet, and needs none to answer.
        return SearchResult((), 0, tuple(Facet(name, ()) for name in request.facets))


def _is_empty(database: Database) -> bool:
    with database.read() as connection:
        return connection.execute(select(records.c.id).limit(1)).first() is None


def wait_for_index(database: Database) -> None:
    """Wait until what has been emitted so far is indexed; not when the index is further behind than the patience."""
    deadline = time.monotonic() + PATIENCE
    newest: int | None = None
    while time.monotonic() < deadline:
        with database.read() as connection:
            first, last, since = connection.execute(_WAIT).one()
        if newest is None:
            newest = last
        if first is None or newest is None or first > newest:
            return
        if (clock.now() - since).total_seconds() > PATIENCE:
            return
        database.awaited.set()
        time.sleep(PAUSE)


def versions_beside(connection: Connection, numbers: Iterable[int]) -> list[int]:
    """All versions of the works that these versions belong to, also of versions that are gone by now."""
    found: set[int] = set()
    asked = sorted(set(numbers))
    for start in range(0, len(asked), WORKS_AT_ONCE):
        part = asked[start : start + WORKS_AT_ONCE]
        of_part = select(record_ids.c.work_id).where(record_ids.c.id.in_(part))
        found.update(part)
        found.update(connection.execute(select(records.c.id).where(records.c.work_id.in_(of_part))).scalars())
    return sorted(found)


def versions_by_work(database: Database) -> Iterator[list[int]]:
    """The versions of some hundred works at a time, until all were given; each time in a transaction of its own."""
    last = 0
    while True:
        with database.read() as connection:
            page = select(works.c.id).where(works.c.id > last).order_by(works.c.id).limit(WORKS_AT_ONCE)
            numbers: Sequence[int] = connection.execute(page).scalars().all()
            if not numbers:
                return
            mine = select(records.c.id).where(records.c.work_id.in_(numbers))
            versions = list(connection.execute(mine).scalars())
        last = numbers[-1]
        yield versions


def count_versions(connection: Connection) -> int:
    """How many versions there are, published or not."""
    return connection.execute(select(func.count()).select_from(records)).scalar_one()


def newest_event(connection: Connection) -> int:
    """The number of the last event; 0 before the first."""
    return connection.execute(select(func.max(events.c.id))).scalar() or 0


def changed_since(connection: Connection, event: int) -> list[int]:
    """The versions that events after number `event` are about, and those of somewhat earlier ones."""
    rows = connection.execute(select(events.c.payload).where(events.c.id > event - OVERLAP)).scalars()
    numbers = {payload.get("record_id") for payload in rows}
    return sorted(number for number in numbers if isinstance(number, int))

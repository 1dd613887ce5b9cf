"""Note what has changed for everybody. Safe to repeat, in any order."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from baton.access.rules import Action, may
from baton.accounts.actor import ANONYMOUS
from baton.feeds.models import changes
from baton.kernel import clock
from baton.records.record import Record

_LOCK = 7426003


def note_changes(connection: Connection, numbers: Collection[int], found: Iterable[Record]) -> None:
    """Move those of these versions to the end that are not as they were noted; `found` are their present states.

    What was never public is not noted. What was, and is so no more or not there any more, stays as gone.
    """
    if connection.dialect.name == "postgresql":  # SQLite has one writer at a time anyway
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
    known = {row.record_id: row for row in connection.execute(select(changes).where(changes.c.record_id.in_(numbers)))}
    present = {record.id: record for record in found if not record.is_draft}
    moved = list(_moved(sorted(numbers), known, present))
    if not moved:
        return
    last = connection.execute(select(func.coalesce(func.max(changes.c.position), 0))).scalar_one()
    connection.execute(delete(changes).where(changes.c.record_id.in_([row["record_id"] for row in moved])))
    connection.execute(insert(changes), [{**row, "position": last + 1 + at} for at, row in enumerate(moved)])


def _moved(numbers: Iterable[int], known: dict[int, Any], present: dict[int, Record]) -> Iterator[dict[str, Any]]:
    for number in numbers:
        before, record = known.get(number), present.get(number)
        is_public = record is not None and may(ANONYMOUS, Action.READ, record)
        if before is None and not is_public:
            continue
        now = (
            is_public,
            record.revision if record is not None and is_public else 0,
            record.is_latest if record is not None and is_public else False,
        )
        if before is None or now != (before.is_public, before.revision, before.is_latest):
            yield {
                "record_id": number,
                "is_public": now[0],
                "revision": now[1],
                "is_latest": now[2],
                "changed_at": clock.now(),
                "resource_type": _kind(record) if record is not None and is_public else before and before.resource_type,
            }


def _kind(record: Record) -> str | None:
    return (record.metadata.get("resource_type") or {}).get("id")

"""Read the order of changes, whole or by ranges of numbers; never writes."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from baton.feeds.models import changes
from baton.records.models import records

# What cursors of this list belong to.
CHANGES = "changes"


class Change(NamedTuple):
    """A version that became public, changed, or is public no more."""

    position: int
    record_id: int
    is_public: bool
    changed_at: datetime


def list_changes(connection: Connection, after: int, most: int) -> Sequence[Change]:
    """The next `most` changes behind position `after`, each version once, at its last change."""
    page = select(changes.c.position, changes.c.record_id, changes.c.is_public, changes.c.changed_at)
    rows = connection.execute(page.where(changes.c.position > after).order_by(changes.c.position).limit(most))
    return [Change(*row) for row in rows]


def last_position(connection: Connection) -> int:
    """Where the last change is; 0 before the first."""
    return connection.execute(select(func.max(changes.c.position))).scalar() or 0


def count_public(connection: Connection) -> int:
    """How many versions everybody may read."""
    return connection.execute(select(func.count()).select_from(changes).where(changes.c.is_public)).scalar_one()


def public_after(connection: Connection, number: int, most: int) -> list[int]:
    """The next `most` versions after `number` that were noted as public."""
    found = select(changes.c.record_id).where(changes.c.record_id > number, changes.c.is_public)
    return list(connection.execute(found.order_by(changes.c.record_id).limit(most)).scalars())


class Stamped(NamedTuple):
    """A number, and when what it stands for changed last."""

    number: int
    changed_at: datetime


def ranges(connection: Connection, size: int) -> list[Stamped]:
    """The ranges of `size` numbers in which there are public versions; range 0 begins with number 0."""
    place = (changes.c.record_id // size).label("place")
    found = select(place, func.max(changes.c.changed_at)).where(changes.c.is_public)
    return [Stamped(*row) for row in connection.execute(found.group_by("place").order_by("place"))]


def public_in_range(connection: Connection, first: int, beyond: int) -> list[Stamped]:
    """The versions from number `first` to before `beyond` that are public, now and not only when it was noted."""
    found = (
        select(changes.c.record_id, changes.c.changed_at)
        .join(records, records.c.id == changes.c.record_id)
        .where(changes.c.record_id >= first, changes.c.record_id < beyond, changes.c.is_public)
        .where(records.c.record_access == "public", records.c.published_at.is_not(None))
    )
    return [Stamped(*row) for row in connection.execute(found.order_by(changes.c.record_id))]

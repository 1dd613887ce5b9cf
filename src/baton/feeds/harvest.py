"""The order of changes as harvesters walk through it: by time, in sets, what is gone included; never writes.

The key of the walk is the time of the last change and the place in the order. What changes on the way moves to the end
and is met there, so a walk misses nothing, however long it takes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from baton.feeds.models import changes, signing_keys

SIGNING_KEY = "harvest"


class Noted(NamedTuple):
    """A version that was ever public."""

    record_id: int
    position: int
    is_public: bool
    changed_at: datetime
    resource_type: str | None


class Place(NamedTuple):
    """Where a walk has come to."""

    changed_at: datetime
    position: int


@dataclass(frozen=True, slots=True)
class Selection:
    """What is harvested: changed from `begin` to `end`, both included, and of these resource types."""

    begin: datetime | None = None
    end: datetime | None = None
    resource_types: frozenset[str] | None = None


_COLUMNS = (
    changes.c.record_id,
    changes.c.position,
    changes.c.is_public,
    changes.c.changed_at,
    changes.c.resource_type,
)


def list_noted(connection: Connection, selection: Selection, after: Place | None, most: int) -> Sequence[Noted]:
    """The next `most` behind `after`, oldest change first."""
    conditions = _conditions(selection)
    if after is not None:
        moment, position = after
        behind = or_(changes.c.changed_at > moment, and_(changes.c.changed_at == moment, changes.c.position > position))
        # The first condition follows from the second, and lets the index be entered there.
        conditions += [changes.c.changed_at >= moment, behind]
    page = select(*_COLUMNS).where(*conditions).order_by(changes.c.changed_at, changes.c.position).limit(most)
    return [Noted(*row) for row in connection.execute(page)]


def count_noted(connection: Connection, selection: Selection) -> int:
    """How many there are in all."""
    return connection.execute(select(func.count()).select_from(changes).where(*_conditions(selection))).scalar_one()


def find_noted(connection: Connection, number: int) -> Noted | None:
    """One version; none if it was never public."""
    row = connection.execute(select(*_COLUMNS).where(changes.c.record_id == number)).first()
    return None if row is None else Noted(*row)


def first_change(connection: Connection) -> datetime | None:
    """The time before which nothing has changed last."""
    return connection.execute(select(func.min(changes.c.changed_at))).scalar()


def signing_key(connection: Connection) -> bytes:
    """What tokens of this repository are signed with."""
    secret = connection.execute(select(signing_keys.c.secret).where(signing_keys.c.name == SIGNING_KEY)).scalar_one()
    return bytes.fromhex(secret)


def _conditions(selection: Selection) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if selection.begin is not None:
        conditions.append(changes.c.changed_at >= selection.begin)
    if selection.end is not None:
        conditions.append(changes.c.changed_at <= selection.end)
    if selection.resource_types is not None:
        conditions.append(changes.c.resource_type.in_(selection.resource_types))
    return conditions

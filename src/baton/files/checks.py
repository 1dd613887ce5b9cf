"""What is known of stored bytes, and which of them are to be looked at next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Select, and_, delete, func, or_, select, update

from baton.files.events import ContentFoundBad, ContentHealed
from baton.files.models import contents, recipes
from baton.kernel import clock, outbox
from baton.storage.fixity import State

# After this, somebody who has begun to read a content is taken for dead.
LEASE = timedelta(hours=6)
# How often a content that is damaged or lost is looked at again: its bytes may have come back.
PATIENCE = timedelta(hours=1)
# With this begins the name of one content in sixteen.
SAMPLE = "0"


@dataclass(frozen=True, slots=True)
class Due:
    """A content that is to be read again, or copied."""

    sha256: str
    size: int
    state: State


@dataclass(frozen=True, slots=True)
class Fixity:
    """How far the checks are: numbers of contents, and when the check longest ago was."""

    contents: int
    unverified: int
    bad: int
    oldest: datetime | None


def claim_checks(connection: Connection, cycle: timedelta, limit: int, *, sampled: bool = False) -> list[Due]:
    """Take contents that were not read since `cycle`, those never read first. Nobody else takes them for a while.

    `sampled`: of those never read, the assembled ones and one in sixteen of the others are read at once, and the rest
    when a cycle has passed.
    """
    now = clock.now()
    is_new = contents.c.verified_at.is_(None)
    in_turn = or_(contents.c.sha256.like(f"{SAMPLE}%"), contents.c.assembled, contents.c.created_at < now - cycle)
    whole = and_(
        contents.c.state == State.WHOLE,
        or_(and_(is_new, in_turn) if sampled else is_new, contents.c.verified_at < now - cycle),
        or_(contents.c.checked_at.is_(None), contents.c.checked_at < now - LEASE),
    )
    bad = and_(
        contents.c.state != State.WHOLE,
        or_(contents.c.checked_at.is_(None), contents.c.checked_at < now - PATIENCE),
    )
    chosen = (
        select(contents.c.sha256).where(or_(whole, bad)).order_by(contents.c.verified_at.nulls_first()).limit(limit)
    )
    return _claim(connection, chosen, now)


def claim_all(connection: Connection, before: datetime, limit: int) -> list[Due]:
    """Take contents whose last check began `before` then, whatever came of it."""
    old = or_(contents.c.checked_at.is_(None), contents.c.checked_at < before)
    return _claim(connection, select(contents.c.sha256).where(old).limit(limit), clock.now())


def _claim(connection: Connection, chosen: Select[tuple[str]], now: datetime) -> list[Due]:
    if connection.dialect.name == "postgresql":
        chosen = chosen.with_for_update(skip_locked=True)
    rows = connection.execute(
        update(contents)
        .where(contents.c.sha256.in_(chosen.scalar_subquery()))
        .values(checked_at=now)
        .returning(contents.c.sha256, contents.c.size, contents.c.state)
    )
    return [Due(row.sha256, row.size, State(row.state)) for row in rows]


def note_state(connection: Connection, due: Due, state: State) -> None:
    """Remember what a check has found, and tell of it when it is news."""
    changes: dict[str, object] = {"state": state}
    if state == State.WHOLE:
        changes |= {"verified_at": clock.now()}
    connection.execute(update(contents).where(contents.c.sha256 == due.sha256).values(**changes))
    if state == due.state:
        return
    if state == State.WHOLE:
        outbox.emit(connection, ContentHealed(due.sha256, due.state))
    else:
        outbox.emit(connection, ContentFoundBad(due.sha256, state))


def release_check(connection: Connection, due: Due) -> None:
    """Give back a content that could not be looked at."""
    connection.execute(update(contents).where(contents.c.sha256 == due.sha256).values(checked_at=None))


def demand_check(connection: Connection, sha256: str) -> None:
    """Let a content be read as soon as possible."""
    soon = update(contents).where(contents.c.sha256 == sha256, contents.c.state == State.WHOLE)
    connection.execute(soon.values(verified_at=None, checked_at=None))


def look_again(connection: Connection) -> None:
    """Let what was found bad be read at once: it may have been put back."""
    connection.execute(update(contents).where(contents.c.state != State.WHOLE).values(checked_at=None))


def drop_recipe(connection: Connection, sha256: str) -> bool:
    """Let a content be its own object from now on; whether it was kept as a recipe."""
    return bool(connection.execute(delete(recipes).where(recipes.c.sha256 == sha256)).rowcount)


def list_unreplicated(connection: Connection, limit: int, after: str = "") -> list[Due]:
    """Contents of which the second store has no copy yet, in the order of their names."""
    rows = connection.execute(
        select(contents.c.sha256, contents.c.size, contents.c.state)
        .where(contents.c.replicated_at.is_(None), contents.c.state == State.WHOLE, contents.c.sha256 > after)
        .order_by(contents.c.sha256)
        .limit(limit)
    )
    return [Due(row.sha256, row.size, State(row.state)) for row in rows]


def note_replica(connection: Connection, sha256: str, *, is_there: bool) -> None:
    """Remember whether the second store has a copy."""
    moment = clock.now() if is_there else None
    connection.execute(update(contents).where(contents.c.sha256 == sha256).values(replicated_at=moment))


def list_bad(connection: Connection) -> Sequence[Due]:
    """Every content that is known to be damaged or lost."""
    rows = connection.execute(
        select(contents.c.sha256, contents.c.size, contents.c.state)
        .where(contents.c.state != State.WHOLE)
        .order_by(contents.c.sha256)
    )
    return [Due(row.sha256, row.size, State(row.state)) for row in rows]


def fixity(connection: Connection) -> Fixity:
    """How far the checks are."""
    row = connection.execute(
        select(
            func.count().label("all"),
            func.count(contents.c.verified_at).label("verified"),
            func.min(contents.c.verified_at).label("oldest"),
        )
    ).one()
    bad = connection.execute(select(func.count()).where(contents.c.state != State.WHOLE)).scalar_one()
    return Fixity(row.all, row.all - row.verified, bad, row.oldest)

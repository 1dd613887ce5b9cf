"""The outbox: an event is a row in the transaction of the change it reports; a worker delivers it later.

Each event is delivered to each of its reactions at least once, so every reaction must bear being run twice. A failure
is tried again with a growing pause; after `MOST_ATTEMPTS` the delivery is dead: kept, shown by `baton doctor`, and
retried by `retry_dead`. A reaction says more by what it raises: `Away`, `Refused`. Events are never removed: they are
the audit trail and the change feed.
"""

import logging
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, TypeVar

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from baton.kernel import clock
from baton.kernel.db import BIG_ID, EMITTED, Database, Json, UtcTime, metadata
from baton.kernel.events import Event

log = logging.getLogger(__name__)

C = TypeVar("C")  # what reactions work with: the program's context, unknown here

MOST_ATTEMPTS = 12
LEASE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=1)
TIRELESS_PAUSE = timedelta(seconds=10)
LONGEST_ABSENCE = timedelta(minutes=10)
JITTER = 0.25  # by so much of itself a pause may be shorter, so that what failed together is not retried together
BATCH = 500
# So few that even a slow server abroad has answered all of them before the lease ends.
BATCH_ABROAD = 5

events = Table(
    "events",
    metadata,
    Column("id", BIG_ID, primary_key=True, autoincrement=True),
    Column("kind", String(80), nullable=False),
    Column("actor_id", BigInteger),
    Column("payload", Json, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("fanned_out", Boolean, nullable=False, default=False),
    sqlite_autoincrement=True,
)
Index("ix_events_waiting", events.c.id, sqlite_where=events.c.fanned_out == 0, postgresql_where=~events.c.fanned_out)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", BIG_ID, primary_key=True, autoincrement=True),
    Column("event_id", BigInteger, ForeignKey("events.id"), nullable=False),
    Column("reaction", String(80), nullable=False),
    Column("due_at", UtcTime, nullable=False, index=True),
    Column("attempts", Integer, nullable=False, default=0),
    Column("dead", Boolean, nullable=False, default=False),
    Column("abroad", Boolean, nullable=False, default=False),
    Column("error", Text),
)


class Away(Exception):
    """Raised by a reaction: who is needed abroad does not answer now. All that needs them waits, and is never given up.

    `pause` is how long they have asked us to wait, if they have.
    """

    def __init__(self, reason: str, pause: timedelta = timedelta(0)) -> None:
        super().__init__(reason)
        self.pause = pause


class Refused(Exception):
    """Raised by a reaction: the answer is no, and would be again. The delivery is dead at once."""


@dataclass(frozen=True, slots=True)
class Reaction(Generic[C]):
    """What follows from an event. `run` gets one event, or all of one round if they are worked off `together`.

    `ready` says whether this process can do it now (only one process may write the embedded index). `tireless`: what
    fails is tried again every few seconds and never given up, because what it needs is our own and comes back.
    `abroad`: it waits for somebody else's server, so it runs in a thread of its own, where it holds up nobody.
    """

    name: str
    run: Callable[[C, Sequence[Event]], None]
    ready: Callable[[C], bool] = lambda _context: True
    together: bool = False
    tireless: bool = False
    abroad: bool = False


Reactions = Mapping[type[Event], tuple[Reaction[C], ...]]


def emit(connection: Connection, event: Event, *, actor_id: int | None = None) -> int:
    """Store `event` in the caller's transaction; returns its number in the feed."""
    number: int = connection.execute(
        insert(events)
        .values(kind=event.kind, actor_id=actor_id, payload=event.payload(), created_at=clock.now(), fanned_out=False)
        .returning(events.c.id)
    ).scalar_one()
    connection.info[EMITTED] = True
    return number


def fan_out(connection: Connection, reactions: Reactions[C]) -> int:
    """Make one delivery for each reaction of each new event; returns how many events were new."""
    new = select(events.c.id, events.c.kind).where(~events.c.fanned_out).order_by(events.c.id).limit(BATCH)
    if connection.dialect.name == "postgresql":
        new = new.with_for_update(skip_locked=True)
    rows = connection.execute(new).all()
    if not rows:
        return 0
    at_once = min(clock.now(), clock.real())  # the future of a drill would keep other processes waiting until then
    due = [
        {"event_id": row.id, "reaction": reaction.name, "due_at": at_once, "abroad": reaction.abroad}
        for row in rows
        for reaction in reactions[Event.kinds[row.kind]]
    ]
    if due:
        connection.execute(insert(deliveries), due)
    connection.execute(update(events).where(events.c.id.in_([row.id for row in rows])).values(fanned_out=True))
    return len(rows)


def deliver_round(database: Database, context: C, reactions: Reactions[C], *, abroad: bool = False) -> int:
    """Claim what is due at home or `abroad` and run it; returns how many events and deliveries were worked on.

    New events are fanned out at home, for both.
    """
    ready = {r.name: r for group in reactions.values() for r in group if r.abroad == abroad and r.ready(context)}
    with database.read() as connection:
        if not (_has_due(connection, list(ready)) or (not abroad and _has_new(connection))):
            return 0
    with database.write() as connection:
        moved = 0 if abroad else fan_out(connection, reactions)
        claimed = _claim(connection, list(ready), BATCH_ABROAD if abroad else BATCH)
    absent: set[str] = set()
    for reaction, group in _grouped(claimed, ready):
        if reaction.name not in absent and not _run(database, context, reaction, group):
            absent.add(reaction.name)
    return moved + len(claimed)


def _grouped(
    claimed: Sequence[tuple[int, str, Event]], ready: Mapping[str, Reaction[C]]
) -> Iterator[tuple[Reaction[C], list[tuple[int, Event]]]]:
    shared: dict[str, list[tuple[int, Event]]] = {}
    for delivery_id, name, event in claimed:
        if ready[name].together:
            shared.setdefault(name, []).append((delivery_id, event))
        else:
            yield ready[name], [(delivery_id, event)]
    for name, group in shared.items():
        yield ready[name], group


def _has_new(connection: Connection) -> bool:
    waiting = select(events.c.id).where(~events.c.fanned_out).limit(1)
    return connection.execute(waiting).first() is not None


def _has_due(connection: Connection, names: Sequence[str]) -> bool:
    return connection.execute(_due(names).limit(1)).first() is not None


def _due(names: Sequence[str]) -> Any:  # noqa: ANN401  SQLAlchemy's generic select
    return select(deliveries.c.id).where(
        deliveries.c.due_at <= clock.now(), ~deliveries.c.dead, deliveries.c.reaction.in_(names)
    )


def _claim(connection: Connection, names: Sequence[str], most: int) -> list[tuple[int, str, Event]]:
    """Take what is due. Until the lease passes nobody else takes it; a dead worker's work comes back by itself."""
    chosen = _due(names).order_by(deliveries.c.id).limit(most)
    if connection.dialect.name == "postgresql":
        chosen = chosen.with_for_update(skip_locked=True)
    rows = connection.execute(
        update(deliveries)
        .where(deliveries.c.id.in_(chosen.scalar_subquery()))
        .values(due_at=clock.real() + LEASE, attempts=deliveries.c.attempts + 1)
        .returning(deliveries.c.id, deliveries.c.event_id, deliveries.c.reaction)
    ).all()
    if not rows:
        return []
    facts = {
        row.id: Event.kinds[row.kind].load(row.payload)
        for row in connection.execute(select(events).where(events.c.id.in_({row.event_id for row in rows})))
    }
    return [(row.id, row.reaction, facts[row.event_id]) for row in sorted(rows, key=lambda row: row.id)]


def _run(database: Database, context: C, reaction: Reaction[C], group: Sequence[tuple[int, Event]]) -> bool:
    """Run the reaction and settle its deliveries; whether there is sense in running it again now."""
    ids = [delivery_id for delivery_id, _event in group]
    about = {"reaction": reaction.name, "deliveries": ids}
    try:
        reaction.run(context, [event for _id, event in group])
    except Away as away:
        log.warning("nobody answers, will be tried again: %s", away, extra=about)
        with database.write() as connection:
            _hold_back(connection, reaction, ids, away)
        return False
    except Refused as refusal:
        log.warning("refused for good: %s", refusal, extra=about)
        with database.write() as connection:
            given_up = update(deliveries).where(deliveries.c.id.in_(ids))
            connection.execute(given_up.values(dead=True, error=str(refusal)[:2000]))
    except Exception as error:
        log.exception("reaction failed, will be tried again", extra=about)
        with database.write() as connection:
            _postpone(connection, reaction, ids, f"{type(error).__name__}: {error}")
    else:
        with database.write() as connection:
            connection.execute(delete(deliveries).where(deliveries.c.id.in_(ids)))
    return True


def _pause(attempts: int, longest: timedelta) -> timedelta:
    grown = min(longest, timedelta(seconds=2 ** min(attempts, 20)))
    return grown * (1 - JITTER * random.random())  # noqa: S311  no secret


def _hold_back(connection: Connection, reaction: Reaction[C], ids: Sequence[int], away: Away) -> None:
    """Let everything that waits for `reaction` wait on: to try each of a thousand deliveries would tell us nothing."""
    mine = select(func.max(deliveries.c.attempts)).where(deliveries.c.id.in_(ids))
    attempts: int = connection.execute(mine).scalar() or 1
    until = clock.now() + max(_pause(attempts, LONGEST_ABSENCE), away.pause)
    waiting = update(deliveries).where(deliveries.c.reaction == reaction.name, ~deliveries.c.dead)
    connection.execute(waiting.values(due_at=until))
    connection.execute(update(deliveries).where(deliveries.c.id.in_(ids)).values(error=str(away)[:2000]))


def _postpone(connection: Connection, reaction: Reaction[C], ids: Sequence[int], error: str) -> None:
    longest = TIRELESS_PAUSE if reaction.tireless else LONGEST_PAUSE
    rows = connection.execute(select(deliveries.c.id, deliveries.c.attempts).where(deliveries.c.id.in_(ids))).all()
    connection.execute(
        update(deliveries)
        .where(deliveries.c.id == bindparam("delivery"))
        .values(due_at=bindparam("due"), error=bindparam("why"), dead=bindparam("over")),
        [
            {
                "delivery": row.id,
                "due": clock.now() + _pause(row.attempts, longest),
                "why": error[:2000],
                "over": row.attempts >= MOST_ATTEMPTS and not reaction.tireless,
            }
            for row in rows
        ],
    )


def pending(connection: Connection, reaction: str) -> bool:
    """Whether anything emitted so far still waits for `reaction`."""
    if _has_new(connection):
        return True
    waiting = select(deliveries.c.id).where(deliveries.c.reaction == reaction, ~deliveries.c.dead).limit(1)
    return connection.execute(waiting).first() is not None


@dataclass(frozen=True, slots=True)
class Backlog:
    """How far behind the deliveries are: for `/health` and `baton doctor`."""

    waiting: int
    dead: int
    oldest_seconds: float


def backlog(connection: Connection, *, reaction: str = "", at_home: bool = False) -> Backlog:
    """Count what waits, what is dead, and the age of the oldest event that has not reached all of its reactions.

    Of one `reaction` only, or only of what needs nobody abroad.
    """
    chosen = [deliveries.c.reaction == reaction] if reaction else []
    if at_home:
        chosen.append(~deliveries.c.abroad)
    new, oldest_new = connection.execute(
        select(func.count(), func.min(events.c.created_at)).where(~events.c.fanned_out)
    ).one()
    waiting, oldest = connection.execute(
        select(func.count(), func.min(events.c.created_at))
        .select_from(deliveries.join(events))
        .where(~deliveries.c.dead, *chosen)
    ).one()
    gone = select(func.count()).select_from(deliveries).where(deliveries.c.dead, *chosen)
    dead = connection.execute(gone).scalar_one()
    ages = [(clock.now() - moment).total_seconds() for moment in (oldest_new, oldest) if moment is not None]
    return Backlog(waiting=new + waiting, dead=dead, oldest_seconds=max([0.0, *ages]))


def last_error(connection: Connection, reaction: str) -> str:
    """Why the oldest delivery that `reaction` failed at and will try again has failed; empty when there is none."""
    failed = select(deliveries.c.error).where(deliveries.c.reaction == reaction, ~deliveries.c.dead)
    return connection.execute(failed.where(deliveries.c.error.is_not(None)).order_by(deliveries.c.id)).scalar() or ""


def retry_dead(connection: Connection) -> int:
    """Give every dead delivery another set of attempts; returns how many there were."""
    again = update(deliveries).where(deliveries.c.dead).values(dead=False, attempts=0, due_at=clock.now())
    return connection.execute(again).rowcount

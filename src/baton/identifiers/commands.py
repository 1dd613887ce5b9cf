"""Every way DOIs change: reserve, claim one from outside, release, tell the registrar."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from baton.identifiers.errors import DoiTaken
from baton.identifiers.events import DoiReleased, DoiReserved
from baton.identifiers.models import dois
from baton.identifiers.registrar import DoiState
from baton.kernel import clock, outbox

# Longer than any call to a registrar takes.
TELLING = timedelta(minutes=5)

MANAGED = "managed"
EXTERNAL = "external"

_TARGET = select(dois.c.names, dois.c.target_id).where(dois.c.value == bindparam("doi"))


def hold(connection: Connection, doi: str, provider: str, names: str, target_id: int) -> None:
    """Make sure that `doi` names this target (`names`: "record" or "work") and no other; safe to repeat.

    Raises `DoiTaken` when it names something else.
    """
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    value = doi.lower()
    made = connection.execute(
        dialect.insert(dois)
        .values(
            value=value,
            provider=provider,
            status="reserved",
            names=names,
            target_id=target_id,
            created_at=clock.now(),
        )
        .on_conflict_do_nothing()
        .returning(dois.c.value)
    )
    if made.first() is not None:
        return
    if connection.execute(_TARGET, {"doi": value}).one() != (names, target_id):
        raise DoiTaken(doi)


def reserve(connection: Connection, doi: str, number: int) -> None:
    """Promise a draft the DOI that it will be published under."""
    hold(connection, doi, MANAGED, "record", number)
    outbox.emit(connection, DoiReserved(doi.lower()))


def release(connection: Connection, doi: str, target_id: int) -> None:
    """Free a DOI of a record that was reserved and never registered."""
    freed = connection.execute(
        delete(dois)
        .where(dois.c.value == doi.lower(), dois.c.target_id == target_id, dois.c.status == "reserved")
        .returning(dois.c.provider)
    ).scalar()
    if freed == MANAGED:
        outbox.emit(connection, DoiReleased(doi.lower()))


def mark_registered(connection: Connection, values: list[str]) -> None:
    """Note that these DOIs are public, where no registrar has to be told of it."""
    connection.execute(
        update(dois)
        .where(dois.c.value.in_(values), dois.c.status == "reserved")
        .values(status="registered", registered_at=clock.now())
    )


def begin_telling(connection: Connection, doi: str) -> datetime | None:
    """Claim the DOI, so that nobody else tells the registrar of it meanwhile; `None` when somebody is at it."""
    now = clock.now()
    claim = now + TELLING
    taken = connection.execute(
        update(dois)
        .where(dois.c.value == doi, or_(dois.c.telling_until.is_(None), dois.c.telling_until < now))
        .values(telling_until=claim, told=None)  # what a crash from here on leaves at the registrar nobody knows
    )
    return claim if taken.rowcount else None


def note_told(connection: Connection, doi: str, claim: datetime, digest: str, state: DoiState) -> None:
    """The registrar has confirmed the entry with this digest. Says nothing when the claim was lost meanwhile."""
    is_public = state is not DoiState.DRAFT
    connection.execute(
        update(dois)
        .where(dois.c.value == doi, dois.c.telling_until == claim)
        .values(
            telling_until=None,
            told=digest,
            state=state,
            problem=None,
            status="registered" if is_public else dois.c.status,
            registered_at=func.coalesce(dois.c.registered_at, clock.now()) if is_public else dois.c.registered_at,
        )
    )


def stop_telling(connection: Connection, doi: str, claim: datetime, problem: str | None) -> None:
    """The registrar was not told, because it does not answer, or because of the `problem` that it has."""
    connection.execute(
        update(dois)
        .where(dois.c.value == doi, dois.c.telling_until == claim)
        .values(telling_until=None, problem=problem)
    )


def doubt(connection: Connection, doi: str) -> None:
    """Let the registrar be told anew, whatever it was told before."""
    connection.execute(update(dois).where(dois.c.value == doi).values(told=None))

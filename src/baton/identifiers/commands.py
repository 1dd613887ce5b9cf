"""Every way DOIs change: reserve, claim one from outside, release, register."""

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from baton.identifiers.errors import DoiTaken
from baton.identifiers.models import dois
from baton.kernel import clock

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


def release(connection: Connection, doi: str, target_id: int) -> None:
    """Free a DOI of a record that was reserved and never registered."""
    connection.execute(
        delete(dois).where(dois.c.value == doi.lower(), dois.c.target_id == target_id, dois.c.status == "reserved")
    )


def mark_registered(connection: Connection, values: list[str]) -> None:
    """Note that the registrar has taken these DOIs."""
    connection.execute(
        update(dois).where(dois.c.value.in_(values)).values(status="registered", registered_at=clock.now())
    )

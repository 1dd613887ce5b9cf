"""Look-ups of DOIs."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, select

from baton.identifiers.models import dois


@dataclass(frozen=True, slots=True)
class Target:
    """What a DOI names."""

    names: Literal["record", "work"]
    id: int


def find_target(connection: Connection, doi: str) -> Target | None:
    """What `doi` names here, in whatever case it is written."""
    if not doi.isprintable():  # not every database bears every text
        return None
    row = connection.execute(select(dois.c.names, dois.c.target_id).where(dois.c.value == doi.lower())).first()
    return None if row is None else Target(row.names, row.target_id)


def unregistered(connection: Connection, targets: list[int]) -> list[tuple[str, int]]:
    """The managed DOIs of these records and works that the registrar has not taken yet, each with what it names."""
    rows = connection.execute(
        select(dois.c.value, dois.c.target_id).where(
            dois.c.target_id.in_(targets), dois.c.provider == "managed", dois.c.status == "reserved"
        )
    )
    return [(row.value, row.target_id) for row in rows]

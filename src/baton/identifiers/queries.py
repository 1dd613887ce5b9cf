"""Look-ups of DOIs."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Row, func, select

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


@dataclass(frozen=True, slots=True)
class Kept:
    """A DOI that we manage: what it names, and the digest of what the registrar was told of it last."""

    value: str
    target: Target
    told: str | None


_KEPT = select(dois.c.value, dois.c.names, dois.c.target_id, dois.c.told).where(dois.c.provider == "managed")


def find_managed(connection: Connection, values: Collection[str]) -> dict[str, Kept]:
    """Those of these DOIs that we manage."""
    rows = connection.execute(_KEPT.where(dois.c.value.in_(values)))
    return {row.value: _kept(row) for row in rows}


def managed_of(connection: Connection, targets: Collection[int]) -> list[str]:
    """The DOIs that we manage of these records and works, those of records first."""
    found = select(dois.c.value).where(dois.c.target_id.in_(targets), dois.c.provider == "managed")
    return list(connection.execute(found.order_by(dois.c.names)).scalars())


def list_managed(connection: Connection, after: str, most: int) -> list[Kept]:
    """The next `most` DOIs that we manage after the one given, in the order of their letters."""
    page = _KEPT.where(dois.c.value > after).order_by(dois.c.value).limit(most)
    return [_kept(row) for row in connection.execute(page)]


def _kept(row: Row[Any, Any, Any, Any]) -> Kept:
    return Kept(row.value, Target(row.names, row.target_id), row.told)


def count_by_state(connection: Connection) -> dict[str, int]:
    """How many of the DOIs that we manage the registrar has in each state; `none` for those it has not got."""
    state = func.coalesce(dois.c.state, "none")
    rows = connection.execute(select(state, func.count()).where(dois.c.provider == "managed").group_by(state))
    return {name: number for name, number in rows}  # noqa: C416  rows are no pairs to mypy


def list_refused(connection: Connection, most: int) -> list[tuple[str, str]]:
    """DOIs that the registrar refuses, each with its reason."""
    refused = select(dois.c.value, dois.c.problem).where(dois.c.problem.is_not(None)).order_by(dois.c.value)
    return [(row.value, row.problem) for row in connection.execute(refused.limit(most))]

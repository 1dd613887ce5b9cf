"""Funders and grants as the RDM dialect writes them."""

from collections.abc import Mapping
from typing import Any

from baton.imports.addresses import funder_id, identifier_at
from baton.imports.imported import filled


def award_of(*, number: str = "", title: str = "", address: str = "", acronym: str = "") -> dict[str, Any]:
    """A grant by what is said of it."""
    known = identifier_at(address) if address else None
    return filled(
        {
            "number": number,
            "title": {"en": title} if title else None,
            "acronym": acronym,
            "identifiers": [known] if known else [],
        }
    )


def funding_of(name: str, identifier: str, award: Mapping[str, Any]) -> dict[str, Any]:
    """A funder and their grant, with the ids that they have where the lists of funders and awards are complete."""
    funder = funder_id(identifier)
    number = award.get("number")
    known = {"id": f"{funder}::{number}"} if funder and number else {}
    return filled({"funder": filled({"id": funder, "name": name}), "award": {**known, **award}})

"""Grants of the legacy schema: `{"id": "283595"}` of the European Commission, or `{"id": "<funder DOI>::<number>"}`."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from baton.imports.imported import Complaints
from baton.imports.zenodo_fields import objects, text_or_number
from baton.vocabularies.legacy import funder_of_legacy

EUROPEAN_COMMISSION = "10.13039/501100000780"


def terms_in(payload: object) -> set[tuple[str, str]]:
    """The awards, as (vocabulary, id), that a request body may mean: what to look up before translating."""
    metadata = payload.get("metadata") if isinstance(payload, Mapping) else None
    grants = metadata.get("grants") if isinstance(metadata, Mapping) else None
    given = _numbers(grants, Complaints())
    return {("awards", f"{funder}::{number}") for _path, doi, number in given if (funder := funder_of_legacy(doi))}


def funding(grants: object, known: Collection[tuple[str, str]], complaints: Complaints) -> list[dict[str, Any]]:
    """References to awards that the vocabulary has; of the others, the number and the funder."""
    found = []
    for path, doi, number in _numbers(grants, complaints):
        funder = funder_of_legacy(doi)
        if funder is None:
            complaints.add(path, f"No funder with the DOI {doi[:100]!r} is known here.")
            continue
        award = f"{funder}::{number}"
        found.append(
            {"funder": {"id": funder}, "award": {"id": award} if ("awards", award) in known else {"number": number}}
        )
    return found


def _numbers(grants: object, complaints: Complaints) -> Iterator[tuple[str, str, str]]:
    """(path, funder DOI, grant number) of each grant."""
    for at, grant in objects(grants, "metadata.grants", "grant", complaints):
        path = f"{at}.id"
        given = text_or_number(grant.get("id"), path, complaints) or ""
        doi, parted, number = given.partition("::")
        if not parted:
            doi, number = EUROPEAN_COMMISSION, given
        if number:
            yield path, doi, number
        else:
            complaints.add(path, "Give the grant's number, after its funder's DOI and `::` if it is no EC grant.")

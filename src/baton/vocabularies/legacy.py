"""The names that Zenodo's old API had for licences and funders, both ways. Pure tables, read when first asked for."""

from functools import cache

from baton.vocabularies.builtin import find
from baton.vocabularies.lists import rows


def licence_of_legacy(old: str) -> str | None:
    """The licence's id now, from any name that Zenodo ever took for it, in any case; `None` for an unknown one."""
    plain = old.strip().lower()
    known = _licences().get(plain)
    if known is None:
        term = find("licenses", plain)
        return term.id if term else None
    return known


def legacy_of_licence(licence: str) -> str:
    """The name that Zenodo's old API shows for a licence. Where going there and back would change it: its own id."""
    return _shown_licences().get(licence, licence)


def funder_of_legacy(doi: str) -> str | None:
    """The ROR id of a funder, from its DOI in the Crossref registry as in grants `10.13039/501100000780::283595`."""
    return _funders().get(doi.strip().lower())


def legacy_of_funder(ror: str) -> str | None:
    """The DOI by which Zenodo's old API names the funder with that ROR id."""
    return _dois().get(ror)


def legacy_acronym(doi: str) -> str | None:
    """The acronym that Zenodo's old API shows for a funder."""
    return _acronyms().get(doi)


@cache
def _licences() -> dict[str, str]:
    return {row["old"]: row["id"] for row in rows("legacy_licences")}


@cache
def _shown_licences() -> dict[str, str]:
    return {row["id"]: row["old"] for row in rows("legacy_licences") if row["shown"]}


@cache
def _funders() -> dict[str, str]:
    """Every DOI of a built-in funder; Zenodo's own table wins, which sends a closed funder's DOI to its successor."""
    known = {doi: row["id"] for row in rows("funders") for doi in row["dois"].split()}
    return known | {row["doi"]: row["ror"] for row in rows("legacy_funders")}


@cache
def _dois() -> dict[str, str]:
    known = {row["id"]: row["dois"].split()[0] for row in rows("funders") if row["dois"]}
    return known | {row["ror"]: row["doi"] for row in rows("legacy_funders") if row["shown"]}


@cache
def _acronyms() -> dict[str, str]:
    return {row["doi"]: row["acronym"] for row in rows("legacy_funders")}

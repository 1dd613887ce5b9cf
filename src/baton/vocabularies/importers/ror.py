"""Organisations of the Research Organization Registry, from its own dump: JSON of schema 2, usually in a ZIP."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from baton.vocabularies.importers.rows import Unusable, present, ror_of, terms_of
from baton.vocabularies.importers.sources import OnBytes, json_items, streams
from baton.vocabularies.term import BadRow, Term

FUNDER_DOI_PREFIX = "10.13039/"
# Weights: withdrawn last; a closed organisation after the open ones, which are ordered by how much is known of them.
WITHDRAWN, CLOSED, MOST = -1, 0, 500

_OF_AFFILIATIONS = ("grid", "isni")
_OF_FUNDERS = ("fundref", "grid", "isni")


def affiliations(path: Path, on_bytes: OnBytes) -> Iterator[Term | BadRow]:
    """Every organisation."""
    return _organisations(path, on_bytes, _affiliation)


def funders(path: Path, on_bytes: OnBytes) -> Iterator[Term | BadRow]:
    """The organisations that fund research: so typed, or in Crossref's registry of funders."""
    return _organisations(path, on_bytes, _funder)


def _organisations(path: Path, on_bytes: OnBytes, convert: Callable[[Any], Term | None]) -> Iterator[Term | BadRow]:
    found = False
    for _name, stream in streams(path, on_bytes, _is_dump):
        found = True
        yield from terms_of(json_items(stream), convert)
    if not found:
        yield BadRow(1, "the archive holds no JSON of ROR's schema 2")


def _is_dump(name: str) -> bool:
    """Dumps before 2.0 hold the old schema beside the new one, which says so in its name."""
    return name.endswith(".json") and ("schema_v2" in name or not name.rsplit("/", 1)[-1].startswith("v1."))


def _affiliation(record: dict[str, Any]) -> Term:
    links = record.get("links") or []
    website = next((link["value"] for link in links if link["type"] == "website"), "")
    own = present(website=website, domains=record.get("domains"))
    return _term("affiliations", record, _OF_AFFILIATIONS, own)


def _funder(record: dict[str, Any]) -> Term | None:
    registered = any(known["type"] == "fundref" for known in record.get("external_ids") or [])
    if not registered and "funder" not in record["types"]:
        return None
    return _term("funders", record, _OF_FUNDERS, {})


def _term(vocabulary: str, record: dict[str, Any], schemes: tuple[str, ...], own: dict[str, Any]) -> Term:
    if "names" not in record:
        raise Unusable("is of ROR's old schema; take the dump of schema 2")
    term_id = ror_of(record["id"])
    if term_id is None:
        raise Unusable(f"{record['id']!r} is not a ROR id")
    names = record["names"]
    name = next((name["value"] for name in names if "ror_display" in name["types"]), "")
    titles = {name.get("lang") or "en": name["value"] for name in names if "label" in name["types"]}
    acronym, *others = [name["value"] for name in names if "acronym" in name["types"]] or [""]
    aliases = [name["value"] for name in names if "alias" in name["types"]] + others
    place = next((location.get("geonames_details") or {} for location in record.get("locations") or []), {})
    props = present(
        name=name,
        acronym=acronym,
        aliases=aliases,
        country=place.get("country_code"),
        country_name=place.get("country_name"),
        location_name=place.get("name"),
        types=record.get("types"),
        status=record.get("status"),
        identifiers=_identifiers(term_id, record, schemes),
    )
    return Term(vocabulary, term_id, {"en": name} | titles, props | own, weight=_weight(record))


def _identifiers(term_id: str, record: dict[str, Any], schemes: tuple[str, ...]) -> list[dict[str, str]]:
    found = [{"scheme": "ror", "identifier": term_id}]
    known = {outside["type"]: outside for outside in record.get("external_ids") or []}
    for scheme in schemes:
        outside = known.get(scheme, {"all": []})
        values = dict.fromkeys(value for value in (outside.get("preferred"), *outside["all"]) if value)
        if scheme == "fundref":
            found += [{"scheme": "doi", "identifier": FUNDER_DOI_PREFIX + value} for value in values]
        else:
            found += [{"scheme": scheme, "identifier": value} for value in list(values)[:1]]
    return found


def _weight(record: dict[str, Any]) -> int:
    """The registry says nothing of fame; the famous have more relations, names and identifiers elsewhere."""
    if record.get("status") == "withdrawn":
        return WITHDRAWN
    if record.get("status") == "inactive":
        return CLOSED
    known = ("relationships", 1), ("external_ids", 3), ("links", 3), ("names", 1), ("domains", 3)
    return min(MOST, 1 + sum(len(record.get(name) or []) * worth for name, worth in known))

"""Metadata in Zenodo's legacy schema, as far as its record JSON and its deposit JSON agree.

Lossy on purpose, as Zenodo is: one affiliation, licence and language; no roles beyond the old list, no subjects from
vocabularies.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from baton.exports.legacy_terms import (
    CONTRIBUTOR_TYPES,
    NAMED_FIELDS,
    RELATIONS,
    SUBJECTS,
)
from baton.exports.people import identifiers_of, name_of
from baton.exports.terms import in_english
from baton.records.record import Record
from baton.vocabularies.legacy import legacy_acronym, legacy_of_funder, legacy_of_licence

COPIED = ("title", "publication_date", "description", "version")


def legacy_metadata(record: Record) -> dict[str, Any]:
    """What both legacy forms say; members without content are absent."""
    metadata, custom_fields = record.metadata, record.body["custom_fields"]
    shown: dict[str, Any] = {field: metadata[field] for field in COPIED if metadata.get(field)}
    if record.doi:
        shown["doi"] = record.doi
    shown["access_right"] = access_right(record)
    until = (record.body["access"].get("embargo") or {}).get("until")
    if until:
        shown["embargo_date"] = until
    for field, (source, translate) in _TRANSLATED.items():
        if metadata.get(source):
            value = translate(metadata[source])
            if value:
                shown[field] = value
    shown.update(_notes(metadata.get("additional_descriptions") or ()))
    if custom_fields:
        if custom_fields.get(SUBJECTS):
            shown["subjects"] = custom_fields[SUBJECTS]
        custom = {name: value for name, value in custom_fields.items() if not name.startswith(NAMED_FIELDS)}
        if custom:
            shown["custom"] = custom
    return shown


def access_right(record: Record) -> str:
    """One of open, embargoed, restricted; what was deposited as `closed` is restricted."""
    status = record.access_status
    return status if status in {"embargoed", "restricted"} else "open"


def creator(person: Mapping[str, Any]) -> dict[str, Any]:
    """`name`, the first `affiliation` or null, `orcid`, `gnd`."""
    who = person.get("person_or_org") or {}
    affiliations = person.get("affiliations")
    shown = {"name": name_of(who), "affiliation": affiliations[0].get("name") if affiliations else None}
    if who.get("identifiers"):
        shown |= {scheme: value for scheme, value in identifiers_of(who).items() if scheme in {"orcid", "gnd"}}
    return shown


def _creators(people: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [creator(person) for person in people]


def _contributors(people: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {**creator(person), "type": CONTRIBUTOR_TYPES.get((person.get("role") or {}).get("id", ""))}
        for person in people
    ]


def _keywords(subjects: Iterable[Mapping[str, Any]]) -> list[str]:
    return [subject["subject"] for subject in subjects if not subject.get("id") and subject.get("subject")]


def related_identifier(related: Mapping[str, Any]) -> dict[str, Any]:
    """`identifier`, `relation` in camel case, `resource_type`, `scheme`."""
    shown: dict[str, Any] = {"identifier": related.get("identifier")}
    relation = RELATIONS.get((related.get("relation_type") or {}).get("id", ""))
    if relation:
        shown["relation"] = relation
    if related.get("resource_type"):
        shown["resource_type"] = related["resource_type"].get("id")
    if related.get("scheme"):
        shown["scheme"] = related["scheme"]
    return shown


def _related(identifiers: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [related_identifier(one) for one in identifiers]


def _locations(locations: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Points and names; of other shapes the legacy schema has no words."""
    return [shown for feature in locations.get("features") or () if (shown := _location(feature))]


def _location(feature: Mapping[str, Any]) -> dict[str, Any]:
    shown = {name: feature[name] for name in ("place", "description") if feature.get(name)}
    geometry = feature.get("geometry") or {}
    if geometry.get("type") == "Point":
        shown["lon"], shown["lat"] = geometry["coordinates"][:2]
    return shown


def _dates(dates: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Those that have a date already: the legacy schema takes none without."""
    return [_date(one) for one in dates if one.get("date")]


def _date(one: Mapping[str, Any]) -> dict[str, Any]:
    """An exact date has the same start and end, as the legacy schema writes it."""
    start, _slash, end = one["date"].partition("/")
    shown = {"start": start, "end": end or start, "type": (one.get("type") or {}).get("id")}
    if one.get("description"):
        shown["description"] = one["description"]
    return shown


def _notes(descriptions: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The first notes and the first methods."""
    shown: dict[str, str] = {}
    for one in descriptions:
        field = _NOTES.get((one.get("type") or {}).get("id", ""))
        if field and one.get("description"):
            shown.setdefault(field, one["description"])
    return shown


_NOTES = {"notes": "notes", "methods": "method"}
_TRANSLATED: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "creators": ("creators", _creators),
    "contributors": ("contributors", _contributors),
    "keywords": ("subjects", _keywords),
    "related_identifiers": ("related_identifiers", _related),
    "locations": ("locations", _locations),
    "dates": ("dates", _dates),
    "references": ("references", lambda references: [one["reference"] for one in references if one.get("reference")]),
    "language": ("languages", lambda languages: languages[0].get("id")),
}


def licence_name(rights: Sequence[Mapping[str, Any]]) -> str | None:
    """The legacy name of the first licence; none for rights in the depositor's own words."""
    if not rights:
        return None
    licence = rights[0].get("id")
    return legacy_of_licence(licence) if licence else None


def split_type(resource_type: str) -> tuple[str, str | None]:
    """`publication-article` is of type publication, subtype article."""
    kind, _dash, subtype = resource_type.partition("-")
    return kind, subtype or None


def grants(funding: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What has a funder that the legacy schema can name, and a number."""
    return [shown for one in funding if (shown := _grant(one.get("funder") or {}, one.get("award") or {}))]


def _grant(funder: Mapping[str, Any], award: Mapping[str, Any]) -> dict[str, Any] | None:
    number = award.get("number") or (award.get("id") or "").partition("::")[2]
    funder_id = funder.get("id")
    if not number or not funder_id:
        return None
    doi = legacy_of_funder(funder_id)
    shown: dict[str, Any] = {
        "code": number,
        "internal_id": f"{doi or funder_id}::{number}",
        "funder": _funder(funder, doi),
    }
    name = in_english(award.get("title"))
    if name:
        shown["title"] = name
    for field in ("acronym", "program"):
        if award.get(field):
            shown[field] = award[field]
    for identifier in award.get("identifiers") or ():
        if identifier.get("scheme") in {"url", "doi"}:
            shown[identifier["scheme"]] = identifier["identifier"]
    return shown


def _funder(funder: Mapping[str, Any], doi: str | None) -> dict[str, Any]:
    shown: dict[str, Any] = {"name": funder.get("name")}
    if doi:
        shown["doi"] = doi
    acronym = (doi and legacy_acronym(doi)) or funder.get("acronym")
    if acronym:
        shown["acronym"] = acronym
    return shown

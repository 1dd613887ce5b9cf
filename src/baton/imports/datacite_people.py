"""People and organisations of DataCite's schema."""

from collections.abc import Iterator, Mapping
from typing import Any

from baton.identifiers.schemes import normalize
from baton.imports.addresses import identifier_at
from baton.imports.imported import Complaints, filled
from baton.imports.people import named, organisation, person
from baton.imports.terms import term_by
from baton.imports.values import listed, objects, text
from baton.records.metadata.identifiers import PERSON

READ = ("name", "nameType", "givenName", "familyName", "nameIdentifiers", "affiliation", "contributorType", "lang")
# What stands where DataCite asks for a name that nobody knows.
UNKNOWN = (":unav", ":unas", ":unkn", ":none", ":null", ":tba", ":unal", ":unap")


def creators(document: Mapping[str, Any], complaints: Complaints) -> list[dict[str, Any]]:
    """Who made it."""
    return [_person(one, at, complaints) for at, one in _people(document, "creators", complaints)]


def contributors(document: Mapping[str, Any], complaints: Complaints) -> list[dict[str, Any]]:
    """Who helped, each with the role."""
    return [
        {**_person(one, at, complaints), "role": {"id": _role(text(one.get("contributorType")))}}
        for at, one in _people(document, "contributors", complaints)
    ]


def _people(document: Mapping[str, Any], field: str, complaints: Complaints) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for at, one in objects(document.get(field), field, complaints):
        complaints.lose_others(one, READ, at)
        if any(said(one.get(member)) for member in ("name", "givenName", "familyName")):
            yield at, one


def said(value: object) -> str:
    """The text, unless it only says that nobody knows it."""
    given = text(value)
    return "" if given in UNKNOWN else given


def _role(kind: str) -> str:
    return term_by("contributorsroles", "datacite", kind) or "other"


def _person(one: Mapping[str, Any], at: str, complaints: Complaints) -> dict[str, Any]:
    name, given, family = (text(one.get(member)) for member in ("name", "givenName", "familyName"))
    identifiers = list(_identifiers(one, at, complaints))
    if _is_organisation(one, identifiers):
        found = organisation(name or family or given, identifiers=identifiers)
    elif family or given:
        found = person(family, given, identifiers=identifiers)
    else:
        found = named(name, identifiers=identifiers)
    affiliations = [_affiliation(each) for each in listed(one.get("affiliation"))]
    return filled({**found, "affiliations": [each for each in affiliations if each]})


def _is_organisation(one: Mapping[str, Any], identifiers: list[dict[str, str]]) -> bool:
    """Many documents do not say: a name with a comma, or an ORCID, belongs to a person."""
    kind = text(one.get("nameType")).lower()
    if kind in {"personal", "organizational"}:
        return kind == "organizational"
    is_person = one.get("familyName") or one.get("givenName") or "," in text(one.get("name"))
    return not is_person and all(each["scheme"] != "orcid" for each in identifiers)


def _identifiers(one: Mapping[str, Any], at: str, complaints: Complaints) -> Iterator[dict[str, str]]:
    """One of each scheme, as records have it."""
    told = set()
    for place, each in objects(one.get("nameIdentifiers"), f"{at}.nameIdentifiers", complaints):
        value, label = text(each.get("nameIdentifier")), text(each.get("nameIdentifierScheme")).lower()
        normal = normalize(label, value) if label in PERSON else None
        found = {"scheme": label, "identifier": normal} if normal else identifier_at(value, PERSON) if value else None
        if found and found["scheme"] not in told:
            told.add(found["scheme"])
            yield found
        elif value:
            complaints.lose(
                place, f"{value[:100]!r} is no identifier that a record keeps of a person, or a second one."
            )


def _affiliation(given: object) -> dict[str, str]:
    if not isinstance(given, Mapping):
        return filled({"name": text(given)})
    ror = normalize("ror", text(given.get("affiliationIdentifier")))
    return filled({"id": ror, "name": text(given.get("name"))})

"""A record as CSL JSON: what citation processors and reference managers read."""

from collections.abc import Iterable, Mapping
from typing import Any

from baton.exports.dates import parts
from baton.exports.links import cited_at
from baton.exports.people import name_of
from baton.exports.plain_text import plain_text
from baton.exports.terms import prop, title
from baton.exports.view import View
from baton.records.record import Record

DEFAULT_TYPE = "document"
# Where the vocabulary, which has the words of Zenodo, says something that CSL 1.0.2 has a better word for.
TYPES = {
    "publication-dissertation": "thesis",
    "publication-journal": "periodical",
    "publication-standard": "standard",
    "publication-peerreview": "review",
    "publication-conferenceproceeding": "book",
    "other": DEFAULT_TYPE,
}
# Role -> name variable; `contributor` for all else.
ROLES = {"editor": "editor", "translator": "translator", "producer": "producer", "datacurator": "curator"}
DATES = {"available": "available-date", "submitted": "submitted"}
# Custom field, member and CSL variable, in the order of precedence.
CUSTOM = (
    ("journal:journal", "title", "container-title"),
    ("journal:journal", "volume", "volume"),
    ("journal:journal", "issue", "issue"),
    ("journal:journal", "pages", "page"),
    ("journal:journal", "issn", "ISSN"),
    ("imprint:imprint", "title", "container-title"),
    ("imprint:imprint", "pages", "page"),
    ("imprint:imprint", "isbn", "ISBN"),
    ("imprint:imprint", "edition", "edition"),
    ("imprint:imprint", "place", "publisher-place"),
    ("meeting:meeting", "title", "event-title"),
    ("meeting:meeting", "place", "event-place"),
    ("thesis:thesis", "type", "genre"),
)


def csl_json(record: Record, view: View) -> dict[str, Any]:
    """One item; members without content are absent."""
    metadata, custom_fields = record.metadata, record.body["custom_fields"]
    resource_type = (metadata.get("resource_type") or {}).get("id", "")
    kind = csl_type(resource_type)
    found: dict[str, Any] = {
        "id": str(record.id),
        "type": kind,
        "title": record.title,
        "author": _names(metadata.get("creators") or ()),
        **_contributors(metadata.get("contributors") or ()),
        "issued": _date(metadata.get("publication_date") or ""),
        **_other_dates(metadata.get("dates") or ()),
        "publisher": metadata.get("publisher") or view.site_name,
        "version": metadata.get("version"),
        "abstract": plain_text(metadata.get("description") or ""),
        "note": _note(metadata.get("additional_descriptions") or ()),
        "keyword": ", ".join(one["subject"] for one in metadata.get("subjects") or () if one.get("subject")),
        "language": _language(metadata.get("languages") or ()),
        "dimensions": ", ".join(metadata.get("sizes") or ()),
        "medium": ", ".join(metadata.get("formats") or ()),
        "DOI": record.doi,
        "URL": cited_at(record, view.base_url),
        "source": view.site_name,
    }
    for field, member, name in CUSTOM:
        found[name] = found.get(name) or (custom_fields.get(field) or {}).get(member)
    if kind == "thesis":
        found["publisher"] = (custom_fields.get("thesis:thesis") or {}).get("university") or found["publisher"]
    if kind == "graphic" and not found["genre"]:
        found["genre"] = title("resourcetypes", resource_type)
    return {name: value for name, value in found.items() if value}


def csl_type(resource_type: str) -> str:
    """The item type of a resource type."""
    return TYPES.get(resource_type) or prop("resourcetypes", resource_type, "csl") or DEFAULT_TYPE


def _names(people: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    return [name for person in people if (name := _name(person.get("person_or_org") or {}))]


def _name(person: Mapping[str, Any]) -> dict[str, str] | None:
    family, given = person.get("family_name"), person.get("given_name")
    if person.get("type") != "organizational" and family:
        return {"family": family, "given": given} if given else {"family": family}
    whole = name_of(person)
    return {"literal": whole} if whole else None


def _contributors(people: Iterable[Mapping[str, Any]]) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for person in people:
        name = _name(person.get("person_or_org") or {})
        if name:
            found.setdefault(ROLES.get((person.get("role") or {}).get("id", ""), "contributor"), []).append(name)
    return found


def _date(edtf: str) -> dict[str, Any] | None:
    found = [list(numbers) for one in edtf.split("/")[:2] if (numbers := parts(one))]
    return {"date-parts": found} if found else None


def _other_dates(dates: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in dates:
        name = DATES.get((one.get("type") or {}).get("id", ""))
        date = _date(one.get("date") or "")
        if name and date:
            found.setdefault(name, date)
    return found


def _note(descriptions: Iterable[Mapping[str, Any]]) -> str:
    notes = (one for one in descriptions if (one.get("type") or {}).get("id") == "notes")
    return "\n".join(plain_text(one.get("description") or "") for one in notes)


def _language(languages: Iterable[Mapping[str, Any]]) -> str | None:
    """CSL wants the two letters of ISO 639-1, where a language has them."""
    for language in languages:
        return prop("languages", language["id"], "alpha_2") or str(language["id"])
    return None

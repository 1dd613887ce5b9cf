"""What a work is related to in DataCite's schema: by identifier, or described; journal, book and conference apart."""

from collections.abc import Iterator, Mapping
from typing import Any

from baton.exports import datacite_words as words
from baton.identifiers.schemes import SCHEMES, normalize
from baton.imports.addresses import identifier_at
from baton.imports.imported import Complaints, filled
from baton.imports.kinds import kind_of_datacite
from baton.imports.terms import term_by
from baton.imports.values import listed, objects, text
from baton.records.metadata.identifiers import WORK

_Document = Mapping[str, Any]

_LABELS = {SCHEMES[scheme].label.lower(): scheme for scheme in WORK} | {
    label.lower(): scheme for scheme, label in words.SCHEMES.items()
}
# What it is published in: type of the item, custom field, and member for its identifier.
_CONTAINERS = {"Journal": ("journal:journal", "issn"), "Book": ("imprint:imprint", "isbn")}
_HAS = {"journal:journal": ("volume", "issue"), "imprint:imprint": ("edition",)}


def identifier(label: str, value: str) -> dict[str, str] | None:
    """By the scheme that it says it is of; `label` in small letters."""
    scheme = _LABELS.get(label, "")
    normal = normalize(scheme, value) if scheme else None
    return {"identifier": normal, "scheme": scheme} if normal else None


def related_identifiers(document: _Document, complaints: Complaints) -> list[dict[str, Any]]:
    """What has an identifier, and described things that have one."""
    found = []
    for at, one in objects(document.get("relatedIdentifiers"), "relatedIdentifiers", complaints):
        complaints.lose_others(one, READ, at)
        kind, value = text(one.get("relatedIdentifierType")), text(one.get("relatedIdentifier"))
        if value:
            found.append(_related(kind, value, one, at, complaints))
    for at, one in _items(document):
        if _place_of(one) is None:
            kind, value = _item_identifier(one)
            if value:
                found.append(_related(kind, value, one, at, complaints))
                complaints.lose(f"{at}.titles", "Of what has an identifier a record keeps that alone.")
            elif one.get("relationType") != "References":
                complaints.lose(at)
    return found


READ = ("relatedIdentifier", "relatedIdentifierType", "relationType", "resourceTypeGeneral")


def _related(kind: str, value: str, one: _Document, at: str, complaints: Complaints) -> dict[str, Any]:
    named = identifier(kind.lower(), value) or identifier_at(value) or {"identifier": value, "scheme": "other"}
    relation = term_by("relationtypes", "datacite", text(one.get("relationType")))
    if relation is None:
        complaints.lose(f"{at}.relationType", "This is no relation that is known here; it became `other`.")
    general = text(one.get("resourceTypeGeneral") or one.get("relatedItemType"))
    resource_type, _says_all = kind_of_datacite(general, "") if general else (None, True)
    return filled(
        {
            **named,
            "relation_type": {"id": relation or "other"},
            "resource_type": {"id": resource_type} if resource_type else None,
        }
    )


def references(document: _Document) -> list[dict[str, str]]:
    """What the work refers to without an identifier."""
    return [
        {"reference": _title(one)}
        for _at, one in _items(document)
        if one.get("relationType") == "References" and not _item_identifier(one)[1] and _title(one)
    ]


def custom_fields(document: _Document, complaints: Complaints) -> dict[str, Any]:
    """Journal, book and conference."""
    found: dict[str, Any] = {}
    for at, one in _items(document):
        place = _place_of(one)
        if place is None:
            continue
        if place in found:
            complaints.lose(at, "A record has one journal, one book and one conference.")
            continue
        value = _item_identifier(one)[1]
        if place == "meeting:meeting":
            found[place] = filled({"title": _title(one), "url": value})
            continue
        members = {name: text(one.get(name)) for name in _HAS[place]}
        member = _CONTAINERS[text(one.get("relatedItemType"))][1]
        found[place] = filled({"title": _title(one), **members, "pages": _pages(one), member: value})
    return found or _container(document.get("container"))


def _container(given: object) -> dict[str, Any]:
    """What DataCite's REST API makes of the item that a work is published in."""
    if not isinstance(given, Mapping) or text(given.get("type")).lower() not in {"journal", "series"}:
        return {}
    issn = text(given.get("identifier")) if text(given.get("identifierType")).lower() == "issn" else ""
    members = {name: text(given.get(name)) for name in ("title", "volume", "issue")}
    return filled({"journal:journal": filled({**members, "pages": _pages(given), "issn": issn})})


def _pages(source: Mapping[str, Any]) -> str:
    first, last = text(source.get("firstPage")), text(source.get("lastPage"))
    return f"{first}-{last}" if last else first


def _items(document: _Document) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for at, one in enumerate(listed(document.get("relatedItems"))):
        if isinstance(one, Mapping):
            yield f"relatedItems.{at}", one


def _place_of(item: Mapping[str, Any]) -> str | None:
    """The custom field that holds such an item."""
    kind, relation = text(item.get("relatedItemType")), text(item.get("relationType"))
    if not _title(item):
        return None
    if relation in {"IsPublishedIn", "IsPartOf"} and kind in _CONTAINERS:
        return _CONTAINERS[kind][0]
    return "meeting:meeting" if (kind, relation) == ("Event", "IsPartOf") else None


def _title(item: Mapping[str, Any]) -> str:
    titles = (one for one in listed(item.get("titles")) if isinstance(one, Mapping))
    return next(filter(None, (text(one.get("title")) for one in titles)), "")


def _item_identifier(item: Mapping[str, Any]) -> tuple[str, str]:
    given = item.get("relatedItemIdentifier")
    if not isinstance(given, Mapping):
        return text(item.get("relatedItemIdentifierType")), text(given)
    return text(given.get("relatedItemIdentifierType")), text(given.get("relatedItemIdentifier"))

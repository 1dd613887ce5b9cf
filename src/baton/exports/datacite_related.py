"""What a record is related to, in DataCite's words: by identifier, or described where it has none."""

from collections.abc import Iterator, Mapping
from typing import Any

from baton.exports import datacite_words as words
from baton.exports.terms import prop
from baton.identifiers.schemes import url_for
from baton.records.record import Record

_Document = dict[str, Any]


def related_identifiers(record: Record, kernel: str) -> Iterator[_Document]:
    """The work that it is a version of, what the depositor named, its code and its references."""
    if record.concept_doi:
        yield {
            "relatedIdentifier": record.concept_doi,
            "relatedIdentifierType": "DOI",
            "relationType": "IsVersionOf",
        }
    for one in record.metadata.get("related_identifiers") or ():
        relation = prop("relationtypes", (one.get("relation_type") or {}).get("id", ""), "datacite")
        if relation:
            kind = (one.get("resource_type") or {}).get("id")
            yield from _related(one, relation, kernel, kind)
    repository = record.body["custom_fields"].get("code:codeRepository")
    if repository:
        yield from _related({"identifier": repository, "scheme": "url"}, "IsDerivedFrom", kernel)
    for one in record.metadata.get("references") or ():
        yield from _related(one, "References", kernel)


def _related(
    one: Mapping[str, Any], relation: str, kernel: str, resource_type: str | None = None
) -> Iterator[_Document]:
    identifier = _identifier(one, kernel)
    if identifier is None:
        return
    value, kind = identifier
    shown = {
        "relatedIdentifier": value,
        "relatedIdentifierType": kind,
        "relationType": words.word(words.RELATIONS, relation, kernel),
    }
    general = prop("resourcetypes", resource_type, "datacite_general") if resource_type else None
    if general:
        shown["resourceTypeGeneral"] = words.word(words.RESOURCE_TYPES, general, kernel)
    yield shown


def _identifier(one: Mapping[str, Any], kernel: str) -> tuple[str, str] | None:
    """The value and its type, or its address where the kernel does not know the scheme, or nothing."""
    value, scheme = one.get("identifier"), one.get("scheme") or ""
    if not value:
        return None
    known = words.SCHEMES.get(scheme)
    if known and words.word(words.IDENTIFIER_TYPES, known, kernel) == known:
        return value, known
    address = url_for(scheme, value)
    return (address, "URL") if address else None


def related_items(record: Record, kernel: str) -> Iterator[_Document]:
    """Journal, book and conference that it is part of, and what it refers to without an identifier."""
    custom_fields = record.body["custom_fields"]
    journal = custom_fields.get("journal:journal") or {}
    imprint = custom_fields.get("imprint:imprint") or {}
    meeting = custom_fields.get("meeting:meeting") or {}
    yield from _container("Journal", journal, ("issn", "ISSN"))
    yield from _container("Book", imprint, ("isbn", "ISBN"))
    if meeting.get("title"):
        address = url_for("url", meeting.get("url") or "")
        yield _item("Event", "IsPartOf", meeting["title"], (address, "URL") if address else None)
    for one in record.metadata.get("references") or ():
        if one.get("reference") and _identifier(one, kernel) is None:
            yield _item("Other", "References", one["reference"], None)


def _container(kind: str, source: Mapping[str, Any], identified_by: tuple[str, str]) -> Iterator[_Document]:
    if not source.get("title"):
        return
    member, scheme = identified_by
    value = source.get(member)
    item = _item(kind, "IsPublishedIn", source["title"], (value, scheme) if value else None)
    first, _dash, last = (source.get("pages") or "").partition("-")
    others = {
        "volume": source.get("volume"),
        "issue": source.get("issue"),
        "firstPage": first.strip(),
        "lastPage": last.strip(),
        "edition": source.get("edition"),
    }
    yield item | {name: value for name, value in others.items() if value}


def _item(kind: str, relation: str, title: str, identifier: tuple[str, str] | None) -> _Document:
    item: _Document = {"relatedItemType": kind, "relationType": relation, "titles": [{"title": title}]}
    if identifier is not None:
        value, scheme = identifier
        item["relatedItemIdentifier"] = {"relatedItemIdentifier": value, "relatedItemIdentifierType": scheme}
    return item

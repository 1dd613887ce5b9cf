"""A record as MARC 21 in XML (MARC21slim), with the fields that Zenodo and Invenio use."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from baton.exports.legacy import grants, split_type
from baton.exports.links import file_links, files_url
from baton.exports.openaire import access_right, oai_identifier
from baton.exports.people import name_of
from baton.exports.plain_text import plain_text
from baton.exports.terms import in_english, prop, title
from baton.exports.view import View
from baton.exports.xml import DECLARATION, Xml, element
from baton.records.record import Record

NAMESPACE = "http://www.loc.gov/MARC21/slim"
SCHEMA = "http://www.loc.gov/standards/marcxml/schema/MARC21slim.xsd"
# A new record of language material, a monograph in Unicode; lengths are 0 in XML.
LEADER = "00000nam a2200000uu 4500"

# Tag with its two indicators (`_` for none), and code and text of each subfield.
# Zenodo writes the indicators of 909 and 999 in capitals, which the schema forbids.
Field = tuple[str, list[tuple[str, str | None]]]


def marcxml(record: Record, view: View) -> str:
    """The whole document."""
    return DECLARATION + marcxml_record(record, view) + "\n"


def marcxml_record(record: Record, view: View) -> Xml:
    """The root element, for documents that wrap it."""
    fields = sorted(_fields(record, view), key=lambda field: field[0])
    return element(
        "record",
        [
            element("leader", LEADER),
            element("controlfield", str(record.id), {"tag": "001"}),
            element("controlfield", f"{record.updated_at:%Y%m%d%H%M%S}.0", {"tag": "005"}),
            *(_datafield(*field) for field in fields),
        ],
        {"xmlns": NAMESPACE},
    )


def _datafield(tag: str, subfields: Iterable[tuple[str, str | None]]) -> Xml | None:
    children = [element("subfield", text, {"code": code}) for code, text in subfields if text]
    indicators = tag[3:].replace("_", " ")
    marked = {"tag": tag[:3], "ind1": indicators[0], "ind2": indicators[1]}
    return element("datafield", children, marked) if children else None


def _fields(record: Record, view: View) -> Iterator[Field]:
    """In any order; subfields without text are dropped, and fields without subfields."""
    metadata, custom_fields = record.metadata, record.body["custom_fields"]
    yield from _names(record, view)
    yield from _people(metadata)
    yield "24500", [("a", record.title)]
    for one in metadata.get("additional_titles") or ():
        yield "246__", [("a", one.get("title"))]
    yield "250__", [("a", metadata.get("version"))]
    publisher, published = metadata.get("publisher") or view.site_name, metadata.get("publication_date")
    yield "260__", [("a", _member(custom_fields, "imprint:imprint", "place")), ("b", publisher), ("c", published)]
    for size in metadata.get("sizes") or ():
        yield "300__", [("a", size)]
    for form in metadata.get("formats") or ():
        yield "347__", [("b", form)]
    yield "502__", [("c", _member(custom_fields, "thesis:thesis", "university"))]
    yield "520__", [("a", plain_text(metadata.get("description") or ""))]
    for one in metadata.get("additional_descriptions") or ():
        yield "500__", [("a", plain_text(one.get("description") or ""))]
    for one in metadata.get("dates") or ():
        yield "518__", [("a", one.get("description")), ("d", one.get("date"))]
    for feature in (metadata.get("locations") or {}).get("features") or ():
        yield "522__", [("a", feature.get("place") or feature.get("description"))]
    yield from _subjects(record)
    yield from _rights(record)
    yield from _related(record)
    yield from _files(record, view)
    for grant in grants(metadata.get("funding") or ()):
        yield "536__", [("a", grant.get("title")), ("b", grant["funder"]["name"]), ("c", grant["code"])]
    for one in metadata.get("references") or ():
        yield "999c5", [("x", one.get("reference")), ("a", one.get("identifier"))]
    kind, subtype = split_type((metadata.get("resource_type") or {}).get("id", ""))
    yield "980__", [("a", kind), ("b", subtype)]


def _names(record: Record, view: View) -> Iterator[Field]:
    oai = oai_identifier(record.id, view.base_url)
    yield "0247_", [("a", record.doi), ("2", "doi")] if record.doi else []
    for one in record.metadata.get("identifiers") or ():
        yield "0247_", [("a", one.get("identifier")), ("2", one.get("scheme"))]
    yield "035__", [("a", oai)]
    yield "909co", [("o", oai), *_sets(record)]
    for one in record.metadata.get("languages") or ():
        yield "041__", [("a", one.get("id"))]
    imprint = record.body["custom_fields"].get("imprint:imprint") or {}
    yield "020__", [("a", imprint.get("isbn"))]


def _sets(record: Record) -> Iterator[tuple[str, str | None]]:
    for slug in record.body["custom_fields"].get("legacy:communities") or ():
        yield "p", f"user-{slug}"


def _people(metadata: Mapping[str, Any]) -> Iterator[Field]:
    """The first creator is the main entry."""
    for position, one in enumerate(metadata.get("creators") or ()):
        yield "700__" if position else "100__", _person(one)
    for one in metadata.get("contributors") or ():
        role = (one.get("role") or {}).get("id", "")
        yield "700__", [*_person(one), ("e", title("contributorsroles", role)), ("4", _relator(role))]


def _person(one: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    who = one.get("person_or_org") or {}
    identifiers = [
        ("0", f"({identifier['scheme']}){identifier['identifier']}")
        for identifier in who.get("identifiers") or ()
        if identifier.get("scheme") and identifier.get("identifier")
    ]
    affiliations = [("u", affiliation.get("name")) for affiliation in one.get("affiliations") or ()]
    return [("a", name_of(who)), *affiliations, *identifiers]


def _relator(role: str) -> str | None:
    return prop("contributorsroles", role, "marc")


def _subjects(record: Record) -> Iterator[Field]:
    """Keywords, and terms of a vocabulary."""
    for one in record.metadata.get("subjects") or ():
        if one.get("id"):
            yield "65017", [("a", one.get("subject")), ("0", one["id"]), ("2", one.get("scheme"))]
        else:
            yield "653__", [("a", one.get("subject"))]
    for one in record.body["custom_fields"].get("legacy:subjects") or ():
        yield "65017", [("a", one.get("term")), ("0", one.get("identifier")), ("2", one.get("scheme"))]


def _rights(record: Record) -> Iterator[Field]:
    address, _words = access_right(record)
    yield "542__", [("l", record.access_status)]
    yield "506__", [("a", record.access_status), ("u", address)]
    until = record.embargo_until
    yield "942__", [("a", until.isoformat() if until else None)]
    for right in record.metadata.get("rights") or ():
        licence = right.get("id")
        if licence:
            yield "540__", [("a", title("licenses", licence) or licence), ("u", prop("licenses", licence, "url"))]
            yield "65017", [("1", licence), ("2", "opendefinition.org")]
        else:
            yield "540__", [("a", in_english(right.get("title"))), ("u", right.get("link"))]
    yield "540__", [("a", plain_text(record.metadata.get("copyright") or ""))]


def _related(record: Record) -> Iterator[Field]:
    custom_fields = record.body["custom_fields"]
    journal = custom_fields.get("journal:journal") or {}
    parts = {"p": "title", "v": "volume", "n": "issue", "c": "pages", "x": "issn"}
    yield "773__", [(code, journal.get(member)) for code, member in parts.items()]
    book = custom_fields.get("imprint:imprint") or {}
    if book.get("title"):
        yield "773__", [("t", book["title"]), ("g", book.get("pages"))]
    meeting = custom_fields.get("meeting:meeting") or {}
    parts = {"a": "title", "c": "place", "d": "dates", "g": "acronym", "n": "session"}
    yield "711__", [(code, meeting.get(member)) for code, member in parts.items()]
    if record.concept_doi:
        yield "773__", [("a", record.concept_doi), ("i", "isVersionOf"), ("n", "doi")]
    for one in record.metadata.get("related_identifiers") or ():
        relation = prop("relationtypes", (one.get("relation_type") or {}).get("id", ""), "datacite") or ""
        yield (
            "773__",
            [("a", one.get("identifier")), ("i", relation[:1].lower() + relation[1:]), ("n", one.get("scheme"))],
        )


def _files(record: Record, view: View) -> Iterator[Field]:
    yield "8564_", [("u", f"{view.base_url}/records/{record.id}"), ("z", "Landing page")]
    if view.may_read_files:
        listed = files_url(record, view.base_url)
        for entry in record.files:
            if entry.size is not None:
                address = file_links(entry, listed)["content"]
                yield (
                    "8564_",
                    [("u", address), ("s", str(entry.size)), ("q", entry.mimetype), ("z", f"md5:{entry.md5}")],
                )


def _member(custom_fields: Mapping[str, Any], field: str, member: str) -> str | None:
    return (custom_fields.get(field) or {}).get(member)

"""A record in the fifteen elements of Dublin Core, as `oai_dc`, in the words of OpenAIRE's literature guidelines."""

from collections.abc import Iterator, Mapping
from typing import Any

from baton.exports.legacy import grants
from baton.exports.links import doi_url
from baton.exports.openaire import access_right, embargo_end, grant_agreements, oai_identifier, semantic_type
from baton.exports.people import name_of
from baton.exports.plain_text import plain_text
from baton.exports.terms import in_english, prop, title
from baton.exports.view import View
from baton.exports.xml import DECLARATION, Xml, element
from baton.identifiers.schemes import url_for
from baton.records.record import Record

NAMESPACE = "http://www.openarchives.org/OAI/2.0/oai_dc/"
SCHEMA = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
_ROOT = {
    "xmlns:oai_dc": NAMESPACE,
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xsi:schemaLocation": f"{NAMESPACE} {SCHEMA}",
}


def dublin_core(record: Record, view: View) -> str:
    """The whole document."""
    return DECLARATION + dublin_core_element(record, view) + "\n"


def dublin_core_element(record: Record, view: View) -> Xml:
    """The root element, for documents that wrap it."""
    said = dict.fromkeys((name, text) for name, text in _elements(record, view) if text)
    return element("oai_dc:dc", [element(f"dc:{name}", text) for name, text in said], _ROOT)


def _elements(record: Record, view: View) -> Iterator[tuple[str, str | None]]:
    """Element and text, one after the other; empty ones and repetitions are dropped."""
    metadata = record.metadata
    yield "title", record.title
    for one in metadata.get("additional_titles") or ():
        yield "title", one.get("title")
    for role, dc in (("creators", "creator"), ("contributors", "contributor")):
        for one in metadata.get(role) or ():
            yield dc, name_of(one.get("person_or_org") or {})
    for one in metadata.get("subjects") or ():
        yield "subject", one.get("subject")
    for one in record.body["custom_fields"].get("legacy:subjects") or ():
        yield "subject", one.get("term")
    yield "description", plain_text(metadata.get("description") or "")
    for one in metadata.get("additional_descriptions") or ():
        yield "description", plain_text(one.get("description") or "")
    yield "publisher", metadata.get("publisher") or view.site_name
    yield "date", metadata.get("publication_date")
    yield "date", embargo_end(record)
    yield from _kinds(record)
    yield from _identifiers(record, view)
    for one in metadata.get("languages") or ():
        yield "language", one.get("id")
    yield "source", _source(record.body["custom_fields"])
    yield from _relations(record)
    yield from _coverage(metadata)
    yield from _rights(record)


def _kinds(record: Record) -> Iterator[tuple[str, str | None]]:
    metadata = record.metadata
    resource_type = (metadata.get("resource_type") or {}).get("id")
    if resource_type:
        yield "type", semantic_type(record)
        yield "type", title("resourcetypes", resource_type)
    for text in (*(metadata.get("formats") or ()), *(metadata.get("sizes") or ())):
        yield "format", text


def _identifiers(record: Record, view: View) -> Iterator[tuple[str, str | None]]:
    if record.doi:
        yield "identifier", doi_url(record.doi)
    yield "identifier", f"{view.base_url}/records/{record.id}"
    yield "identifier", oai_identifier(record.id, view.base_url)
    for one in record.metadata.get("identifiers") or ():
        yield "identifier", _address(one)


def _source(custom_fields: Mapping[str, Any]) -> str | None:
    """The journal, volume(issue), pages."""
    journal = custom_fields.get("journal:journal") or {}
    if not journal.get("title"):
        return None
    issue = f"({journal['issue']})" if journal.get("issue") else ""
    number = f"{journal.get('volume') or ''}{issue}"
    return ", ".join(filter(None, (journal["title"], number, journal.get("pages"))))


def _relations(record: Record) -> Iterator[tuple[str, str | None]]:
    for agreement in grant_agreements(record):
        yield "relation", agreement
    for grant in grants(record.metadata.get("funding") or ()):
        yield "relation", grant.get("url")
    if record.concept_doi:
        yield "relation", doi_url(record.concept_doi)
    for one in record.metadata.get("related_identifiers") or ():
        yield "relation", _address(one)
    for one in record.metadata.get("references") or ():
        yield "relation", one.get("reference")


def _coverage(metadata: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    for feature in (metadata.get("locations") or {}).get("features") or ():
        yield "coverage", feature.get("place")
    for one in metadata.get("dates") or ():
        if (one.get("type") or {}).get("id") in {"collected", "coverage", "valid"}:
            yield "coverage", one.get("date")


def _rights(record: Record) -> Iterator[tuple[str, str | None]]:
    yield "rights", access_right(record)[0]
    for right in record.metadata.get("rights") or ():
        licence = right.get("id")
        yield "rights", (title("licenses", licence) if licence else in_english(right.get("title")))
        yield "rights", (prop("licenses", licence, "url") if licence else url_for("url", right.get("link") or ""))
    yield "rights", plain_text(record.metadata.get("copyright") or "")


def _address(one: Mapping[str, Any]) -> str | None:
    value = one.get("identifier")
    return (url_for(one.get("scheme") or "", value) or value) if value else None

"""Meta tags that reference managers, Google Scholar and Dublin Core harvesters read from a record's page."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from baton.exports.dates import parts
from baton.exports.links import PATH_SAFE, doi_url
from baton.exports.people import identifiers_of, name_of
from baton.exports.plain_text import plain_text
from baton.exports.terms import in_english, prop, title
from baton.exports.view import View
from baton.identifiers.schemes import url_for
from baton.records.record import Record

DESCRIPTION_LIMIT = 1000
SUMMARY_LIMIT = 300
# Custom field and member -> tag.
CUSTOM = (
    ("journal:journal", "title", "citation_journal_title"),
    ("journal:journal", "volume", "citation_volume"),
    ("journal:journal", "issue", "citation_issue"),
    ("journal:journal", "issn", "citation_issn"),
    ("meeting:meeting", "title", "citation_conference_title"),
    ("imprint:imprint", "isbn", "citation_isbn"),
    ("thesis:thesis", "university", "citation_dissertation_institution"),
)


def citation_meta(record: Record, view: View) -> list[tuple[str, str]]:
    """(name, content) in the order in which they should stand; the page escapes them."""
    found = [("description", plain_text(record.metadata.get("description") or "", SUMMARY_LIMIT))]
    found += _citation(record, view)
    found += _dublin_core(record, view)
    return [(name, content) for name, content in found if content]


def _citation(record: Record, view: View) -> Iterator[tuple[str, str]]:
    metadata = record.metadata
    yield "citation_title", record.title
    for creator in metadata.get("creators") or ():
        yield from _author(creator)
    yield "citation_publication_date", "/".join(f"{part:02}" for part in parts(metadata.get("publication_date") or ""))
    yield "citation_publisher", metadata.get("publisher") or view.site_name
    yield "citation_doi", record.doi or ""
    yield "citation_abstract_html_url", f"{view.base_url}/records/{record.id}"
    for language in metadata.get("languages") or ():
        yield "citation_language", language["id"]
    for subject in metadata.get("subjects") or ():
        yield "citation_keywords", subject.get("subject") or ""
    custom_fields = record.body["custom_fields"]
    for field, member, tag in CUSTOM:
        yield tag, (custom_fields.get(field) or {}).get(member) or ""
    pages = (custom_fields.get("journal:journal") or {}).get("pages") or ""
    first, _dash, last = pages.replace("\N{EN DASH}", "-").partition("-")
    yield "citation_firstpage", first.strip()
    yield "citation_lastpage", last.strip()
    if view.may_read_files and record.access_status == "open":
        yield from _documents(record, view)


def _author(creator: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """A person's own tags must follow their name at once."""
    who = creator.get("person_or_org") or {}
    yield "citation_author", name_of(who)
    for affiliation in creator.get("affiliations") or ():
        yield "citation_author_institution", affiliation.get("name") or ""
    yield "citation_author_orcid", identifiers_of(who).get("orcid", "")


def _documents(record: Record, view: View) -> Iterator[tuple[str, str]]:
    for entry in record.files:
        if entry.mimetype == "application/pdf" and entry.size is not None:
            name = quote(entry.key, safe=PATH_SAFE)
            yield "citation_pdf_url", f"{view.base_url}/records/{record.id}/files/{name}"


def _dublin_core(record: Record, view: View) -> Iterator[tuple[str, str]]:
    metadata = record.metadata
    yield "DC.title", record.title
    for role, tag in (("creators", "DC.creator"), ("contributors", "DC.contributor")):
        for person in metadata.get(role) or ():
            yield tag, name_of(person.get("person_or_org") or {})
    yield "DC.publisher", metadata.get("publisher") or view.site_name
    yield "DC.date", metadata.get("publication_date") or ""
    yield "DC.identifier", doi_url(record.doi) if record.doi else f"{view.base_url}/records/{record.id}"
    yield "DC.type", title("resourcetypes", (metadata.get("resource_type") or {}).get("id", "")) or ""
    for language in metadata.get("languages") or ():
        yield "DC.language", language["id"]
    for subject in metadata.get("subjects") or ():
        yield "DC.subject", subject.get("subject") or ""
    for right in metadata.get("rights") or ():
        yield "DC.rights", _right(right)
    yield "DC.description", plain_text(metadata.get("description") or "", DESCRIPTION_LIMIT)


def _right(right: dict[str, Any]) -> str:
    if right.get("id"):
        return prop("licenses", right["id"], "url") or title("licenses", right["id"]) or right["id"]
    return url_for("url", right.get("link") or "") or in_english(right.get("title")) or ""

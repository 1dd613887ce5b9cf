"""A record in the application profile of OpenAIRE's guidelines for literature repositories, version 4.

It is DataCite's elements where DataCite has them, and Dublin Core's and OpenAIRE's own for the rest
(openaire-guidelines-for-literature-repository-managers.readthedocs.io).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from baton.exports import coar
from baton.exports.datacite import datacite_facts, funding_reference, right_statement
from baton.exports.datacite_words import KERNELS
from baton.exports.datacite_xml import NAMESPACE as DATACITE
from baton.exports.datacite_xml import contributors, creators, flat_list, geo_locations, plain_list, titles
from baton.exports.links import doi_url, file_links, files_url
from baton.exports.terms import prop
from baton.exports.view import View
from baton.exports.xml import DECLARATION, Xml, element, wrapped
from baton.files.entry import FileEntry
from baton.records.record import Record

NAMESPACE = "http://namespace.openaire.eu/schema/oaire/"
SCHEMA = "https://www.openaire.eu/schema/repo-lit/4.0/openaire.xsd"
# DataCite's elements have no prefix, so that they are written as in DataCite's own documents.
_ROOT = {
    "xmlns": DATACITE,
    "xmlns:oaire": NAMESPACE,
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xsi:schemaLocation": f"{NAMESPACE} {SCHEMA}",
}
# The guidelines are of the time of kernel 4.1: what is in our oldest kernel and not in that.
_RELATIONS = {"Obsoletes": "IsNewVersionOf", "IsObsoletedBy": "IsPreviousVersionOf"}
_DATE_TYPES = {
    *("Accepted", "Available", "Collected", "Copyrighted", "Created", "Issued", "Submitted", "Updated", "Valid"),
}
# Types whose versions are stages of publication, in COAR's words.
_ARTICLES = {"publication-article", "publication-preprint"}
_GENERAL = {"publication": "literature", "dataset": "dataset", "software": "software"}
_READ_AS_TEXT = {
    "application/epub+zip",
    "application/msword",
    "application/pdf",
    "application/postscript",
    "application/rtf",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/x-tex",
    "text/html",
    "text/markdown",
    "text/plain",
}

_Document = Mapping[str, Any]


def openaire_literature(record: Record, view: View) -> str:
    """The whole document."""
    return DECLARATION + openaire_resource(record, view) + "\n"


def openaire_resource(record: Record, view: View) -> Xml:
    """The root element, for documents that wrap it."""
    found = datacite_facts(record, view, KERNELS[0])
    resource_type = (record.metadata.get("resource_type") or {}).get("id", "")
    general = _GENERAL.get(prop("resourcetypes", resource_type, "openaire_type") or "", "other research product")
    concept, label = coar.RESOURCE_TYPES.get(resource_type, coar.OTHER)
    rights_uri, rights = coar.ACCESS_RIGHTS[record.access_status]
    return element(
        "oaire:resource",
        [
            titles(found),
            creators(found),
            contributors(found),
            wrapped("oaire:fundingReferences", map(_funding, record.metadata.get("funding") or ())),
            *_identifiers(record, found),
            flat_list({"relatedIdentifiers": list(_related(record, found))}, "relatedIdentifiers"),
            flat_list({"dates": _dates(record, found)}, "dates"),
            *_dublin_core(record, view, found),
            element("oaire:resourceType", label, {"resourceTypeGeneral": general, "uri": coar.TYPES_AT + concept}),
            element("rights", rights, {"rightsURI": rights_uri}),
            *_licences(record),
            flat_list(found, "subjects"),
            plain_list(found, "sizes", "size"),
            geo_locations(found),
            _version(record.metadata.get("version") or "", resource_type),
            *_files(record, view, general, rights_uri),
            *_citation(record.body["custom_fields"]),
        ],
        _ROOT,
    )


def _funding(one: Mapping[str, Any]) -> Xml | None:
    said = funding_reference(one)
    if said is None:
        return None
    return element(
        "oaire:fundingReference",
        [
            element("oaire:funderName", said["funderName"]),
            _text("funderIdentifier", said.get("funderIdentifier"), funderIdentifierType="ROR"),
            _text("fundingStream", (one.get("award") or {}).get("program")),
            _text("awardNumber", said.get("awardNumber"), awardURI=said.get("awardUri")),
            _text("awardTitle", said.get("awardTitle")),
        ],
    )


def _text(name: str, text: str | None, **attributes: str | None) -> Xml | None:
    return element(f"oaire:{name}", text, attributes) if text else None


def _identifiers(record: Record, found: _Document) -> Iterator[Xml | None]:
    """The DOI as a link, and the page among the others; of records without one the page."""
    page, *others = found["alternateIdentifiers"]
    if record.doi:
        yield element("identifier", doi_url(record.doi), {"identifierType": "DOI"})
        yield flat_list(found, "alternateIdentifiers")
    else:
        yield element("identifier", page["alternateIdentifier"], {"identifierType": "URL"})
        yield flat_list({"alternateIdentifiers": others}, "alternateIdentifiers")


def _related(record: Record, found: _Document) -> Iterator[_Document]:
    for one in found.get("relatedIdentifiers", ()):
        kind, relation = one["relatedIdentifierType"], one["relationType"]
        yield {
            **one,
            "relatedIdentifierType": "URL" if kind == "w3id" else kind,
            "relationType": _RELATIONS.get(relation, relation),
        }
    for field, scheme in (("journal:journal", "ISSN"), ("imprint:imprint", "ISBN")):
        part_of = record.body["custom_fields"].get(field) or {}
        if part_of.get("title") and part_of.get(scheme.lower()):
            number = part_of[scheme.lower()]
            yield {"relatedIdentifier": number, "relatedIdentifierType": scheme, "relationType": "IsPartOf"}


def _dates(record: Record, found: _Document) -> list[_Document]:
    """One date of publication, and during an embargo one for its beginning and one for its end: the guidelines' three.

    Beyond these, what the depositor said.
    """
    dates = [one for one in found.get("dates", ()) if one["dateType"] in _DATE_TYPES]
    once = {"Issued"}
    if record.embargo_until is not None:
        since = record.published_at or record.created_at
        dates.insert(0, {"date": since.date().isoformat(), "dateType": "Accepted"})
        once |= {"Accepted", "Available"}
    kept: dict[str, _Document] = {}
    for one in dates:
        kind = one["dateType"]
        # A day, a month or a year: of a period its beginning.
        said = {**one, "date": one["date"].partition("/")[0]} if kind == "Issued" else one
        kept.setdefault(kind if kind in once else repr(said), said)
    return list(kept.values())


def _dublin_core(record: Record, view: View, found: _Document) -> Iterator[Xml | None]:
    metadata = record.metadata
    for one in metadata.get("languages") or ():
        yield element("dc:language", one["id"]) if one.get("id") else None
    yield element("dc:publisher", found["publisher"]["name"])
    for said in found.get("descriptions", ()):
        yield element("dc:description", said["description"], {"xml:lang": said.get("lang")})
    files = record.files if view.may_read_files else ()
    for kind in dict.fromkeys((*found.get("formats", ()), *(entry.mimetype for entry in files))):
        yield element("dc:format", kind)
    for one in metadata.get("dates") or ():
        if (one.get("type") or {}).get("id") == "coverage" and one.get("date"):
            yield element("dc:coverage", one["date"])


def _licences(record: Record) -> Iterator[Xml]:
    """Each with the day from which it holds: that of publication, or that on which the embargo ends."""
    since = record.embargo_until or (record.published_at.date() if record.published_at else None)
    for right in record.metadata.get("rights") or ():
        said = right_statement(right)
        address = said.get("rightsUri")
        if words := said.get("rights") or address:
            day = since.isoformat() if since else None
            yield element("oaire:licenseCondition", words, {"uri": address, "startDate": day})


def _version(said: str, resource_type: str) -> Xml | None:
    """Of articles it is a stage of publication, or nothing; of all else what the depositor wrote."""
    if resource_type not in _ARTICLES:
        return _text("version", said)
    stage = coar.article_version(said)
    return _text("version", stage[0], uri=stage[1]) if stage else None


def _files(record: Record, view: View, general: str, rights_uri: str) -> Iterator[Xml]:
    listed = files_url(record, view.base_url)
    for entry in record.files if view.may_read_files else ():
        if entry.size is not None:
            attributes = {
                "accessRightsURI": rights_uri,
                "mimeType": entry.mimetype,
                "objectType": _object_type(entry, general),
            }
            yield element("oaire:file", file_links(entry, listed)["content"], attributes)


def _object_type(entry: FileEntry, general: str) -> str:
    if general == "literature":
        return "fulltext" if entry.mimetype.partition(";")[0] in _READ_AS_TEXT else "other"
    return general if general in {"dataset", "software"} else "other"


def _citation(custom_fields: Mapping[str, Any]) -> Iterator[Xml | None]:
    """The journal that it is in, else the book, else the conference."""
    journal = custom_fields.get("journal:journal") or {}
    book = custom_fields.get("imprint:imprint") or {}
    meeting = custom_fields.get("meeting:meeting") or {}
    container = next((one for one in (journal, book, meeting) if one.get("title")), {})
    first, _dash, last = (container.get("pages") or "").replace("\N{EN DASH}", "-").partition("-")
    yield _text("citationTitle", container.get("title"))
    yield _text("citationVolume", container.get("volume"))
    yield _text("citationIssue", container.get("issue"))
    yield _text("citationStartPage", first.strip())
    yield _text("citationEndPage", last.strip())
    yield _text("citationEdition", book.get("edition"))
    yield _text("citationConferencePlace", meeting.get("place"))
    yield _text("citationConferenceDate", meeting.get("dates"))

"""A record as a dataset of DCAT-AP 3, the application profile of European data portals, in RDF/XML."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from baton.exports.dates import parts
from baton.exports.links import doi_url, file_links, files_url
from baton.exports.people import name_of
from baton.exports.plain_text import plain_text
from baton.exports.terms import in_english, prop, title
from baton.exports.view import View
from baton.exports.xml import DECLARATION, Xml, element
from baton.identifiers.schemes import url_for
from baton.records.record import Record

NAMESPACES = {
    "xmlns:rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xmlns:dcat": "http://www.w3.org/ns/dcat#",
    "xmlns:dct": "http://purl.org/dc/terms/",
    "xmlns:foaf": "http://xmlns.com/foaf/0.1/",
    "xmlns:adms": "http://www.w3.org/ns/adms#",
    "xmlns:skos": "http://www.w3.org/2004/02/skos/core#",
    "xmlns:spdx": "http://spdx.org/rdf/terms#",
    "xmlns:locn": "http://www.w3.org/ns/locn#",
    "xmlns:org": "http://www.w3.org/ns/org#",
    "xmlns:rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xmlns:prov": "http://www.w3.org/ns/prov#",
    "xmlns:owl": "http://www.w3.org/2002/07/owl#",
}
_XSD = "http://www.w3.org/2001/XMLSchema#"
_AUTHORITY = "http://publications.europa.eu/resource/authority"
# Status of access -> the European authority's word; embargoed files are not public yet.
ACCESS_RIGHTS = {"open": "PUBLIC", "embargoed": "RESTRICTED", "restricted": "RESTRICTED", "metadata-only": "NON_PUBLIC"}
# Relation -> property; all others are `dct:relation`.
RELATIONS = {
    "cites": "dct:references",
    "references": "dct:references",
    "iscitedby": "dct:isReferencedBy",
    "isreferencedby": "dct:isReferencedBy",
    "haspart": "dct:hasPart",
    "ispartof": "dct:isPartOf",
    "hasversion": "dct:hasVersion",
    "isversionof": "dct:isVersionOf",
    "isderivedfrom": "dct:source",
    "isidenticalto": "owl:sameAs",
    "isdocumentedby": "foaf:page",
    "isdescribedby": "foaf:page",
}
_DATE_TYPES = ("gYear", "gYearMonth", "date")


def dcat(record: Record, view: View) -> str:
    """The whole document."""
    return DECLARATION + dcat_element(record, view) + "\n"


def dcat_element(record: Record, view: View) -> Xml:
    """The root element, for documents that wrap it."""
    page = f"{view.base_url}/records/{record.id}"
    address = doi_url(record.doi) if record.doi else page
    dataset = element("dcat:Dataset", _properties(record, view, page), {"rdf:about": address})
    return element("rdf:RDF", [dataset], NAMESPACES)


def _properties(record: Record, view: View, page: str) -> Iterator[Xml | None]:
    metadata = record.metadata
    yield _text("dct:identifier", doi_url(record.doi) if record.doi else page)
    for one in metadata.get("identifiers") or ():
        if value := one.get("identifier"):
            notation = _text("skos:notation", url_for(one.get("scheme") or "", value) or value)
            yield element("adms:identifier", [element("adms:Identifier", [notation])])
    yield _text("dct:title", record.title)
    for one in metadata.get("additional_titles") or ():
        yield _text("dct:alternative", one.get("title"))
    # Both are mandatory in the profile.
    yield _text("dct:description", plain_text(metadata.get("description") or "") or record.title)
    for one in metadata.get("additional_descriptions") or ():
        yield _text("dct:description", plain_text(one.get("description") or ""))
    for role, name in (("creators", "dct:creator"), ("contributors", "dct:contributor")):
        for one in metadata.get(role) or ():
            yield element(name, [_agent(one)])
    publisher = _text("foaf:name", metadata.get("publisher") or view.site_name)
    yield element("dct:publisher", [element("foaf:Agent", [publisher])])
    yield _date("dct:issued", metadata.get("publication_date") or "")
    yield element("dct:modified", record.updated_at.isoformat(timespec="seconds"), {"rdf:datatype": f"{_XSD}dateTime"})
    yield _text("dcat:version", metadata.get("version"))
    yield _resource("dcat:landingPage", page)
    kind = prop("resourcetypes", (metadata.get("resource_type") or {}).get("id", ""), "schema.org")
    yield _resource("dct:type", kind) if kind else None
    yield _resource("dct:accessRights", f"{_AUTHORITY}/access-right/{ACCESS_RIGHTS[record.access_status]}")
    for one in metadata.get("subjects") or ():
        yield _text("dcat:keyword", one.get("subject"))
        about = url_for("url", one.get("id") or "")
        yield _resource("dct:subject", about) if about else None
    for one in metadata.get("languages") or ():
        if one.get("id", "").isalpha():
            yield _resource("dct:language", f"{_AUTHORITY}/language/{one['id'].upper()}")
    yield from _where_and_when(metadata)
    yield from _relations(record)
    yield from _grants(metadata)
    yield from _distributions(record, view, page)


def _text(name: str, text: str | None) -> Xml | None:
    return element(name, text) if text else None


def _resource(name: str, address: str) -> Xml:
    return element(name, None, {"rdf:resource": address})


def _agent(one: Mapping[str, Any]) -> Xml:
    who = one.get("person_or_org") or {}
    addresses = (
        url_for(identifier.get("scheme") or "", identifier.get("identifier") or "")
        for identifier in who.get("identifiers") or ()
    )
    return element(
        "foaf:Organization" if who.get("type") == "organizational" else "foaf:Person",
        [
            _text("foaf:name", name_of(who)),
            _text("foaf:givenName", who.get("given_name")),
            _text("foaf:familyName", who.get("family_name")),
            *(_affiliation(each) for each in one.get("affiliations") or () if each.get("name")),
        ],
        {"rdf:about": next(filter(None, addresses), None)},
    )


def _affiliation(one: Mapping[str, Any]) -> Xml:
    about = {"rdf:about": url_for("ror", one.get("id") or "")}
    return element("org:memberOf", [element("foaf:Organization", [_text("foaf:name", one["name"])], about)])


def _date(name: str, edtf: str) -> Xml | None:
    """A date of as many parts as are known; of an interval, its beginning."""
    start = edtf.partition("/")[0]
    known = parts(start)
    return element(name, start, {"rdf:datatype": _XSD + _DATE_TYPES[len(known) - 1]}) if known else _text(name, start)


def _where_and_when(metadata: Mapping[str, Any]) -> Iterator[Xml | None]:
    for feature in (metadata.get("locations") or {}).get("features") or ():
        geometry = feature.get("geometry")
        shape = orjson.dumps(geometry).decode() if geometry else None
        json_type = {"rdf:datatype": "https://www.iana.org/assignments/media-types/application/vnd.geo+json"}
        label = _text("skos:prefLabel", feature.get("place") or feature.get("description"))
        drawn = element("locn:geometry", shape, json_type) if shape else None
        yield element("dct:spatial", [element("dct:Location", [label, drawn])])
    for one in metadata.get("dates") or ():
        if (one.get("type") or {}).get("id") in {"collected", "coverage", "valid"}:
            start, slash, end = (one.get("date") or "").partition("/")
            period = [_date("dcat:startDate", start), _date("dcat:endDate", end if slash else start)]
            yield element("dct:temporal", [element("dct:PeriodOfTime", period)])


def _relations(record: Record) -> Iterator[Xml]:
    if record.concept_doi:
        yield _resource("dct:isVersionOf", doi_url(record.concept_doi))
    for one in record.metadata.get("related_identifiers") or ():
        address = url_for(one.get("scheme") or "", one.get("identifier") or "")
        if address:
            relation = RELATIONS.get((one.get("relation_type") or {}).get("id", ""), "dct:relation")
            yield _resource(relation, address)
    for one in record.metadata.get("references") or ():
        if one.get("reference"):
            yield element("dct:bibliographicCitation", one["reference"])


def _grants(metadata: Mapping[str, Any]) -> Iterator[Xml]:
    """Each grant is an activity that the dataset came out of, with its funder."""
    for one in metadata.get("funding") or ():
        funder, award = one.get("funder") or {}, one.get("award") or {}
        about = {"rdf:about": url_for("ror", funder.get("id") or "")}
        agent = element("foaf:Organization", [_text("foaf:name", funder.get("name"))], about)
        activity = [
            _text("rdfs:label", in_english(award.get("title")) or award.get("acronym")),
            _text("dct:identifier", award.get("number")),
            element("prov:wasAssociatedWith", [agent]),
        ]
        yield element("prov:wasGeneratedBy", [element("prov:Activity", activity)])


def _distributions(record: Record, view: View, page: str) -> Iterator[Xml]:
    """One for each file; of records without files that the reader may see, the page."""
    licences = [_licence(right) for right in record.metadata.get("rights") or ()]
    entries = [entry for entry in record.files if entry.size is not None] if view.may_read_files else []
    if not entries:
        yield element(
            "dcat:distribution", [element("dcat:Distribution", [_resource("dcat:accessURL", page), *licences])]
        )
    listed = files_url(record, view.base_url)
    for entry in entries:
        address = file_links(entry, listed)["content"]
        checksum = [
            _resource("spdx:algorithm", "http://spdx.org/rdf/terms#checksumAlgorithm_md5"),
            element("spdx:checksumValue", entry.md5, {"rdf:datatype": f"{_XSD}hexBinary"}),
        ]
        inside = [
            _text("dct:title", entry.key),
            _resource("dcat:accessURL", page),
            _resource("dcat:downloadURL", address),
            _resource("dcat:mediaType", f"https://www.iana.org/assignments/media-types/{entry.mimetype}"),
            element("dcat:byteSize", str(entry.size), {"rdf:datatype": f"{_XSD}nonNegativeInteger"}),
            element("spdx:checksum", [element("spdx:Checksum", checksum)]),
            *licences,
        ]
        yield element("dcat:distribution", [element("dcat:Distribution", inside)])


def _licence(right: Mapping[str, Any]) -> Xml | None:
    licence = right.get("id")
    if licence:
        address = prop("licenses", licence, "url")
        words = title("licenses", licence) or licence
    else:
        address, words = url_for("url", right.get("link") or ""), in_english(right.get("title"))
    if address:
        return _resource("dct:license", address)
    return element("dct:rights", [element("dct:RightsStatement", [_text("rdfs:label", words)])])

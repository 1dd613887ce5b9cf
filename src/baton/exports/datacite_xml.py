"""A record as DataCite XML: the JSON form of `datacite`, element by element."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from baton.exports import datacite_words as words
from baton.exports.datacite import datacite_facts
from baton.exports.view import View
from baton.exports.xml import DECLARATION, Xml, element, wrapped
from baton.records.record import Record

NAMESPACE = "http://datacite.org/schema/kernel-4"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
# What is not known yet, as DataCite writes it into a field that must not be empty.
UNKNOWN = ":unav"

_Document = Mapping[str, Any]


def datacite_xml(record: Record, view: View, kernel: str = words.NEWEST) -> str:
    """The whole document."""
    return DECLARATION + datacite_resource(record, view, kernel) + "\n"


def schema_location(kernel: str) -> str:
    """Where DataCite keeps the kernel's schema."""
    return f"http://schema.datacite.org/meta/kernel-{kernel}/metadata.xsd"


def datacite_resource(record: Record, view: View, kernel: str = words.NEWEST) -> Xml:
    """The root element, for documents that wrap it."""
    found = datacite_facts(record, view, kernel)
    identifier, kind = found.get("doi"), "DOI"
    if not identifier:
        identifier, kind = found["alternateIdentifiers"][0]["alternateIdentifier"], "URL"
    types = found["types"]
    return element(
        "resource",
        [
            element("identifier", identifier, {"identifierType": kind}),
            creators(found),
            titles(found),
            element("publisher", found["publisher"]["name"]),
            element("publicationYear", found.get("publicationYear") or "0000"),
            element("resourceType", types.get("resourceType"), {"resourceTypeGeneral": types["resourceTypeGeneral"]}),
            contributors(found),
            *(flat_list(found, plural) for plural in _FLAT),
            *(_optional(name, found.get(name)) for name in ("language", "version")),
            *(plain_list(found, plural, singular) for plural, singular in (("sizes", "size"), ("formats", "format"))),
            geo_locations(found),
            wrapped("fundingReferences", [_funding(one) for one in found.get("fundingReferences", ())]),
            wrapped("relatedItems", [_item(one) for one in found.get("relatedItems", ())]),
        ],
        {
            "xmlns": NAMESPACE,
            "xmlns:xsi": _XSI,
            "xsi:schemaLocation": f"{NAMESPACE} {schema_location(kernel)}",
        },
    )


# List -> the element of each member, the member that is its text, and attribute -> member.
_FLAT: dict[str, tuple[str, str, dict[str, str]]] = {
    "subjects": (
        "subject",
        "subject",
        {
            "subjectScheme": "subjectScheme",
            "schemeURI": "schemeUri",
            "valueURI": "valueUri",
            "classificationCode": "classificationCode",
            "xml:lang": "lang",
        },
    ),
    "dates": ("date", "date", {"dateType": "dateType", "dateInformation": "dateInformation"}),
    "alternateIdentifiers": (
        "alternateIdentifier",
        "alternateIdentifier",
        {"alternateIdentifierType": "alternateIdentifierType"},
    ),
    "relatedIdentifiers": (
        "relatedIdentifier",
        "relatedIdentifier",
        {name: name for name in ("relatedIdentifierType", "relationType", "resourceTypeGeneral")},
    ),
    "rightsList": (
        "rights",
        "rights",
        {
            "rightsURI": "rightsUri",
            "rightsIdentifier": "rightsIdentifier",
            "rightsIdentifierScheme": "rightsIdentifierScheme",
            "schemeURI": "schemeUri",
        },
    ),
    "descriptions": (
        "description",
        "description",
        {"descriptionType": "descriptionType", "xml:lang": "lang"},
    ),
}


def creators(found: _Document) -> Xml:
    """All creators; there must be one."""
    return element("creators", [_person("creator", one) for one in found.get("creators") or [{"name": UNKNOWN}]])


def titles(found: _Document) -> Xml:
    """All titles; there must be one."""
    attributes = {"titleType": "titleType", "xml:lang": "lang"}
    return element("titles", [_text("title", one, attributes) for one in found.get("titles") or [{"title": UNKNOWN}]])


def contributors(found: _Document) -> Xml | None:
    """All contributors, if any."""
    return wrapped("contributors", [_person("contributor", one) for one in found.get("contributors", ())])


def geo_locations(found: _Document) -> Xml | None:
    """All places, if any."""
    return wrapped("geoLocations", [_place(one) for one in found.get("geoLocations", ())])


def flat_list(found: _Document, plural: str) -> Xml | None:
    """One of the lists whose members are a text with attributes."""
    singular, member, attributes = _FLAT[plural]
    return wrapped(plural, [_text(singular, one, attributes, member) for one in found.get(plural, ())])


def plain_list(found: _Document, plural: str, singular: str) -> Xml | None:
    """One of the lists whose members are texts."""
    return wrapped(plural, [element(singular, text) for text in found.get(plural, ())])


def _text(name: str, one: _Document, attributes: Mapping[str, str], member: str | None = None) -> Xml:
    return element(name, one.get(member or name), {key: one.get(source) for key, source in attributes.items()})


def _optional(name: str, text: str | None) -> Xml | None:
    return element(name, text) if text else None


def _person(kind: str, one: _Document) -> Xml:
    return element(
        kind,
        [
            element(f"{kind}Name", one.get("name") or UNKNOWN, {"nameType": one.get("nameType")}),
            _optional("givenName", one.get("givenName")),
            _optional("familyName", one.get("familyName")),
            *(
                _text(
                    "nameIdentifier",
                    each,
                    {"nameIdentifierScheme": "nameIdentifierScheme", "schemeURI": "schemeUri"},
                )
                for each in one.get("nameIdentifiers", ())
            ),
            *(_text("affiliation", each, _AFFILIATION, "name") for each in one.get("affiliation", ())),
        ],
        {"contributorType": one.get("contributorType")},
    )


_AFFILIATION = {
    "affiliationIdentifier": "affiliationIdentifier",
    "affiliationIdentifierScheme": "affiliationIdentifierScheme",
    "schemeURI": "schemeUri",
}


def _place(one: _Document) -> Xml:
    return element(
        "geoLocation",
        [
            _optional("geoLocationPlace", one.get("geoLocationPlace")),
            *(shape(one[name]) for name, shape in _SHAPES.items() if name in one),
        ],
    )


def _numbers(name: str, members: _Document) -> Xml:
    return element(name, [element(member, repr(number)) for member, number in members.items()])


def _polygon(corners: Iterable[_Document]) -> Xml:
    return element("geoLocationPolygon", [_numbers("polygonPoint", corner["polygonPoint"]) for corner in corners])


_SHAPES: dict[str, Callable[[Any], Xml]] = {
    "geoLocationPoint": lambda point: _numbers("geoLocationPoint", point),
    "geoLocationBox": lambda box: _numbers("geoLocationBox", box),
    "geoLocationPolygon": _polygon,
}


def _funding(one: _Document) -> Xml:
    return element(
        "fundingReference",
        [
            element("funderName", one["funderName"]),
            _text("funderIdentifier", one, {"funderIdentifierType": "funderIdentifierType"})
            if one.get("funderIdentifier")
            else None,
            _text("awardNumber", one, {"awardURI": "awardUri"}) if one.get("awardNumber") else None,
            _optional("awardTitle", one.get("awardTitle")),
        ],
    )


def _item(one: _Document) -> Xml:
    identifier = one.get("relatedItemIdentifier")
    return element(
        "relatedItem",
        [
            _text("relatedItemIdentifier", identifier, {"relatedItemIdentifierType": "relatedItemIdentifierType"})
            if identifier
            else None,
            element("titles", [_text("title", each, {}) for each in one["titles"]]),
            *(_optional(name, one.get(name)) for name in ("volume", "issue", "firstPage", "lastPage", "edition")),
        ],
        {"relatedItemType": one["relatedItemType"], "relationType": one["relationType"]},
    )

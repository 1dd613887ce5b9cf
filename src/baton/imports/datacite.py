"""DataCite's metadata schema, kernels 4.0 to 4.7, in the JSON of DataCite's REST API, as the body of a draft."""

from collections.abc import Iterator, Mapping
from typing import Any

from baton.exports.openaire import ACCESS_RIGHTS
from baton.imports.addresses import doi_of, identifier_at
from baton.imports.datacite_people import contributors, creators, said
from baton.imports.datacite_places import features
from baton.imports.datacite_related import (
    custom_fields,
    identifier,
    references,
    related_identifiers,
)
from baton.imports.funding import award_of, funding_of
from baton.imports.imported import Complaints, Imported, filled, imported
from baton.imports.kinds import kind_of_datacite
from baton.imports.licences import known_licence, licence
from baton.imports.terms import term_by
from baton.imports.values import as_html, language, listed, objects, publication_date, text
from baton.records.metadata.dates import is_date_interval_or_moment, is_day, is_edtf

_Document = Mapping[str, Any]

_READ = """
doi types creators titles publisher publicationYear subjects contributors dates language alternateIdentifiers
identifiers relatedIdentifiers relatedItems sizes formats version rightsList descriptions geoLocations
fundingReferences schemaVersion container
"""
# What the REST API says about the registration of a DOI.
_REGISTRATION = """
id prefix suffix event url contentUrl metadataVersion state isActive reason source created registered updated published
xml agency clientId providerId viewCount viewsOverTime downloadCount downloadsOverTime referenceCount citationCount
citationsOverTime partCount partOfCount versionCount versionOfCount
"""
READ = frozenset([*_READ.split(), *_REGISTRATION.split()])
# Status of access by its address at OpenAIRE.
_STATUS = {address: status for status, (address, _words) in ACCESS_RIGHTS.items()}
NO_YEAR = "0000"
UNKNOWN_LANGUAGE = "This is no language that is known here."


def from_datacite(given: _Document) -> Imported:
    """What a DOI's attributes say, with or without the envelope in which DataCite answers."""
    document = _attributes(given)
    complaints = Complaints()
    complaints.lose_others(document, READ)
    rights, status = _rights(document, complaints)
    embargo = _embargo(document) if status == "embargoed" else ""
    subjects, foreign = _subjects(document, complaints)
    metadata = {
        "resource_type": _resource_type(document.get("types"), complaints),
        **_titles(document, complaints),
        "creators": creators(document, complaints),
        "contributors": contributors(document, complaints),
        "publisher": _publisher(document.get("publisher"), complaints),
        **_dates(document, embargo, complaints),
        "subjects": subjects,
        "languages": _languages(document.get("language"), complaints),
        "identifiers": _identifiers(document, complaints),
        "related_identifiers": related_identifiers(document, complaints),
        "references": references(document),
        "sizes": _texts(document.get("sizes")),
        "formats": _texts(document.get("formats")),
        "version": text(document.get("version")),
        "rights": rights,
        **_descriptions(document, complaints),
        "locations": filled({"features": features(document, complaints)}),
        "funding": [_funding(one, at, complaints) for at, one in objects_of(document, "fundingReferences", complaints)],
    }
    return imported(
        metadata,
        complaints,
        custom_fields={
            **custom_fields(document, complaints),
            "legacy:subjects": foreign,
            "thesis:thesis": _thesis(document),
        },
        access=_access(status, embargo),
        doi=_doi(document),
        has_files=status != "metadata-only",
    )


def objects_of(document: _Document, name: str, complaints: Complaints) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The objects in one of the document's lists."""
    return objects(document.get(name), name, complaints)


def _attributes(given: _Document) -> _Document:
    data = given.get("data")
    attributes = data.get("attributes") if isinstance(data, Mapping) else None
    return attributes if isinstance(attributes, Mapping) else given


def _texts(value: object) -> list[str]:
    return list(filter(None, map(text, listed(value))))


def _doi(document: _Document) -> str:
    """A work's own DOI stands in `doi`, or before kernel 4.5 among its identifiers."""
    own = doi_of(text(document.get("doi")))
    return own or next((doi_of(value) for kind, value in _named(document) if kind == "doi" and doi_of(value)), "")


def _named(document: _Document) -> list[tuple[str, str]]:
    """(type in small letters, value) of the record's own identifiers in older JSON and in that of the REST API."""
    given = [one for one in listed(document.get("identifiers")) if isinstance(one, Mapping)]
    return [(text(one.get("identifierType")).lower(), text(one.get("identifier"))) for one in given]


def _identifiers(document: _Document, complaints: Complaints) -> list[dict[str, str]]:
    own = _doi(document)
    given = [(kind, value) for kind, value in _named(document) if not (kind == "doi" and doi_of(value) == own)]
    given += [
        (text(one.get("alternateIdentifierType")).lower(), text(one.get("alternateIdentifier")))
        for _at, one in objects_of(document, "alternateIdentifiers", complaints)
    ]
    found = (
        identifier(kind, value) or identifier_at(value) or {"identifier": value, "scheme": "other"}
        for kind, value in given
        if value
    )
    return list({(one["scheme"], one["identifier"]): one for one in found}.values())


def _resource_type(types: object, complaints: Complaints) -> dict[str, str] | None:
    if not isinstance(types, Mapping):
        return None
    general, in_words = text(types.get("resourceTypeGeneral")), text(types.get("resourceType"))
    known, says_all = kind_of_datacite(general, in_words)
    if known is None and general:
        complaints.lose("types.resourceTypeGeneral", f"{general[:100]!r} is no kind of work that is known here.")
        known = "other"
    if not says_all:
        complaints.lose("types.resourceType", f"{in_words[:100]!r} is no kind of work that is known here.")
    return {"id": known} if known else None


def _titles(document: _Document, complaints: Complaints) -> dict[str, Any]:
    """The first without a type is the record's own."""
    given = [(at, one) for at, one in objects_of(document, "titles", complaints) if said(one.get("title"))]
    main = next((one for _at, one in given if not one.get("titleType")), {})
    others = [
        filled(
            {
                "title": text(one.get("title")),
                "type": {"id": term_by("titletypes", "datacite", text(one.get("titleType"))) or "other"},
                "lang": _language(one, at, complaints),
            }
        )
        for at, one in given
        if one is not main
    ]
    return {"title": text(main.get("title")), "additional_titles": others}


def _language(one: Mapping[str, Any], at: str, complaints: Complaints) -> dict[str, str] | None:
    found = language(one.get("lang"))
    if one.get("lang") and found is None:
        complaints.lose(f"{at}.lang", UNKNOWN_LANGUAGE)
    return found


def _languages(given: object, complaints: Complaints) -> list[dict[str, str]]:
    found = language(given)
    if given and found is None:
        complaints.lose("language", UNKNOWN_LANGUAGE)
    return [found] if found else []


def _publisher(given: object, complaints: Complaints) -> str:
    if not isinstance(given, Mapping):
        return said(given)
    complaints.lose_others(given, ("name", "lang"), "publisher")
    return said(given.get("name"))


def _embargo(document: _Document) -> str:
    """The day on which files open, of a document that says they are closed until then."""
    given = (one for one in listed(document.get("dates")) if isinstance(one, Mapping))
    days = (text(one.get("date")) for one in given if one.get("dateType") == "Available")
    return next(filter(is_day, days), "")


def _dates(document: _Document, embargo: str, complaints: Complaints) -> dict[str, Any]:
    """When it was issued is when the record was published, the end of an embargo belongs to its access."""
    published, others = "", []
    thesis = _thesis(document)
    for at, one in objects_of(document, "dates", complaints):
        day, kind = text(one.get("date")), text(one.get("dateType"))
        if kind == "Issued" and not published:
            published = publication_date(day)
            if one.get("dateInformation"):
                complaints.lose(f"{at}.dateInformation")
        elif day and day not in thesis.values() and not (kind == "Available" and day == embargo):
            known = term_by("datetypes", "datacite", kind) or "other"
            others.append(filled({"date": day, "type": {"id": known}, "description": text(one.get("dateInformation"))}))
    year = text(document.get("publicationYear"))
    return {"publication_date": published or ("" if year == NO_YEAR else year), "dates": others}


def _thesis(document: _Document) -> dict[str, str]:
    """When a thesis was handed in and defended, which may be as vague as EDTF allows; other dates may not."""
    found = {}
    for one in listed(document.get("dates")):
        day, kind = (text(one.get("date")), text(one.get("dateType"))) if isinstance(one, Mapping) else ("", "")
        if kind == "Submitted" and not is_date_interval_or_moment(day) and is_edtf(day):
            found["date_submitted"] = day
        elif kind == "Accepted" and one.get("dateInformation") == "Defended" and is_edtf(day):
            found["date_defended"] = day
    return found


def _subjects(document: _Document, complaints: Complaints) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Plain keywords, and terms of other people's lists."""
    words, foreign = [], []
    for at, one in objects_of(document, "subjects", complaints):
        subject, scheme = text(one.get("subject")), text(one.get("subjectScheme"))
        code = text(one.get("valueUri")) or text(one.get("classificationCode"))
        if subject and (scheme or code):
            foreign.append(filled({"term": subject, "scheme": scheme, "identifier": code}))
        elif subject:
            words.append({"subject": subject})
        complaints.lose_others(one, _SUBJECT, at)
    return words, foreign


_SUBJECT = ("subject", "subjectScheme", "valueUri", "classificationCode", "schemeUri", "lang")


def _rights(document: _Document, complaints: Complaints) -> tuple[list[dict[str, Any]], str]:
    """Licences and terms of use, and how open the work is if OpenAIRE's words say so."""
    found, status = [], ""
    for at, one in objects_of(document, "rightsList", complaints):
        name, address = text(one.get("rights")), text(one.get("rightsUri"))
        if address in _STATUS:
            status = _STATUS[address]
            continue
        known = known_licence(text(one.get("rightsIdentifier")))
        if known or name or address:
            found.append({"id": known} if known else licence(name or address, address))
        complaints.lose_others(one, _RIGHTS, at)
    return found, status


_RIGHTS = ("rights", "rightsUri", "rightsIdentifier", "rightsIdentifierScheme", "schemeUri", "lang")


def _access(status: str, embargo: str) -> dict[str, Any] | None:
    """Closed where the document says so; an embargo whose end nobody knows is a restriction."""
    if status == "embargoed" and embargo:
        return {"record": "public", "files": "restricted", "embargo": {"active": True, "until": embargo}}
    return {"record": "public", "files": "restricted"} if status in {"embargoed", "restricted"} else None


def _descriptions(document: _Document, complaints: Complaints) -> dict[str, Any]:
    """The first abstract is the record's own description."""
    found = []
    for at, one in objects_of(document, "descriptions", complaints):
        description = as_html(one.get("description"))
        kind = term_by("descriptiontypes", "datacite", text(one.get("descriptionType"))) or "other"
        if description:
            shown = {"description": description, "type": {"id": kind}, "lang": _language(one, at, complaints)}
            found.append(filled(shown))
    main = next((one for one in found if one["type"]["id"] == "abstract" and "lang" not in one), None)
    main = main or next((one for one in found if one["type"]["id"] == "abstract"), None)
    return {
        "description": main["description"] if main else "",
        "additional_descriptions": [one for one in found if one is not main],
    }


def _funding(one: Mapping[str, Any], at: str, complaints: Complaints) -> dict[str, Any]:
    complaints.lose_others(one, _FUNDING, at)
    award = award_of(
        number=text(one.get("awardNumber")), title=text(one.get("awardTitle")), address=text(one.get("awardUri"))
    )
    return funding_of(text(one.get("funderName")), text(one.get("funderIdentifier")), award)


_FUNDING = (
    "funderName",
    "funderIdentifier",
    "funderIdentifierType",
    "schemeUri",
    "awardNumber",
    "awardUri",
    "awardTitle",
)

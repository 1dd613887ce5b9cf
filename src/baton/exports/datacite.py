"""A record in DataCite's metadata schema, as the JSON of DataCite's REST API.

The form is that of kernel 4.7 (4.5 and later); for older kernels, with the members that their JSON had. Complete for
published records; of drafts, what there is.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from baton.exports import datacite_words as words
from baton.exports.datacite_places import geo_locations, older_geo_location
from baton.exports.datacite_related import related_identifiers, related_items
from baton.exports.dates import year
from baton.exports.openaire import access_right
from baton.exports.people import name_of
from baton.exports.plain_text import plain_text
from baton.exports.terms import in_english, language_tag, prop, title
from baton.exports.view import View
from baton.identifiers.schemes import SCHEMES, url_for
from baton.records.record import Record

SCHEMA_VERSION = "http://datacite.org/schema/kernel-4"
ORGANISATION = "Organizational"
# Scheme of a person's or organisation's identifier -> where the scheme is at home.
SCHEME_URIS = {
    "orcid": "https://orcid.org",
    "isni": "https://isni.org",
    "gnd": "https://d-nb.info/gnd",
    "ror": "https://ror.org",
}

_Document = dict[str, Any]


def datacite_json(record: Record, view: View, kernel: str = words.NEWEST) -> _Document:
    """The attributes of a DOI; members without content are absent. `kernel` is one of `datacite_words.KERNELS`."""
    document = datacite_facts(record, view, kernel)
    return document if words.has(kernel, "4.5") else _as_before(document)


def datacite_facts(record: Record, view: View, kernel: str) -> _Document:
    """What that kernel can say, under the names that JSON has had since 4.5."""
    metadata, custom_fields = record.metadata, record.body["custom_fields"]
    resource_type = (metadata.get("resource_type") or {}).get("id", "")
    found: _Document = {
        "doi": record.doi,
        "types": _types(resource_type, kernel),
        "creators": [_person(one) for one in metadata.get("creators") or ()],
        "titles": _titles(metadata),
        "publisher": {"name": metadata.get("publisher") or view.site_name},
        "publicationYear": year(metadata.get("publication_date") or ""),
        "subjects": _distinct(_subjects(record, kernel)),
        "contributors": _distinct(
            [*_contributors(metadata.get("contributors") or (), kernel), *_university(custom_fields)]
        ),
        "dates": _distinct(_dates(record, kernel)),
        "language": next((language_tag(one["id"]) for one in metadata.get("languages") or () if one.get("id")), None),
        "alternateIdentifiers": _distinct(_alternates(record, view)),
        "relatedIdentifiers": _distinct(related_identifiers(record, kernel)),
        "relatedItems": _distinct(related_items(record, kernel)) if words.has(kernel, "4.4") else [],
        "sizes": _distinct(metadata.get("sizes") or ()),
        "formats": _distinct(metadata.get("formats") or ()),
        "version": metadata.get("version"),
        "rightsList": _distinct(_rights(record)),
        "descriptions": _distinct(_descriptions(metadata)),
        "geoLocations": _distinct(geo_locations((metadata.get("locations") or {}).get("features") or ())),
        "fundingReferences": _distinct(map(funding_reference, metadata.get("funding") or ())),
        "schemaVersion": SCHEMA_VERSION,
    }
    return _filled(found)


def _as_before(document: _Document) -> _Document:
    """The members that JSON had before kernel 4.5: identifiers in one list, a publisher's name alone."""
    doi = document.pop("doi", None)
    own = [{"identifier": doi, "identifierType": "DOI"}] if doi else []
    others = [
        {"identifier": one["alternateIdentifier"], "identifierType": one["alternateIdentifierType"]}
        for one in document.pop("alternateIdentifiers")
    ]
    document["identifiers"] = own + others
    document["publisher"] = document["publisher"]["name"]
    document["types"].setdefault("resourceType", "")
    document["creators"] = _distinct(document.get("creators", ()))
    if "geoLocations" in document:
        document["geoLocations"] = [older_geo_location(one) for one in document["geoLocations"]]
    return document


def _filled(members: Mapping[str, Any]) -> _Document:
    return {name: value for name, value in members.items() if value not in (None, "", [], {})}


def _distinct(found: Iterable[Any]) -> list[Any]:
    """Each once: the schema's lists hold no two that are the same."""
    return list({repr(one): one for one in found if one}.values())


def _types(resource_type: str, kernel: str) -> _Document:
    general = prop("resourcetypes", resource_type, "datacite_general") or "Other"
    said = words.word(words.RESOURCE_TYPES, general, kernel)
    in_words = prop("resourcetypes", resource_type, "datacite_type")
    if said != general:
        in_words = in_words or title("resourcetypes", resource_type)
    return _filled({"resourceTypeGeneral": said, "resourceType": in_words})


def _person(one: Mapping[str, Any]) -> _Document:
    who = one.get("person_or_org") or {}
    return _filled(
        {
            "name": name_of(who),
            "nameType": ORGANISATION if who.get("type") == "organizational" else "Personal",
            "givenName": who.get("given_name"),
            "familyName": who.get("family_name"),
            "nameIdentifiers": _distinct(map(_name_identifier, who.get("identifiers") or ())),
            "affiliation": _distinct(map(_affiliation, one.get("affiliations") or ())),
        }
    )


def _name_identifier(one: Mapping[str, Any]) -> _Document | None:
    scheme, value = one.get("scheme"), one.get("identifier")
    if not scheme or not value:
        return None
    shown = {
        "nameIdentifier": url_for(scheme, value) or value,
        "nameIdentifierScheme": _label(scheme),
        "schemeUri": SCHEME_URIS.get(scheme),
    }
    return _filled(shown)


def _label(scheme: str) -> str:
    known = SCHEMES.get(scheme)
    return words.SCHEMES.get(scheme) or (known.label if known else scheme)


def _affiliation(one: Mapping[str, Any]) -> _Document | None:
    """Affiliations of the vocabulary are known by their ROR ids."""
    name = one.get("name") or one.get("id")
    if not name:
        return None
    ror = url_for("ror", one["id"]) if one.get("id") else None
    if ror is None:
        return {"name": name}
    return {
        "name": name,
        "affiliationIdentifier": ror,
        "affiliationIdentifierScheme": "ROR",
        "schemeUri": SCHEME_URIS["ror"],
    }


def _contributors(people: Iterable[Mapping[str, Any]], kernel: str) -> list[_Document]:
    found = []
    for one in people:
        role = prop("contributorsroles", (one.get("role") or {}).get("id", ""), "datacite") or "Other"
        kind = words.word(words.CONTRIBUTOR_TYPES, role, kernel)
        found.append({**_person(one), "contributorType": kind})
    return [one for one in found if one.get("name")]


def _university(custom_fields: Mapping[str, Any]) -> list[_Document]:
    name = (custom_fields.get("thesis:thesis") or {}).get("university")
    return [{"name": name, "nameType": ORGANISATION, "contributorType": "HostingInstitution"}] if name else []


def _titles(metadata: Mapping[str, Any]) -> list[_Document]:
    main = [{"title": metadata["title"]}] if metadata.get("title") else []
    others = (
        _filled(
            {
                "title": one.get("title"),
                "titleType": prop("titletypes", (one.get("type") or {}).get("id", ""), "datacite"),
                "lang": _language(one),
            }
        )
        for one in metadata.get("additional_titles") or ()
    )
    return _distinct([*main, *(one for one in others if one.get("title"))])


def _descriptions(metadata: Mapping[str, Any]) -> list[_Document]:
    found = [{"description": plain_text(metadata.get("description") or ""), "descriptionType": "Abstract"}]
    for one in metadata.get("additional_descriptions") or ():
        kind = prop("descriptiontypes", (one.get("type") or {}).get("id", ""), "datacite") or "Other"
        text = plain_text(one.get("description") or "")
        found.append(_filled({"description": text, "descriptionType": kind, "lang": _language(one)}))
    return [one for one in found if one.get("description")]


def _language(one: Mapping[str, Any]) -> str | None:
    return language_tag((one.get("lang") or {}).get("id", ""))


def _subjects(record: Record, kernel: str) -> list[_Document]:
    given = [
        (one.get("subject"), one.get("scheme"), one.get("id") or "") for one in record.metadata.get("subjects") or ()
    ]
    given += [
        (one.get("term"), one.get("scheme"), one.get("identifier") or "")
        for one in record.body["custom_fields"].get("legacy:subjects") or ()
    ]
    coded = words.has(kernel, "4.4")
    return [
        _filled(
            {
                "subject": subject,
                "subjectScheme": scheme,
                "valueUri": url_for("url", code),
                "classificationCode": code if coded and code.isascii() and code.isalnum() else None,
            }
        )
        for subject, scheme, code in given
        if subject
    ]


def _dates(record: Record, kernel: str) -> list[_Document]:
    metadata = record.metadata
    found = []
    if metadata.get("publication_date"):
        found.append({"date": metadata["publication_date"], "dateType": "Issued"})
    if record.embargo_until is not None:
        found.append({"date": record.embargo_until.isoformat(), "dateType": "Available"})
    for one in metadata.get("dates") or ():
        kind = prop("datetypes", (one.get("type") or {}).get("id", ""), "datacite") or "Other"
        said = words.word(words.DATE_TYPES, kind, kernel)
        about = one.get("description") or (kind if said != kind else None)
        found.append(_filled({"date": one.get("date"), "dateType": said, "dateInformation": about}))
    thesis = record.body["custom_fields"].get("thesis:thesis") or {}
    found += [
        _filled({"date": thesis.get("date_submitted"), "dateType": "Submitted"}),
        _filled({"date": thesis.get("date_defended"), "dateType": "Accepted", "dateInformation": "Defended"}),
    ]
    if record.is_published and all(one["dateType"] != "Updated" for one in found):
        found.append({"date": record.updated_at.date().isoformat(), "dateType": "Updated"})
    return [one for one in found if one.get("date")]


def _alternates(record: Record, view: View) -> list[_Document]:
    """The page first: a record without a DOI is known by it."""
    found = [{"alternateIdentifier": f"{view.base_url}/records/{record.id}", "alternateIdentifierType": "URL"}]
    given = [*(record.metadata.get("identifiers") or ())]
    isbn = (record.body["custom_fields"].get("imprint:imprint") or {}).get("isbn")
    if isbn and (record.metadata.get("resource_type") or {}).get("id") == "publication-book":
        given.append({"identifier": isbn, "scheme": "isbn"})
    found += [
        {"alternateIdentifier": one["identifier"], "alternateIdentifierType": _label(one["scheme"])}
        for one in given
        if one.get("identifier") and one.get("scheme")
    ]
    return found


def _rights(record: Record) -> list[_Document]:
    metadata = record.metadata
    found = [right_statement(one) for one in metadata.get("rights") or ()]
    if metadata.get("copyright"):
        found.append({"rights": plain_text(metadata["copyright"])})
    address, in_words = access_right(record)
    return [*found, {"rights": in_words, "rightsUri": address}]


def right_statement(right: Mapping[str, Any]) -> _Document:
    """One licence, of the vocabulary or the depositor's own."""
    licence = right.get("id")
    if not licence:
        texts = [in_english(right.get("title")), in_english(right.get("description"))]
        return _filled({"rights": ": ".join(filter(None, texts)), "rightsUri": url_for("url", right.get("link") or "")})
    named = {
        "rights": title("licenses", licence) or licence,
        "rightsUri": prop("licenses", licence, "url"),
        "rightsIdentifier": licence,
    }
    if prop("licenses", licence, "scheme") == "spdx":
        named |= {"rightsIdentifierScheme": "SPDX", "schemeUri": "https://spdx.org/licenses/"}
    return _filled(named)


def funding_reference(one: Mapping[str, Any]) -> _Document | None:
    """One funder, with the grant if there is one; nothing without the funder's name."""
    funder, award = one.get("funder") or {}, one.get("award") or {}
    name = funder.get("name") or (title("funders", funder["id"]) or funder["id"] if funder.get("id") else None)
    if not name:
        return None
    found = {"funderName": name, "awardNumber": award.get("number"), "awardTitle": in_english(award.get("title"))}
    ror = url_for("ror", funder.get("id") or "")
    if ror:
        found |= {"funderIdentifier": ror, "funderIdentifierType": "ROR"}
    found["awardNumber"] = found["awardNumber"] or (award.get("id") or "").partition("::")[2]
    if found["awardNumber"]:
        found["awardUri"] = next(filter(None, map(_address, award.get("identifiers") or ())), None)
    return _filled(found)


def _address(identifier: Mapping[str, Any]) -> str | None:
    return url_for(identifier.get("scheme") or "", identifier.get("identifier") or "")

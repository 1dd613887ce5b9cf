"""A record as schema.org JSON-LD, for search engines and the head of its page."""

from collections.abc import Iterable, Mapping
from typing import Any

from baton.exports.dates import parts
from baton.exports.links import doi_url, file_links, files_url
from baton.exports.people import name_of
from baton.exports.plain_text import plain_text
from baton.exports.terms import in_english, prop, title
from baton.exports.view import View
from baton.identifiers.schemes import url_for
from baton.records.record import Record

CONTEXT = "https://schema.org"
DEFAULT_TYPE = f"{CONTEXT}/CreativeWork"
RELATIONS = {
    "ispartof": "isPartOf",
    "haspart": "hasPart",
    "isidenticalto": "sameAs",
    "cites": "citation",
    "references": "citation",
}
# A closing tag inside a string must not end the script element; JSON reads these escapes as the characters themselves.
_SCRIPT_SAFE = ((b"<", b"\\u003c"), (b">", b"\\u003e"), (b"&", b"\\u0026"))
# Search engines cut descriptions here; they refuse Datasets with less than 50 characters.
DESCRIPTION_LIMIT = 5000


def schema_org(record: Record, view: View) -> dict[str, Any]:
    """One JSON-LD object; members without content are absent. A page needs it `in_script`."""
    metadata = record.metadata
    page = f"{view.base_url}/records/{record.id}"
    identifier = doi_url(record.doi) if record.doi else page
    kind = schema_type(metadata.get("resource_type"))
    creators = [_person(one) for one in metadata.get("creators") or ()]
    publisher = metadata.get("publisher") or view.site_name
    published = (metadata.get("publication_date") or "").partition("/")[0]
    found = {
        "@context": CONTEXT,
        "@id": identifier,
        "@type": kind,
        "identifier": identifier,
        "url": page,
        "name": record.title,
        "description": plain_text(metadata.get("description") or "", DESCRIPTION_LIMIT),
        "creator": creators,
        "author": creators,
        "contributor": [_person(one) for one in metadata.get("contributors") or ()],
        "publisher": _organisation(publisher),
        "datePublished": published if parts(published) else None,
        "dateCreated": record.created_at.isoformat(),
        "dateModified": record.updated_at.isoformat(),
        "inLanguage": [_language(one["id"]) for one in metadata.get("languages") or ()],
        "version": metadata.get("version"),
        "license": next(filter(None, map(licence_url, metadata.get("rights") or ())), None),
        "keywords": [one["subject"] for one in metadata.get("subjects") or () if one.get("subject")],
        "temporalCoverage": [one["date"] for one in metadata.get("dates") or () if one.get("date")],
        "spatialCoverage": _places(metadata.get("locations") or {}),
        "funder": [_funder(one) for one in metadata.get("funding") or () if not one.get("award")],
        "funding": [_grant(one) for one in metadata.get("funding") or () if one.get("award")],
        "isAccessibleForFree": record.access_status == "open",
        **_related(metadata.get("related_identifiers") or ()),
    }
    if view.may_read_files and kind == f"{CONTEXT}/Dataset":
        found["distribution"] = _distribution(record, view)
    return {name: value for name, value in found.items() if value not in (None, "", [], {})}


def in_script(data: bytes) -> bytes:
    """JSON as it can stand inside a `script` element."""
    for character, escape in _SCRIPT_SAFE:
        data = data.replace(character, escape)
    return data


def schema_type(resource_type: Mapping[str, Any] | None) -> str:
    """The class of schema.org that the resource type belongs to."""
    return prop("resourcetypes", (resource_type or {}).get("id", ""), "schema.org") or DEFAULT_TYPE


def _person(creator: Mapping[str, Any]) -> dict[str, Any]:
    who = creator.get("person_or_org") or {}
    shown = {
        "@id": person_url(creator),
        "@type": "Organization" if who.get("type") == "organizational" else "Person",
        "name": name_of(who),
        "givenName": who.get("given_name"),
        "familyName": who.get("family_name"),
        "affiliation": [
            _organisation(one["name"], one.get("id")) for one in creator.get("affiliations") or () if one.get("name")
        ],
    }
    return {name: value for name, value in shown.items() if value}


def person_url(creator: Mapping[str, Any]) -> str | None:
    """Where the first of the identifiers leads that leads anywhere."""
    identifiers = (creator.get("person_or_org") or {}).get("identifiers") or ()
    return next(filter(None, map(_url, identifiers)), None)


def _organisation(name: str, ror: str | None = None) -> dict[str, str]:
    address = url_for("ror", ror) if ror else None
    identified = {"@id": address} if address else {}
    return {**identified, "@type": "Organization", "name": name}


def _url(identifier: Mapping[str, Any]) -> str | None:
    return url_for(identifier.get("scheme", ""), identifier.get("identifier", ""))


def _language(code: str) -> dict[str, Any]:
    return {"@type": "Language", "name": title("languages", code) or code, "alternateName": code}


def licence_url(right: Mapping[str, Any]) -> str | None:
    """Where the text of a licence is."""
    return prop("licenses", right["id"], "url") if right.get("id") else url_for("url", right.get("link") or "")


def _places(locations: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [place for one in locations.get("features") or () if (place := _place(one)).keys() != {"@type"}]


def _place(feature: Mapping[str, Any]) -> dict[str, Any]:
    shown = {
        "@type": "Place",
        "name": feature.get("place"),
        "description": feature.get("description"),
        "geo": _geo(feature.get("geometry") or {}),
    }
    return {name: value for name, value in shown.items() if value}


def _geo(geometry: Mapping[str, Any]) -> dict[str, Any] | None:
    """A point, or the outer ring of a polygon: pairs of latitude and longitude, the other way round than GeoJSON."""
    match geometry.get("type"):
        case "Point":
            longitude, latitude = geometry["coordinates"][:2]
            return {"@type": "GeoCoordinates", "latitude": latitude, "longitude": longitude}
        case "Polygon":
            positions = (f"{latitude} {longitude}" for longitude, latitude, *_ in geometry["coordinates"][0])
            return {"@type": "GeoShape", "polygon": " ".join(positions)}
        case _:
            return None


def _funder(funding: Mapping[str, Any]) -> dict[str, str]:
    funder = funding.get("funder") or {}
    return _organisation(funder.get("name") or funder.get("id") or "", funder.get("id"))


def _grant(funding: Mapping[str, Any]) -> dict[str, Any]:
    award = funding["award"]
    shown = {
        "@type": "Grant",
        "identifier": award.get("number") or award.get("id"),
        "name": in_english(award.get("title")),
        "alternateName": award.get("acronym"),
        "url": next(filter(None, map(_url, award.get("identifiers") or ())), None),
        "funder": _funder(funding),
    }
    return {name: value for name, value in shown.items() if value}


def _related(identifiers: Iterable[Mapping[str, Any]]) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for one in identifiers:
        relation = RELATIONS.get((one.get("relation_type") or {}).get("id", ""))
        address = _url(one)
        if relation and address:
            kind = schema_type(one.get("resource_type")).removeprefix(f"{CONTEXT}/")
            found.setdefault(relation, []).append({"@type": kind, "@id": address})
    return found


def _distribution(record: Record, view: View) -> list[dict[str, Any]]:
    files = files_url(record, view.base_url)
    return [
        {
            "@type": "DataDownload",
            "name": entry.key,
            "contentUrl": file_links(entry, files)["content"],
            "encodingFormat": entry.mimetype,
            "contentSize": f"{entry.size} B",
        }
        for entry in record.files
        if entry.size is not None
    ]

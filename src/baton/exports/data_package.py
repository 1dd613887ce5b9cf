"""A record as a Frictionless data package: `datapackage.json` of version 2.0."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from baton.exports.file_json import extension
from baton.exports.links import cited_at, file_links, files_url
from baton.exports.people import name_of
from baton.exports.plain_text import one_line, plain_text
from baton.exports.terms import in_english, prop, title
from baton.exports.view import View
from baton.identifiers.schemes import url_for
from baton.records.record import Record

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_NOT_IN_NAMES = re.compile(r"[^a-z0-9._/-]+")


def data_package(record: Record, view: View) -> dict[str, Any]:
    """The descriptor; the files that the caller may read are its resources, by their addresses."""
    metadata = record.metadata
    page = f"{view.base_url}/records/{record.id}"
    found = {
        "$schema": PROFILE,
        "id": cited_at(record, view.base_url),
        "name": str(record.id),
        "title": record.title,
        "description": plain_text(metadata.get("description") or ""),
        "homepage": page,
        "version": metadata.get("version"),
        "created": record.created_at.isoformat(),
        "keywords": [one["subject"] for one in metadata.get("subjects") or () if one.get("subject")],
        "licenses": list(_licences(metadata.get("rights") or ())),
        "contributors": [
            *_people(metadata.get("creators") or (), "creator"),
            *_people(metadata.get("contributors") or (), "contributor"),
        ],
        "sources": list(_sources(metadata.get("related_identifiers") or ())),
    }
    kept = {name: value for name, value in found.items() if value}
    # A package must have a resource: where no file may be read, the description is all that there is.
    itself = {"name": "record", "path": f"{view.base_url}/api/records/{record.id}", "mediatype": "application/json"}
    return {**kept, "resources": list(_resources(record, view)) or [itself]}


def _licences(rights: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, str]]:
    for right in rights:
        licence = right.get("id")
        shown = {
            "name": licence,
            "path": prop("licenses", licence, "url") if licence else url_for("url", right.get("link") or ""),
            "title": title("licenses", licence) if licence else in_english(right.get("title")),
        }
        kept = {name: value for name, value in shown.items() if value}
        if kept.keys() & {"name", "path"}:
            yield kept


def _people(people: Iterable[Mapping[str, Any]], role: str) -> Iterator[dict[str, Any]]:
    for one in people:
        who = one.get("person_or_org") or {}
        address = (url_for(each.get("scheme", ""), each.get("identifier", "")) for each in who.get("identifiers") or ())
        shown = {
            "title": name_of(who),
            "givenName": who.get("given_name"),
            "familyName": who.get("family_name"),
            "path": next(filter(None, address), None),
            "organization": next((each["name"] for each in one.get("affiliations") or () if each.get("name")), None),
            "roles": [(one.get("role") or {}).get("id") or role],
        }
        yield {name: value for name, value in shown.items() if value}


def _sources(related: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, str]]:
    """What the data were made from."""
    for one in related:
        address = url_for(one.get("scheme", ""), one.get("identifier", ""))
        if address and (one.get("relation_type") or {}).get("id") in {"isderivedfrom", "iscompiledby"}:
            yield {"title": one["identifier"], "path": address}


def _resources(record: Record, view: View) -> Iterator[dict[str, Any]]:
    if not view.may_read_files:
        return
    files, taken = files_url(record, view.base_url), set()
    for entry in record.files:
        if entry.size is None:
            continue
        # The specification recommends small letters and no blanks, and wants no name twice.
        name = _NOT_IN_NAMES.sub("-", entry.key.lower()).strip("-") or entry.id
        name = name if name not in taken else f"{name}-{entry.id}"
        taken.add(name)
        shown = {
            "name": name,
            "title": one_line(entry.key),
            "path": file_links(entry, files)["content"],
            "format": extension(entry.key),
            "mediatype": entry.mimetype,
            "bytes": entry.size,
            "hash": entry.md5,
        }
        yield {member: value for member, value in shown.items() if value not in {None, ""}}

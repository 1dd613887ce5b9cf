"""A record as `CITATION.cff` (Citation File Format 1.2.0)."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any

import yaml

from baton.exports.dates import parts
from baton.exports.links import cited_at
from baton.exports.people import identifiers_of, name_of
from baton.exports.plain_text import one_line, plain_text
from baton.exports.view import View
from baton.identifiers.schemes import url_for
from baton.records.record import Record
from baton.vocabularies.builtin import find

VERSION = "1.2.0"
MESSAGE = "If you use this work, please cite it as below."
# The file describes software or a dataset; what else it stands beside is its preferred citation.
TYPES = {"software": "software", "dataset": "dataset"}
# Resource type, or its first word -> type of reference; `generic` for all else.
REFERENCE_TYPES = {
    "publication-article": "article",
    "publication-datapaper": "article",
    "publication-preprint": "article",
    "publication-book": "book",
    "publication-section": "book",
    "publication-conferencepaper": "conference-paper",
    "publication-conferenceproceeding": "proceedings",
    "publication-journal": "serial",
    "publication-patent": "patent",
    "publication-report": "report",
    "publication-dissertation": "thesis",
    "publication-standard": "standard",
    "publication-softwaredocumentation": "manual",
    "publication-technicalnote": "manual",
    "publication-workingpaper": "unpublished",
    "presentation": "slides",
    "image": "art",
    "video": "video",
    "audio": "sound-recording",
}
# Custom field, member and member of a reference, in the order of precedence.
CUSTOM = (
    ("journal:journal", "title", "journal"),
    ("journal:journal", "volume", "volume"),
    ("journal:journal", "issue", "issue"),
    ("journal:journal", "pages", "pages"),
    ("journal:journal", "issn", "issn"),
    ("imprint:imprint", "title", "collection-title"),
    ("imprint:imprint", "pages", "pages"),
    ("imprint:imprint", "isbn", "isbn"),
    ("imprint:imprint", "edition", "edition"),
    ("thesis:thesis", "type", "thesis-type"),
    ("thesis:thesis", "department", "department"),
)
# The schema's own patterns; what does not fit them goes where it does.
_DOI = re.compile(r"10\.\d{4,9}(\.\d+)?/[A-Za-z0-9:/_;\-.()\[\]\\]+", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-(0[1-9]|1[012])-(0[1-9]|[12][0-9]|3[01])")
_SWHID = re.compile(r"swh:1:(snp|rel|rev|dir|cnt):[0-9a-fA-F]{40}")
_NO_BREAKS = 1 << 30  # characters in a line
_ISBN = re.compile(r"[0-9\- ]{10,17}X?")
_ISSN = re.compile(r"\d{4}-\d{3}[\dxX]", re.ASCII)


def cff(record: Record, view: View) -> str:
    """The file, in YAML."""
    text: str = yaml.dump(
        citation_file(record, view), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_NO_BREAKS
    )
    return text


class _Dumper(yaml.CSafeDumper):
    """Writes a thing that stands in two places twice: readers of citation files know no anchors."""

    def ignore_aliases(self, data: object) -> bool:
        del data
        return True


def citation_file(record: Record, view: View) -> dict[str, Any]:
    """What the file says, as data."""
    resource_type = (record.metadata.get("resource_type") or {}).get("id", "")
    kind = TYPES.get(resource_type.partition("-")[0])
    found = {
        "cff-version": VERSION,
        "message": MESSAGE,
        "type": kind,
        **_work(record, view),
        **_licence(record.metadata.get("rights") or ()),
        "identifiers": _identifiers(record),
    }
    if kind is None:
        found["preferred-citation"] = _reference(resource_type, record, view)
    return {name: value for name, value in found.items() if value}


def _work(record: Record, view: View) -> dict[str, Any]:
    """What the file and a reference in it say alike."""
    metadata = record.metadata
    published = (metadata.get("publication_date") or "").partition("/")[0]
    keywords = dict.fromkeys(
        filter(None, (one_line(one.get("subject") or "") for one in metadata.get("subjects") or ()))
    )
    return {
        "title": one_line(record.title) or "Untitled",
        # The format knows no work without authors.
        "authors": _people(metadata.get("creators") or ()) or [{"name": view.site_name}],
        "abstract": plain_text(metadata.get("description") or ""),
        "version": metadata.get("version"),
        "date-released": published if _DAY.fullmatch(published) else None,
        "doi": record.doi if record.doi and _DOI.fullmatch(record.doi) else None,
        "url": cited_at(record, view.base_url),
        "repository-code": url_for("url", record.body["custom_fields"].get("code:codeRepository") or ""),
        "keywords": list(keywords),
    }


def _people(people: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """No author twice, as the schema has it."""
    found: dict[tuple[tuple[str, str], ...], dict[str, str]] = {}
    for one in people:
        shown = _person(one)
        if shown:
            found.setdefault(tuple(shown.items()), shown)
    return list(found.values())


def _person(creator: Mapping[str, Any]) -> dict[str, str]:
    who = creator.get("person_or_org") or {}
    family, given = one_line(who.get("family_name") or ""), one_line(who.get("given_name") or "")
    if who.get("type") == "organizational" or not family:
        shown = {"name": one_line(name_of(who))}
    else:
        affiliations = (one_line(one.get("name") or "") for one in creator.get("affiliations") or ())
        shown = {"family-names": family, "given-names": given, "affiliation": "; ".join(filter(None, affiliations))}
    if not any(shown.values()):
        return {}
    orcid = identifiers_of(who).get("orcid", "")
    shown["orcid"] = url_for("orcid", orcid) or "" if orcid else ""
    return {name: value for name, value in shown.items() if value}


def _licence(rights: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Names of SPDX, of which one may be chosen; or the address of the first licence that has none."""
    names, addresses = [], []
    for right in rights:
        term = find("licenses", right["id"]) if right.get("id") else None
        address = str(term.props.get("url") or "") if term else url_for("url", right.get("link") or "")
        spdx = _licences().get((right.get("id") or "").lower())
        if spdx:
            names.append(spdx)
        elif address:
            addresses.append(address)
    if names:
        return {"license": names[0] if len(names) == 1 else list(dict.fromkeys(names))}
    return {"license-url": addresses[0]} if addresses else {}


@cache
def _licences() -> dict[str, str]:
    """The names of SPDX that version 1.2.0 of the format knows, by our ids."""
    names = (resources.files("baton.exports") / "cff_licences.txt").read_text("utf-8").split()
    return {name.lower(): name for name in names}


def _identifiers(record: Record) -> list[dict[str, str]]:
    found = []
    if record.doi and not _DOI.fullmatch(record.doi):
        found.append({"type": "other", "value": one_line(record.doi), "description": "DOI of this version"})
    if record.concept_doi and _DOI.fullmatch(record.concept_doi):
        found.append({"type": "doi", "value": record.concept_doi, "description": "DOI of all versions"})
    for one in record.metadata.get("identifiers") or ():
        value = one_line(one.get("identifier") or "")
        if value:
            found.append({"type": _identifier_type(one.get("scheme", ""), value), "value": value})
    return [one for at, one in enumerate(found) if one not in found[:at]]


def _identifier_type(scheme: str, value: str) -> str:
    if scheme == "doi" and _DOI.fullmatch(value):
        return "doi"
    if scheme == "swhid" and _SWHID.fullmatch(value):
        return "swh"
    if scheme == "url" and url_for("url", value) == value:
        return "url"
    return "other"


def _reference(resource_type: str, record: Record, view: View) -> dict[str, Any]:
    kind = REFERENCE_TYPES.get(resource_type) or REFERENCE_TYPES.get(resource_type.partition("-")[0]) or "generic"
    published = parts(record.metadata.get("publication_date") or "")
    found: dict[str, Any] = {
        "type": kind,
        **_work(record, view),
        "year": published[0] if published else None,
        "month": published[1] if len(published) > 1 else None,
        "publisher": {"name": one_line(record.metadata.get("publisher") or "") or view.site_name},
        "editors": _people(_in_role(record, "editor")),
        "languages": [
            one["id"] for one in record.metadata.get("languages") or () if find("languages", one["id"]) is not None
        ],
    }
    custom_fields = record.body["custom_fields"]
    for field, member, name in CUSTOM:
        found[name] = found.get(name) or one_line((custom_fields.get(field) or {}).get(member) or "")
    found["isbn"] = found["isbn"] if _ISBN.fullmatch(found["isbn"]) else None
    found["issn"] = found["issn"] if _ISSN.fullmatch(found["issn"]) else None
    meeting = one_line((custom_fields.get("meeting:meeting") or {}).get("title") or "")
    found["conference"] = {"name": meeting} if meeting else None
    university = one_line((custom_fields.get("thesis:thesis") or {}).get("university") or "")
    found["institution"] = {"name": university} if university else None
    return {name: value for name, value in found.items() if value}


def _in_role(record: Record, role: str) -> list[Mapping[str, Any]]:
    return [one for one in record.metadata.get("contributors") or () if (one.get("role") or {}).get("id") == role]

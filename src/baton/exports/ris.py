"""A record in RIS, which every reference manager reads."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from baton.exports.dates import parts
from baton.exports.links import cited_at
from baton.exports.people import name_of
from baton.exports.plain_text import one_line, plain_text
from baton.exports.view import View
from baton.records.record import Record

# Resource type, or its first word -> RIS type; `GEN` for all else.
TYPES = {
    "publication": "RPRT",
    "publication-article": "JOUR",
    "publication-datapaper": "JOUR",
    "publication-book": "BOOK",
    "publication-section": "CHAP",
    "publication-conferencepaper": "CPAPER",
    "publication-conferenceproceeding": "CONF",
    "publication-journal": "JFULL",
    "publication-patent": "PAT",
    "publication-preprint": "UNPB",
    "publication-workingpaper": "UNPB",
    "publication-dissertation": "THES",
    "publication-standard": "STAND",
    "publication-other": "GEN",
    "presentation": "SLIDE",
    "dataset": "DATA",
    "image": "FIGURE",
    "video": "VIDEO",
    "audio": "SOUND",
    "software": "COMP",
}
DEFAULT_TYPE = "GEN"
# Role -> tag of secondary authors; others have none that all readers agree on.
ROLES = {"editor": "ED", "translator": "TA", "supervisor": "A3"}
# Custom field, member and tag, in the order of precedence.
CUSTOM = (
    ("journal:journal", "title", "T2"),
    ("journal:journal", "volume", "VL"),
    ("journal:journal", "issue", "IS"),
    ("journal:journal", "issn", "SN"),
    ("imprint:imprint", "title", "T2"),
    ("imprint:imprint", "isbn", "SN"),
    ("imprint:imprint", "edition", "ET"),
    ("imprint:imprint", "place", "CY"),
    ("meeting:meeting", "title", "T2"),
    ("meeting:meeting", "place", "CY"),
    ("thesis:thesis", "type", "M3"),
)


def ris(record: Record, view: View) -> str:
    """One reference: a line for each value, the last one `ER`; lines end as the format has it, in CR LF."""
    resource_type = (record.metadata.get("resource_type") or {}).get("id", "")
    kind = TYPES.get(resource_type) or TYPES.get(resource_type.partition("-")[0]) or DEFAULT_TYPE
    lines = [f"TY  - {kind}"]
    lines += [f"{tag}  - {line}" for tag, value in _fields(record, view) if (line := one_line(value))]
    return "\r\n".join([*lines, "ER  - ", ""])


def _fields(record: Record, view: View) -> Iterator[tuple[str, str]]:
    metadata = record.metadata
    yield "ID", str(record.id)
    for creator in metadata.get("creators") or ():
        yield "AU", name_of(creator.get("person_or_org") or {})
    yield from _others(metadata.get("contributors") or ())
    yield "TI", record.title
    published = parts(metadata.get("publication_date") or "")
    if published:
        yield "PY", f"{published[0]:04}"
        yield "DA", "/".join((f"{published[0]:04}", *(f"{part:02}" for part in published[1:])))
    yield "PB", metadata.get("publisher") or view.site_name
    yield from _custom(record.body["custom_fields"])
    yield "AB", plain_text(metadata.get("description") or "")
    for one in metadata.get("additional_descriptions") or ():
        yield "N1", plain_text(one.get("description") or "")
    for subject in metadata.get("subjects") or ():
        yield "KW", subject.get("subject") or ""
    for language in metadata.get("languages") or ():
        yield "LA", language["id"]
    if metadata.get("version"):
        yield "C1", metadata["version"]
    if record.doi:
        yield "DO", record.doi
    yield "UR", cited_at(record, view.base_url)
    yield "DP", view.site_name


def _others(contributors: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for person in contributors:
        tag = ROLES.get((person.get("role") or {}).get("id", ""))
        if tag:
            yield tag, name_of(person.get("person_or_org") or {})


def _custom(custom_fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    told = set()
    for field, member, tag in CUSTOM:
        value = (custom_fields.get(field) or {}).get(member)
        if value and tag not in told:
            told.add(tag)
            yield tag, value
    groups = (custom_fields.get(field) or {} for field in ("journal:journal", "imprint:imprint"))
    pages = next((group["pages"] for group in groups if group.get("pages")), "")
    first, _dash, last = pages.replace("\N{EN DASH}", "-").partition("-")
    yield "SP", first
    yield "EP", last

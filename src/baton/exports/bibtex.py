"""A record as a BibTeX entry."""

import re
from collections.abc import Iterable
from typing import Any

from baton.exports.dates import MONTHS, parts
from baton.exports.links import doi_url
from baton.exports.people import name_of
from baton.exports.view import View
from baton.records.record import Record

# Resource type -> entry type; `@misc` for all else. What an entry type requires and the record lacks makes it `@misc`.
ENTRY_TYPES = {
    "publication-article": ("article", ("journal",)),
    "publication-datapaper": ("article", ("journal",)),
    "publication-book": ("book", ("publisher",)),
    "publication-section": ("incollection", ("booktitle",)),
    "publication-conferencepaper": ("inproceedings", ("booktitle",)),
    "publication-conferenceproceeding": ("proceedings", ()),
    "publication-preprint": ("unpublished", ()),
    "publication-workingpaper": ("unpublished", ()),
    "publication-report": ("techreport", ("institution",)),
    "publication-technicalnote": ("manual", ()),
    "publication-softwaredocumentation": ("manual", ()),
    "publication-dissertation": ("phdthesis", ("school",)),
    "dataset": ("dataset", ()),
    "software": ("software", ()),
}
# Custom field and member -> BibTeX field, in the order of precedence.
CUSTOM = (
    ("journal:journal", "title", "journal"),
    ("journal:journal", "volume", "volume"),
    ("journal:journal", "issue", "number"),
    ("journal:journal", "pages", "pages"),
    ("journal:journal", "issn", "issn"),
    ("imprint:imprint", "title", "booktitle"),
    ("meeting:meeting", "title", "booktitle"),
    ("imprint:imprint", "pages", "pages"),
    ("imprint:imprint", "isbn", "isbn"),
    ("imprint:imprint", "edition", "edition"),
    ("imprint:imprint", "place", "address"),
    ("meeting:meeting", "place", "venue"),
    ("thesis:thesis", "university", "school"),
)
ESCAPES = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        # Not `\{`: BibTeX counts braces before TeX sees the backslash.
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "&": r"\&",
        "%": r"\%",
        "$": r"\$",
        "#": r"\#",
        "_": r"\_",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{chr(code): " " for code in range(32)},
    }
)
# Pairs that TeX would print as one character: dashes, quotation marks, `?` and `!` upside down.
_LIGATURES = re.compile(r"([-'`,<>])(?=\1)|([!?])(?=`)")
# Fields that are copied verbatim by styles and packages, which escape by themselves.
VERBATIM = {"doi", "url"}
_NO_KEY = re.compile(r"[^A-Za-z0-9]+")
_KEY_LENGTH = 40


def bibtex(record: Record, view: View) -> str:
    """One entry, UTF-8, ending in a line break."""
    fields = _fields(record, view)
    resource_type = (record.metadata.get("resource_type") or {}).get("id", "")
    kind, needed = ENTRY_TYPES.get(resource_type, ("misc", ()))
    if not all(fields.get(field) for field in needed):
        kind = "misc"
    lines = [f"  {name:<9} = {_value(name, text)}" for name, text in fields.items() if text]
    return f"@{kind}{{{_key(record)},\n" + ",\n".join(lines) + "\n}\n"


def _fields(record: Record, view: View) -> dict[str, str | None]:
    metadata = record.metadata
    published = parts(metadata.get("publication_date") or "")
    publisher = metadata.get("publisher") or view.site_name
    fields: dict[str, str | None] = {
        "author": _authors(metadata.get("creators") or ()),
        "title": record.title,
        "year": f"{published[0]:04}" if published else None,
        "month": MONTHS[published[1] - 1][:3].lower() if len(published) > 1 else None,
        "publisher": publisher,
        "institution": publisher,
        "version": metadata.get("version"),
    }
    custom_fields = record.body["custom_fields"]
    for field, member, name in CUSTOM:
        fields[name] = fields.get(name) or (custom_fields.get(field) or {}).get(member)
    fields["doi"] = record.doi
    fields["url"] = doi_url(record.doi) if record.doi else f"{view.base_url}/records/{record.id}"
    if (record.metadata.get("resource_type") or {}).get("id") != "publication-report":
        del fields["institution"]
    return fields


def _value(name: str, text: str) -> str:
    if name == "month":  # BibTeX knows the months by name
        return text
    if name in VERBATIM:
        return f"{{{text.translate(_BRACELESS)}}}"
    if name == "author":  # escaped name by name
        return f"{{{text}}}"
    return f"{{{_escaped(text)}}}"


def _escaped(text: str) -> str:
    """What TeX prints as it was typed, in one line; BibTeX makes one blank of several."""
    return _LIGATURES.sub(r"\g<0>{}", " ".join(text.translate(ESCAPES).split()))


# A verbatim field must not close its own braces, nor end the line.
_BRACELESS = str.maketrans({"{": "%7B", "}": "%7D", "\\": "%5C", "\n": "%0A", "\r": "%0D"})


def _authors(creators: Iterable[dict[str, Any]]) -> str:
    authors = (_author(creator.get("person_or_org") or {}) for creator in creators)
    return " and\n               ".join(author for author in authors if author)


def _author(person: dict[str, Any]) -> str:
    name = _escaped(name_of(person))
    has_parts = bool(person.get("family_name") and person.get("given_name"))
    # Braces keep in one piece what BibTeX would take for several names or for parts of one.
    whole = (
        person.get("type") == "organizational"
        or " and " in f" {name.lower()} "
        or name.count(",") > 1
        or (not has_parts and ("," in name or " " in name))
    )
    return f"{{{name}}}" if whole and name else name


def _key(record: Record) -> str:
    """`family_2024_123`: letters and digits only, unique through the record's number."""
    creators = record.metadata.get("creators") or [{}]
    person = creators[0].get("person_or_org") or {}
    name = _NO_KEY.sub("_", str(person.get("family_name") or name_of(person)).lower()).strip("_")[:_KEY_LENGTH]
    published = parts(record.metadata.get("publication_date") or "")
    return "_".join(part for part in (name, str(published[0]) if published else "", str(record.id)) if part)

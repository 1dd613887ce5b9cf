"""One entry of BibTeX or BibLaTeX as the body of a draft."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from baton.exports.bibtex import CUSTOM, ENTRY_TYPES
from baton.imports.addresses import doi_of, identifier_at
from baton.imports.bibtex_entry import Entry, names_in, plain
from baton.imports.imported import Complaints, Imported, imported
from baton.imports.licences import licence
from baton.imports.people import organisation, person
from baton.imports.values import as_html, language, publication_date
from baton.records.metadata.dates import is_publication_date

# Entry type -> resource type; what is missing here is `other`.
KINDS = {entry: kind for kind, (entry, _needed) in reversed(ENTRY_TYPES.items())} | {
    "booklet": "publication-book",
    "collection": "publication-book",
    "mvbook": "publication-book",
    "inbook": "publication-section",
    "conference": "publication-conferencepaper",
    "online": "other",
    "report": "publication-report",
    "mastersthesis": "publication-dissertation",
    "thesis": "publication-dissertation",
    "softwareversion": "software",
    "patent": "publication-patent",
    "periodical": "publication-journal",
    "image": "image",
    "video": "video",
    "audio": "audio",
}
# What BibLaTeX calls otherwise.
SAME = {
    "journaltitle": "journal",
    "location": "address",
    "date": "year",
    "annotation": "note",
    "annote": "note",
    "eventtitle": "conference",
    "langid": "language",
    "maintitle": "booktitle",
}
_BESIDE = {"conference": ("meeting:meeting", "title"), "eventdate": ("meeting:meeting", "dates")}
_PLACES = {name: (field, member) for field, member, name in reversed(CUSTOM)} | _BESIDE
_READ = """
author editor title subtitle year month publisher organization institution version doi url abstract note keywords
language eprint eprinttype archiveprefix primaryclass pmid license copyright type howpublished crossref urldate file
timestamp owner bibsource biburl date-added date-modified
"""
READ = frozenset([*_READ.split(), *_PLACES])
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_KEYWORDS = re.compile(r"\s*[;,]\s*")
_THESES = {"mastersthesis": "Master's thesis"}


def from_bibtex(entry: Entry) -> Imported:
    """What the entry says."""
    complaints = Complaints()
    fields = {SAME.get(name, name): value for name, value in reversed(entry.fields.items())}
    complaints.lose_others(fields, READ)
    doi = doi_of(fields.get("doi", ""))
    text = {name: plain(value) for name, value in fields.items() if name not in {"author", "editor", "doi", "url"}}
    title = ": ".join(filter(None, (text.get("title"), text.get("subtitle"))))
    metadata = {
        "resource_type": {"id": KINDS.get(entry.kind, "other")},
        "title": title,
        "creators": _people(fields.get("author", "")),
        "contributors": [{**one, "role": {"id": "editor"}} for one in _people(fields.get("editor", ""))],
        "publication_date": _date(text),
        "publisher": text.get("publisher") or text.get("organization") or text.get("institution"),
        "version": text.get("version"),
        "description": as_html(text.get("abstract")),
        "additional_descriptions": _notes(text),
        "subjects": [{"subject": word} for word in _KEYWORDS.split(text.get("keywords", "")) if word],
        "languages": list(filter(None, [language(text.get("language", "").lower()[:3])])),
        "identifiers": list(_identifiers(fields, text, doi)),
        "rights": [licence(name) for name in (text.get("license"), text.get("copyright")) if name],
    }
    return imported(metadata, complaints, custom_fields=_custom_fields(entry, text), doi=doi)


def _people(value: str) -> list[dict[str, Any]]:
    """What stands in braces is an organisation; BibTeX has no other way to say so."""
    return [organisation(name.family) if name.is_whole else person(name.family, name.given) for name in names_in(value)]


def _date(text: Mapping[str, str]) -> str:
    """The year with the month; BibLaTeX may have a whole date."""
    year, month = text.get("year", ""), text.get("month", "").lower()
    number = _MONTHS.index(month[:3]) + 1 if month[:3] in _MONTHS else int(month[:9]) if month.isdecimal() else 0
    dated = f"{year}-{number:02}"
    return dated if number and is_publication_date(dated) else publication_date(year)


def _notes(text: Mapping[str, str]) -> list[dict[str, Any]]:
    notes = (as_html(text.get(name)) for name in ("note", "howpublished"))
    return [{"description": note, "type": {"id": "notes"}} for note in notes if note]


def _identifiers(fields: Mapping[str, str], text: Mapping[str, str], doi: str) -> Iterator[dict[str, str]]:
    address = identifier_at(fields.get("url", ""))
    if address and address["identifier"] != doi:
        yield address
    archive = (text.get("eprinttype") or text.get("archiveprefix") or "arxiv").lower()
    preprint = identifier_at(f"arXiv:{text['eprint']}") if text.get("eprint") and archive == "arxiv" else None
    if preprint:
        yield preprint
    pubmed = identifier_at(f"pmid:{text['pmid']}") if text.get("pmid") else None
    if pubmed:
        yield pubmed


def _custom_fields(entry: Entry, text: Mapping[str, str]) -> dict[str, Any]:
    """Pages are those of the journal if there is one, else those of the book."""
    found: dict[str, dict[str, str]] = {}
    text = {**text, "pages": text.get("pages", "").replace("\N{EN DASH}", "-")}
    for name, (field, member) in _PLACES.items():
        if text.get(name):
            found.setdefault(field, {})[member] = text[name]
    thesis = text.get("type") or _THESES.get(entry.kind, "")
    if thesis and KINDS.get(entry.kind) == "publication-dissertation":
        found.setdefault("thesis:thesis", {})["type"] = thesis
    return found

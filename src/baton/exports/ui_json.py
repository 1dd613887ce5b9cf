"""The `ui` member of InvenioRDM's JSON: the same facts as words and dates for people, in English."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from baton.exports.dates import MEDIUM, day_in_words, in_words
from baton.exports.plain_text import plain_text
from baton.exports.rdm_json import rdm_json
from baton.exports.terms import in_english, title
from baton.exports.view import View
from baton.records.record import Record

# Status: its title, icon and the colour of its message.
ACCESS = {
    "open": ("Open", "unlock", ""),
    "embargoed": ("Embargoed", "outline clock", "warning"),
    "restricted": ("Restricted", "ban", "negative"),
    "metadata-only": ("Metadata-only", "tag", ""),
}
ACCESS_EXPLAINED = {
    ("open", "public"): "The record and files are publicly accessible.",
    ("metadata-only", "public"): "No files are available for this record.",
    ("embargoed", "public"): "The files will be made publicly available on {until}.",
    ("embargoed", "restricted"): "The record and files will be made publicly available on {until}.",
    ("restricted", "public"): "The record is publicly accessible, but files are restricted to users with access.",
    ("restricted", "restricted"): "The record and files are restricted to users with access.",
}


def rdm_ui_json(record: Record, view: View) -> dict[str, Any]:
    """The body for `application/vnd.inveniordm.v1+json`: InvenioRDM's JSON and its `ui` member."""
    return {**rdm_json(record, view), "ui": ui(record)}


def ui(record: Record) -> dict[str, Any]:
    """What InvenioRDM's own pages show; members without content are absent."""
    metadata = record.metadata
    shown: dict[str, Any] = {
        "created_date_l10n_long": day_in_words(record.created_at),
        "updated_date_l10n_long": day_in_words(record.updated_at),
        "access_status": access_status(record),
        "is_draft": record.is_draft,
        "version": metadata.get("version") or f"v{record.version_index}",
        **{field: show(metadata[field]) for field, show in _FROM_METADATA.items() if metadata.get(field)},
    }
    published = metadata.get("publication_date")
    if published:
        shown["publication_date_l10n_medium"] = in_words(published, MEDIUM)
        shown["publication_date_l10n_long"] = in_words(published)
    if metadata.get("description"):
        shown["description_stripped"] = plain_text(metadata["description"])
    for role in ("creators", "contributors"):
        if metadata.get(role):
            shown[role] = people(role, metadata[role])
    return shown


def access_status(record: Record) -> dict[str, Any]:
    """How open the record is, in words."""
    status = record.access_status
    name, icon, colour = ACCESS[status]
    until = record.embargo_until
    day = day_in_words(until) if until else None
    explained = ACCESS_EXPLAINED.get((status, record.record_access), "")
    return {
        "id": status,
        "title_l10n": name,
        "description_l10n": explained.format(until=day),
        "icon": icon,
        "embargo_date_l10n": day,
        "message_class": colour,
    }


def people(role: str, persons: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Persons with numbered affiliations: `affiliations: [[1, "CERN", id]]`, and `[[1, "CERN"]]` at each person."""
    numbers: dict[str, int] = {}
    listed: list[list[Any]] = []
    shown = []
    for person in persons:
        entry = dict(person)
        if person.get("affiliations"):
            entry["affiliations"] = []
            for affiliation in person["affiliations"]:
                name = affiliation.get("name", "")
                if name not in numbers:
                    numbers[name] = len(numbers) + 1
                    listed.append([numbers[name], name, affiliation.get("id")])
                entry["affiliations"].append([numbers[name], name])
        if (person.get("role") or {}).get("id"):
            entry["role"] = {"id": person["role"]["id"], "title": title(f"{role}roles", person["role"]["id"])}
        shown.append(entry)
    return {role: shown, "affiliations": listed}


def _named(vocabulary: str, reference: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": reference["id"], "title_l10n": title(vocabulary, reference["id"])}


def _right(right: Mapping[str, Any]) -> dict[str, Any]:
    if right.get("id"):
        return _named("licenses", right)
    shown = {
        "title_l10n": in_english(right.get("title")),
        "description_l10n": in_english(right.get("description")),
        "link": right.get("link"),
    }
    return {name: value for name, value in shown.items() if value}


_FROM_METADATA: dict[str, Callable[[Any], Any]] = {
    "resource_type": lambda reference: _named("resourcetypes", reference),
    "languages": lambda languages: [_named("languages", language) for language in languages],
    "rights": lambda rights: [_right(right) for right in rights],
}

"""References to vocabularies: stored as `{"id": ...}`, with the term's name where readers need it without a look-up.

An id that the vocabulary does not have is told (code `unknown_term`) and kept, so that it is told again until mended.
"""

from collections.abc import Callable
from typing import Any

from baton.records.metadata import limits
from baton.records.metadata.fields import (
    ABSENT,
    MISSING,
    WRONG_TYPE,
    Reader,
    Report,
    clean,
    listing,
    text,
    thing,
    translations,
)
from baton.records.metadata.identifiers import WORK, identified
from baton.vocabularies.term import Term

_SHOWN = """
acronym aliases country country_name description end_date funder icon identifiers location_name name number
organizations program props scheme short_description start_date status subject subjects synonyms tags title title_l10n
types website
"""
SHOWN = frozenset(_SHOWN.split())
"""Members that answers show beside an id; sent back, they are ignored."""


def term_id(vocabulary: str, value: object) -> str | None:
    """The id as its vocabulary writes it, or `None` if it can be none."""
    if not isinstance(value, str) or len(value) > limits.TERM_ID:
        return None
    cleaned = clean(value)
    # Licences are known by their SPDX ids, which people write in either case.
    return (cleaned.lower() if vocabulary == "licenses" else cleaned) or None


def look_up(vocabulary: str, wanted: str, path: str, report: Report) -> Term | None:
    """The term, or `None` after telling that there is none."""
    term = report.terms.get((vocabulary, wanted))
    if term is None:
        report.add(f"{path}.id", f"Invalid value. {wanted!r} is not in the vocabulary {vocabulary!r}.", "unknown_term")
    return term


def reference(vocabulary: str) -> Reader:
    """`{"id": ...}` and nothing else; without a usable id nothing is kept."""

    def read(value: object, path: str, report: Report) -> object:
        if not isinstance(value, dict):
            report.add(path, WRONG_TYPE)
            return ABSENT
        for name in value:
            if name != "id" and name not in SHOWN:
                report.add(f"{path}.{name[:100]}", "Unknown field.", "unknown_field")
        wanted = term_id(vocabulary, value.get("id"))
        if wanted is None:
            report.add(f"{path}.id", MISSING if value.get("id") in (None, "") else "Not a valid string.", "required")
            return ABSENT
        term = look_up(vocabulary, wanted, path, report)
        return {"id": term.id if term else wanted}

    return read


def named(vocabulary: str, member: str, also: tuple[str, ...] = ()) -> Reader:
    """A term by id, or a name in the depositor's own words, both in `member`. The id wins and brings the name.

    `also` are further texts that the term's props bring.
    """

    def settle(kept: dict[str, Any], path: str, report: Report) -> None:
        wanted = kept.get("id")
        if wanted is None:
            if member not in kept:
                report.add(f"{path}.{member}", f"An existing id or a free text {member} must be present.", "required")
            return
        if (term := look_up(vocabulary, wanted, path, report)) is not None:
            kept.clear()
            kept.update({"id": term.id, member: str(term.props.get(member) or term.label)})
            kept.update({name: term.props[name] for name in also if term.props.get(name)})

    members = {"id": _id_of(vocabulary), member: text(limits.NAME)}
    return thing(members, shown=SHOWN - {member}, finish=settle)


def award() -> Reader:
    """A grant by id, or by number or title."""

    def settle(kept: dict[str, Any], path: str, report: Report) -> None:
        wanted = kept.get("id")
        if wanted is None:
            if "number" not in kept and "title" not in kept:
                report.add(path, "An existing id or either number or title must be present.", "required")
        elif (term := look_up("awards", wanted, path, report)) is not None:
            kept.clear()
            kept.update({"id": term.id, "title": dict(term.title)})
            brought = ("number", "acronym", "program", "identifiers")
            kept.update({name: term.props[name] for name in brought if term.props.get(name)})

    members = {
        "id": _id_of("awards"),
        "number": text(limits.NAME),
        "title": translations(limits.TITLE),
        "acronym": text(limits.NAME),
        "program": text(limits.NAME),
        "identifiers": listing(identified(WORK)),
    }
    return thing(members, shown=SHOWN - members.keys(), finish=settle)


def right(link: Reader) -> Reader:
    """A licence by id, or terms of use in the depositor's own words."""

    def settle(kept: dict[str, Any], path: str, report: Report) -> None:
        wanted = kept.get("id")
        if wanted is None:
            if "title" not in kept:
                report.add(path, "An existing id or a free text title must be present", "required")
            return
        term = look_up("licenses", wanted, path, report)
        # What answers show of a licence comes back with its title; anything else is a second licence in one place.
        if len(kept) > 1 and not (term and kept.get("title") == term.title):
            report.add(
                path,
                "Only an existing id or free text title/description/link is accepted, but not both cases at the same"
                " time",
            )
        kept.clear()
        kept["id"] = term.id if term else wanted

    members = {
        "id": _id_of("licenses"),
        "title": translations(limits.TITLE),
        "description": translations(limits.PHRASE),
        "link": link,
    }
    return thing(members, shown=("icon", "props", "tags", "title_l10n", "description_l10n"), finish=settle)


def _id_of(vocabulary: str) -> Callable[[object, str, Report], object]:
    def read(value: object, path: str, report: Report) -> object:
        if (wanted := term_id(vocabulary, value)) is not None:
            return wanted
        if value != "":
            report.add(path, "Not a valid string.")
        return ABSENT

    return read

"""Records in a list: what one needs to choose between them. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from baton.exports.dates import MEDIUM, day_in_words, in_words
from baton.exports.people import name_of
from baton.exports.plain_text import plain_text
from baton.records.record import Record
from baton.web.view.landing import Badge, badges, version_name

NAMED = 3  # creators that are named before "and 4 more"
SNIPPET = 280  # characters of the description
READ = 2000  # characters of its markup that are looked at


@dataclass(frozen=True, slots=True)
class Result:
    """One record, or one draft in its owner's list."""

    href: str
    title: str
    is_untitled: bool
    badges: tuple[Badge, ...]
    creators: str
    date: str
    version: str
    snippet: str
    changed: str
    is_draft: bool


def result(record: Record) -> Result:
    """The record as a line of a list. A draft leads to the form that changes it."""
    metadata = record.metadata
    return Result(
        href=f"/uploads/{record.id}" if record.is_draft else f"/records/{record.id}",
        title=record.title or "Untitled",
        is_untitled=not record.title,
        badges=tuple(_badges(record)),
        creators=_creators(record),
        date=in_words(metadata.get("publication_date") or "", MEDIUM),
        version=version_name(record),
        snippet=plain_text((metadata.get("description") or "")[:READ], SNIPPET),
        changed=day_in_words(record.updated_at),
        is_draft=record.is_draft,
    )


def _badges(record: Record) -> Iterator[Badge]:
    if record.is_draft:
        words = ("Unpublished changes", "The published state stays as it is until you publish again.")
        yield Badge("draft", *(words if record.is_published else ("Draft", "Only you can see it.")))
    yield from badges(record)


def _creators(record: Record) -> str:
    """The first names: `Curie, Marie; Curie, Pierre and 4 more`."""
    people = record.metadata.get("creators") or ()
    names = [name_of(one.get("person_or_org") or {}) for one in people[:NAMED]]
    more = len(people) - NAMED
    return "; ".join(filter(None, names)) + (f" and {more:,} more" if more > 0 else "")

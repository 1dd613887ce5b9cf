"""A record as a row of a table (RFC 4180): a simple one with the same columns for all, a full one with every value."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from baton.exports.links import cited_at
from baton.exports.people import name_of
from baton.exports.plain_text import plain_text
from baton.exports.rdm_json import rdm_json
from baton.exports.terms import title
from baton.exports.view import View
from baton.records.record import Record

# A cell may be as long as the text in it, or as the names of ten thousand creators.
csv.field_size_limit(1 << 30)

# Between the values of one cell.
AND = "; "
# Of the full form, what is about this server and not about the record.
SKIPPED = {"links", "stats"}

_Column = Callable[[Record, View], object]
SIMPLE: dict[str, _Column] = {
    "id": lambda record, _view: record.id,
    "concept_id": lambda record, _view: record.work_id,
    "doi": lambda record, _view: record.doi,
    "concept_doi": lambda record, _view: record.concept_doi,
    "url": lambda record, view: cited_at(record, view.base_url),
    "title": lambda record, _view: record.title,
    "creators": lambda record, _view: AND.join(_names(record.metadata.get("creators"))),
    "orcids": lambda record, _view: AND.join(_orcids(record.metadata.get("creators"))),
    "affiliations": lambda record, _view: AND.join(_affiliations(record.metadata.get("creators"))),
    "contributors": lambda record, _view: AND.join(_names(record.metadata.get("contributors"))),
    "resource_type": lambda record, _view: title("resourcetypes", _id(record.metadata.get("resource_type"))),
    "publication_date": lambda record, _view: record.metadata.get("publication_date"),
    "publisher": lambda record, _view: record.metadata.get("publisher"),
    "version": lambda record, _view: record.metadata.get("version"),
    "description": lambda record, _view: plain_text(record.metadata.get("description") or ""),
    "subjects": lambda record, _view: AND.join(_members(record.metadata.get("subjects"), "subject")),
    "languages": lambda record, _view: AND.join(_members(record.metadata.get("languages"), "id")),
    "licences": lambda record, _view: AND.join(_members(record.metadata.get("rights"), "id")),
    "access": lambda record, _view: record.access_status,
    "files": lambda record, view: len(record.files) if view.may_read_files else None,
    "bytes": lambda record, view: sum(one.size or 0 for one in record.files) if view.may_read_files else None,
    "created": lambda record, _view: record.created_at.isoformat(),
    "updated": lambda record, _view: record.updated_at.isoformat(),
}


def simple_csv(record: Record, view: View) -> str:
    """What most people want of a record; several values stand in one cell."""
    return _written([{name: value(record, view) for name, value in SIMPLE.items()}])


def full_csv(record: Record, view: View) -> str:
    """Everything that the RDM JSON says, a column for each value, such as `metadata.creators.0.person_or_org.name`."""
    data = {name: value for name, value in rdm_json(record, view).items() if name not in SKIPPED}
    return _written([dict(_values(data, ""))])


def one_table(tables: Sequence[str]) -> str:
    """The rows of several of these tables in one, with all their columns."""
    return _written([row for table in tables for row in csv.DictReader(io.StringIO(table, newline=""))])


def _written(rows: Sequence[dict[str, Any]]) -> str:
    text = io.StringIO(newline="")
    columns = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([row.get(name, "") for name in columns] for row in rows)
    return text.getvalue()


def _values(value: object, path: str) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _values(one, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for at, one in enumerate(value):
            yield from _values(one, f"{path}.{at}")
    elif value is not None:
        yield path, value


def _names(people: Sequence[dict[str, Any]] | None) -> list[str]:
    return [name for one in people or () if (name := name_of(one.get("person_or_org") or {}))]


def _orcids(people: Sequence[dict[str, Any]] | None) -> list[str]:
    identifiers = (each for one in people or () for each in (one.get("person_or_org") or {}).get("identifiers") or ())
    return [each["identifier"] for each in identifiers if each.get("scheme") == "orcid" and each.get("identifier")]


def _affiliations(people: Sequence[dict[str, Any]] | None) -> list[str]:
    found = (each.get("name") for one in people or () for each in one.get("affiliations") or ())
    return list(dict.fromkeys(name for name in found if name))


def _members(things: Sequence[dict[str, Any]] | None, name: str) -> list[str]:
    return [str(one[name]) for one in things or () if one.get(name)]


def _id(reference: dict[str, Any] | None) -> str:
    return str((reference or {}).get("id", ""))

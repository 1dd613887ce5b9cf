"""Stores imported terms: in batches, each in a transaction of its own, so that an interrupted import can go on."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from baton.kernel import clock
from baton.kernel.db import Database
from baton.vocabularies.errors import NotImported
from baton.vocabularies.matching import Entry, entry_of
from baton.vocabularies.models import SHELVES, term_words, terms
from baton.vocabularies.term import BadRow, Term

AnyRow = Row[*tuple[Any, ...]]

BATCH = 1_000
# Of the rows that could not be read, this many are told; all are counted.
TOLD = 100


@dataclass(slots=True)
class Counts:
    """What an import did."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    bad: int = 0
    bad_rows: list[BadRow] = field(default_factory=list)

    @property
    def seen(self) -> int:
        """How many rows were read."""
        return self.added + self.changed + self.unchanged + self.bad


def import_terms(
    database: Database,
    vocabulary: str,
    found: Iterable[Term | BadRow],
    progress: Callable[[int], None] = lambda _seen: None,
) -> Counts:
    """Add the terms, or change those that are there; nothing is removed, since records may name it.

    Running it again changes nothing. Bad rows are counted and do not stop it. `progress` is told how many rows have
    been seen, after each batch.
    """
    if vocabulary not in SHELVES:
        raise NotImported(f"{vocabulary} is not imported. These are: {', '.join(SHELVES)}.")
    counts = Counts()
    for batch in _batches(found):
        wanted: dict[str, Term] = {}
        for item in batch:
            if isinstance(item, BadRow):
                _note(counts, item)
            elif item.id in wanted:
                counts.unchanged += 1
                wanted[item.id] = item
            else:
                wanted[item.id] = item
        if wanted:
            with database.write() as connection:
                _store(connection, vocabulary, wanted, counts)
        progress(counts.seen)
    return counts


def _batches(found: Iterable[Term | BadRow]) -> Iterator[list[Term | BadRow]]:
    items = iter(found)
    while batch := list(islice(items, BATCH)):
        yield batch


def _note(counts: Counts, row: BadRow) -> None:
    counts.bad += 1
    if len(counts.bad_rows) < TOLD:
        counts.bad_rows.append(row)


def _store(connection: Connection, vocabulary: str, wanted: Mapping[str, Term], counts: Counts) -> None:
    there = _there(connection, vocabulary, list(wanted))
    new = [(term, entry_of(term)) for term_id, term in wanted.items() if term_id not in there]
    other = [
        (there[term_id], term, entry_of(term))
        for term_id, term in wanted.items()
        if term_id in there and _differs(there[term_id], term)
    ]
    if new:
        _add(connection, vocabulary, new)
    if other:
        _change(connection, vocabulary, other)
    counts.added += len(new)
    counts.changed += len(other)
    counts.unchanged += len(wanted) - len(new) - len(other)


def _there(connection: Connection, vocabulary: str, term_ids: Sequence[str]) -> dict[str, AnyRow]:
    """The rows as they are, locked where two imports could run at once."""
    kept = select(terms).where(terms.c.vocabulary == vocabulary, terms.c.id.in_(term_ids)).with_for_update()
    return {row.id: row for row in connection.execute(kept)}


def _differs(row: AnyRow, term: Term) -> bool:
    kept = (row.title, row.props, row.tags, row.description, row.weight)
    return kept != (term.title, term.props, list(term.tags), term.description, term.weight)


def _add(connection: Connection, vocabulary: str, new: Sequence[tuple[Term, Entry]]) -> None:
    now = clock.now()
    rows = [
        {
            **_columns(term, entry),
            "vocabulary": vocabulary,
            "id": term.id,
            "revision": 1,
            "created_at": now,
            "updated_at": now,
        }
        for term, entry in new
    ]
    added = connection.execute(insert(terms).returning(terms.c.id, terms.c.serial), rows)
    entries = {term.id: entry for term, entry in new}
    _add_words(
        connection, [row for term_id, serial in added for row in _word_rows(vocabulary, serial, entries[term_id])]
    )


def _change(connection: Connection, vocabulary: str, other: Sequence[tuple[AnyRow, Term, Entry]]) -> None:
    gone: list[dict[str, Any]] = []
    come: list[dict[str, Any]] = []
    for row, _term, entry in other:
        before = _word_rows(vocabulary, row.serial, Entry(row.name, row.words, tuple(row.exact)))
        after = _word_rows(vocabulary, row.serial, entry)
        gone += [words for words in before if words not in after]
        come += [words for words in after if words not in before]
    changed = [
        {**_columns(term, entry), "of": row.serial, "revision": row.revision + 1, "updated_at": clock.now()}
        for row, term, entry in other
    ]
    connection.execute(update(terms).where(terms.c.serial == bindparam("of")), changed)
    if gone:
        connection.execute(
            delete(term_words).where(*[column == bindparam(f"old_{column.name}") for column in term_words.c]),
            [{f"old_{name}": value for name, value in row.items()} for row in gone],
        )
    _add_words(connection, come)


def _columns(term: Term, entry: Entry) -> dict[str, Any]:
    return {
        "name": entry.name,
        "words": entry.words,
        "exact": list(entry.keys),
        "title": term.title,
        "props": term.props,
        "tags": list(term.tags),
        "description": term.description,
        "weight": term.weight,
    }


def _word_rows(vocabulary: str, serial: int, entry: Entry) -> list[dict[str, Any]]:
    shelf = SHELVES[vocabulary]
    return [
        {"shelf": shelf, "word": word, "is_key": is_key, "term": serial} for word, is_key in entry.indexed().items()
    ]


def _add_words(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(term_words), rows)

"""Finds imported terms by what was typed, in bounded time however many there are.

`term_words` is entered by the rarest word that was typed; what it leads to is compared with the other words. When every
word is too common for that, the best known terms are looked through instead, a fixed number of them, beside those whose
title begins with what was typed and those with exactly that acronym, number or identifier.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Text,
    and_,
    case,
    false,
    func,
    literal,
    or_,
    select,
    type_coerce,
    union,
    union_all,
)

from baton.vocabularies.matching import Query
from baton.vocabularies.models import SHELVES, term_words, terms
from baton.vocabularies.term import Term

# A word that leads to more terms than this is too common to suggest by: their best are found another way.
COMMON_FOR_SUGGESTIONS = 2_000
# For lists the whole answer is wanted, with its number, unless it is absurdly large.
COMMON_FOR_LISTS = 200_000
# How many of the best known terms are looked through, and how many of each kind of match are taken.
LOOKED_THROUGH = 20_000
TAKEN = 100

# SQLite takes 32,766 variables in a statement.
MOST_IDS = 20_000

# The last character there is: every text that begins with `uni` lies between `uni` and `uni` + this.
LAST = "\U0010ffff"

_EXACT_TEXT = type_coerce(terms.c.exact, Text)
_TAGS_TEXT = type_coerce(terms.c.tags, Text)

ORDERS: dict[str, tuple[ColumnElement[Any], ...]] = {
    "title": (terms.c.name.asc(), terms.c.serial.asc()),
    "newest": (terms.c.serial.desc(),),
    "oldest": (terms.c.serial.asc(),),
}


def matching(
    connection: Connection, vocabulary: str, query: Query, tags: Sequence[str], order: str, most: int
) -> list[int]:
    """The serials of the terms that fit, in their order; `most` says from how many terms on a word is too common."""
    candidates = _candidates(connection, vocabulary, query, most)
    found = select(terms.c.serial).where(
        terms.c.serial.in_(candidates), or_(_fits(query), _is_hit(query)), *_tagged(tags)
    )
    return list(connection.execute(found.order_by(*ORDERS.get(order, _best_first(query)))).scalars())


def count(connection: Connection, vocabulary: str, tags: Sequence[str]) -> int:
    """How many terms a vocabulary has."""
    found = select(func.count()).select_from(terms).where(terms.c.vocabulary == vocabulary, *_tagged(tags))
    number: int = connection.execute(found).scalar_one()
    return number


def serials_of(
    connection: Connection, vocabulary: str, tags: Sequence[str], order: str, start: int, size: int
) -> list[int]:
    """The serials of some of all terms of a vocabulary."""
    found = select(terms.c.serial).where(terms.c.vocabulary == vocabulary, *_tagged(tags))
    some = found.order_by(*ORDERS.get(order, ORDERS["title"])).offset(start).limit(size)
    return list(connection.execute(some).scalars())


def by_serials(connection: Connection, serials: Sequence[int]) -> list[Term]:
    """The terms, in the order of `serials`."""
    if not serials:
        return []
    rows = connection.execute(select(*_SHOWN).where(terms.c.serial.in_(serials)))
    by_serial = {row.serial: term_of(row) for row in rows}
    return [by_serial[serial] for serial in serials]


def by_ids(connection: Connection, wanted: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Term]:
    """Those of the terms that the table has: one statement, or one for each `MOST_IDS` of them."""
    askable = [(vocabulary, term_id) for vocabulary, term_id in wanted if "\0" not in term_id]
    found: dict[tuple[str, str], Term] = {}
    for start in range(0, len(askable), MOST_IDS):
        rows = connection.execute(select(*_SHOWN).where(_is_one_of(askable[start : start + MOST_IDS])))
        found |= {(row.vocabulary, row.id): term_of(row) for row in rows}
    return found


def _is_one_of(wanted: Sequence[tuple[str, str]]) -> ColumnElement[bool]:
    by_vocabulary: dict[str, list[str]] = {}
    for vocabulary, term_id in wanted:
        by_vocabulary.setdefault(vocabulary, []).append(term_id)
    asked = [(terms.c.vocabulary == vocabulary) & terms.c.id.in_(ids) for vocabulary, ids in by_vocabulary.items()]
    return or_(false(), *asked)


_SHOWN = (
    terms.c.serial,
    terms.c.vocabulary,
    terms.c.id,
    terms.c.title,
    terms.c.props,
    terms.c.tags,
    terms.c.description,
    terms.c.weight,
    terms.c.revision,
    terms.c.created_at,
    terms.c.updated_at,
)


def term_of(row: Row[*tuple[Any, ...]]) -> Term:
    """The term in a row of the table."""
    return Term(
        vocabulary=row.vocabulary,
        id=row.id,
        title=row.title,
        props=row.props,
        tags=tuple(row.tags),
        description=row.description,
        weight=row.weight,
        revision=row.revision,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _candidates(connection: Connection, vocabulary: str, query: Query, most: int) -> Select[tuple[int]]:
    """Serials among which everything that fits is to be found, or the best of it when that is too much."""
    shelf = term_words.c.shelf == SHELVES[vocabulary]
    exact = select(term_words.c.term).where(shelf, term_words.c.word.in_(query.keys), term_words.c.is_key)
    found = [exact.limit(TAKEN)]
    if driver := _rarest(connection, shelf, query.drivers(), most):
        found.append(select(term_words.c.term).where(shelf, _begins(term_words.c.word, driver)))
    elif query.words:
        found += [*_titles_that_begin(vocabulary, query), _best_known(vocabulary, query)]
    return select(union(*[select(part.subquery()) for part in found]).subquery().c[0])


def _rarest(connection: Connection, shelf: ColumnElement[bool], words: Sequence[str], most: int) -> str | None:
    """The word that leads to the fewest terms, unless even that leads to more than `most`."""
    if not words:
        return None
    counts = []
    for position, word in enumerate(words):
        some = select(literal(1)).select_from(term_words).where(shelf, _begins(term_words.c.word, word)).limit(most + 1)
        counts.append(select(literal(position).label("position"), func.count().label("n")).select_from(some.subquery()))
    fewest = min(connection.execute(union_all(*counts)), key=lambda row: row.n)
    return words[fewest.position] if fewest.n <= most else None


def _titles_that_begin(vocabulary: str, query: Query) -> list[Select[tuple[int]]]:
    """In either order of the words: people are kept as `carberry josiah`. Two look-ups: SQLite would scan for an OR."""
    orders = {query.name, " ".join(reversed(query.words))}
    return [
        select(terms.c.serial).where(terms.c.vocabulary == vocabulary, _begins(terms.c.name, name)).limit(TAKEN)
        for name in sorted(orders)
    ]


def _best_known(vocabulary: str, query: Query) -> Select[tuple[int]]:
    known = (
        select(terms.c.serial, terms.c.words, terms.c.weight)
        .where(terms.c.vocabulary == vocabulary)
        .order_by(terms.c.weight.desc(), terms.c.serial)
        .limit(LOOKED_THROUGH)
        .subquery()
    )
    return select(known.c.serial).where(*[known.c.words.contains(f" {word}") for word in query.words]).limit(TAKEN)


def _begins(column: ColumnElement[str], prefix: str) -> ColumnElement[bool]:
    return (column >= prefix) & (column < prefix + LAST)


def _fits(query: Query) -> ColumnElement[bool]:
    """As `Query.fits`; folded words hold nothing that LIKE would read as a wildcard."""
    if not query.words:
        return false()
    return and_(*[terms.c.words.contains(f" {word}") for word in query.words])


def _is_hit(query: Query) -> ColumnElement[bool]:
    return or_(false(), *[_EXACT_TEXT.contains(f'"{key}"') for key in sorted(query.keys)])


def _best_first(query: Query) -> tuple[ColumnElement[Any], ...]:
    """As `matching.rank`."""
    begins = [_begins(terms.c.name, query.name)] if query.words else []
    begins += [_EXACT_TEXT.contains(f'"{key}') for key in sorted(query.keys)]
    return (
        case((_is_hit(query), 0), (or_(false(), *begins), 1), else_=2),
        terms.c.weight.desc(),
        func.length(terms.c.name),
        terms.c.name,
        terms.c.serial,
    )


def _tagged(tags: Sequence[str]) -> list[ColumnElement[bool]]:
    return [_TAGS_TEXT.contains(f'"{tag}"', autoescape=True) for tag in tags]

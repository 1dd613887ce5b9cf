"""Looks terms up: built-in ones in memory, imported ones in the table, and the best-known funders in both."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from baton.kernel.errors import InvalidInput
from baton.vocabularies import builtin, lookup
from baton.vocabularies.errors import TermNotFound, UnknownVocabulary
from baton.vocabularies.folding import fold
from baton.vocabularies.matching import Query
from baton.vocabularies.models import SHELVES
from baton.vocabularies.term import Term

# Fewer characters than these suggest nothing but an exact acronym, number or identifier.
FEWEST_CHARACTERS = 2

LONGEST_TAG = 100

SORTS = ("bestmatch", "title", "name", "subject", "newest", "oldest")


def vocabulary_names() -> tuple[str, ...]:
    """Every vocabulary, built-in and imported."""
    return (*builtin.NAMES, *SHELVES)


def find(vocabulary: str, term_id: str) -> Term | None:
    """A built-in term, from memory: by its id, or another name of it (`publication-thesis`, `de`, `GPL-3.0`)."""
    _require(vocabulary)
    return builtin.find(vocabulary, term_id)


def find_many(connection: Connection, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Term]:
    """Those of the terms, given as (vocabulary, id), that exist; imported ones take one statement altogether.

    A built-in term is found by other names of it too; it then says by its own `id` what it is called now.
    """
    asked = dict.fromkeys(wanted)
    imported = [pair for pair in asked if pair[0] in SHELVES]
    stored = lookup.by_ids(connection, imported) if imported else {}
    found = {pair: stored.get(pair) or find(*pair) for pair in asked}
    return {pair: term for pair, term in found.items() if term is not None}


def get_term(connection: Connection, vocabulary: str, term_id: str) -> Term:
    """The term, built-in or imported; raises `TermNotFound`."""
    term = find_many(connection, [(vocabulary, term_id)]).get((vocabulary, term_id))
    if term is None:
        raise TermNotFound(f"The vocabulary {vocabulary} has no term {term_id!r}.")
    return term


def list_terms(
    connection: Connection,
    vocabulary: str,
    *,
    q: str = "",
    suggest: str = "",
    tags: Sequence[str] = (),
    sort: str = "",
    page: int = 1,
    size: int = 25,
) -> tuple[list[Term], int]:
    """One page of the terms that have every tag and a word for each word typed that begins with it; and their number.

    `q` asks for all that fits; `suggest` is answered while somebody types: when what was typed is too common to count,
    the number is that of the best ones found. Raises `UnknownVocabulary`, and `InvalidInput` for arguments.
    """
    _require(vocabulary)
    _check(q, suggest, sort, tags)
    order = {"name": "title", "subject": "title"}.get(sort, sort)
    typed = Query.parse(q or suggest) if q.strip() or suggest.strip() else None
    if typed and suggest and len(suggest.strip()) < FEWEST_CHARACTERS:
        typed = Query((), typed.keys)
    start = (page - 1) * size
    own = _from_memory(vocabulary, typed, tags, order)
    if vocabulary not in SHELVES:
        return own[start : start + size], len(own)
    # What is built in stands before what was imported, except where an import has brought the same term.
    stored = lookup.by_ids(connection, [(vocabulary, term.id) for term in own]) if own else {}
    own = [term for term in own if (vocabulary, term.id) not in stored]
    here = own[start : start + size]
    begin, end = max(0, start - len(own)), max(0, start + size - len(own))
    if typed is None:
        total = lookup.count(connection, vocabulary, tags)
        serials = lookup.serials_of(connection, vocabulary, tags, order, begin, end - begin) if end > begin else []
    else:
        found = lookup.matching(connection, vocabulary, typed, tags, order, _most(suggest))
        total, serials = len(found), found[begin:end]
    return here + lookup.by_serials(connection, serials), len(own) + total


def _most(suggest: str) -> int:
    return lookup.COMMON_FOR_SUGGESTIONS if suggest else lookup.COMMON_FOR_LISTS


def _from_memory(vocabulary: str, typed: Query | None, tags: Sequence[str], order: str) -> list[Term]:
    known = builtin.vocabulary(vocabulary)
    if known is None:
        return []
    found = list(known.terms) if typed is None else builtin.search(vocabulary, typed)
    terms = [term for term in found if set(tags) <= {*term.tags}]
    if order in {"oldest", "newest"}:
        place = {term.id: position for position, term in enumerate(known.terms)}
        return sorted(terms, key=lambda term: place[term.id], reverse=order == "newest")
    if order == "title" or typed is None:
        return sorted(terms, key=lambda term: fold(term.label))
    return terms


def _require(vocabulary: str) -> None:
    if vocabulary not in vocabulary_names():
        known = ", ".join(vocabulary_names())
        raise UnknownVocabulary(f"There is no vocabulary {vocabulary!r}. There are: {known}.")


def _check(q: str, suggest: str, sort: str, tags: Sequence[str]) -> None:
    if any(len(tag) > LONGEST_TAG or "\0" in tag for tag in tags):
        raise InvalidInput(f"A tag has at most {LONGEST_TAG} ordinary characters.")
    if q and suggest:
        raise InvalidInput("Give either q or suggest, not both.")
    if sort and sort not in SORTS:
        raise InvalidInput(f"Terms cannot be sorted by {sort!r}. Choose one of: {', '.join(SORTS)}.")

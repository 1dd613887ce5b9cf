"""Terms of vocabularies: found by the words that other formats have for them, and given up where nobody knows them."""

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import Any

from baton.vocabularies.builtin import vocabulary
from baton.vocabularies.term import Term


def term_by(name: str, prop: str, word: str) -> str | None:
    """The id of the term that a format calls `word`, whose words the property holds; of several the plainest."""
    return _by_prop(name, prop).get(word.lower()) if word else None


@cache
def _by_prop(name: str, prop: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for term in _terms(name):
        word = str(term.props.get(prop) or "").lower()
        # `other` is called Other, not the notes that are called Other as well.
        if word and (word not in found or term.id == word):
            found[word] = term.id
    return found


def term_called(name: str, word: str) -> str | None:
    """The id of the term with this id or title, in any language and case."""
    return _by_title(name).get(word.lower()) if word else None


@cache
def _by_title(name: str) -> dict[str, str]:
    titles = {title.lower(): term.id for term in _terms(name) for title in reversed(list(term.title.values()))}
    return titles | {term.id.lower(): term.id for term in _terms(name)}


def _terms(name: str) -> tuple[Term, ...]:
    known = vocabulary(name)
    return known.terms if known else ()


# Where `id` names a term of a list that need not be complete here, beside what says the same in words.
_BESIDE_WORDS = (
    ("affiliations", ("creators", "contributors"), "affiliations"),
    ("funders", ("funding",), "funder"),
    ("awards", ("funding",), "award"),
)


def mentioned(body: Mapping[str, Any]) -> set[tuple[str, str]]:
    """The terms, as (vocabulary, id), that an imported body means if the vocabularies here have them."""
    return {(name, thing["id"]) for name, thing in _mentions(body) if thing.get("id")}


def settle(body: Mapping[str, Any], known: Collection[tuple[str, str]] = ()) -> None:
    """Leave of each such term its id where it is `known`, else the words beside it. Changes `body`."""
    for name, thing in _mentions(body):
        term_id = thing.get("id")
        if term_id and (name, term_id) in known:
            thing.clear()
            thing["id"] = term_id
        elif term_id and len(thing) > 1:
            del thing["id"]


def _mentions(body: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    metadata = body.get("metadata") or {}
    for name, fields, member in _BESIDE_WORDS:
        for field in fields:
            for one in metadata.get(field) or ():
                found = one.get(member) or []
                yield from ((name, thing) for thing in (found if isinstance(found, list) else [found]))

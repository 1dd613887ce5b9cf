"""What of a term is compared with a query, and how well it fits. Pure; the same for built-in and imported terms."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from baton.vocabularies.folding import compact, fold, words
from baton.vocabularies.term import Term

# Words of one term that are compared at most: some organisations have a hundred names.
MOST_WORDS = 80
# An entry of an index of PostgreSQL holds 2,704 bytes; this leaves room for its other columns.
MOST_BYTES = 2_400
# Words of a query beyond these are ignored.
MOST_QUERY_WORDS = 8

# Words that nearly every title has: they are compared, but no index is kept of them. Taking one out of this list needs
# a migration that puts it into `term_words`.
COMMON = frozenset(
    words(
        "a an and at by for from in of on the to with / der die das des für und von"
        " / d de des du et l la le les pour / da do dos del e el las los para y di della"
    )
)

# What programs put before a word of `q` in InvenioRDM's query language; the word is looked for everywhere all the same.
_FIELD = re.compile(r"\b(?:id|title|name|acronym|number|subject|scheme|funder|props)(?:\.\w+)*:(?!/)|\b(?:AND|OR)\b")

_TEXTS = ("name", "acronym", "aliases", "synonyms", "number", "subject", "scheme", "country_name")
_KEYS = ("acronym", "number", "alpha_2", "datacite")


@dataclass(frozen=True, slots=True)
class Entry:
    """A term as it is compared.

    `name`: the folded title. `words`: every folded word with a blank before each, so that ` uni` in it means that a
    word begins with `uni`. `keys`: acronym, number and identifiers, compact, which a query may hit exactly.
    """

    name: str
    words: str
    keys: tuple[str, ...]

    def indexed(self) -> dict[str, bool]:
        """The words by which the term is looked up in a table, each with whether it is a key."""
        found = {word: False for word in self.words.split() if word not in COMMON}
        return found | dict.fromkeys(self.keys, True)


def entry_of(term: Term) -> Entry:
    """How `term` is compared."""
    keys = tuple(dict.fromkeys(key for key in map(compact, _keys(term)) if key))
    found = dict.fromkeys(word for text in _texts(term) for word in words(text))
    kept = [*keys, *[word for word in found if word not in keys][:MOST_WORDS]]
    joined = "".join(f" {word}" for word in kept)
    while len(joined.encode()) > MOST_BYTES:
        joined = joined[: joined.rindex(" ")]
    return Entry(name=fold(term.label)[:200], words=joined, keys=keys)


def _texts(term: Term) -> Iterator[str]:
    yield from term.title.values()
    if "://" not in term.id and "::" not in term.id:
        yield term.id
    for name in _TEXTS:
        yield from _strings(term.props.get(name))
    for affiliation in term.props.get("affiliations", ()):
        yield from _strings(affiliation.get("name"))
    yield from _strings(term.props.get("funder", {}).get("id"))


def _keys(term: Term) -> Iterator[str]:
    yield term.id
    yield _last_part(term.id)
    for name in _KEYS:
        yield from _strings(term.props.get(name))
    for identifier in term.props.get("identifiers", ()):
        yield identifier["identifier"]
        yield _last_part(identifier["identifier"])


def _strings(value: object) -> Iterable[str]:
    if isinstance(value, str):
        return (value,)
    return [item for item in value if isinstance(item, str)] if isinstance(value, list | tuple) else ()


def _last_part(identifier: str) -> str:
    """What people paste instead of the whole: the end of a URI or DOI (`https://ror.org/00k4n6c32`)."""
    return identifier.rstrip("/").rsplit("/", 1)[-1].rsplit(":", 1)[-1]


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody typed: every word must begin a word of the term; a key must be hit exactly."""

    words: tuple[str, ...]
    keys: frozenset[str]

    @classmethod
    def parse(cls, text: str) -> "Query":
        """The query in `text`; a pasted address counts as the identifier at its end."""
        stripped = _FIELD.sub(" ", text).strip()
        last = _last_part(stripped)
        asked = words(last if "://" in stripped else stripped)
        return cls(tuple(asked[:MOST_QUERY_WORDS]), frozenset({compact(stripped), compact(last)} - {""}))

    @property
    def name(self) -> str:
        """The words as a folded title would have them."""
        return " ".join(self.words)

    def fits(self, entry: Entry) -> bool:
        """Whether the term is found at all."""
        return not self.keys.isdisjoint(entry.keys) or (
            bool(self.words) and all(f" {word}" in entry.words for word in self.words)
        )

    def drivers(self) -> list[str]:
        """The words by which an index of words may be entered: it has every word that begins with one of these."""
        return [word for word in self.words if not any(common.startswith(word) for common in COMMON)]


def rank(query: Query, entry: Entry, weight: int) -> tuple[int, int, int, str]:
    """The order of what fits: a key hit exactly, a title or key that begins so; the better known; the shorter."""
    if not query.keys.isdisjoint(entry.keys):
        return (0, -weight, len(entry.name), entry.name)
    begins = entry.name.startswith(query.name) or any(key.startswith(tuple(query.keys)) for key in entry.keys)
    return (1 if begins else 2, -weight, len(entry.name), entry.name)

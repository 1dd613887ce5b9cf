"""The vocabularies that come with the program: read from `data/` and from packages when first asked for, then kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from baton.vocabularies.languages import read_languages
from baton.vocabularies.licences import read_licences
from baton.vocabularies.lists import read_terms, rows, term_of
from baton.vocabularies.matching import Entry, Query, entry_of, rank
from baton.vocabularies.term import Term


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Terms in the order of their list, and by id; `by_id` knows other names of a term as well."""

    terms: tuple[Term, ...]
    by_id: Mapping[str, Term]


# Vocabulary -> its file in `data/`.
_FILES = {
    "resourcetypes": "resourcetypes",
    "creatorsroles": "roles",
    "contributorsroles": "roles",
    "relationtypes": "relationtypes",
    "datetypes": "datetypes",
    "titletypes": "titletypes",
    "descriptiontypes": "descriptiontypes",
    "removalreasons": "removalreasons",
    "communitytypes": "communitytypes",
    "code:programmingLanguages": "programminglanguages",
    "code:developmentStatus": "developmentstatus",
}

# Complete without any import. Of `funders`, only the best known are built in; the table has the rest.
NAMES = (*_FILES, "languages", "licenses")


@cache
def vocabulary(name: str) -> Vocabulary | None:
    """The built-in vocabulary of that name; reads it the first time."""
    aliases = _aliases().get(name, {})
    if name in _FILES:
        return _indexed(read_terms(name, _FILES[name]), aliases)
    return _READERS[name](aliases) if name in _READERS else None


def find(name: str, term_id: str) -> Term | None:
    """The term, by its id or another name of it; licences in any case of letters."""
    found = vocabulary(name)
    if found is None:
        return None
    return found.by_id.get(term_id.lower() if name == "licenses" else term_id)


def search(name: str, query: Query) -> list[Term]:
    """What fits, best first."""
    fitting = [(rank(query, entry, term.weight), term) for term, entry in _entries(name) if query.fits(entry)]
    return [term for _rank, term in sorted(fitting, key=lambda pair: pair[0])]


@cache
def _entries(name: str) -> tuple[tuple[Term, Entry], ...]:
    found = vocabulary(name)
    return tuple((term, entry_of(term)) for term in found.terms) if found else ()


@cache
def _aliases() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for row in rows("aliases"):
        found.setdefault(row["vocabulary"], {})[row["alias"]] = row["id"]
    return found


def _indexed(terms: list[Term], aliases: Mapping[str, str]) -> Vocabulary:
    by_id = {term.id: term for term in terms}
    return Vocabulary(tuple(terms), {alias: by_id[term_id] for alias, term_id in aliases.items()} | by_id)


def _languages(_aliases: Mapping[str, str]) -> Vocabulary:
    return _indexed(*read_languages())


def _licences(aliases: Mapping[str, str]) -> Vocabulary:
    return _indexed(read_licences(aliases), aliases)


def _funders(aliases: Mapping[str, str]) -> Vocabulary:
    return _indexed([_funder(row) for row in rows("funders")], aliases)


def _funder(row: dict[str, str]) -> Term:
    """The same shape as the importer gives to funders of ROR."""
    own = {name: row[name] for name in ("name", "acronym", "country", "country_name") if row[name]}
    identifiers = [{"scheme": "ror", "identifier": row["id"]}]
    identifiers += [{"scheme": "doi", "identifier": doi} for doi in row["dois"].split()]
    plain = term_of("funders", row)
    return Term("funders", plain.id, plain.title, {**own, "identifiers": identifiers}, weight=500)


_READERS: dict[str, Callable[[Mapping[str, str]], Vocabulary]] = {
    "languages": _languages,
    "licenses": _licences,
    "funders": _funders,
}

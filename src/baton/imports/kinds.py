"""Resource types by the words that other formats have for them."""

from collections.abc import Callable
from functools import cache, lru_cache

from baton.exports import datacite_words as words
from baton.exports.schema_org import CONTEXT as SCHEMA_ORG
from baton.vocabularies.builtin import vocabulary
from baton.vocabularies.term import Term

# Words of schema.org that several types share -> the one that is meant as a rule.
_USUAL = {"CreativeWork": "other", "ScholarlyArticle": "publication-article"}


@lru_cache(maxsize=1024)
def kind_of_datacite(general: str, in_words: str) -> tuple[str | None, bool]:
    """The type that DataCite calls so, and whether it says the free words as well."""
    fitting = _fitting(lambda term: general in _generals(term))
    named = [term for term in fitting if in_words.lower() in {_typed(term).lower(), term.label.lower()}]
    exact = [term for term in fitting if _general(term) == general]
    plain = [term for term in exact if not _typed(term)] or exact or fitting
    chosen = next(iter(named if in_words and named else plain), None)
    return (chosen.id if chosen else None), not in_words or bool(named) or in_words.lower() == general.lower()


@lru_cache(maxsize=1024)
def kind_of_schema_org(kind: str) -> str | None:
    """The type that schema.org calls so, by its bare name."""
    fitting = _fitting(lambda term: term.props.get("schema.org") == f"{SCHEMA_ORG}/{kind}")
    return _USUAL.get(kind) or next((term.id for term in fitting), None)


def _fitting(fits: Callable[[Term], bool]) -> list[Term]:
    return [term for term in _terms() if fits(term)]


@cache
def _terms() -> tuple[Term, ...]:
    known = vocabulary("resourcetypes")
    return known.terms if known else ()


def _general(term: Term) -> str:
    return str(term.props.get("datacite_general") or "")


def _generals(term: Term) -> set[str]:
    """What each kernel calls it."""
    return {words.word(words.RESOURCE_TYPES, _general(term), kernel) for kernel in words.KERNELS}


def _typed(term: Term) -> str:
    return str(term.props.get("datacite_type") or "")

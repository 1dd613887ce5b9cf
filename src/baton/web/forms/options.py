"""The lists that selects of the upload form offer. Built from the vocabularies once, when first asked for."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from baton.identifiers.schemes import SCHEMES
from baton.records.metadata.identifiers import WORK
from baton.vocabularies.builtin import vocabulary
from baton.vocabularies.term import Term
from baton.web.forms.upload import PERSON_TYPES

# Licences that nearly everybody takes, in the order in which they are offered.
COMMON_LICENCES = """
    cc-by-4.0 cc-by-sa-4.0 cc0-1.0 cc-by-nc-4.0 cc-by-nc-sa-4.0 cc-by-nd-4.0 cc-by-nc-nd-4.0
    mit apache-2.0 bsd-3-clause gpl-3.0-or-later lgpl-3.0-or-later agpl-3.0-or-later mpl-2.0
    odbl-1.0 odc-by-1.0 all-rights-reserved
"""


@dataclass(frozen=True, slots=True)
class Choices:
    """Options under one heading; without a heading they stand alone. Each is (value, text)."""

    heading: str
    options: tuple[tuple[str, str], ...]


def choices(name: str) -> tuple[Choices, ...]:
    """What the select called `name` offers, beside nothing."""
    return _MADE[name]() if name in _MADE else _terms(name)


@cache
def _terms(name: str) -> tuple[Choices, ...]:
    known = vocabulary(name)
    return (_choices("", known.terms if known else ()),)


@cache
def _resource_types(tag: str) -> tuple[Choices, ...]:
    """By their kind: publications, images, ..."""
    known = vocabulary("resourcetypes")
    terms = [term for term in (known.terms if known else ()) if tag in term.tags]
    kinds = {term.props["type"]: term.label for term in terms if not term.props.get("subtype")}
    single = [term for term in terms if _family(term, terms) == 1]
    grouped = {
        kind: _choices(label, [term for term in terms if term.props["type"] == kind and term not in single])
        for kind, label in kinds.items()
    }
    return (_choices("", single), *(each for each in grouped.values() if each.options))


def _family(term: Term, terms: Iterable[Term]) -> int:
    return sum(other.props["type"] == term.props["type"] for other in terms)


@cache
def _licences() -> tuple[Choices, ...]:
    known = vocabulary("licenses")
    by_id: Mapping[str, Term] = known.by_id if known else {}
    return (_choices("", [by_id[each] for each in COMMON_LICENCES.split() if each in by_id]),)


@cache
def _schemes() -> tuple[Choices, ...]:
    return (Choices("", tuple((each, SCHEMES[each].label) for each in WORK if each in SCHEMES)),)


def _choices(heading: str, terms: Iterable[Term]) -> Choices:
    return Choices(heading, tuple((term.id, term.label) for term in terms))


_MADE: Mapping[str, Callable[[], tuple[Choices, ...]]] = {
    "resourcetypes": lambda: _resource_types("depositable"),
    "linkable": lambda: _resource_types("linkable"),
    "licences": _licences,
    "schemes": _schemes,
    "person_types": lambda: (Choices("", tuple(PERSON_TYPES.items())),),
}

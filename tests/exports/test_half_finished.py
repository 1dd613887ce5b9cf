"""Drafts are saved leniently: whatever the check lets into the store, every format can write down."""

from datetime import date
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.exports.samples import EVERYBODY, full_record, make_draft

from baton.exports.citation import citation
from baton.exports.citation_meta import citation_meta
from baton.exports.formats import FORMATS
from baton.identifiers.policy import DoiPolicy
from baton.imports.zenodo_json import Defaults, to_rdm
from baton.records.metadata.check import check, terms_in
from baton.records.record import Record
from baton.vocabularies.builtin import find
from baton.zenodo.deposition import deposition_json

TODAY = date(2024, 5, 31)
POLICY = DoiPolicy("10.5072", "baton.{id}")
DEFAULTS = Defaults(TODAY, "Example Archive")
WHOLE = full_record().body
EMPTY: tuple[Any, ...] = (None, "", [], {}, [{}], {"en": ""})
ODD: tuple[Any, ...] = (*EMPTY, "x", 0, {"id": "gone"}, "2024-13", "\ud83d\udc19")


def damaged(value: Any, chance: st.SearchStrategy[int], odd: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    """`value` with members left out or replaced by something `odd`, at any depth."""

    @st.composite
    def damage(draw: st.DrawFn, value: Any) -> Any:
        fate = draw(chance)
        if fate == 0:
            return draw(st.sampled_from(odd))
        if isinstance(value, dict):
            return {name: draw(damage(member)) for name, member in value.items() if draw(chance)}
        if isinstance(value, list):
            return [draw(damage(item)) for item in value if draw(chance)]
        return value

    return damage(value)


def drafts(odd: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    """Damaged a little or a lot, then stored."""
    return st.integers(3, 30).flatmap(lambda one_in: damaged(WHOLE, st.integers(0, one_in), odd)).map(stored)


def stored(raw: Any) -> Record:
    terms = {pair: term for pair in terms_in(raw) if (term := find(*pair)) is not None}
    return make_draft(check(raw, terms, today=TODAY, own_prefix="10.5072").body)


@settings(max_examples=150, deadline=None)
@given(drafts(ODD))
def test_every_draft_that_can_be_stored_can_be_shown(draft: Record) -> None:
    for form in FORMATS.values():
        assert form.render(draft, EVERYBODY)
    assert orjson.dumps(deposition_json(draft, EVERYBODY, POLICY))
    assert citation(draft, EVERYBODY)
    assert citation_meta(draft, EVERYBODY)


@settings(max_examples=150, deadline=None)
@given(drafts(EMPTY))
def test_what_the_legacy_dialect_shows_of_a_draft_it_takes_back(draft: Record) -> None:
    shown = deposition_json(draft, EVERYBODY, POLICY)
    assert to_rdm({"metadata": shown["metadata"]}, defaults=DEFAULTS, policy=POLICY)

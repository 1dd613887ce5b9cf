"""Whatever JSON comes in: no exception, a body that can be stored, and a second check that changes nothing."""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.records.metadata_bodies import check_here, full

from baton.records.metadata.check import terms_in

NAMED = """
metadata creators person_or_org identifiers identifier scheme affiliations name id role title type rights link
description dates date locations features geometry coordinates funding award funder access record files embargo until
active pids doi provider custom_fields subjects enabled order
"""
NAMES = st.sampled_from(NAMED.split())
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(alphabet=st.characters(), max_size=20)
    | st.sampled_from(["dataset", "personal", "10.1234/a", "2020", "public", "<p>x</p>", "\ud800", "\x00", "en"])
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.text(max_size=8), inner, max_size=5),
    max_leaves=25,
)


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The way to every value in a JSON document."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from places(each, (*path, key))


PLACES = list(places(full()))


def replaced(path: tuple[str | int, ...], value: object) -> Any:
    """The full body with something else in one place."""
    if not path:
        return value
    body: Any = full()
    target = body
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    return body


def assert_settled(raw: object) -> None:
    checked = check_here(raw)
    again = check_here(checked.body)
    assert again.body == checked.body
    assert set(again.body) == {"metadata", "custom_fields", "access", "pids", "files"}
    if not checked.errors:
        assert again.errors == ()
    orjson.dumps(checked.body)
    orjson.dumps([error.as_json() for error in checked.errors])
    assert all(isinstance(term_id, str) for _, term_id in terms_in(raw))


@given(JSON)
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@example({"metadata": {"resource_type": {"id": []}}})
def test_any_json_is_settled(raw: object) -> None:
    assert_settled(raw)
    assert_settled({"metadata": raw, "custom_fields": raw, "access": raw, "pids": raw, "files": raw})


@given(st.sampled_from(PLACES), JSON)
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=300)
def test_a_full_body_with_anything_in_one_place_is_settled(path: tuple[str | int, ...], value: object) -> None:
    assert_settled(replaced(path, value))


@pytest.mark.parametrize("wrong", [None, True, 7, 1e400, "", "x" * 300_000, [], {}, [[]], {"": {}}, [None], "\ud800"])
def test_a_wrong_value_in_any_place_is_settled(wrong: object) -> None:
    for path in PLACES:
        assert_settled(replaced(path, wrong))


def test_deep_nesting_is_settled() -> None:
    deep: object = "bottom"
    for _ in range(50_000):
        deep = [deep]
    for path in (("metadata", "title"), ("metadata", "locations", "features", 0, "geometry", "coordinates")):
        assert check_here(replaced(path, deep)).errors
    assert check_here({"metadata": deep, "access": deep, "pids": deep, "custom_fields": deep, "files": deep}).errors
    assert terms_in({"metadata": {"creators": deep}}) == set()


def test_huge_values_are_settled() -> None:
    huge = "x" * 10_000_000
    for path in PLACES:
        if path[-1:] in {("title",), ("description",), ("identifier",), ("id",), ("name",), ("until",), ("date",)}:
            assert check_here(replaced(path, huge)).errors

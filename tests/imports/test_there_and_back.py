"""What a format can carry comes back: the document of a draft that was made of a document is the same again."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from tests.exports.generated import crowded, records
from tests.exports.samples import make_record
from tests.imports.there_and_back import there_and_back
from tests.records.metadata_bodies import check_here, full, minimal

from baton.exports.datacite_words import KERNELS
from baton.imports.formats import FORMATS
from baton.records.record import Record
from baton.vocabularies.builtin import vocabulary

NAMES = pytest.mark.parametrize("name", FORMATS)


def record_of(body: object, **changes: object) -> Record:
    return make_record(check_here(body).body, **changes)


def people_of(record: Record) -> list[dict[str, Any]]:
    members = ("creators", "contributors")
    return [one["person_or_org"] for name in members for one in record.metadata.get(name, ())]


def has_family_name(one: dict[str, Any]) -> bool:
    """Without one nobody can publish it, and a name alone is read as that."""
    return one["type"] == "organizational" or "family_name" in one


@NAMES
def test_a_record_with_everything_comes_back(name: str) -> None:
    first, again = there_and_back(record_of(full()), name)
    assert again == first


@NAMES
def test_a_record_with_next_to_nothing_comes_back(name: str) -> None:
    first, again = there_and_back(record_of(minimal()), name)
    assert again == first


@NAMES
def test_every_kind_of_work_comes_back(name: str) -> None:
    kinds = vocabulary("resourcetypes")
    assert kinds is not None
    for kind in kinds.terms:
        record = record_of(full())
        record.metadata["resource_type"] = {"id": kind.id}
        first, again = there_and_back(record, name)
        assert again == first, kind.id


@NAMES
def test_ten_thousand_creators_come_back(name: str) -> None:
    first, again = there_and_back(replace(crowded(), concept_doi=None), name)
    assert again == first


@NAMES
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(record=records())
def test_whatever_can_be_stored_comes_back(name: str, record: Record) -> None:
    assume(all(has_family_name(one) for one in people_of(record)))
    first, again = there_and_back(record, name)
    assert again == first


@pytest.mark.parametrize("name", ["datacite-json", "datacite-xml"])
@pytest.mark.parametrize("kernel", KERNELS)
def test_every_kernel_comes_back(name: str, kernel: str) -> None:
    first, again = there_and_back(record_of(full()), name, kernel=kernel)
    assert again == first


@pytest.mark.parametrize("name", ["datacite-json", "datacite-xml"])
@pytest.mark.parametrize(
    ("kind", "coordinates"),
    [
        ("MultiPoint", [[1, 2], [3.5, -4]]),
        ("LineString", [[1, 2], [3.5, -4], [0, 0]]),
        ("LineString", [[1, 2], [3.5, 2]]),
        ("Polygon", [[[0, 0], [0, 1], [1, 1], [1, 0], [0, 0]]]),
        ("MultiPolygon", [[[[0, 0], [2, 1], [1, 1], [0, 0]]], [[[5, 5], [6, 5], [6, 6], [5, 5]]]]),
    ],
)
def test_every_shape_comes_back(name: str, kind: str, coordinates: list[object]) -> None:
    body = full()
    body["metadata"]["locations"] = {"features": [{"geometry": {"type": kind, "coordinates": coordinates}}]}
    first, again = there_and_back(record_of(body), name)
    assert again == first
    assert "geoLocation" in first

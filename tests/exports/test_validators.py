"""Every format holds what its keepers ask for, whatever the record is and says."""

import pytest
from hypothesis import HealthCheck, given, settings
from tests.exports.generated import crowded, records
from tests.exports.samples import (
    EVERYBODY,
    NO_FILES,
    empty_draft,
    full_record,
    hostile_record,
    minimal_record,
    pending_file,
)
from tests.exports.validators import VALIDATORS

from baton.exports.formats import FORMATS
from baton.records.record import Record
from baton.vocabularies.builtin import vocabulary

KINDS = vocabulary("resourcetypes")
FORMAT = pytest.mark.parametrize("name", VALIDATORS)
CASES = {
    "full": full_record(),
    "minimal": minimal_record(),
    "empty": empty_draft(),
    "hostile": hostile_record(),
    "pending": full_record(files=(pending_file(),)),
}


@FORMAT
@pytest.mark.parametrize("record", CASES.values(), ids=CASES)
def test_rich_poor_and_hostile_records_are_valid(name: str, record: Record) -> None:
    VALIDATORS[name](FORMATS[name].render(record, EVERYBODY))
    VALIDATORS[name](FORMATS[name].render(record, NO_FILES))


@FORMAT
def test_every_resource_type_is_valid(name: str) -> None:
    assert KINDS is not None
    for kind in KINDS.terms:
        for record in (full_record(), minimal_record()):
            record.metadata["resource_type"] = {"id": kind.id}
            VALIDATORS[name](FORMATS[name].render(record, EVERYBODY))


@FORMAT
def test_ten_thousand_creators_are_valid(name: str) -> None:
    body = FORMATS[name].render(crowded(), EVERYBODY)
    VALIDATORS[name](body)
    assert name == "geojson" or b"Family 9999" in body


@FORMAT
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(record=records())
def test_whatever_can_be_stored_is_valid(name: str, record: Record) -> None:
    VALIDATORS[name](FORMATS[name].render(record, EVERYBODY))

"""Dates as EDTF has them."""

import edtf
import pytest
from edtf.parser.edtf_exceptions import EDTFParseException
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.records.metadata_bodies import check_here, told, with_metadata

from baton.records.metadata.dates import is_date_interval_or_moment, is_date_or_interval, is_day, is_edtf

LEVEL_0 = ["2020", "2020-12", "2020-02-29", "1939/1945", "2020-01/2020-12", "2019-12-31/2020", "2020/2020-06", "0000"]
NOT_LEVEL_0 = [
    "",
    "20",
    "2020-13",
    "2020-00",
    "2021-02-29",
    "2020-04-31",
    "2020-1-1",
    "2021/2020",
    "2020-02/2020-01",
    "2020/",
    "/2020",
    "2020/..",
    "2020/2021/2022",
    "2020?",
    "19XX",
    "2020-01-01 ",
    "٢٠٢٠",
    "2020-01-01T10:00:00Z/2021",
    "today",
    "-0000",
]


@pytest.mark.parametrize("value", LEVEL_0)
def test_level_0_is_a_date_or_an_interval(value: str) -> None:
    assert is_date_or_interval(value)
    assert told(with_metadata(publication_date=value)) == {}


@pytest.mark.parametrize("value", NOT_LEVEL_0)
def test_anything_else_is_none(value: str) -> None:
    assert not is_date_or_interval(value)
    assert not is_date_interval_or_moment(value)


def test_a_wrong_publication_date_is_told_and_dropped() -> None:
    raw = with_metadata(publication_date="2021-02-29")
    assert told(raw) == {"metadata.publication_date": "Please provide a valid date or interval."}
    assert "publication_date" not in check_here(raw).body["metadata"]


@pytest.mark.parametrize("value", ["-0044-03-15", "-0100/-0044", "1900/-0044"])
def test_nothing_was_published_before_our_era(value: str) -> None:
    assert "metadata.publication_date" in told(with_metadata(publication_date=value))


def test_other_dates_reach_farther_back() -> None:
    assert is_date_or_interval("-0100/-0044-03-15")
    assert not is_date_or_interval("-0044/-0100")


@pytest.mark.parametrize(
    ("value", "valid"),
    [
        ("2020-01-01T10:00:00", True),
        ("2020-01-01T10:00:00Z", True),
        ("2020-01-01T10:00:00+01:00", True),
        ("2020-01-01T25:00:00", False),
        ("2020-02-30T10:00:00", False),
        ("2020-01-01T10:00", False),
    ],
)
def test_dates_may_have_a_time(value: str, valid: bool) -> None:
    assert is_date_interval_or_moment(value) is valid


@pytest.mark.parametrize(
    ("value", "valid"), [("2020-02-29", True), ("2021-02-29", False), ("20200229", False), ("2020-W01-1", False)]
)
def test_days_are_written_in_one_way(value: str, valid: bool) -> None:
    assert is_day(value) is valid


@pytest.mark.parametrize("value", ["1984~", "2004-06/..", "19XX", "[1667,1668]", "2020"])
def test_higher_levels_are_the_library_s(value: str) -> None:
    assert is_edtf(value)


@settings(max_examples=60)
@given(
    st.from_regex(r"[0-9]{4}(-[01][0-9](-[0-3][0-9])?)?(/[0-9]{4}(-[01][0-9](-[0-3][0-9])?)?)?", fullmatch=True)
    | st.from_regex(r"-?[0-9]{1,5}-?[0-9]{0,3}", fullmatch=True)
)
def test_the_fast_way_agrees_with_the_library(value: str) -> None:
    try:
        parsed = edtf.parse_edtf(value)
    except EDTFParseException:
        parsed = None
    level_0 = isinstance(parsed, edtf.Date | edtf.Interval) and parsed.lower_strict() <= parsed.upper_strict()
    assert is_date_or_interval(value) == level_0


@given(st.text(max_size=30) | st.text(alphabet="0123456789-/?~XY[]{}.,^() T:", max_size=20))
@settings(max_examples=60, deadline=None)
def test_no_text_makes_the_library_fail_on_us(value: str) -> None:
    is_edtf(value)

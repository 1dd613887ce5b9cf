"""Dates in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.exports.dates import MEDIUM, in_words, parts, year


@pytest.mark.parametrize(
    ("edtf", "long", "medium"),
    [
        ("2024-05-31", "May 31, 2024", "May 31, 2024"),
        ("2024-09-01", "September 1, 2024", "Sep 1, 2024"),
        ("2024-09", "September 2024", "Sep 2024"),
        ("2024", "2024", "2024"),
        ("2024/2025-02", "2024 \N{EN DASH} February 2025", "2024 \N{EN DASH} Feb 2025"),
        ("soon", "soon", "soon"),
        ("2024-13", "2024-13", "2024-13"),
        ("2024-00-01", "2024-00-01", "2024-00-01"),
    ],
)
def test_dates_are_told_in_words(edtf: str, long: str, medium: str) -> None:
    assert (in_words(edtf), in_words(edtf, MEDIUM)) == (long, medium)


@pytest.mark.parametrize(
    ("edtf", "found"),
    [
        ("2024-05-31", "2024"),
        ("0987", "0987"),
        ("2018/2020-09", "2018"),
        ("", None),
        ("x", None),
        ("²024", None),
        ("9" * 5000, None),
    ],
)
def test_the_year_is_that_of_the_first_date(edtf: str, found: str | None) -> None:
    assert year(edtf) == found


@given(st.text())
def test_any_text_is_borne(text: str) -> None:
    in_words(text)
    assert all(isinstance(part, int) for part in parts(text))

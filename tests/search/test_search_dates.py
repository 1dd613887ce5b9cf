from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.search.dates import LATEST, day_bounds, milliseconds, moment_bounds, shifted

NOW = datetime(2024, 3, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020", (20200101, 20201231)),
        ("2020-02", (20200201, 20200231)),
        ("2020-02-03", (20200203, 20200203)),
        ("1066-10-14", (10661014, 10661014)),
        ("2010/2012-05", (20100101, 20120531)),
        ("2010/..", (20100101, LATEST)),
        ("2020-02-03T10:00:00Z", (20200203, 20200203)),
        ("2020-13", None),
        ("2012/2010", None),
        ("/", None),
        ("soon", None),
        ("", None),
    ],
)
def test_days_have_bounds(text: str, expected: tuple[int, int] | None) -> None:
    assert day_bounds(text) == expected


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2023", datetime(2023, 1, 1, tzinfo=UTC), datetime(2023, 12, 31, 23, 59, 59, 999000, UTC)),
        ("2024-02", datetime(2024, 2, 1, tzinfo=UTC), datetime(2024, 2, 29, 23, 59, 59, 999000, UTC)),
        ("2024-02-03", datetime(2024, 2, 3, tzinfo=UTC), datetime(2024, 2, 3, 23, 59, 59, 999000, UTC)),
        ("2024-02-03T04:05:06", datetime(2024, 2, 3, 4, 5, 6, 0, UTC), datetime(2024, 2, 3, 4, 5, 6, 999000, UTC)),
        ("now-1M", datetime(2024, 2, 29, 12, tzinfo=UTC), datetime(2024, 2, 29, 12, tzinfo=UTC)),
    ],
)
def test_moments_have_bounds(text: str, first: datetime, last: datetime) -> None:
    assert moment_bounds(text, NOW) == (milliseconds(first), milliseconds(last))


@pytest.mark.parametrize("text", ["", "soon", "2024-02-40T00:00:00", "now-", "now-999999y", "99999"])
def test_what_is_no_moment_has_none(text: str) -> None:
    assert moment_bounds(text, NOW) is None


def test_date_arithmetic_moves_now() -> None:
    assert shifted("now", NOW) == NOW
    assert shifted("now-7d/d", NOW) == datetime(2024, 3, 24, 12, tzinfo=UTC)
    assert shifted("now-1y+2h", NOW) == datetime(2023, 3, 31, 14, tzinfo=UTC)


@given(st.text(max_size=30) | st.from_regex(r"now[+-]\d{1,7}[yMwdhHms]", fullmatch=True))
def test_no_text_breaks_them(text: str) -> None:
    moment_bounds(text, NOW)
    bounds = day_bounds(text)
    assert bounds is None or bounds[0] <= bounds[1]

"""Which bytes a Range header asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.files.errors import RangeNotSatisfiable
from baton.files.ranges import Span, requested_spans


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-9", [Span(0, 10)]),
        ("bytes=0-0", [Span(0, 1)]),
        ("bytes=90-", [Span(90, 100)]),
        ("bytes=-10", [Span(90, 100)]),
        ("bytes=-1000", [Span(0, 100)]),
        ("bytes=99-99", [Span(99, 100)]),
        ("bytes=0-99999999999999999999999999", [Span(0, 100)]),
        (f"bytes=-{'9' * 5000}", [Span(0, 100)]),
        (f"bytes={'0' * 5000}5-6", [Span(5, 7)]),
        (" Bytes = 0-9 , 20-29 ", [Span(0, 10), Span(20, 30)]),
        ("bytes=20-29,0-9", [Span(20, 30), Span(0, 10)]),
        ("bytes=0-9,5-20", [Span(0, 21)]),
        ("bytes=0-9,10-19", [Span(0, 20)]),
        ("bytes=0-9,200-300", [Span(0, 10)]),
        ("bytes=0-9,,", [Span(0, 10)]),
    ],
)
def test_ranges_of_a_hundred_bytes(header: str, expected: list[Span]) -> None:
    assert requested_spans(header, 100) == expected


@pytest.mark.parametrize("header", [None, "", "pages=1-2", "0-9", "bytes", "bytes 0-9"])
def test_what_is_no_range_of_bytes_asks_for_everything(header: str | None) -> None:
    assert requested_spans(header, 100) is None


@pytest.mark.parametrize(
    "header",
    [
        "bytes=",
        "bytes=,",
        "bytes=-",
        "bytes=abc",
        "bytes=5-2",
        "bytes=--5",
        "bytes=-5-",
        "bytes=1.5-2",
        "bytes=0x0-9",
        "bytes=0-9;20-29",
        "bytes=\u0660-\u0669",
        "bytes=100-",
        "bytes=100-200",
        "bytes=-0",
        f"bytes={'9' * 6000}-",
        "bytes=" + ",".join(f"{n}-{n}" for n in range(0, 300, 2)),
    ],
)
def test_absurd_ranges_get_416_and_the_true_size(header: str) -> None:
    with pytest.raises(RangeNotSatisfiable) as caught:
        requested_spans(header, 100)
    assert caught.value.status == 416
    assert caught.value.headers == {"Content-Range": "bytes */100"}
    caught.value.detail.encode()


def test_an_empty_content_has_no_first_byte_but_a_last_part() -> None:
    assert requested_spans("bytes=-5", 0) is None
    with pytest.raises(RangeNotSatisfiable):
        requested_spans("bytes=0-", 0)


def test_a_span_says_itself_as_content_range() -> None:
    assert Span(0, 10).content_range(100) == "bytes 0-9/100"
    assert Span(0, 10).length == 10


@given(st.text(), st.integers(0, 1000))
def test_whatever_is_asked_spans_lie_inside(header: str, size: int) -> None:
    try:
        spans = requested_spans(f"bytes={header}", size)
    except RangeNotSatisfiable:
        return
    assert spans is None or all(0 <= span.start < span.stop <= size for span in spans)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=8), st.integers(1, 50))
def test_exactly_the_bytes_that_were_asked_for_are_answered_once(pairs: list[tuple[int, int]], size: int) -> None:
    pairs = [(min(pair), max(pair)) for pair in pairs]
    wanted = {byte for first, last in pairs for byte in range(first, min(last + 1, size))}
    header = "bytes=" + ", ".join(f"{first}-{last}" for first, last in pairs)
    if not wanted:
        with pytest.raises(RangeNotSatisfiable):
            requested_spans(header, size)
        return

    spans = requested_spans(header, size)

    assert spans is not None
    answered = [byte for span in spans for byte in range(span.start, span.stop)]
    assert sorted(answered) == sorted(wanted)

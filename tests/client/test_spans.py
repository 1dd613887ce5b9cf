"""Which bytes are there, against a plain set of numbers."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as some

from baton.client.spans import Spans

STRETCHES = some.lists(some.tuples(some.integers(0, 40), some.integers(0, 40)))


@given(STRETCHES, some.integers(0, 40), some.integers(0, 40))
def test_what_was_added_is_there_and_nothing_else(stretches: list[tuple[int, int]], start: int, stop: int) -> None:
    spans, model = Spans(), set[int]()
    for begin, end in stretches:
        spans.add(begin, end)
        model |= set(range(begin, end))
    missing = list(spans.missing(start, stop))
    assert spans.total == len(model)
    assert [byte for span in missing for byte in range(span.start, span.stop)] == sorted(
        set(range(start, stop)) - model
    )
    assert all(one.stop < other.start for one, other in pairwise(missing))

"""Which bytes of a file are there: stretches in order, joined where they touch. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from baton.files.ranges import Span


class Spans:
    """A set of bytes, kept as few stretches."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._stops: list[int] = []
        self.total = 0  # bytes

    def add(self, start: int, stop: int) -> None:
        """The bytes from `start` up to, but not with, `stop` are there, if they were not before."""
        if start >= stop:
            return
        first = bisect_left(self._stops, start)
        after = bisect_right(self._starts, stop)
        if first < after:
            start = min(start, self._starts[first])
            stop = max(stop, self._stops[after - 1])
        old = zip(self._starts[first:after], self._stops[first:after], strict=True)
        self.total += stop - start - sum(end - begin for begin, end in old)
        self._starts[first:after] = [start]
        self._stops[first:after] = [stop]

    def missing(self, start: int, stop: int) -> Iterator[Span]:
        """What of these bytes is not there, in order."""
        for number in range(bisect_right(self._stops, start), len(self._starts)):
            begin, end = self._starts[number], self._stops[number]
            if begin >= stop:
                break
            if begin > start:
                yield Span(start, begin)
            start = max(start, end)
        if start < stop:
            yield Span(start, stop)

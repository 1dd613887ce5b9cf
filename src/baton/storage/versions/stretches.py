"""Long stretches that new bytes have in common with a region of an earlier object: a reader only copies them.

A delta would hold them at the same price, but has to be unpacked, the whole region with it, for every byte of them.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

# How long a sample is; they are taken so often that every stretch has one at least.
SAMPLE = 32
# How far from where it is expected a sample is looked for at first.
NEAR = 4 << 10
# After so many samples in vain, only every so many-th is looked for: to look through the whole region is dear.
PATIENCE = 8
SELDOM = 16
# So many stretches are always worth it, more only if they have so many times the shortest length on average.
FEW = 2
LONGER = 3
# Bytes around the place of others that belong to their dictionary: so many times their number, and at most.
AROUND = 1
MARGIN = 128 << 10
# What is compared at once.
STEP = 16 << 10


class Part(NamedTuple):
    """Bytes of the data, and bytes of the region that they are the same as, or may be like."""

    start: int
    stop: int
    place: int
    end: int
    is_same: bool


def parts(data: bytes, region: bytes, shortest: int) -> Iterator[Part]:
    """The data from beginning to end: stretches of at least `shortest` bytes, and what lies between them.

    Where changes are so close that most stretches are hardly longer, one delta is smaller: then all is one part.
    """
    found = list(_stretches(data, region, shortest))
    if len(found) > FEW + sum(part.stop - part.start for part in found) // (LONGER * shortest):
        found = []
    last: Part | None = None
    for stretch in found:
        yield from _between(last, stretch, data, region)
        yield stretch
        last = stretch
    yield from _between(last, None, data, region)


def _between(before: Part | None, after: Part | None, data: bytes, region: bytes) -> Iterator[Part]:
    """What lies between two stretches, with the bytes of the region around the places where it would be expected."""
    start = before.stop if before else 0
    stop = after.start if after else len(data)
    length = stop - start
    if not length:
        return
    places = [*([before.end] if before else []), *([after.place - length] if after else [])]
    if not places:
        yield Part(start, stop, 0, len(region), is_same=False)
        return
    margin = min(MARGIN, AROUND * length)
    low, high = max(0, min(places) - margin), min(len(region), max(places) + length + margin)
    yield Part(start, stop, low, high, is_same=False)


def _stretches(data: bytes, region: bytes, shortest: int) -> Iterator[Part]:
    """All stretches, in the order of the data; none overlaps the one before. At its ends they may be short."""
    covered, shift, missed = 0, 0, 0
    last = len(data) - SAMPLE
    for at in (*range(0, last, shortest // 2), last):
        if at < covered:
            continue
        is_looked_for = missed < PATIENCE or missed % SELDOM == 0 or at == last
        place = _found(data[at : at + SAMPLE], region, at + shift) if is_looked_for else None
        if place is None:
            missed += 1
            continue
        before, after = _around(data, at, region, place, covered)
        found = Part(at - before, at + after, place - before, place + after, is_same=True)
        # What goes on beyond the ends makes one extent with these bytes.
        if before + after >= shortest or found.start == 0 or found.stop == len(data):
            yield found
            covered, shift, missed = at + after, place - at, 0


def _found(sample: bytes, region: bytes, expected: int) -> int | None:
    """Where the region has the sample, preferably near the expected place."""
    if len(set(sample)) < SAMPLE // 8:  # zeros and the like are everywhere
        return None
    for low, high in (
        (max(0, expected), max(0, expected + SAMPLE)),
        (max(0, expected - NEAR), max(0, expected + NEAR)),
        (0, len(region)),
    ):
        place = region.find(sample, low, high)
        if place >= 0:
            return place
    return None


def _around(data: bytes, at: int, region: bytes, place: int, covered: int) -> tuple[int, int]:
    """How many bytes are the same before and after `at` in the data and `place` in the region."""
    before = _reach(
        min(at - covered, place),
        lambda n, step: data[at - n - step : at - n] == region[place - n - step : place - n],
    )
    after = _reach(
        min(len(data) - at, len(region) - place),
        lambda n, step: data[at + n : at + n + step] == region[place + n : place + n + step],
    )
    return before, after


def _reach(most: int, is_same: Callable[[int, int], bool]) -> int:
    """How far it goes, at most `most`, if `is_same(reached, step)` says whether the next `step` bytes are the same."""
    reached, step = 0, STEP
    while reached < most:
        step = min(step, most - reached)
        if is_same(reached, step):
            reached += step
        elif step == 1:
            break
        else:
            step //= 2
    return reached

"""Where in an earlier object a stretch of bytes has its like: what a delta is made against.

Two versions drift apart with every insertion and deletion. So the place is not computed but looked for: short samples
of the new bytes are searched around the place where the last stretch was found.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from baton.storage.versions.recipe import LARGEST_DICTIONARY, Source
from baton.storage.versions.window import REACH, Window

# How long a sample is, and how many are taken of a stretch.
SAMPLE = 32
SAMPLES = 16
# Bytes around the found place that belong to the dictionary as well: what moved by less is still found.
MARGIN = 128 << 10
# How far around the expected place is searched at first and at most; it doubles with each stretch that is not found.
NEAR = 1 << 20
FAR = 64 << 20
# Less is not worth asking the store for, and the library takes no notice of a few bytes.
SMALLEST_DICTIONARY = 64
# A dictionary that has to span more than this is cut; larger ones cost more than they find.
SPAN = 2 << 20


@dataclass(frozen=True, slots=True)
class Likeness:
    """Bytes of an object that resemble a stretch: from `start` to `stop`; what follows is expected at `goes_on`."""

    used: Source
    start: int
    stop: int
    goes_on: int


def likeness(used: Source, window: Window, expected: int, data: bytes, missed: int) -> Likeness | None:
    """The bytes of an object that resemble `data`, looked for around `expected`; `None` when there are none.

    `missed` stretches before this one were not found: the more, the farther is searched, but not each time.
    """
    start = max(0, expected - MARGIN)
    found = _found(window.read(start, expected + len(data) + MARGIN), start, expected, data, SAMPLES)
    # Few of them may be something else that happens to have a sample in common.
    if len(found) < SAMPLES // 4 and missed & (missed - 1) == 0:
        found = _searched(window, expected, data, min(FAR, NEAR * max(1, missed))) or found
    if not found:
        return None
    begins = [place - at for at, place in found]
    low, high = min(begins), max(begins)
    if high - low > SPAN:  # some sample was found by chance
        begins.sort()
        low = high = begins[len(begins) // 2]
    at, place = found[-1]
    return _around(used, window, low, high + len(data), place + len(data) - at)


def supposed(used: Source, window: Window, expected: int, data: bytes) -> Likeness | None:
    """What lies where `data` is expected: not found there, but numbers in columns may be alike without being equal."""
    return _around(used, window, expected, expected + len(data), expected + len(data))


def _around(used: Source, window: Window, low: int, high: int, goes_on: int) -> Likeness | None:
    start = min(max(0, low - MARGIN), window.size)
    stop = min(window.size, high + MARGIN, start + LARGEST_DICTIONARY)
    return Likeness(used, start, stop, goes_on) if stop - start >= SMALLEST_DICTIONARY else None


def _searched(window: Window, expected: int, data: bytes, radius: int) -> list[tuple[int, int]]:
    """The nearest place, piece by piece and away from the expected one, that has several samples."""
    for start in _outwards(expected, radius, window.size):
        region = window.read(start, start + REACH + len(data))
        found = _found(region, start, expected, data, SAMPLES // 2)
        if len(found) >= SAMPLES // 4:
            # All of them, now that it is known where.
            return _found(region, start, found[0][1] - found[0][0], data, SAMPLES)
    return []


def _outwards(expected: int, radius: int, size: int) -> Iterator[int]:
    """Where pieces begin that lie ever farther from the expected place, behind it first."""
    expected = min(expected, size)
    for distance in range(0, radius, REACH):
        if expected + distance < size:
            yield expected + distance
        if distance < expected:
            yield max(0, expected - distance - REACH)


def _found(region: bytes, start: int, expected: int, data: bytes, samples: int) -> list[tuple[int, int]]:
    """Samples of `data` that are in a region of an object: where in the data, and where in the object."""
    found = []
    for number in range(samples):
        at = max(0, len(data) - SAMPLE) * number // max(1, samples - 1)
        sample = data[at : at + SAMPLE]
        if len(sample) < SAMPLE or len(set(sample)) < SAMPLE // 8:  # zeros and the like are everywhere
            continue
        near = expected + at - start
        place = region.find(sample, max(0, near - SAMPLE))
        if place < 0:
            place = region.rfind(sample, 0, max(0, near) + SAMPLE)
        if place >= 0:
            found.append((at, start + place))
    return found

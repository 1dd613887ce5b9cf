"""What new bytes have in common with a region of earlier ones, in long stretches."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.storage.versions.made import edited

from baton.storage.versions.stretches import parts

SHORTEST = 1000
DATA = random.Random(1).randbytes(100_000)


def lengths(data: bytes, region: bytes) -> list[tuple[int, bool]]:
    return [(part.stop - part.start, part.is_same) for part in parts(data, region, SHORTEST)]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1 << 30), st.integers(0, 20), st.sampled_from([DATA, bytes(50_000), b"12,34,56\n" * 5000, b""]))
def test_the_parts_are_the_data_and_those_called_same_are_the_same(seed: int, edits: int, region: bytes) -> None:
    data = edited(region, random.Random(seed), edits)
    done = 0
    for part in parts(data, region, SHORTEST):
        assert part.start == done < part.stop
        assert 0 <= part.place <= part.end <= len(region)
        if part.is_same:
            assert data[part.start : part.stop] == region[part.place : part.end]
        done = part.stop
    assert done == len(data)


def test_changed_bytes_lie_alone_between_the_stretches() -> None:
    changed = DATA[:40_000] + b"corrected" + DATA[40_005:]
    assert lengths(changed, DATA) == [(40_000, True), (9, False), (len(DATA) - 40_005, True)]


def test_what_is_shifted_by_what_was_inserted_and_deleted_is_found() -> None:
    news = random.Random(2).randbytes(9_000)
    data = DATA[:30_000] + news + DATA[30_000:50_000] + DATA[60_000:]
    assert lengths(data, DATA) == [(30_000, True), (9_000, False), (20_000, True), (40_000, True)]


def test_a_short_stretch_counts_only_where_it_may_go_on_beyond_the_ends() -> None:
    other = random.Random(3).randbytes(5_000)
    data = DATA[:300] + other + DATA[20_000:20_300] + other + DATA[-300:]
    assert lengths(data, DATA) == [(300, True), (len(data) - 600, False), (300, True)]


def test_few_changed_bytes_are_compared_with_few() -> None:
    (_, change, _) = parts(DATA[:40_000] + bytes(500) + DATA[40_500:], DATA, SHORTEST)
    assert change.place <= 40_000
    assert change.end >= 40_500
    assert change.end - change.place <= 3 * 500


def test_where_changes_lie_close_together_the_data_stay_one_part() -> None:
    changed = bytearray(DATA)
    changed[1_500::1_500] = bytes(byte ^ 1 for byte in changed[1_500::1_500])
    assert lengths(bytes(changed), DATA) == [(len(DATA), False)]

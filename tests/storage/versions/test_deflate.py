"""Deflate streams: read in any place, and made again."""

import random
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.storage.versions.made import table
from tests.storage.versions.packed import opened, raw_deflated

from baton.storage.errors import DamagedRecipe
from baton.storage.versions.deflate import (
    ALL_PARAMETERS,
    SMALLEST_STEP,
    InflatedHandle,
    Parameters,
    deflated,
    is_zlib_itself,
    measured,
)

TABLE = table(20_000)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1 << 30))
def test_what_a_stretch_inflates_to_is_read_in_any_order(seed: int) -> None:
    chance = random.Random(seed)
    data = chance.choice([TABLE, bytes(3 * SMALLEST_STEP), chance.randbytes(200_000)])
    stream = raw_deflated(data, chance.randrange(1, 10))
    before, behind = chance.randbytes(chance.randrange(100)), chance.randbytes(chance.randrange(100))
    with InflatedHandle(opened(before + stream + behind), len(before), len(stream), len(data)) as handle:
        for _read in range(20):
            start = chance.randrange(len(data))
            length = chance.randrange(min(len(data) - start, 300_000) + 1)
            assert handle.pread(start, length) == data[start : start + length]


def test_going_back_costs_a_step_and_not_everything_before() -> None:
    data = TABLE * 40
    stream = raw_deflated(data, 1)
    with InflatedHandle(opened(stream), 0, len(stream), len(data)) as handle:
        handle.pread(0, len(data))
        for place in range(len(data) - 1000, 0, -2_000_000):
            before = handle.inflated
            assert handle.pread(place, 1000) == data[place : place + 1000]
            assert handle.inflated - before <= SMALLEST_STEP + 1000


@given(st.binary(max_size=300), st.data())
def test_a_damaged_stream_is_refused_and_never_makes_more_than_announced(noise: bytes, data: st.DataObject) -> None:
    stream = bytearray(raw_deflated(noise * 100 + b"end"))
    size = len(noise) * 100 + 3
    place = data.draw(st.integers(0, len(stream) - 1))
    stream[place] ^= data.draw(st.integers(1, 255))
    with InflatedHandle(opened(bytes(stream)), 0, len(stream), size) as handle, suppress(DamagedRecipe):
        assert len(handle.pread(0, size)) == size


@pytest.mark.parametrize("cut", [0, 1, 1000])
def test_a_stream_that_ends_too_early_is_refused(cut: int) -> None:
    stream = raw_deflated(TABLE)[:cut]
    with InflatedHandle(opened(stream), 0, cut, len(TABLE)) as handle, pytest.raises(DamagedRecipe):
        handle.pread(0, len(TABLE))
    assert measured(opened(stream), 0, len(TABLE)) is None


def test_a_stream_that_holds_less_than_announced_is_refused() -> None:
    stream = raw_deflated(TABLE)
    with InflatedHandle(opened(stream), 0, len(stream), len(TABLE) + 1) as handle, pytest.raises(DamagedRecipe):
        handle.pread(len(TABLE), 1)


def test_a_stream_is_measured_up_to_where_it_ends_and_a_bomb_is_given_up() -> None:
    stream = raw_deflated(TABLE)
    assert measured(opened(b"head" + stream + TABLE), 4, len(TABLE)) == (len(stream), len(TABLE))
    assert measured(opened(stream), 0, len(TABLE) - 1) is None
    assert measured(opened(b"\xff" * 100), 0, 1000) is None
    assert measured(opened(raw_deflated(bytes(50 << 20))), 0, 1 << 20) is None


@settings(deadline=None)
@given(st.lists(st.integers(1, len(TABLE) - 1), max_size=10), st.sampled_from(ALL_PARAMETERS))
def test_a_stream_depends_on_no_pieces(cuts: list[int], parameters: Parameters) -> None:
    places = [0, *sorted(cuts), len(TABLE)]
    pieces = [TABLE[start:stop] for start, stop in pairwise(places)]

    assert b"".join(deflated(pieces, parameters)) == raw_deflated(TABLE, parameters.level, parameters.memory)


def test_the_zlib_of_this_machine_makes_what_it_makes_everywhere() -> None:
    assert is_zlib_itself()

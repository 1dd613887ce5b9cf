"""Cutting streams, and the lists of what came out."""

import random
from array import array
from dataclasses import replace

import pytest
from blake3 import blake3
from hypothesis import example, given, settings
from hypothesis import strategies as st

from baton.storage.chunking import (
    AVERAGE,
    BLOCK,
    DIGEST,
    LARGEST,
    SMALLEST,
    Chunk,
    ChunkList,
    chunk_list,
    chunks,
    cut,
    decode,
    encode,
)
from baton.storage.errors import DamagedChunkList

DATA = random.Random(1).randbytes(6 << 20)
SHA256 = "ab" * 32


def in_pieces(data: bytes, seed: int) -> list[bytes]:
    chance = random.Random(seed)
    pieces = []
    at = 0
    while at < len(data):
        size = chance.choice([1, 100, 5_000, 300_000, BLOCK, 3 * BLOCK])
        pieces.append(data[at : at + size])
        at += size
    return pieces


@pytest.mark.parametrize("seed", range(10))
def test_where_the_cuts_are_does_not_depend_on_the_pieces_of_the_stream(seed: int) -> None:
    whole = list(chunks([DATA]))

    assert list(chunks(in_pieces(DATA, seed))) == whole
    assert [bytes(piece) for piece in cut(in_pieces(DATA, seed))] == [bytes(piece) for piece in cut([DATA])]


def test_the_chunks_are_the_stream_and_have_the_sizes_asked_for() -> None:
    found = [bytes(data) for data in cut(in_pieces(DATA, 0))]

    assert b"".join(found) == DATA
    assert all(SMALLEST <= len(data) <= LARGEST for data in found[:-1])
    assert AVERAGE * 0.8 < len(DATA) / len(found) < AVERAGE * 1.5
    assert next(chunks([DATA])) == Chunk(blake3(found[0]).digest()[:DIGEST], len(found[0]))


def test_an_insertion_changes_the_chunks_around_it_only() -> None:
    before = set(chunks([DATA]))
    after = list(chunks([DATA[: 2 << 20], b"a line\n", DATA[2 << 20 :]]))

    assert len([chunk for chunk in after if chunk not in before]) <= 3


@pytest.mark.parametrize("data", [b"", b"x", b"\0" * (LARGEST + 1), b"\0" * (3 * BLOCK)])
def test_small_and_monotonous_streams_are_cut_too(data: bytes) -> None:
    assert b"".join(cut([data])) == data
    assert all(len(piece) <= LARGEST for piece in cut([data]))


SIZES = st.lists(st.integers(SMALLEST, LARGEST), max_size=8)


@given(SIZES, st.integers(1, LARGEST))
@example([], 1)
def test_a_list_is_read_as_it_was_written(sizes: list[int], last: int) -> None:
    listed = chunk_list([Chunk(bytes([n]) * DIGEST, size) for n, size in enumerate([*sizes, last])], SHA256)

    assert decode(encode(listed)) == listed
    assert listed.size == sum(sizes) + last
    assert [chunk.length for chunk in listed] == [*sizes, last]


def test_the_list_of_nothing_is_a_list() -> None:
    nothing = chunk_list(chunks([b""]), SHA256)

    assert decode(encode(nothing)) == nothing
    assert (len(nothing), nothing.size) == (0, 0)


WRITTEN = encode(chunk_list(chunks([DATA]), SHA256))


@settings(max_examples=300)
@given(st.integers(0, len(WRITTEN) - 1), st.integers(1, 255))
def test_a_changed_byte_is_noticed(place: int, change: int) -> None:
    damaged = bytearray(WRITTEN)
    damaged[place] ^= change
    with pytest.raises(DamagedChunkList):
        decode(bytes(damaged))


@given(st.integers(0, len(WRITTEN) - 1))
def test_a_lost_end_is_noticed(length: int) -> None:
    with pytest.raises(DamagedChunkList):
        decode(WRITTEN[:length])
    with pytest.raises(DamagedChunkList):
        decode(WRITTEN + WRITTEN[:length] + b"x")


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_no_list(data: bytes) -> None:
    with pytest.raises(DamagedChunkList):
        decode(data)
    with pytest.raises(DamagedChunkList):
        decode(WRITTEN[:8] + data)


@pytest.mark.parametrize(
    ("sizes", "wrong_by"),
    [([SMALLEST - 1, 1], 0), ([LARGEST + 1, 1], 0), ([SMALLEST, 0], 0), ([SMALLEST, LARGEST + 1], 0), ([100], 1)],
)
def test_lengths_that_the_chunker_never_makes_are_refused_though_the_checksum_is_right(
    sizes: list[int], wrong_by: int
) -> None:
    made = ChunkList(SHA256, sum(sizes), bytes(DIGEST * len(sizes)), array("I", sizes))

    with pytest.raises(DamagedChunkList):
        decode(encode(replace(made, size=made.size + wrong_by)))

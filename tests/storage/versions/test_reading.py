"""Contents read by their recipes: every range, in few requests, and never wrong bytes."""

import random
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Barrier
from typing import Self

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from baton.storage.errors import ContentMissing, DamagedRecipe
from baton.storage.versions.assembling import BUDGET, GAP
from baton.storage.versions.frames import compress, compress_against, decompress
from baton.storage.versions.reading import RecipeHandle, read_back
from baton.storage.versions.recipe import Extent, ObjectUsed, Recipe, verbatim

MD5 = "0" * 32
MIB = 1 << 20
WINDOW = 8 * MIB


@dataclass
class Objects:
    """Objects in memory that note what is read of them."""

    stored: dict[str, bytes] = field(default_factory=dict)
    reads: list[tuple[str, int, int]] = field(default_factory=list)
    opened: set["Opened"] = field(default_factory=set)
    meeting: Barrier | None = None  # where reads wait for one another

    def open(self, name: str, _size: int) -> "Opened":
        if name not in self.stored:
            raise ContentMissing(name)
        handle = Opened(self, name)
        self.opened.add(handle)
        return handle


class Opened:
    def __init__(self, objects: Objects, name: str) -> None:
        self._objects, self._name = objects, name
        self.size = len(objects.stored[name])
        self.window = WINDOW

    def pread(self, offset: int, length: int) -> bytes:
        assert 0 <= offset <= offset + length <= self.size
        if self._objects.meeting is not None:
            self._objects.meeting.wait(20)
        self._objects.reads.append((self._name, offset, length))
        return self._objects.stored[self._name][offset : offset + length]

    def close(self) -> None:
        self._objects.opened.remove(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def name(number: int) -> str:
    return f"{number:064x}"


def made(seed: int) -> tuple[Objects, Recipe, bytes]:
    """Objects, a recipe of random extents into them, and the content that it makes."""
    chance = random.Random(seed)
    stored = [chance.randbytes(chance.randrange(1, 300_000)) for _ in range(chance.randrange(1, 4))]
    pack = bytearray()
    extents: list[Extent] = []
    content = bytearray()
    for _ in range(chance.randrange(1, 30)):
        number = chance.randrange(len(stored))
        start, stop = sorted(chance.randrange(len(stored[number]) + 1) for _ in range(2))
        data = stored[number][start:stop]
        kind = chance.choice(["copy", "zstd", "delta"]) if data else ""
        if kind == "copy":
            extents.append(Extent(len(data), number, start, len(data)))
            content += data
        elif kind:
            new = bytearray(data)
            new[chance.randrange(len(new))] ^= 1
            frame = compress_against(data, bytes(new)) if kind == "delta" else compress(bytes(new))
            skip = chance.randrange(len(new))
            extent = Extent(len(new) - skip, len(stored), len(pack), len(frame), skip, len(new))
            based = extent._replace(base=number, base_offset=start, base_length=len(data))
            extents.append(based if kind == "delta" else extent)
            pack += frame
            content += new[skip:]
    stored.append(bytes(pack))
    used = tuple(ObjectUsed(name(number), len(data)) for number, data in enumerate(stored))
    objects = Objects({name(number): data for number, data in enumerate(stored)})
    return objects, Recipe(name(99), MD5, len(content), used, tuple(extents)), bytes(content)


@pytest.fixture(scope="module")
def fetchers() -> Iterator[Executor]:
    with ThreadPoolExecutor(16) as pool:
        yield pool


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 1 << 30), st.booleans(), st.data())
def test_every_range_is_that_of_the_content(fetchers: Executor, seed: int, is_far: bool, data: st.DataObject) -> None:
    objects, recipe, content = made(seed)

    with RecipeHandle(recipe, objects.open, fetchers if is_far else None) as handle:
        assert handle.size == len(content)
        for _ in range(10):
            start = data.draw(st.integers(0, len(content)))
            length = data.draw(st.integers(0, len(content) - start))
            assert handle.pread(start, length) == content[start : start + length]
        piece = data.draw(st.integers(1000, 500_000))
        whole = b"".join(handle.pread(at, min(piece, len(content) - at)) for at in range(0, len(content), piece))
        assert whole == content
    if not is_far:
        assert not objects.opened


def scattered(extents: int, size: int, gap: int, objects: int = 1) -> tuple[Objects, Recipe, bytes]:
    """A content of many small extents that rise in each object, as those of versions do."""
    stored = [random.Random(number).randbytes((extents // objects + 1) * (size + gap)) for number in range(objects)]
    made = tuple(Extent(size, number % objects, number // objects * (size + gap), size) for number in range(extents))
    content = b"".join(stored[it.object][it.offset : it.offset + size] for it in made)
    used = tuple(ObjectUsed(name(number), len(data)) for number, data in enumerate(stored))
    return (
        Objects({name(number): data for number, data in enumerate(stored)}),
        Recipe(name(99), MD5, len(content), used, made),
        content,
    )


def test_a_whole_content_is_read_in_few_large_requests() -> None:
    objects, recipe, content = scattered(extents=800, size=64 << 10, gap=10_000)

    with RecipeHandle(recipe, objects.open) as handle:
        read = b"".join(handle.pread(at, MIB) for at in range(0, len(content), MIB))

    assert read == content
    fetched = sum(length for _name, _offset, length in objects.reads)
    assert len(objects.reads) <= len(content) // WINDOW + 6  # and a few until it is sure that the reader goes on
    assert fetched < 1.2 * len(content)


def test_several_objects_are_each_read_forwards_with_bounded_memory() -> None:
    objects, recipe, content = scattered(extents=1600, size=64 << 10, gap=0, objects=16)

    with RecipeHandle(recipe, objects.open) as handle:
        read = b"".join(handle.pread(at, MIB) for at in range(0, len(content), MIB))

    assert read == content
    assert sum(length for _name, _offset, length in objects.reads) < 1.1 * len(content)
    assert max(length for _name, _offset, length in objects.reads) * 16 <= BUDGET + 16 * MIB


def test_objects_that_are_far_away_are_asked_side_by_side(fetchers: Executor) -> None:
    objects, recipe, content = scattered(extents=8, size=10_000, gap=0, objects=4)
    objects.meeting = Barrier(4)  # broken unless all four come

    with RecipeHandle(recipe, objects.open, fetchers) as handle:
        assert handle.pread(0, len(content)) == content
    assert len(objects.reads) == 4


def test_what_comes_next_is_on_its_way_while_a_piece_is_used(fetchers: Executor) -> None:
    objects, recipe, content = scattered(extents=800, size=64 << 10, gap=10_000)

    with RecipeHandle(recipe, objects.open, fetchers) as handle:
        position = 0
        while handle.fetched < 20 * MIB:
            assert handle.pread(position, MIB) == content[position : position + MIB]
            position += MIB
        assert handle.fetched - position >= WINDOW


def test_what_is_brought_ahead_is_bounded_and_read_once(fetchers: Executor) -> None:
    objects, recipe, content = scattered(extents=1600, size=64 << 10, gap=0, objects=16)

    with RecipeHandle(recipe, objects.open, fetchers) as handle:
        read = b"".join(handle.pread(at, MIB) for at in range(0, len(content), MIB))

    assert read == content
    assert sum(length for _name, _offset, length in objects.reads) < 1.1 * len(content)
    assert 2 * 16 * max(length for _name, _offset, length in objects.reads) <= BUDGET + 16 * MIB


def test_nothing_stays_open_when_a_reader_leaves_in_the_midst() -> None:
    objects, recipe, _content = scattered(extents=800, size=64 << 10, gap=10_000, objects=8)
    with ThreadPoolExecutor(2) as fetchers, RecipeHandle(recipe, objects.open, fetchers) as handle:
        handle.pread(0, MIB)
        handle.pread(MIB, MIB)
    assert not objects.opened


def test_a_small_range_reads_little_more_than_itself() -> None:
    objects, recipe, content = scattered(extents=100, size=64 << 10, gap=0)

    with RecipeHandle(recipe, objects.open) as handle:
        assert handle.pread(3_000_000, 1000) == content[3_000_000:3_001_000]
        assert handle.pread(1_000_000, 100_000) == content[1_000_000:1_100_000]

    assert sum(length for _name, _offset, length in objects.reads) <= 2 * 101_000


def test_what_lies_far_away_is_not_read_along() -> None:
    objects, recipe, content = scattered(extents=20, size=64 << 10, gap=GAP + 1)

    with RecipeHandle(recipe, objects.open) as handle:
        assert b"".join(handle.pread(at, 64 << 10) for at in range(0, len(content), 64 << 10)) == content

    assert sum(length for _name, _offset, length in objects.reads) == len(content)


def frame_recipe() -> tuple[Objects, Recipe, bytes]:
    base = random.Random(5).randbytes(100_000)
    data = base[:50_000] + b"new" + base[50_000:]
    delta = compress_against(base, data)
    used = (ObjectUsed(name(0), len(base)), ObjectUsed(name(1), len(delta)))
    extent = Extent(len(data), 1, 0, len(delta), 0, len(data), 0, 0, len(base))
    return Objects({name(0): base, name(1): delta}), Recipe(name(9), MD5, len(data), used, (extent,)), data


def test_a_damaged_frame_or_dictionary_is_noticed() -> None:
    for damaged in (name(0), name(1)):
        objects, recipe, data = frame_recipe()
        stored = bytearray(objects.stored[damaged])
        stored[len(stored) // 2] ^= 1
        objects.stored[damaged] = bytes(stored)
        with RecipeHandle(recipe, objects.open) as handle, pytest.raises(DamagedRecipe):
            handle.pread(0, len(data))


def test_a_frame_of_another_size_than_the_recipe_says_is_refused() -> None:
    for whole in (100_002, 100_004, 100):
        objects, recipe, _data = frame_recipe()
        extent = recipe.extents[0]._replace(whole=whole, take=min(whole, recipe.size))
        wrong = Recipe(recipe.sha256, MD5, extent.take, recipe.objects, (extent,))
        with RecipeHandle(wrong, objects.open) as handle, pytest.raises(DamagedRecipe):
            handle.pread(0, 50)


def test_a_bomb_is_not_decompressed() -> None:
    with pytest.raises(DamagedRecipe):
        decompress(compress(bytes(1 << 28)), 1000)


def test_a_missing_object_is_said_to_be_missing() -> None:
    objects, recipe, _data = frame_recipe()
    del objects.stored[name(0)]
    with RecipeHandle(recipe, objects.open) as handle, pytest.raises(ContentMissing):
        handle.pread(0, 1)
    assert not objects.opened


def test_reading_back_compares_the_bytes_with_the_name() -> None:
    objects, recipe, _content = scattered(extents=10, size=1000, gap=10)
    with pytest.raises(DamagedRecipe, match="makes"):
        read_back(recipe, objects.open, lambda: None)


def test_nothing_can_be_read_too() -> None:
    with RecipeHandle(verbatim(name(0), MD5, 0), Objects().open) as handle:
        assert (handle.size, handle.pread(0, 0)) == (0, b"")

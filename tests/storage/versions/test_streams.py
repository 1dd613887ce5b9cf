"""Contents whose streams are deflated again while they are read: every range, and never wrong bytes."""

import hashlib
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.storage.versions.made import table
from tests.storage.versions.packed import gzipped, opened, zipped
from tests.storage.versions.test_reading import Objects

from baton.storage.content import Handle
from baton.storage.errors import ContentMissing, DamagedRecipe, OtherZlib
from baton.storage.versions.assembling import MOST_OPEN, Assembled
from baton.storage.versions.members import members, remade
from baton.storage.versions.reading import RecipeHandle, read_back
from baton.storage.versions.recipe import Composer, Deflated, Extent, ObjectUsed, Recipe, read, verbatim, write
from baton.storage.versions.unpacking import deflated_again, unpacked

MD5 = "0" * 32
TABLE = table(12_000)
NOISE = random.Random(1).randbytes(150_000)


def with_streams(content: bytes) -> tuple[Objects, Recipe]:
    """A content that is made by inflating what is compressed in it, and deflating that again."""
    name = hashlib.sha256(content).hexdigest()
    found = list(remade(opened(content), members(opened(content), 1 << 26, lambda: None), lambda: None))
    whole, cuts = unpacked(verbatim(name, MD5, len(content)), [member for member, _parameters, _crc32 in found])
    recipe = replace(whole, size=len(content), deflated=tuple(deflated_again(found)))
    assert cuts == [place for it in recipe.deflated for place in (it.start, it.start + it.whole)]
    return Objects({name: content}), read(write(recipe))


def read_in_pieces(handle: Handle, length: int) -> bytes:
    return b"".join(handle.pread(at, min(length, handle.size - at)) for at in range(0, handle.size, length))


def packed(chance: random.Random) -> bytes:
    """A gzip file of one or more members, perhaps with something after it, or a zip archive."""
    datas = [
        chance.choice([TABLE, NOISE, TABLE[100_000:], b"small", NOISE + TABLE]) for _ in range(chance.randrange(1, 5))
    ]
    if chance.randrange(2):
        whole = b"".join(gzipped(data, chance.randrange(1, 10)) for data in datas)
        return whole + chance.choice([b"", b"", bytes(100), b"trailing garbage"])
    method = chance.choice([zipfile.ZIP_DEFLATED] * 4 + [zipfile.ZIP_STORED])
    return zipped({f"{number}": data for number, data in enumerate(datas)}, method, chance.randrange(1, 10))


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 1 << 30))
def test_every_range_is_that_of_the_content(seed: int) -> None:
    chance = random.Random(seed)
    content = packed(chance)
    objects, recipe = with_streams(content)

    assert recipe.size == len(content)
    with (
        ThreadPoolExecutor(4) as fetchers,
        RecipeHandle(recipe, objects.open, chance.choice([None, fetchers])) as handle,
    ):
        for _ in range(5):
            start = chance.randrange(len(content) + 1)
            length = chance.randrange(len(content) - start + 1)
            assert handle.pread(start, length) == content[start : start + length]
        assert read_in_pieces(handle, chance.randrange(10_000, 300_000)) == content
    assert not objects.opened
    read_back(recipe, objects.open, lambda: None)


def test_what_the_extents_make_is_what_is_in_the_file() -> None:
    objects, recipe = with_streams(gzipped(TABLE) + gzipped(NOISE))

    with Assembled(recipe, objects.open) as handle:
        whole = handle.pread(0, handle.size)
    assert len(whole) == handle.size == len(TABLE) + len(NOISE) + 2 * 18
    assert whole[10:-8].startswith(TABLE)
    assert whole[10:-8].endswith(NOISE)


def test_who_reads_forwards_has_each_stream_deflated_once() -> None:
    data = TABLE * 20
    content = gzipped(data, 1)
    objects, recipe = with_streams(content)
    with RecipeHandle(recipe, objects.open) as handle:
        assert read_in_pieces(handle, 50_000) == content
        assert handle.fetched < 1.1 * len(data)
        assert handle.pread(len(content) - 1000, 1000) == content[-1000:]
        assert handle.fetched > 1.5 * len(data)


def test_few_inflated_sources_are_open_at_once() -> None:
    content = b"".join(gzipped(TABLE[number:]) for number in range(3 * MOST_OPEN))
    objects, recipe = with_streams(content)
    assert len(recipe.inflated) == 3 * MOST_OPEN

    with RecipeHandle(recipe, objects.open) as handle:
        for at in range(0, len(content), 300_000):
            handle.pread(at, min(300_000, len(content) - at))
            assert len(objects.opened) <= MOST_OPEN + 1
    assert not objects.opened


Change = Callable[[Deflated], Deflated]
CHANGES: dict[str, Change] = {
    "checksum": lambda it: it._replace(crc32=it.crc32 ^ 1),
    "level": lambda it: it._replace(parameters=it.parameters._replace(level=1)),
    "memory": lambda it: it._replace(parameters=it.parameters._replace(memory=9)),
    "flush": lambda it: it._replace(parameters=it.parameters._replace(is_flushed=True)),
    "length": lambda it: it._replace(length=it.length - 1),
    "place": lambda it: it._replace(start=it.start + 1),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_stream_that_comes_out_differently_is_not_given_out_to_its_end(change: str) -> None:
    content = gzipped(TABLE)
    objects, recipe = with_streams(content)
    wrong = replace(recipe, deflated=(CHANGES[change](recipe.deflated[0]),))
    if change == "length":
        wrong = replace(wrong, size=wrong.size - 1)
    with RecipeHandle(read(write(wrong)), objects.open) as handle:
        for _attempt in range(2):
            with pytest.raises(DamagedRecipe):
                read_in_pieces(handle, 10_000)
            with pytest.raises(DamagedRecipe):
                handle.pread(handle.size - 9, 1)


def test_reading_goes_on_after_a_failure() -> None:
    content = gzipped(TABLE)
    objects, recipe = with_streams(content)
    name, stored = next(iter(objects.stored.items()))
    with RecipeHandle(recipe, objects.open) as handle:
        del objects.stored[name]
        with pytest.raises(ContentMissing):
            handle.pread(5000, 10)
        objects.stored[name] = stored
        assert handle.pread(5000, 10) == content[5000:5010]


def test_damaged_objects_are_noticed() -> None:
    content = gzipped(TABLE)
    objects, recipe = with_streams(content)
    for place in range(20, len(content) - 8, 20_000):
        damaged = bytearray(content)
        damaged[place] ^= 1
        objects.stored[recipe.sha256] = bytes(damaged)
        with RecipeHandle(recipe, objects.open) as handle, pytest.raises(DamagedRecipe):
            handle.pread(0, handle.size)


def test_a_stream_that_lies_about_what_it_inflates_to_is_refused() -> None:
    objects, recipe = with_streams(gzipped(TABLE))
    lying = recipe.inflated[0]._replace(size=len(TABLE) + 1)
    (head, body, tail) = recipe.extents
    longer = body._replace(take=body.take + 1, length=body.length + 1)
    wrong = replace(recipe, inflated=(lying,), extents=(head, longer, tail), size=recipe.size + 1)
    with RecipeHandle(read(write(wrong)), objects.open) as handle, pytest.raises(DamagedRecipe):
        handle.pread(0, handle.size)


def followed_by(recipe: Recipe, *copies: Extent, objects: list[ObjectUsed]) -> Recipe:
    """A recipe that goes on with these ranges of objects."""
    composer = Composer()
    for extent in recipe.extents:
        composer.take_over(extent, recipe.sources)
    for extent in copies:
        composer.take_over(extent, objects)
    return composer.recipe(recipe.sha256, MD5, {}, recipe.deflated)


def test_of_a_content_with_a_recipe_the_streams_that_lie_in_one_piece_are_inflated() -> None:
    first, second = gzipped(TABLE), gzipped(NOISE)
    objects, recipe = with_streams(first)
    objects.stored["b" * 64], half = second, len(second) // 2
    used = [ObjectUsed("b" * 64, len(second))]
    found = members(opened(first + second), 1 << 26, lambda: None)

    joined = followed_by(recipe, Extent(len(second), 0, 0, len(second)), objects=used)
    with RecipeHandle(joined, objects.open) as handle:
        assert handle.pread(0, handle.size) == first + second
    whole, cuts = unpacked(joined, found)
    assert cuts == [10, 10 + len(TABLE), len(TABLE) + 28, len(TABLE) + 28 + len(NOISE)]
    with Assembled(whole, objects.open) as handle:
        assert handle.pread(0, handle.size) == first[:10] + TABLE + first[-8:] + second[:10] + NOISE + second[-8:]
    assert [it.object.sha256 for it in whole.inflated] == [recipe.sha256, "b" * 64]

    objects.stored["c" * 64] = second
    used.append(ObjectUsed("c" * 64, len(second)))
    halves = Extent(half, 0, 0, half), Extent(len(second) - half, 1, half, len(second) - half)
    apart = followed_by(recipe, *halves, objects=used)
    with RecipeHandle(apart, objects.open) as handle:
        assert handle.pread(0, handle.size) == first + second
    assert unpacked(apart, found).recipe.inflated == recipe.inflated


OTHER_ZLIB = """
import zlib
true = zlib.compressobj
zlib.compressobj = lambda level, *others: true(min(9, level + 1), *others)
from tests.storage.versions.test_streams import TABLE, gzipped, refused
refused(gzipped(TABLE))
"""


def refused(content: bytes) -> None:
    """What a process whose zlib makes other streams does with such a recipe."""
    objects, recipe = with_streams(content)
    with pytest.raises(OtherZlib, match="zlib"):
        RecipeHandle(recipe, objects.open)
    plain = verbatim(recipe.sha256, MD5, recipe.size)
    with RecipeHandle(plain, objects.open) as handle:
        assert handle.pread(0, handle.size) == content


def test_another_zlib_refuses() -> None:
    subprocess.run([sys.executable, "-c", OTHER_ZLIB], check=True)

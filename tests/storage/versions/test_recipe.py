"""Recipes as text: read as they were written, and refused when they could not be followed."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from baton.storage.errors import DamagedRecipe
from baton.storage.versions.deflate import MOST_RATIO, Parameters
from baton.storage.versions.recipe import (
    LARGEST_DICTIONARY,
    LARGEST_FRAME,
    MOST_DEFLATED,
    Composer,
    Deflated,
    Extent,
    Inflated,
    ObjectUsed,
    Recipe,
    Source,
    read,
    verbatim,
    write,
)

ONE, TWO = "1" * 64, "2" * 64
SHA256, MD5 = "ab" * 32, "cd" * 16


@st.composite
def recipes(draw: st.DrawFn) -> Recipe:
    objects = tuple(
        ObjectUsed(f"{number:064x}", draw(st.integers(1, 1 << 40))) for number in range(draw(st.integers(1, 4)))
    )
    inflated = tuple(draw(st.lists(_inflated(objects), max_size=3, unique=True)))
    extents = draw(st.lists(_extents(objects, (*objects, *inflated)), max_size=20))
    made = sum(extent.take for extent in extents)
    deflated = tuple(draw(_deflated(made))) if made else ()
    size = made - sum(it.whole - it.length for it in deflated)
    return Recipe(SHA256, MD5, size, objects, tuple(extents), inflated, deflated)


@st.composite
def _inflated(draw: st.DrawFn, objects: tuple[ObjectUsed, ...]) -> Inflated:
    used = draw(st.sampled_from(objects))
    offset = draw(st.integers(0, used.size - 1))
    length = draw(st.integers(1, used.size - offset))
    return Inflated(used, offset, length, draw(st.integers(1, MOST_RATIO * length)))


@st.composite
def _deflated(draw: st.DrawFn, end: int) -> list[Deflated]:
    places = sorted(draw(st.sets(st.integers(0, end), max_size=8)))
    found = []
    for start, stop in zip(places[::2], places[1::2], strict=False):
        whole = min(stop - start, MOST_DEFLATED // 4)
        length = draw(st.integers(-(-whole // MOST_RATIO), whole))
        parameters = Parameters(draw(st.integers(1, 9)), draw(st.sampled_from([8, 9])), draw(st.booleans()))
        found.append(Deflated(start, whole, length, parameters, draw(st.integers(0, (1 << 32) - 1))))
    return found


@st.composite
def _extents(draw: st.DrawFn, objects: tuple[ObjectUsed, ...], sources: tuple[Source, ...]) -> Extent:
    if draw(st.booleans()):
        number = draw(st.integers(0, len(sources) - 1))
        offset = draw(st.integers(0, sources[number].size - 1))
        length = draw(st.integers(1, min(sources[number].size - offset, LARGEST_FRAME)))
        return Extent(length, number, offset, length)
    number = draw(st.integers(0, len(objects) - 1))
    offset = draw(st.integers(0, objects[number].size - 1))
    length = draw(st.integers(1, min(objects[number].size - offset, LARGEST_FRAME)))
    whole = draw(st.integers(1, LARGEST_FRAME))
    skip = draw(st.integers(0, whole - 1))
    frame = Extent(draw(st.integers(1, whole - skip)), number, offset, length, skip, whole)
    if draw(st.booleans()):
        return frame
    base = draw(st.integers(0, len(sources) - 1))
    start = draw(st.integers(0, sources[base].size - 1))
    most = min(sources[base].size - start, LARGEST_DICTIONARY)
    return frame._replace(base=base, base_offset=start, base_length=draw(st.integers(0, most)))


@given(recipes())
def test_a_recipe_is_read_as_it_was_written(recipe: Recipe) -> None:
    assert read(write(recipe)) == recipe


def test_a_recipe_is_text_that_a_person_can_read() -> None:
    extents = (Extent(5, 0, 7, 5), Extent(6, 1, 0, 9, 1, 8), Extent(8, 1, 9, 3, 0, 8, 0, 2, 10))
    text = write(Recipe(SHA256, MD5, 19, (ObjectUsed(ONE, 12), ObjectUsed(TWO, 12)), extents))

    body, end = text[:-69], text[-69:]
    assert body.decode().splitlines() == [
        "baton recipe 1",
        f"sha256 {SHA256}",
        f"md5 {MD5}",
        "size 19",
        f"object {ONE} 12",
        f"object {TWO} 12",
        "copy 5 0 7",
        "zstd 6 1 0 9 1 8",
        "delta 8 1 9 3 0 8 0 2 10",
    ]
    assert end.decode() == f"end {hashlib.sha256(body).hexdigest()}\n"


def test_streams_are_lines_of_their_own_under_another_title() -> None:
    used = ObjectUsed(ONE, 90)
    extents = (Extent(10, 0, 0, 10), Extent(200, 1, 50, 200), Extent(8, 0, 3, 8, 0, 8, 1, 2, 10))
    stream = Deflated(10, 204, 70, Parameters(6, 8, is_flushed=True), 4_000_000_000)
    text = write(Recipe(SHA256, MD5, 84, (used,), extents, (Inflated(used, 20, 60, 300),), (stream,)))

    assert text.decode().splitlines()[:-1] == [
        "baton recipe 2",
        f"sha256 {SHA256}",
        f"md5 {MD5}",
        "size 84",
        f"object {ONE} 90",
        "inflated 0 20 60 300",
        "copy 10 0 0",
        "copy 200 1 50",
        "delta 8 0 3 8 0 8 1 2 10",
        "deflate 10 204 70 6 8 1 4000000000",
    ]


@given(recipes(), st.data())
def test_a_changed_or_cut_text_is_noticed(recipe: Recipe, data: st.DataObject) -> None:
    text = bytearray(write(recipe))
    place = data.draw(st.integers(0, len(text) - 1))
    with pytest.raises(DamagedRecipe):
        read(bytes(text[:place]))
    text[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(DamagedRecipe):
        read(bytes(text))


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_no_recipe(data: bytes) -> None:
    with pytest.raises(DamagedRecipe):
        read(data)
    with pytest.raises(DamagedRecipe):
        read(_with_checksum(data + b"\n"))


HEAD = f"baton recipe 1\nsha256 {SHA256}\nmd5 {MD5}\nsize %d\nobject {ONE} 100\n"


@pytest.mark.parametrize(
    ("size", "line"),
    [
        (5, "copy 5 1 0"),  # no such object
        (5, "copy 5 0 96"),  # beyond its end
        (0, "copy 0 0 0"),
        (5, "copy 5 0 00"),
        (5, "copy +5 0 0"),
        (5, "copy 5  0 0"),
        (5, "copy 5 0"),
        (5, "copy 5 0 0 5"),
        (5, "copy \u0665 0 0"),
        (4, "copy 5 0 0"),  # another size than announced
        (5, "zstd 5 0 0 9 0 4"),  # more than the frame holds
        (5, "zstd 5 0 0 9 1 5"),
        (5, "zstd 5 0 0 9 0 0"),
        (5, f"zstd 5 0 0 9 0 {LARGEST_FRAME + 1}"),
        (5, "zstd 5 0 99 9 0 5"),
        (5, "delta 5 0 0 9 0 5"),
        (5, "delta 5 0 0 9 0 5 1 0 5"),
        (5, "delta 5 0 0 9 0 5 0 96 5"),
        (5, "delta 5 0 0 9 0 0 0 0 5"),
        (5, "gzip 5 0 0"),
        (5, "copy 5 0 0\r"),
        (5, ""),
        (10**19, "copy 5 0 0"),
    ],
)
def test_a_line_that_cannot_be_followed_is_refused_though_the_checksum_is_right(size: int, line: str) -> None:
    with pytest.raises(DamagedRecipe):
        read(_with_checksum((HEAD % size + line + "\n").encode()))


@pytest.mark.parametrize(
    ("size", "lines"),
    [
        (5, "inflated 1 0 10 10\ncopy 5 0 0"),  # no such object
        (5, "inflated 0 91 10 10\ncopy 5 0 0"),  # beyond its end
        (5, "inflated 0 0 10 2001\ncopy 5 0 0"),  # a bomb
        (5, "inflated 0 0 0 0\ncopy 5 0 0"),
        (5, "inflated 0 0 10 0\ncopy 5 0 0"),
        (5, "inflated 0 0 10 10\ncopy 5 1 6"),  # beyond its end
        (5, "inflated 0 0 10 10\ncopy 5 2 0"),
        (5, "inflated 0 0 10 10\nzstd 5 1 0 9 0 5"),  # a frame in what is inflated
        (5, "inflated 0 0 10 10\ninflated 1 0 5 5\ncopy 5 0 0"),  # inflated twice
        (5, "copy 5 0 0\ninflated 0 0 10 10"),
        (5, "copy 10 0 0\ndeflate 0 10 6 6 8 0 1"),  # makes 6
        (15, "copy 20 0 0\ndeflate 5 16 11 6 8 0 1"),  # beyond the end
        (10, "copy 20 0 0\ndeflate 5 10 5 6 8 0 1\ndeflate 14 6 1 6 8 0 1"),  # overlapping
        (10, "copy 20 0 0\ndeflate 10 10 5 6 8 0 1\ndeflate 0 10 5 6 8 0 1"),  # in another order
        (15, "copy 20 0 0\ndeflate 5 10 5 0 8 0 1"),
        (15, "copy 20 0 0\ndeflate 5 10 5 10 8 0 1"),
        (15, "copy 20 0 0\ndeflate 5 10 5 6 7 0 1"),
        (15, "copy 20 0 0\ndeflate 5 10 5 6 8 2 1"),
        (15, "copy 20 0 0\ndeflate 5 10 5 6 8 0 4294967296"),
        (15, "copy 20 0 0\ndeflate 5 10 5 6 8 0"),
        (10, "copy 20 0 0\ndeflate 5 10 0 6 8 0 1"),
        (20, "copy 20 0 0\ndeflate 5 0 0 6 8 0 1"),
        (110, "copy 20 0 0\ndeflate 5 10 100 6 8 0 1"),  # larger than any stream of so few bytes
        (15, "deflate 5 10 5 6 8 0 1\ncopy 20 0 0"),
    ],
)
def test_a_line_about_streams_that_cannot_be_followed_is_refused(size: int, lines: str) -> None:
    head = HEAD.replace("recipe 1", "recipe 2") % size
    with pytest.raises(DamagedRecipe):
        read(_with_checksum((head + lines + "\n").encode()))


def test_the_first_title_has_no_streams() -> None:
    for lines in ("copy 20 0 0\ndeflate 5 10 5 6 8 0 1", "inflated 0 0 10 10\ncopy 15 0 0"):
        text = (HEAD % 15 + lines + "\n").encode()
        read(_with_checksum(text.replace(b"recipe 1", b"recipe 2")))
        with pytest.raises(DamagedRecipe):
            read(_with_checksum(text))


def test_streams_that_would_take_for_ever_are_refused() -> None:
    half = MOST_DEFLATED // 2
    head = HEAD.replace("recipe 1", "recipe 2").replace(" 100\n", f" {1 << 50}\n") % (2 * half + 10)
    copied = f"copy {2 * half + 10} 0 0\n"
    lines = f"deflate 0 {half} {half} 6 8 0 1\ndeflate {half} {half} {half} 6 8 0 1\n"
    assert len(read(_with_checksum((head + copied + lines).encode())).deflated) == 2
    with pytest.raises(DamagedRecipe):
        read(_with_checksum((head + copied + lines + f"deflate {2 * half} 1 1 6 8 0 1\n").encode()))


def test_a_frame_larger_than_memory_should_hold_is_refused() -> None:
    head = HEAD.replace(" 100\n", f" {1 << 50}\n") % 5
    for line in (f"zstd 5 0 0 {LARGEST_FRAME + 1} 0 5", f"delta 5 0 0 9 0 5 0 0 {LARGEST_DICTIONARY + 1}"):
        with pytest.raises(DamagedRecipe):
            read(_with_checksum((head + line + "\n").encode()))


def test_sizes_that_overflow_when_added_are_refused() -> None:
    head = HEAD.replace(" 100\n", f" {10**17}\n") % 5
    with pytest.raises(DamagedRecipe):
        read(_with_checksum((head + f"copy {10**17} 0 0\n" * 300).encode()))


@settings(max_examples=200)
@given(recipes(), st.data())
def test_joined_extents_make_what_their_parts_made(recipe: Recipe, data: st.DataObject) -> None:
    composer = Composer()
    for extent in recipe.extents:
        at = data.draw(st.integers(0, extent.take))
        for start, stop in ((0, at), (at, extent.take)):
            if start < stop:
                composer.take_over(extent.part(start, stop), recipe.sources)

    joined = composer.recipe(SHA256, MD5, {})
    for made, asked in zip(joined.extents, _joined(recipe.extents), strict=True):
        assert made._replace(object=0, base=None) == asked._replace(object=0, base=None)
        assert joined.sources[made.object] == recipe.sources[asked.object]


def _joined(extents: tuple[Extent, ...]) -> list[Extent]:
    joined: list[Extent] = []
    for extent in extents:
        both = joined[-1].joined(extent) if joined else None
        joined = [*joined, extent] if both is None else [*joined[:-1], both]
    return joined


def test_a_content_of_its_own_has_the_simplest_recipe() -> None:
    assert verbatim(ONE, MD5, 7).extents == (Extent(7, 0, 0, 7),)
    assert verbatim(ONE, MD5, 0).extents == ()


def _with_checksum(body: bytes) -> bytes:
    return body + f"end {hashlib.sha256(body).hexdigest()}\n".encode()

"""A recipe: how the bytes of a content follow from stored objects. Plain text, described in docs/formats/versions.md.

Recipes name objects only, never other contents, so to follow one takes the same number of steps whichever version it is
of: read a range, and for a frame decompress it, with another range as dictionary if it is a delta.
"""

import hashlib
import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple, NoReturn

from baton.storage.errors import DamagedRecipe

# The kind of note that recipes are kept as.
NOTES = "recipes"
# Largest frame, decompressed, and largest dictionary: what a reader has to hold in memory at once.
LARGEST_FRAME = 4 << 20
LARGEST_DICTIONARY = 4 << 20

_TITLE = b"baton recipe 1"
_NUMBER = rb"(0|[1-9][0-9]{0,17})"
_HEADER = [re.compile(rb"sha256 ([0-9a-f]{64})"), re.compile(rb"md5 ([0-9a-f]{32})"), re.compile(rb"size " + _NUMBER)]
_OBJECT = re.compile(rb"object ([0-9a-f]{64}) " + _NUMBER)
_EXTENT = re.compile(rb"(copy|zstd|delta)((?: (?:0|[1-9][0-9]{0,17}))+)")
_FIELDS = {b"copy": 3, b"zstd": 6, b"delta": 9}


class ObjectUsed(NamedTuple):
    """A stored object that a recipe takes bytes from."""

    sha256: str
    size: int


class Extent(NamedTuple):
    """The next `take` bytes of the content. Objects are numbers into the recipe's list.

    A copy (`whole` is 0) is the range itself. A frame is a range of `length` bytes that decompresses to `whole` bytes,
    of which the first `skip` are left out; with a `base` it is a delta, whose dictionary is that range.
    """

    take: int
    object: int
    offset: int
    length: int
    skip: int = 0
    whole: int = 0
    base: int | None = None
    base_offset: int = 0
    base_length: int = 0

    def part(self, start: int, stop: int) -> "Extent":
        """What makes the bytes from `start` to `stop` of this extent's."""
        if self.whole:
            return self._replace(take=stop - start, skip=self.skip + start)
        return self._replace(take=stop - start, offset=self.offset + start, length=stop - start)

    def joined(self, other: "Extent") -> "Extent | None":
        """One extent that makes the bytes of both, if there is one."""
        if self.whole:
            same = self._replace(take=0, skip=0) == other._replace(take=0, skip=0)
            return self._replace(take=self.take + other.take) if same and self.skip + self.take == other.skip else None
        follows = not other.whole and (other.object, other.offset) == (self.object, self.offset + self.length)
        return self._replace(take=self.take + other.take, length=self.length + other.length) if follows else None


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a content is made. `starts` says at which byte of the content each extent begins, and where the last ends."""

    sha256: str
    md5: str
    size: int
    objects: tuple[ObjectUsed, ...]
    extents: tuple[Extent, ...]
    starts: "array[int]" = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        starts = array("Q", accumulate((extent.take for extent in self.extents), initial=0))
        object.__setattr__(self, "starts", starts)

    def parts(self, start: int, stop: int) -> Iterator[Extent]:
        """What makes the bytes from `start` to `stop`."""
        number = bisect_right(self.starts, start) - 1
        while start < stop:
            begin, end = self.starts[number], min(self.starts[number + 1], stop)
            yield self.extents[number].part(start - begin, end - begin)
            start, number = end, number + 1


def verbatim(sha256: str, md5: str, size: int) -> Recipe:
    """The recipe of a content that is an object of its own."""
    extents = (Extent(size, 0, 0, size),) if size else ()
    return Recipe(sha256, md5, size, (ObjectUsed(sha256, size),), extents)


def write(recipe: Recipe) -> bytes:
    """A recipe as text."""
    lines = [
        _TITLE.decode(),
        f"sha256 {recipe.sha256}",
        f"md5 {recipe.md5}",
        f"size {recipe.size}",
        *(f"object {used.sha256} {used.size}" for used in recipe.objects),
        *map(_line, recipe.extents),
        "",
    ]
    text = "\n".join(lines).encode()
    return text + f"end {hashlib.sha256(text).hexdigest()}\n".encode()


def _line(it: Extent) -> str:
    if not it.whole:
        return f"copy {it.take} {it.object} {it.offset}"
    frame = f"{it.take} {it.object} {it.offset} {it.length} {it.skip} {it.whole}"
    if it.base is None:
        return f"zstd {frame}"
    return f"delta {frame} {it.base} {it.base_offset} {it.base_length}"


def read(text: bytes) -> Recipe:
    """The recipe that this text is. Raises `DamagedRecipe` for anything that cannot be followed to the end."""
    *lines, end, rest = text.split(b"\n") if text.count(b"\n") else (b"", b"")
    body = text[: len(text) - len(end) - 1]
    if rest or end != b"end " + hashlib.sha256(body).hexdigest().encode():
        raise DamagedRecipe("A recipe is damaged or incomplete: the checksum in its last line does not match.")
    if len(lines) <= len(_HEADER) or lines[0] != _TITLE:
        raise DamagedRecipe(f"This is no recipe that this version can read; it begins with {lines[:1]!r}.")
    header = [pattern.fullmatch(line) for pattern, line in zip(_HEADER, lines[1:], strict=False)]
    sha256, md5, size = (found.group(1).decode() if found else _refuse(b"the header") for found in header)
    objects: list[ObjectUsed] = []
    extents: list[Extent] = []
    for line in lines[1 + len(_HEADER) :]:
        if not extents and (used := _OBJECT.fullmatch(line)):
            objects.append(ObjectUsed(used.group(1).decode(), int(used.group(2))))
        else:
            extents.append(_extent(line, objects))
    made = sum(extent.take for extent in extents)
    if made != int(size):
        raise DamagedRecipe(f"A recipe makes {made} bytes of a content that has {int(size)}.")
    return Recipe(sha256, md5, made, tuple(objects), tuple(extents))


def _extent(line: bytes, objects: Sequence[ObjectUsed]) -> Extent:
    found = _EXTENT.fullmatch(line) or _refuse(line)
    numbers = [int(number) for number in found.group(2).split()]
    if len(numbers) != _FIELDS[found.group(1)]:
        _refuse(line)
    extent = Extent(*numbers, *numbers[:1]) if found.group(1) == b"copy" else Extent(*numbers)
    if extent.take == 0 or not _holds(objects, extent.object, extent.offset, extent.length):
        _refuse(line)
    if extent.whole and not (extent.skip + extent.take <= extent.whole <= LARGEST_FRAME >= extent.length):
        _refuse(line)
    if found.group(1) != b"copy" and not extent.whole:
        _refuse(line)
    if extent.base is not None and not (
        extent.base_length <= LARGEST_DICTIONARY
        and _holds(objects, extent.base, extent.base_offset, extent.base_length)
    ):
        _refuse(line)
    return extent


def _holds(objects: Sequence[ObjectUsed], number: int, offset: int, length: int) -> bool:
    return number < len(objects) and offset + length <= objects[number].size


def _refuse(line: bytes) -> NoReturn:
    raise DamagedRecipe(f"A recipe cannot be followed: {line[:200]!r}.")


class Composer:
    """A recipe in the making: extents are added in the order of the content's bytes."""

    def __init__(self) -> None:
        self._objects: dict[str, int] = {}
        self._used: list[ObjectUsed] = []
        self.extents: list[Extent] = []
        self.size = 0

    def use(self, used: ObjectUsed) -> int:
        """The number of an object in this recipe."""
        number = self._objects.setdefault(used.sha256, len(self._used))
        if number == len(self._used):
            self._used.append(used)
        return number

    def add(self, extent: Extent) -> None:
        """Add an extent whose objects are numbers of this recipe."""
        self.size += extent.take
        joined = self.extents[-1].joined(extent) if self.extents else None
        if joined is None:
            self.extents.append(extent)
        else:
            self.extents[-1] = joined

    def take_over(self, extent: Extent, objects: Sequence[ObjectUsed]) -> None:
        """Add an extent of another recipe, whose objects these are."""
        number = self.use(objects[extent.object])
        base = None if extent.base is None else self.use(objects[extent.base])
        self.add(extent._replace(object=number, base=base))

    def objects(self) -> tuple[ObjectUsed, ...]:
        """The objects used so far."""
        return tuple(self._used)

    def recipe(self, sha256: str, md5: str, names: Mapping[str, ObjectUsed]) -> Recipe:
        """The recipe, with objects under the names that they have got meanwhile."""
        objects = tuple(names.get(used.sha256, used) for used in self._used)
        return Recipe(sha256, md5, self.size, objects, tuple(self.extents))

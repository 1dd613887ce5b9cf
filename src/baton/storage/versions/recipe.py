"""A recipe: how the bytes of a content follow from stored objects. Plain text, described in docs/formats/versions.md.

Recipes name objects only, never other contents, so to follow one takes the same number of steps whichever version it is
of: read a range, and for a frame decompress it, with another range as dictionary if it is a delta. What is compressed
in objects by zlib may be read as what it inflates to, and stretches of what is made may be deflated in the end.
"""

import hashlib
import re
from array import array
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple, NoReturn

from baton.storage.errors import DamagedRecipe
from baton.storage.versions.deflate import MOST_RATIO, Parameters

# The kind of note that recipes are kept as.
NOTES = "recipes"
# Largest frame, decompressed, and largest dictionary: what a reader has to hold in memory at once.
LARGEST_FRAME = 4 << 20
LARGEST_DICTIONARY = 4 << 20
# What a reader of one content has to deflate at most, whatever the recipe says.
MOST_DEFLATED = 1 << 30

_TITLE, _TITLE_WITH_STREAMS = b"baton recipe 1", b"baton recipe 2"
_NUMBER = rb"(0|[1-9][0-9]{0,17})"
_HEADER = [re.compile(rb"sha256 ([0-9a-f]{64})"), re.compile(rb"md5 ([0-9a-f]{32})"), re.compile(rb"size " + _NUMBER)]
_OBJECT = re.compile(rb"object ([0-9a-f]{64}) " + _NUMBER)
_EXTENT = re.compile(rb"(copy|zstd|delta)((?: (?:0|[1-9][0-9]{0,17}))+)")
_FIELDS = {b"copy": 3, b"zstd": 6, b"delta": 9}
_INFLATED = re.compile(rb"inflated " + b" ".join([_NUMBER] * 4))
_DEFLATE = re.compile(rb"deflate " + b" ".join([_NUMBER] * 3) + rb" ([1-9]) ([89]) ([01]) " + _NUMBER)


class ObjectUsed(NamedTuple):
    """A stored object that a recipe takes bytes from."""

    sha256: str
    size: int


class Inflated(NamedTuple):
    """What the `length` bytes from `offset` of an object inflate to, `size` bytes: as good as an object to extents."""

    object: ObjectUsed
    offset: int
    length: int
    size: int


Source = ObjectUsed | Inflated


class Deflated(NamedTuple):
    """The `whole` bytes from `start` of what the extents make become the `length` bytes of a stream, by zlib.

    `crc32` is that of the stream.
    """

    start: int
    whole: int
    length: int
    parameters: Parameters
    crc32: int


class Extent(NamedTuple):
    """The next `take` bytes of the content. Objects are numbers into the recipe's list of sources.

    A copy (`whole` is 0) is the range itself. A frame is a range of `length` bytes that decompresses to `whole` bytes,
    of which the first `skip` are left out; with a `base` it is a delta, whose dictionary is that range. Frames lie in
    objects, copies and dictionaries in any source.
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
    """How a content is made. `starts` says at which byte each extent begins, and where the last ends.

    These are bytes of the content, or with `deflated` stretches those from which it follows when they are deflated.
    """

    sha256: str
    md5: str
    size: int
    objects: tuple[ObjectUsed, ...]
    extents: tuple[Extent, ...]
    inflated: tuple[Inflated, ...] = ()
    deflated: tuple[Deflated, ...] = ()
    starts: "array[int]" = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        starts = array("Q", accumulate((extent.take for extent in self.extents), initial=0))
        object.__setattr__(self, "starts", starts)

    @property
    def sources(self) -> tuple[Source, ...]:
        """What extents take their bytes from, by the numbers that they use."""
        return (*self.objects, *self.inflated)

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
    numbers = {used: number for number, used in enumerate(recipe.objects)}
    lines = [
        (_TITLE_WITH_STREAMS if recipe.inflated or recipe.deflated else _TITLE).decode(),
        f"sha256 {recipe.sha256}",
        f"md5 {recipe.md5}",
        f"size {recipe.size}",
        *(f"object {used.sha256} {used.size}" for used in recipe.objects),
        *(f"inflated {numbers[it.object]} {it.offset} {it.length} {it.size}" for it in recipe.inflated),
        *map(_line, recipe.extents),
        *map(_line_of_stream, recipe.deflated),
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


def _line_of_stream(it: Deflated) -> str:
    level, memory, is_flushed = it.parameters
    return f"deflate {it.start} {it.whole} {it.length} {level} {memory} {int(is_flushed)} {it.crc32}"


def read(text: bytes) -> Recipe:
    """The recipe that a text is. Raises `DamagedRecipe` for anything that could not be followed."""
    *body, end, rest = text.split(b"\n") if text.count(b"\n") else (b"", b"")
    checked = text[: len(text) - len(end) - 1]
    if rest or end != b"end " + hashlib.sha256(checked).hexdigest().encode():
        raise DamagedRecipe("A recipe is damaged or incomplete: the checksum in its last line does not match.")
    if len(body) <= len(_HEADER) or body[0] not in {_TITLE, _TITLE_WITH_STREAMS}:
        raise DamagedRecipe(f"This is no recipe that this version can read; it begins with {body[:1]!r}.")
    title, *head = body[: 1 + len(_HEADER)]
    header = [pattern.fullmatch(line) for pattern, line in zip(_HEADER, head, strict=True)]
    sha256, md5, size = (found.group(1).decode() if found else _refuse(b"the header") for found in header)
    lines = deque(body[1 + len(_HEADER) :])
    objects = tuple(ObjectUsed(found.group(1).decode(), int(found.group(2))) for found in _run(_OBJECT, lines))
    has_streams = title == _TITLE_WITH_STREAMS
    inflated = tuple(_inflated(found, objects) for found in _run(_INFLATED, lines)) if has_streams else ()
    extents = tuple(_extent(found, objects, (*objects, *inflated)) for found in _run(_EXTENT, lines))
    made = sum(extent.take for extent in extents)
    deflated = _deflated(_run(_DEFLATE, lines), made) if has_streams else ()
    if lines:
        _refuse(lines[0])
    made -= _saved(deflated)
    if made != int(size):
        raise DamagedRecipe(f"A recipe makes {made} bytes of a content that has {int(size)}.")
    return Recipe(sha256, md5, made, objects, extents, inflated, deflated)


def _run(pattern: re.Pattern[bytes], lines: deque[bytes]) -> Iterator[re.Match[bytes]]:
    """The first lines, as long as they are of this kind; they are taken away."""
    while lines and (found := pattern.fullmatch(lines[0])):
        yield found
        lines.popleft()


def _inflated(line: re.Match[bytes], objects: Sequence[ObjectUsed]) -> Inflated:
    number, offset, length, size = map(int, line.groups())
    if not _holds(objects, number, offset, length) or not 0 < size <= MOST_RATIO * length:
        _refuse(line.group())
    return Inflated(objects[number], offset, length, size)


def _deflated(lines: Iterator[re.Match[bytes]], end: int) -> tuple[Deflated, ...]:
    """The streams among so many bytes, one after the other."""
    found: list[Deflated] = []
    at = total = 0
    for line in lines:
        start, whole, length, level, memory, is_flushed, crc32 = map(int, line.groups())
        # Deflate makes nothing much larger: it keeps what it cannot compress.
        is_possible = 0 < whole <= MOST_RATIO * length and length <= whole + whole // 8 + 64 and crc32 < 1 << 32
        total += whole
        if not (at <= start and start + whole <= end and is_possible and total <= MOST_DEFLATED):
            _refuse(line.group())
        at = start + whole
        found.append(Deflated(start, whole, length, Parameters(level, memory, bool(is_flushed)), crc32))
    return tuple(found)


def _saved(deflated: Sequence[Deflated]) -> int:
    """By how much a content is smaller than what its extents make."""
    return sum(it.whole - it.length for it in deflated)


def _extent(line: re.Match[bytes], objects: Sequence[ObjectUsed], sources: Sequence[Source]) -> Extent:
    kind = line.group(1)
    numbers = [int(number) for number in line.group(2).split()]
    if len(numbers) != _FIELDS[kind]:
        _refuse(line.group())
    extent = Extent(*numbers, *numbers[:1]) if kind == b"copy" else Extent(*numbers)
    holder = sources if kind == b"copy" else objects
    if extent.take == 0 or not _holds(holder, extent.object, extent.offset, extent.length):
        _refuse(line.group())
    if extent.whole and not (extent.skip + extent.take <= extent.whole <= LARGEST_FRAME >= extent.length):
        _refuse(line.group())
    if kind != b"copy" and not extent.whole:
        _refuse(line.group())
    if extent.base is not None and not (
        extent.base_length <= LARGEST_DICTIONARY
        and _holds(sources, extent.base, extent.base_offset, extent.base_length)
    ):
        _refuse(line.group())
    return extent


def _holds(sources: Sequence[Source], number: int, offset: int, length: int) -> bool:
    return number < len(sources) and offset + length <= sources[number].size


def _refuse(line: bytes) -> NoReturn:
    raise DamagedRecipe(f"A recipe cannot be followed: {line[:200]!r}.")


class Composer:
    """A recipe in the making: extents are added in the order of the content's bytes."""

    def __init__(self) -> None:
        self._numbers: dict[Source, int] = {}
        self.extents: list[Extent] = []
        self.size = 0

    def use(self, source: Source) -> int:
        """The number of a source among those used so far."""
        return self._numbers.setdefault(source, len(self._numbers))

    def add(self, extent: Extent) -> None:
        """Add an extent whose sources have numbers of `use`."""
        self.size += extent.take
        joined = self.extents[-1].joined(extent) if self.extents else None
        if joined is None:
            self.extents.append(extent)
        else:
            self.extents[-1] = joined

    def take_over(self, extent: Extent, sources: Sequence[Source]) -> None:
        """Add an extent of another recipe, whose sources these are."""
        number = self.use(sources[extent.object])
        base = None if extent.base is None else self.use(sources[extent.base])
        self.add(extent._replace(object=number, base=base))

    def recipe(
        self, sha256: str, md5: str, names: Mapping[str, ObjectUsed], deflated: Sequence[Deflated] = ()
    ) -> Recipe:
        """The recipe, with objects under the names that they have got meanwhile."""
        used = [names.get(it.sha256, it) if isinstance(it, ObjectUsed) else it for it in self._numbers]
        inflated = [it for it in used if isinstance(it, Inflated)]
        objects = dict.fromkeys(it.object if isinstance(it, Inflated) else it for it in used)
        # What is inflated gets its numbers after all objects.
        places = {it: number for number, it in enumerate((*objects, *inflated))}
        numbers = [places[it] for it in used]
        extents = (
            it._replace(object=numbers[it.object], base=None if it.base is None else numbers[it.base])
            for it in self.extents
        )
        size = self.size - _saved(deflated)
        return Recipe(sha256, md5, size, tuple(objects), tuple(extents), tuple(inflated), tuple(deflated))

"""Reading a content by its recipe: as a merge of forward streams, one for each object, with bounded memory.

The extents of a content into one object nearly always rise. So what is read of an object can be read ahead and in large
pieces, over the gaps between extents: an object store is asked once for several megabytes, not once for each extent.
"""

import hashlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from typing import Self

from baton.storage.content import Handle
from baton.storage.errors import DamagedRecipe
from baton.storage.versions.frames import decompress
from baton.storage.versions.recipe import Extent, Recipe

# Unneeded bytes that are read along rather than asked around.
GAP = 512 << 10
# The most that is read of an object at once, and of all objects of a content together.
WINDOW = 8 << 20
BUDGET = 64 << 20
# Where reading ahead begins, once a reader has shown that it goes on.
FIRST_WINDOW = 1 << 20
# Bytes before the last ones read that stay at hand: dictionaries overlap those of the frame before.
BACK = 256 << 10
# Decompressed frames that stay at hand: a reader's own pieces end in their middle.
FRAMES = 4

# What is read at once where a whole content is read.
PIECE = 1 << 20

Open = Callable[[str], Handle]
Progress = Callable[[], None]


class RecipeHandle:
    """A content that is put together while it is read. As a `Handle`; not for two threads at once."""

    def __init__(self, recipe: Recipe, open_object: Open) -> None:
        self._recipe = recipe
        self._open_object = open_object
        self._streams: dict[int, _Stream] = {}
        self._frames: dict[tuple[int, int], bytes] = {}
        self._next = -1
        self._ahead = 0
        self._most_ahead = min(WINDOW, BUDGET // max(1, len(recipe.objects)))
        self._plan: list[_Needs] | None = None

    @property
    def size(self) -> int:
        return self._recipe.size

    @property
    def fetched(self) -> int:
        """Bytes that were read of objects so far."""
        return sum(stream.fetched for stream in self._streams.values())

    def pread(self, offset: int, length: int) -> bytes:
        """Exactly `length` bytes from `offset`; both must lie inside the content. May block."""
        if offset == self._next:
            self._ahead = min(self._most_ahead, max(2 * self._ahead, FIRST_WINDOW))
        else:
            self._ahead = 0
        self._next = offset + length
        first = bisect_right(self._recipe.starts, offset) - 1
        ahead = max(length, self._ahead)
        parts = [self._bytes(it, number, ahead) for number, it in self._recipe.parts(offset, offset + length, first)]
        return bytes(parts[0]) if len(parts) == 1 else b"".join(parts)

    def close(self) -> None:
        for stream in self._streams.values():
            stream.close()
        self._streams.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _bytes(self, it: Extent, number: int, ahead: int) -> bytes | memoryview:
        if not it.whole:
            return self._read(it.object, it.offset, it.length, number, ahead)
        frame = self._frames.pop((it.object, it.offset), None)
        if frame is None:
            dictionary = b""
            if it.base is not None:
                dictionary = bytes(self._read(it.base, it.base_offset, it.base_length, number, ahead))
            frame = decompress(bytes(self._read(it.object, it.offset, it.length, number, ahead)), it.whole, dictionary)
            while len(self._frames) >= FRAMES:
                del self._frames[next(iter(self._frames))]
        self._frames[it.object, it.offset] = frame
        return memoryview(frame)[it.skip : it.skip + it.take]

    def _read(self, number: int, offset: int, length: int, extent: int, ahead: int) -> memoryview:
        stream = self._streams.get(number)
        if stream is None:
            handle = self._open_object(self._recipe.objects[number].sha256)
            stream = self._streams[number] = _Stream(handle)
        start, stop = offset, offset + length
        if not stream.holds(start, stop):
            stream.fill(start, self._needs(number).ahead(start, stop, extent, ahead) if length < ahead else stop)
        return stream.part(start, stop)

    def _needs(self, number: int) -> "_Needs":
        if self._plan is None:
            self._plan = _plan(self._recipe)
        return self._plan[number]


def read_back(recipe: Recipe, open_object: Open, progress: Progress) -> int:
    """Make all bytes of a recipe; returns how many were read of objects for that.

    Raises `DamagedRecipe` when they are not those of its name. `progress` is called with each piece.
    """
    digest = hashlib.sha256()
    with RecipeHandle(recipe, open_object) as handle:
        for piece in pieces_of(handle, progress):
            digest.update(piece)
        fetched = handle.fetched
    if digest.hexdigest() != recipe.sha256:
        raise DamagedRecipe(f"The recipe of {recipe.sha256} makes {digest.hexdigest()}.")
    return fetched


def pieces_of(handle: Handle, progress: Progress) -> Iterator[bytes]:
    """The whole content behind a handle."""
    for offset in range(0, handle.size, PIECE):
        progress()
        yield handle.pread(offset, min(PIECE, handle.size - offset))


class _Needs:
    """The ranges of one object that the extents of a recipe need, in the order of the extents."""

    def __init__(self) -> None:
        self.extents = array("Q")
        self.starts = array("Q")
        self.stops = array("Q")

    def add(self, extent: int, start: int, length: int) -> None:
        self.extents.append(extent)
        self.starts.append(start)
        self.stops.append(start + length)

    def ahead(self, start: int, stop: int, extent: int, most: int) -> int:
        """How far to read from `start`, at least to `stop` and about `most` bytes, when `extent` is being made."""
        limit = start + most
        for number in range(bisect_left(self.extents, extent), len(self.extents)):
            if stop >= limit or not start <= self.starts[number] <= stop + GAP:
                break
            stop = max(stop, min(self.stops[number], limit))
        return stop


def _plan(recipe: Recipe) -> list[_Needs]:
    """What is needed of each object of a recipe."""
    plan = [_Needs() for _ in recipe.objects]
    for number, it in enumerate(recipe.extents):
        if it.base is not None:
            plan[it.base].add(number, it.base_offset, it.base_length)
        plan[it.object].add(number, it.offset, it.length)
    return plan


class _Stream:
    """One object, read forwards: what was read last stays at hand, and what follows is read with it."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        self._start = 0
        self._buffer = b""
        self.fetched = 0

    def holds(self, start: int, stop: int) -> bool:
        return self._start <= start <= stop <= self._start + len(self._buffer)

    def part(self, start: int, stop: int) -> memoryview:
        """The bytes from `start` to `stop`, which are held."""
        return memoryview(self._buffer)[start - self._start : stop - self._start]

    def fill(self, start: int, stop: int) -> None:
        """Hold the bytes from `start` to `stop`, and few others."""
        end = self._start + len(self._buffer)
        if self._start <= start <= end < stop:
            kept_from = max(self._start, start - BACK)
            more = self._handle.pread(end, stop - end)
            self._buffer = b"".join((memoryview(self._buffer)[kept_from - self._start :], more))
        else:
            kept_from = start
            more = self._buffer = self._handle.pread(start, stop - start)
        self.fetched += len(more)
        self._start = kept_from

    def close(self) -> None:
        self._handle.close()

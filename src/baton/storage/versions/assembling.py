"""What the extents of a recipe make: a merge of forward streams, one for each object, with bounded memory.

The extents of a content into one object nearly always rise. So what is read of an object can be read ahead and in large
pieces, over the gaps between extents: an object store is asked once for several megabytes, not once for each extent.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from typing import Self

from baton.storage.content import Handle
from baton.storage.versions.deflate import InflatedHandle
from baton.storage.versions.frames import decompress
from baton.storage.versions.recipe import Extent, Inflated, Recipe, Source

# Unneeded bytes that are read along rather than asked around.
GAP = 512 << 10
# What is held of all larger objects of a content together: the more there are, the less of each is read at once.
BUDGET = 48 << 20
LARGER = 512 << 10
# Where reading ahead begins, once a reader has shown that it goes on, and by what it grows.
FIRST_WINDOW = 2 << 20
GROWTH = 4
# What is left of an object is read at once when it is this share of what would be read at once anyway.
REST = 8
# How many extents are looked through for what else is needed of an object.
FORESIGHT = 4096
# Bytes before the last ones read that stay at hand: dictionaries overlap those of the frame before.
BACK = 256 << 10
# Decompressed frames that stay at hand: a reader's own pieces end in their middle.
FRAMES = 4

# What is read at once where a whole content is read.
PIECE = 1 << 20
# Inflated sources that are open at once: each takes some megabytes, and those of a content follow one another.
MOST_OPEN = 8

Open = Callable[[str, int], Handle]


def open_source(source: Source, open_object: Open) -> Handle:
    """An object, or what a stretch of one inflates to."""
    if isinstance(source, Inflated):
        return InflatedHandle(open_object(*source.object), source.offset, source.length, source.size)
    return open_object(*source)


class Assembled:
    """What the extents of a recipe make, while it is read. As a `Handle`; not for two threads at once."""

    window = PIECE

    def __init__(self, recipe: Recipe, open_object: Open) -> None:
        self._recipe = recipe
        self._sources = recipe.sources
        self._open_object = open_object
        self._streams: dict[int, _Stream] = {}  # the one used last comes last
        self._fetched = 0  # of those that are closed again
        self._frames: dict[tuple[int, int], bytes] = {}
        self._next = -1
        self._ahead = 0  # how much to read of an object at once while the reader goes on
        self._most = 0  # the same, also when he does not
        self._seen = 0  # up to which extent is looked what else is needed
        larger = sum(used.size > LARGER for used in recipe.objects)
        larger += min(MOST_OPEN, sum(it.size > LARGER for it in recipe.inflated))
        self._most_ahead = BUDGET // max(1, larger)

    @property
    def size(self) -> int:
        return self._recipe.starts[-1]

    @property
    def fetched(self) -> int:
        """Bytes that were read of sources so far."""
        return self._fetched + sum(stream.fetched for stream in self._streams.values())

    def pread(self, offset: int, length: int) -> bytes:
        """Exactly `length` bytes from `offset`; both must lie inside the content. May block."""
        starts = self._recipe.starts
        first, last = bisect_right(starts, offset) - 1, bisect_left(starts, offset + length)
        if offset == self._next:
            self._ahead = min(self._most_ahead, max(GROWTH * self._ahead, FIRST_WINDOW))
            self._seen = min(last + FORESIGHT, len(self._recipe.extents))
        else:
            self._ahead = 0
            self._seen = last
        self._most = max(length, self._ahead)
        self._next = stop = offset + length
        pieces: list[bytes | memoryview] = []
        for number in range(first, last):
            begin = starts[number]
            pieces += self._pieces(number, max(0, offset - begin), min(stop, starts[number + 1]) - begin)
        return pieces[0] if len(pieces) == 1 and isinstance(pieces[0], bytes) else b"".join(pieces)

    def close(self) -> None:
        for stream in self._streams.values():
            stream.close()
        self._streams.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _pieces(self, number: int, start: int, stop: int) -> Iterator[bytes | memoryview]:
        """The bytes from `start` to `stop` of an extent's."""
        it = self._recipe.extents[number]
        if it.whole:
            yield memoryview(self._frame(it, number))[it.skip + start : it.skip + stop]
            return
        stream = self._stream(it.object)
        start, stop = it.offset + start, it.offset + stop
        while start < stop:
            if not stream.holds(start, start + 1):
                stream.fill(start, self._until(it.object, start, stop, number))
            end = min(stop, stream.end)
            yield stream.part(start, end)
            start = end

    def _frame(self, it: Extent, number: int) -> bytes:
        frame = self._frames.pop((it.object, it.offset), None)
        if frame is None:
            dictionary: bytes | memoryview = b""
            if it.base is not None:
                dictionary = self._range(it.base, it.base_offset, it.base_length, number)
            frame = decompress(self._range(it.object, it.offset, it.length, number), it.whole, dictionary)
            while len(self._frames) >= FRAMES:
                del self._frames[next(iter(self._frames))]
        self._frames[it.object, it.offset] = frame
        return frame

    def _range(self, number: int, start: int, length: int, extent: int) -> bytes | memoryview:
        stream, stop = self._stream(number), start + length
        if not stream.holds(start, stop):
            stream.fill(start, self._until(number, start, stop, extent))
        return stream.part(start, stop)

    def _stream(self, number: int) -> "_Stream":
        stream = self._streams.pop(number, None)
        if stream is None:
            if isinstance(self._sources[number], Inflated):
                self._close_inflated()
            stream = _Stream(open_source(self._sources[number], self._open_object))
        self._streams[number] = stream
        return stream

    def _close_inflated(self) -> None:
        """Make place for one more."""
        is_open = [number for number in self._streams if isinstance(self._sources[number], Inflated)]
        for number in is_open[: 1 - MOST_OPEN]:
            stream = self._streams.pop(number)
            self._fetched += stream.fetched
            stream.close()

    def _until(self, number: int, start: int, stop: int, extent: int) -> int:
        """How far to read an object from `start`, at least to `stop`, when `extent` is being made."""
        size, extents = self._sources[number].size, self._recipe.extents
        most = min(self._streams[number].window, self._most)
        if size - start <= min(most // REST, GAP):
            return size
        limit = start + most
        for at in range(extent, self._seen):
            it = extents[at]
            for which, low, length in ((it.base, it.base_offset, it.base_length), (it.object, it.offset, it.length)):
                if which == number:
                    if stop >= limit or (at > extent and not start <= low <= stop + GAP):
                        return stop
                    stop = max(stop, min(low + length, limit))
        return stop


class _Stream:
    """One object, read forwards: what follows is read with it, and the end of what was read before stays at hand."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        self.window = handle.window
        self._before = b""
        self._buffer = b""
        self._start = 0  # of the buffer, where what is before it ends
        self.fetched = 0

    @property
    def end(self) -> int:
        return self._start + len(self._buffer)

    def holds(self, start: int, stop: int) -> bool:
        return self._start - len(self._before) <= start <= stop <= self._start + len(self._buffer)

    def part(self, start: int, stop: int) -> bytes | memoryview:
        """The bytes from `start` to `stop`, which are held."""
        start, stop = start - self._start, stop - self._start
        if start >= 0:
            return memoryview(self._buffer)[start:stop]
        before = memoryview(self._before)[len(self._before) + start : len(self._before) + min(stop, 0)]
        return before if stop <= 0 else b"".join((before, memoryview(self._buffer)[:stop]))

    def fill(self, start: int, stop: int) -> None:
        """Hold the bytes from `start` to `stop`, and few others."""
        end = self.end
        if self.holds(start, end):
            kept = max(BACK, end - start)
            if len(self._buffer) < kept:
                self._buffer = self._before + self._buffer
            self._before, self._start = self._buffer[-kept:], end
        else:
            self._before, self._start = b"", start
        self._buffer = b""  # before the next one needs its place
        self._buffer = self._handle.pread(self._start, stop - self._start)
        self.fetched += len(self._buffer)

    def close(self) -> None:
        self._handle.close()

"""What the extents of a recipe make: a merge of forward streams, one for each object, with bounded memory.

The extents of a content into one object nearly always rise. So what is read of an object can be read ahead and in large
pieces, over the gaps between extents: an object store is asked once for several megabytes, not once for each extent.
While these are put together it is asked for those that follow, of all objects side by side.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
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
    """What the extents of a recipe make, while it is read. As a `Handle`; not for two threads at once.

    With `fetchers`, for a store that is far away, they bring what is needed next of the objects.
    """

    window = PIECE

    def __init__(self, recipe: Recipe, open_object: Open, fetchers: Executor | None = None) -> None:
        self._recipe = recipe
        self._sources = recipe.sources
        self._open_object = open_object
        self._fetchers = fetchers
        self._streams: dict[int, _Stream] = {}  # the one used last comes last
        self._fetched = 0  # of those that are closed again
        self._frames: dict[tuple[int, int], bytes] = {}
        self._next = -1
        self._ahead = 0  # how much to read of an object at once while the reader goes on
        self._most = 0  # the same, also when he does not
        self._seen = 0  # up to which extent is looked what else is needed
        self._begun = 0  # up to which extent all objects are being read
        larger = sum(used.size > LARGER for used in recipe.objects) * (1 if fetchers is None else 2)
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
            self._begun = first
        self._most = max(length + length // 4, self._ahead)  # there are gaps
        self._next = stop = offset + length
        if self._fetchers is not None:
            self._fetch_beginnings(offset, min(self._seen, bisect_left(starts, stop + self._ahead)), self._fetchers)
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
                self._fill(it.object, start, stop, number)
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
        while not stream.holds(start, stop):
            self._fill(number, start, stop, extent)
        return stream.part(start, stop)

    def _stream(self, number: int) -> "_Stream":
        stream = self._streams.pop(number, None)
        if stream is None:
            if isinstance(self._sources[number], Inflated):
                self._close_inflated()
            stream = _Stream(lambda: open_source(self._sources[number], self._open_object))
        self._streams[number] = stream
        return stream

    def _close_inflated(self) -> None:
        """Make place for one more."""
        is_open = [number for number in self._streams if isinstance(self._sources[number], Inflated)]
        for number in is_open[: 1 - MOST_OPEN]:
            stream = self._streams.pop(number)
            self._fetched += stream.fetched
            stream.close()

    def _fill(self, number: int, start: int, stop: int, extent: int) -> None:
        """Have more bytes of a source at hand, from `start` on, when `extent` is being made."""
        stream = self._streams[number]
        if not stream.receive(start):
            stream.fill(start, self._until(number, start, stop, extent))
        if self._fetchers is not None and self._ahead:
            self._fetch_next(number, extent, self._fetchers)

    def _fetch_next(self, number: int, extent: int, fetchers: Executor) -> None:
        """Have brought what is needed next of a source, if it is an object."""
        stream, extents = self._streams[number], self._recipe.extents
        if stream.end == self._sources[number].size or number >= len(self._recipe.objects):
            return
        for at in range(extent, self._seen):
            for which, low, length in _needs(extents[at]):
                if which == number and low + length > stream.end:
                    self._expect(number, stream.after(low), low + length, at, fetchers)
                    return

    def _fetch_beginnings(self, offset: int, last: int, fetchers: Executor) -> None:
        """Have brought, side by side, the first that is needed of objects until extent `last`, from `offset` on."""
        for at in range(self._begun, last):
            it = self._recipe.extents[at]
            skipped = 0 if it.whole else max(0, offset - self._recipe.starts[at])
            for which, low, length in _needs(it):
                if which not in self._streams and which < len(self._recipe.objects):
                    self._stream(which)
                    self._expect(which, low + skipped, low + length, at, fetchers)
        self._begun = max(self._begun, last)

    def _expect(self, number: int, start: int, stop: int, extent: int, fetchers: Executor) -> None:
        """Have brought what `extent` needs of an object between `start` and `stop`: a frame whole, of others a part."""
        needed = stop if self._recipe.extents[extent].whole else start
        self._streams[number].expect(start, self._until(number, start, needed, extent), fetchers)

    def _until(self, number: int, start: int, stop: int, extent: int) -> int:
        """How far to read an object from `start`, at least to `stop`, when `extent` is being made."""
        size, extents = self._sources[number].size, self._recipe.extents
        most = min(self._streams[number].window, self._most)
        if size - start <= min(most // REST, GAP):
            return size
        limit = start + most
        for at in range(extent, self._seen):
            for which, low, length in _needs(extents[at]):
                if which == number:
                    if stop >= limit or (at > extent and not start <= low <= stop + GAP):
                        return stop
                    stop = max(stop, min(low + length, limit))
        return stop


def _needs(it: Extent) -> tuple[tuple[int, int, int], ...]:
    """The ranges that an extent is made of: source, offset, length."""
    own = it.object, it.offset, it.length
    return (own,) if it.base is None else ((it.base, it.base_offset, it.base_length), own)


class _Stream:
    """One source, read forwards: what follows is read with it, and the end of what was read before stays at hand."""

    def __init__(self, open_it: Callable[[], Handle]) -> None:
        self._open = open_it
        self._handle = open_it()
        self.window = self._handle.window
        self._before = b""
        self._buffer = b""
        self._start = 0  # of the buffer, where what is before it ends
        self._coming: tuple[int, int, Future[bytes]] | None = None
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
        self._turn_to(start, self.after(start))
        self._buffer = self._handle.pread(self._start, stop - self._start)
        self.fetched += len(self._buffer)

    def expect(self, start: int, stop: int, fetchers: Executor) -> None:
        """Have the bytes from `start` to `stop` brought, instead of any that are on their way; see `receive`."""
        self._forget()
        self._coming = start, stop, fetchers.submit(self._fetch, start, stop)
        self.fetched += stop - start

    def receive(self, start: int) -> bool:
        """Hold what was expected, if the bytes from `start` on are in it; waits for them."""
        if self._coming is None:
            return False
        first, stop, future = self._coming
        if not first <= self.after(start) < stop:
            return False
        self._coming = None
        data = future.result()
        self._turn_to(start, first)
        self._buffer = data
        return True

    def after(self, start: int) -> int:
        """Which byte is lacking first, from `start` on."""
        return self.end if self.holds(start, self.end) else start

    def close(self) -> None:
        self._forget()
        self._handle.close()

    def _turn_to(self, start: int, place: int) -> None:
        """Let what comes next begin at `place`; what is held stays as far as it goes on there and may be needed."""
        end = self.end
        if place == end and self.holds(start, end):
            kept = max(BACK, end - start)
            if len(self._buffer) < kept:
                self._buffer = self._before + self._buffer
            self._before = self._buffer[-kept:]
        else:
            self._before = b""
        self._start, self._buffer = place, b""  # before the next one needs its place

    def _fetch(self, start: int, stop: int) -> bytes:
        # By a handle of its own: the other one is for one thread, and may be closed before this is over.
        with self._open() as handle:
            return handle.pread(start, stop - start)

    def _forget(self) -> None:
        if self._coming is not None:
            self._coming[2].cancel()
            self._coming = None

"""Putting a content together from an earlier version: what is the same is referred to, the rest is packed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol, Self

from baton.storage.chunking import Chunk, ChunkList, chunk_list, cut, digest_of
from baton.storage.content import Handle, Writer
from baton.storage.versions.aligning import SMALLEST_DICTIONARY, Likeness, likeness, supposed
from baton.storage.versions.assembling import PIECE, open_source
from baton.storage.versions.frames import compress, compress_against
from baton.storage.versions.lineage import Base, Lineage
from baton.storage.versions.reading import Progress, pieces_of
from baton.storage.versions.recipe import Composer, Deflated, Extent, ObjectUsed, Recipe, Source, write
from baton.storage.versions.stretches import parts
from baton.storage.versions.window import Window

# New bytes that become one frame: less costs ratio and speed, more makes reading a small range dear.
BLOCK = 512 << 10
# A version is a fresh start, kept as it is, when more than this share of it is new, when it would take more of itself
# than that, when its bytes come from more objects or in smaller extents, or when twice as many have to be read.
MOST_FRESH = 0.7
MOST_STORED = 0.9
MOST_OBJECTS = 32
MOST_INFLATED = 256
FREE_EXTENTS = 1000
SMALLEST_MEAN_EXTENT = 16 << 10
# However large a content is: a reader holds all of its extents, some 300 bytes each.
MOST_EXTENTS = 150_000
MOST_FETCHED = 2
# A stretch of earlier bytes inside changed ones is referred to from this length on, and from the second one when the
# extents are smaller than this on average.
SHORT = 8 << 10
LONG = 256 << 10
MEAN_EXTENT = 32 << 10
# As few new bytes are kept as they are: no frame is smaller.
LITERAL = 64
# A frame has to save this share of what it replaces, or else it is left.
WORTH = 0.97
# A delta that leaves less than this of a stretch is taken without asking what plain compression would leave.
GOOD_DELTA = 0.15
# After so many stretches without likeness in a row, only every so many-th is looked for.
PATIENCE = 16
SELDOM = 8

_PACK = ""  # stands for the pack's name, which is known at its end


class Objects(Protocol):
    """What is needed of a store."""

    def open(self, sha256: str, size: int | None = None) -> Handle: ...

    def writer(self) -> Writer: ...


class KeptWhole(Exception):
    """Why a content is better kept as it is."""


@dataclass(frozen=True, slots=True)
class Made:
    """A content put together: its recipe and its chunks, or those of what its recipe deflates.

    `fresh` counts bytes that no earlier version helps with.
    """

    recipe: Recipe
    text: bytes  # the recipe, written
    chunks: ChunkList
    pack: ObjectUsed | None  # the new object, if there was anything new
    fresh: int

    @property
    def stored(self) -> int:
        """Bytes that the content takes beside earlier ones."""
        return len(self.text) + (self.pack.size if self.pack else 0)


class Compaction:
    """One content on its way to become a recipe. Until `close`, no sweep takes its pack. All methods may block."""

    def __init__(self, objects: Objects, lineage: Lineage, expected: Base | None) -> None:
        self._objects = objects
        self._lineage = lineage
        self._composer = Composer()
        self._writer: Writer | None = None
        self._pack_size = 0
        self._fresh = 0
        self._most_fresh = 0.0
        self._windows: dict[Source, Window] = {}
        self._waiting: list[memoryview] = []
        self._waiting_size = 0
        self._match: tuple[Base, int, int] | None = None  # a run of equal chunks: where it begins and ends
        self._next_chunk: int | None = None
        self._missed = 0
        self._place = expected.place_in_object(0) if expected else None

    def make(
        self, handle: Handle, sha256: str, md5: str, progress: Progress, deflated: Sequence[Deflated] = ()
    ) -> Made:
        """Put together what `handle` reads, telling `progress` of each piece. Raises `KeptWhole` as soon as it may.

        The content of that name is what is read, or follows from it when these stretches are `deflated`.
        """
        self._most_fresh = MOST_FRESH * handle.size
        cuts = [place for it in deflated for place in (it.start, it.start + it.whole)]
        listed = chunk_list(self._take(cut_at(handle, cuts, progress)), sha256)
        self._end_match()
        self._pack_waiting()
        pack = ObjectUsed(self._writer.finish().sha256, self._pack_size) if self._writer else None
        recipe = self._composer.recipe(sha256, md5, {_PACK: pack} if pack else {}, deflated)
        made = Made(recipe, write(recipe), listed, pack, self._fresh)
        if reason := refusal(made):
            raise KeptWhole(reason)
        return made

    def close(self) -> None:
        """Let go of the pack, and forget it if it is not finished."""
        for window in self._windows.values():
            window.close()
        if self._writer is not None:
            self._writer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _take(self, pieces: Iterator[memoryview]) -> Iterator[Chunk]:
        for data in pieces:
            digest = digest_of(data)
            number = self._same(digest)
            if number is None:
                self._end_match()
                self._waiting.append(data)
                self._waiting_size += len(data)
                if self._waiting_size >= BLOCK:
                    self._pack_waiting()
            else:
                self._pack_waiting()
                self._extend_match(number, len(data))
            yield Chunk(digest, len(data))

    def _same(self, digest: bytes) -> int | None:
        """An earlier chunk with this digest: the one after the last one found if it is, so that runs stay whole."""
        number = self._next_chunk
        if number is None or not self._lineage.is_at(number, digest):
            number = self._lineage.find(digest)
        self._next_chunk = None if number is None else number + 1
        return number

    def _extend_match(self, number: int, length: int) -> None:
        base, start = self._lineage.place(number)
        if self._match is not None and self._match[0] is base and self._match[2] == start:
            self._match = base, self._match[1], start + length
            return
        self._end_match()
        self._match = base, start, start + length

    def _end_match(self) -> None:
        if self._match is None:
            return
        base, start, stop = self._match
        for extent in base.recipe.parts(start, stop):
            self._composer.take_over(extent, base.recipe.sources)
        self._match = None
        self._missed = 0
        if (place := base.place_in_object(stop)) is not None:
            self._place = place

    def _pack_waiting(self) -> None:
        """Keep the new bytes that wait: long stretches of earlier ones by reference, the rest in frames."""
        if not self._waiting:
            return
        data = b"".join(self._waiting)
        self._waiting, self._waiting_size = [], 0
        like, is_found = self._likeness(data)
        if like is None:
            self._keep_fresh(data)
            return
        region = self._window(like.used).read(like.start, like.stop)
        is_like = False
        for part in parts(data, region, self._shortest()):
            piece, there = data[part.start : part.stop], like.start + part.place
            if part.is_same:
                self._composer.add(Extent(len(piece), self._composer.use(like.used), there, len(piece)))
                is_like = True
            elif self._keep_delta(piece, like.used, there, region[part.place : part.end]):
                is_like = True
            else:
                self._keep_fresh(piece)
        if is_like:
            self._missed = 0
            self._place = like.used, like.goes_on
        else:
            self._missed += not is_found

    def _keep_delta(self, data: bytes, used: Source, offset: int, dictionary: bytes) -> bool:
        """Keep new bytes as what they differ by from earlier ones, if that is worth it."""
        if len(data) <= LITERAL or len(dictionary) < SMALLEST_DICTIONARY:
            return False
        delta = compress_against(dictionary, data)
        if len(delta) > GOOD_DELTA * len(data) and len(delta) > WORTH * len(compress(data)):
            return False
        number, base = self._composer.use(ObjectUsed(_PACK, 0)), self._composer.use(used)
        self._composer.add(
            Extent(len(data), number, self._pack_size, len(delta), 0, len(data), base, offset, len(dictionary))
        )
        self._write(delta)
        return True

    def _keep_fresh(self, data: bytes) -> None:
        self._fresh += len(data)
        if self._fresh > self._most_fresh:
            raise KeptWhole("too new")
        number = self._composer.use(ObjectUsed(_PACK, 0))
        plain = compress(data) if len(data) > LITERAL else data
        if len(plain) > WORTH * len(data):
            self._composer.add(Extent(len(data), number, self._pack_size, len(data)))
            self._write(data)
        else:
            self._composer.add(Extent(len(data), number, self._pack_size, len(plain), 0, len(data)))
            self._write(plain)

    def _shortest(self) -> int:
        """How long a stretch of earlier bytes must be to be referred to: two extents more, for readers to follow."""
        few = min(FREE_EXTENTS // 2 + self._composer.size // MEAN_EXTENT, MOST_EXTENTS // 2)
        return SHORT if len(self._composer.extents) < few else LONG

    def _likeness(self, data: bytes) -> tuple[Likeness | None, bool]:
        """What to compare new bytes with, and whether it was found rather than supposed."""
        if self._place is None or (self._missed > PATIENCE and self._missed % SELDOM):
            self._missed += 1
            return None, False
        used, expected = self._place
        window = self._window(used)
        like = likeness(used, window, expected, data, self._missed)
        if like is not None:
            return like, True
        return supposed(used, window, expected + self._missed * len(data), data), False

    def _window(self, used: Source) -> Window:
        window = self._windows.get(used)
        if window is None:
            window = self._windows[used] = Window(open_source(used, self._objects.open))
        return window

    def _write(self, data: bytes) -> None:
        if self._writer is None:
            self._writer = self._objects.writer()
        self._writer.write(data)
        self._pack_size += len(data)


def cut_at(handle: Handle, places: Iterable[int], progress: Progress) -> Iterator[memoryview]:
    """The chunks of a content, none of which goes beyond one of these places: what begins there begins with its own."""
    for start, stop in pairwise([0, *places, handle.size]):
        yield from cut(pieces_of(handle, progress, start, stop))


def refusal(made: Made) -> str | None:
    """Why a content is better kept as it is; `None` when its recipe is worth having."""
    recipe = made.recipe
    if made.stored > MOST_STORED * recipe.size:
        return "hardly smaller"
    if len(recipe.objects) > MOST_OBJECTS or len(recipe.inflated) > MOST_INFLATED:
        return "too many objects"
    if len(recipe.extents) > min(FREE_EXTENTS + recipe.size // SMALLEST_MEAN_EXTENT, MOST_EXTENTS):
        return "too many extents"
    return None


def is_too_scattered(recipe: Recipe, fetched: int) -> bool:
    """Whether reading a content by its recipe takes reading too many other bytes."""
    return fetched > MOST_FETCHED * recipe.starts[-1] + PIECE

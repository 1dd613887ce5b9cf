"""How a content is kept beside earlier ones: compared as it is, or by what the deflate streams in it inflate to."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Self

from baton.storage.chunking import Chunk, ChunkList, chunk_list, digest_of
from baton.storage.versions.assembling import Assembled
from baton.storage.versions.compaction import Compaction, KeptWhole, Made, Objects, cut_at
from baton.storage.versions.deflate import is_zlib_itself
from baton.storage.versions.lineage import Base, Lineage
from baton.storage.versions.members import Member, Remade, is_sound, members, remade
from baton.storage.versions.reading import Progress, RecipeHandle
from baton.storage.versions.recipe import Recipe
from baton.storage.versions.unpacking import Unpacked, deflated_again, in_objects, unpacked
from baton.storage.versions.window import Window

# Streams are looked into when more than this share of a content is left otherwise, and inflated when less than this
# share of that is left then: whoever reads has to deflate them.
LITTLE = 0.1
MUCH_LESS = 0.5
# Streams that are inflated at most. Of an earlier content so many times as many bytes, as some may have moved.
MOST_STREAMS = 256
MORE = 2


@dataclass(frozen=True, slots=True)
class Earlier:
    """The contents that a new one is compared with. `likeliest` says how the one is made that it most likely follows.

    Contents with deflated streams are not in the lineage: they have no chunks in objects.
    """

    lineage: Lineage
    expected: Base | None
    likeliest: Recipe | None


class Keeping:
    """One content, which is an object, on its way to become a recipe. Until `close` no sweep takes what it needs.

    Up to `most_inflated` bytes of it are then deflated by whoever reads it; 0: none.
    """

    def __init__(self, objects: Objects, content: Recipe, most_inflated: int, progress: Progress) -> None:
        self._objects = objects
        self._content = content
        self._most_inflated = most_inflated
        self._progress = progress
        self._works = ExitStack()

    def make(self, earlier: Earlier) -> Made:
        """The way in which least of it is left. Raises `KeptWhole`."""
        plain, reason = None, "too new"
        if earlier.lineage.bases:
            try:
                plain = self._as_it_is(earlier.lineage, earlier.expected)
            except KeptWhole as refusal:
                reason = str(refusal)
        left = plain.stored if plain else self._content.size
        if left > LITTLE * self._content.size and earlier.likeliest and self._most_inflated and is_zlib_itself():
            made = self._by_streams(earlier.likeliest, left)
            if made and made.stored < MUCH_LESS * left:
                return replace(made, chunks=plain.chunks if plain else self._chunks(self._content))
        if plain is None:
            raise KeptWhole(reason)
        return plain

    def close(self) -> None:
        """Let go of what was made."""
        self._works.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _as_it_is(self, lineage: Lineage, expected: Base | None) -> Made:
        work = self._works.enter_context(Compaction(self._objects, lineage, expected))
        with self._objects.open(self._content.sha256, self._content.size) as handle:
            return work.make(handle, self._content.sha256, self._content.md5, self._progress)

    def _by_streams(self, base: Recipe, left: int) -> Made | None:
        """The content by what its changed streams inflate to, if that may leave much less."""
        with Window(self._objects.open(self._content.sha256, self._content.size)) as handle:
            now = members(handle, self._most_inflated, self._progress)
            if not now:
                return None
            with Window(RecipeHandle(base, self._objects.open)) as earlier:
                packed = [it for it, _start in in_objects(base, members(earlier, self._most_inflated, self._progress))]
                gone = _fitting(_without(packed, now), MORE * self._most_inflated)
                before = unpacked(base, [member for member in gone if is_sound(earlier, member)])
            changed = list(_fitting(_without(now, packed), self._most_inflated))
            may_help = base.deflated or sum(member.length for member in changed) > (1 - MUCH_LESS) * left
            if not before.recipe.inflated or not may_help:
                return None
            streams = list(remade(handle, changed, self._progress))
        return self._compared(before, streams) if streams else None

    def _compared(self, before: Unpacked, streams: Sequence[Remade]) -> Made | None:
        """The content with these streams inflated, put together from an earlier one."""
        lineage = Lineage([Base(before.recipe, self._chunks(before.recipe, before.cuts))])
        work = self._works.enter_context(Compaction(self._objects, lineage, lineage.bases[0]))
        after = unpacked(self._content, [member for member, _parameters, _crc32 in streams]).recipe
        deflated = list(deflated_again(streams))
        with Assembled(after, self._objects.open) as handle:
            try:
                return work.make(handle, self._content.sha256, self._content.md5, self._progress, deflated)
            except KeptWhole:
                return None

    def _chunks(self, recipe: Recipe, cuts: Iterable[int] = ()) -> ChunkList:
        """The chunks of what the extents of a recipe make."""
        with Assembled(recipe, self._objects.open) as handle:
            found = cut_at(handle, cuts, self._progress)
            return chunk_list((Chunk(digest_of(data), len(data)) for data in found), recipe.sha256)


def _without(found: Iterable[Member], others: Iterable[Member]) -> Iterator[Member]:
    """The streams that are none of the others."""
    known = {(member.length, member.size, member.crc32) for member in others}
    return (member for member in found if (member.length, member.size, member.crc32) not in known)


def _fitting(found: Iterable[Member], most: int) -> Iterator[Member]:
    """As many of the streams as inflate to `most` bytes together."""
    number = 0
    for member in found:
        if member.size <= most and number < MOST_STREAMS:
            yield member
            most -= member.size
            number += 1

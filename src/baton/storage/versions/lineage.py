"""What a new content may have in common with: the contents of the version before, and where each of their chunks is."""

from array import array
from bisect import bisect_right
from collections.abc import Sequence

from baton.storage.chunking import ChunkIndex, ChunkList
from baton.storage.versions.recipe import Recipe, Source

# What has fewer bytes, such as the header before a stream, is not what bytes are compared with.
SHORT = 1 << 10


class Base:
    """An earlier content: how it is put together, and into which chunks it falls."""

    def __init__(self, recipe: Recipe, chunks: ChunkList) -> None:
        self.recipe = recipe
        self.chunks = chunks

    def place_in_object(self, offset: int) -> tuple[Source, int] | None:
        """Which plain bytes of which source are, or are alike, those at `offset`; `None` when there are none such."""
        starts, last = self.recipe.starts, len(self.recipe.extents) - 1
        number = min(bisect_right(starts, offset) - 1, last)
        while number < last and starts[number + 1] - offset < SHORT:
            number += 1
            offset = max(offset, starts[number])
        extent = self.recipe.extents[number]
        within = offset - starts[number]
        if not extent.whole:
            return self.recipe.sources[extent.object], extent.offset + within
        if extent.base is None:
            return None
        # The dictionary lay around the frame's own place: the same share of the way through both.
        share = (extent.skip + within) / extent.whole
        return self.recipe.sources[extent.base], extent.base_offset + int(share * extent.base_length)


class Lineage(ChunkIndex):
    """The chunks of several earlier contents, to be found by their digests; needs 30 bytes for each chunk.

    Chunks have numbers through all contents. The first contents are the preferred ones.
    """

    def __init__(self, bases: Sequence[Base]) -> None:
        self.bases = [base for base in bases if len(base.chunks)]
        super().__init__(b"".join(base.chunks.digests for base in self.bases))
        self._firsts = array("Q")
        self._starts = array("Q")
        for base in self.bases:
            self._firsts.append(len(self._starts))
            self._starts += base.chunks.starts()

    def place(self, number: int) -> tuple[Base, int]:
        """The content that has a chunk, and where in it the chunk begins."""
        base = self.bases[bisect_right(self._firsts, number) - 1]
        return base, self._starts[number]

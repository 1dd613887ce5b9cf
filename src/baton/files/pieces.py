"""The body of a download as a recipe: some bytes of its own, and slices of stored contents. Read in blocks."""

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import Self

from isal import isal_zlib

from baton.storage.content import ContentStore
from baton.storage.errors import ContentDamaged, ContentMissing, DamagedRecipe, damaged

# What is read and sent at once: 64 KiB pieces cost four times the CPU.
BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class ContentSlice:
    """`length` bytes from `offset` of the content `sha256`. With `crc32`, others are never read to their end."""

    sha256: str
    offset: int
    length: int
    size: int | None = None  # of the whole content, as far as it is known to be
    crc32: int | None = None  # of these bytes

    @classmethod
    def of(cls, sha256: str, start: int, stop: int, size: int, crc32: int | None) -> Self:
        """A part of a content with that size and CRC-32."""
        return cls(sha256, start, stop - start, size, crc32 if stop - start == size else None)


Piece = bytes | ContentSlice

# Hears of a content that cannot be read as it came, so that it is verified soon; may block.
Distrust = Callable[[str], None]


def read_blocks(
    store: ContentStore, pieces: Iterable[Piece], distrust: Distrust = lambda _sha256: None
) -> Generator[bytes]:
    """The bytes of all pieces; one content is open at a time and small pieces go together. May block."""
    small: list[bytes] = []
    waiting = 0
    for data in _read(store, pieces, distrust):
        small.append(data)
        waiting += len(data)
        if waiting >= BLOCK:
            yield _join(small)
            small, waiting = [], 0
    if small:
        yield _join(small)


def _join(parts: list[bytes]) -> bytes:
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _read(store: ContentStore, pieces: Iterable[Piece], distrust: Distrust) -> Iterator[bytes]:
    for piece in pieces:
        if isinstance(piece, bytes):
            yield piece
            continue
        try:
            yield from _slice(store, piece)
        except (ContentDamaged, ContentMissing, DamagedRecipe):
            distrust(piece.sha256)
            raise


def _slice(store: ContentStore, piece: ContentSlice) -> Iterator[bytes]:
    stop, crc32 = piece.offset + piece.length, 0
    with store.open(piece.sha256, piece.size) as handle:
        for offset in range(piece.offset, stop, BLOCK):
            data = handle.pread(offset, min(BLOCK, stop - offset))
            if piece.crc32 is not None:
                crc32 = isal_zlib.crc32(data, crc32)
                if offset + len(data) == stop and crc32 != piece.crc32:
                    raise damaged(piece.sha256)
            yield data

"""The body of a download as a recipe: some bytes of its own, and slices of stored contents. Read in blocks."""

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass

from baton.storage.content import ContentStore

# What is read and sent at once: 64 KiB pieces cost four times the CPU.
BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class ContentSlice:
    """`length` bytes from `offset` of the content `sha256`."""

    sha256: str
    offset: int
    length: int
    size: int | None = None  # of the whole content, as far as it is known to be


Piece = bytes | ContentSlice


def read_blocks(store: ContentStore, pieces: Iterable[Piece]) -> Generator[bytes]:
    """The bytes of all pieces; one content is open at a time and small pieces go together. May block."""
    small: list[bytes] = []
    waiting = 0
    for data in _read(store, pieces):
        small.append(data)
        waiting += len(data)
        if waiting >= BLOCK:
            yield _join(small)
            small, waiting = [], 0
    if small:
        yield _join(small)


def _join(parts: list[bytes]) -> bytes:
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _read(store: ContentStore, pieces: Iterable[Piece]) -> Iterator[bytes]:
    for piece in pieces:
        if isinstance(piece, bytes):
            yield piece
            continue
        with store.open(piece.sha256, piece.size) as handle:
            stop = piece.offset + piece.length
            for offset in range(piece.offset, stop, BLOCK):
                yield handle.pread(offset, min(BLOCK, stop - offset))

"""What an older file here already has of a newer one there, found by the chunks of both."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from baton.client.local import Seen, blocks
from baton.storage.chunking import ChunkIndex, ChunkList, chunk_list, chunks

# A copy that saves fewer bytes is not worth a request more for what follows it.
SMALLEST_COPY = 64 << 10


@dataclass(frozen=True, slots=True)
class Copy:
    """`length` bytes from `source` in the older file are those from `offset` in the newer one."""

    source: int
    offset: int
    length: int


def copies(path: Path, wanted: ChunkList, seen: Seen) -> Sequence[Copy]:
    """Where a file has chunks of the wanted content. Memory grows with the number of its chunks."""
    here = chunk_list(chunks(blocks(path, seen)), wanted.sha256)
    index, starts = ChunkIndex(here.digests), here.starts()
    found: list[Copy] = []
    offset = 0
    for chunk in wanted:
        number = index.find(chunk.digest)
        if number is not None and here.lengths[number] == chunk.length:
            _add(found, Copy(starts[number], offset, chunk.length))
        offset += chunk.length
    return [copy for copy in found if copy.length >= SMALLEST_COPY]


def _add(found: list[Copy], copy: Copy) -> None:
    """Append a copy; one that goes on where the last one ends, here and there, makes that one longer."""
    last = found[-1] if found else None
    if last and (last.source + last.length, last.offset + last.length) == (copy.source, copy.offset):
        found[-1] = Copy(last.source, last.offset, last.length + copy.length)
    else:
        found.append(copy)


def pieces(path: Path, copies: Sequence[Copy], size: int) -> Iterator[tuple[int, bytes]]:
    """The copied bytes, at most `size` at once, with their offsets in the newer file."""
    with path.open("rb", buffering=0) as source:
        for copy in copies:
            source.seek(copy.source)
            done = 0
            while done < copy.length and (data := source.read(min(size, copy.length - done))):
                yield copy.offset + done, data
                done += len(data)

"""Cutting a stream where its content says so, and the list of what came out: how two contents are compared.

A cut depends on the bytes just before it, so what is inserted or removed moves the cuts after it along with the bytes,
and all chunks but a few are the same as before. Where the cuts are is no contract: another chunker finds fewer equal
chunks, and nothing else changes. The encoding is described in docs/formats/versions.md.
"""

import struct
import sys
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from blake3 import blake3
from pyfastcdc import FastCDC

from baton.storage.errors import DamagedChunkList

# The kind of note that chunk lists are kept as.
NOTES = "chunks"
# Bytes of a chunk: 64 KiB find local edits well, and need 20 bytes in every 75,000 to remember (docs/decisions).
SMALLEST = 16 << 10
AVERAGE = 64 << 10
LARGEST = 256 << 10
# How strongly FastCDC pulls sizes to the average: level 2 has the narrowest spread.
NORMALIZATION: Final = 2
# Bytes of BLAKE3 that name a chunk within the versions of one record; the SHA-256 of the whole vouches for the rest.
DIGEST = 16
# What is cut at once; less makes copies of the tail count.
BLOCK = 1 << 20

# Magic; smallest, average, largest; normalization, bytes of a digest; chunks; bytes and SHA-256 of the content.
_HEADER = struct.Struct("<8sIIIHHQQ32s")
_MAGIC = b"BATONCL1"
_CHECKSUM = 32


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk of a content: the first 16 bytes of its BLAKE3, and how many bytes it has."""

    digest: bytes
    length: int


@dataclass(frozen=True, slots=True)
class ChunkList:
    """The chunks of a content in their order. `sha256` in hex and `size` in bytes are those of the content."""

    sha256: str
    size: int
    digests: bytes  # `DIGEST` bytes for each chunk, joined
    lengths: "array[int]"

    def __len__(self) -> int:
        return len(self.lengths)

    def starts(self) -> "array[int]":
        """Where each chunk begins."""
        found = array("Q", accumulate(self.lengths, initial=0))
        found.pop()
        return found

    def __iter__(self) -> Iterator[Chunk]:
        for number, length in enumerate(self.lengths):
            yield Chunk(self.digests[number * DIGEST : (number + 1) * DIGEST], length)


class ChunkIndex:
    """Chunks to be found by their digests, joined as in a `ChunkList`; needs 20 bytes for each. They have numbers."""

    def __init__(self, digests: bytes) -> None:
        self._digests = digests
        # Half a digest and the number in one integer: a third of the memory of sorting by a key.
        packed = [
            int.from_bytes(digests[number * DIGEST : number * DIGEST + 8], "big") << 32 | number
            for number in range(len(digests) // DIGEST)
        ]
        packed.sort()
        # The numbers in the order of the digests; of equal ones the first comes first.
        self._sorted = array("I", (both & 0xFFFF_FFFF for both in packed))

    def is_at(self, number: int, digest: bytes) -> bool:
        """Whether the chunk of that number is this one."""
        return self._digests[number * DIGEST : (number + 1) * DIGEST] == digest

    def find(self, digest: bytes) -> int | None:
        """The number of a chunk with this digest."""
        low, high = 0, len(self._sorted)
        wanted = digest[:8]
        while low < high:
            middle = (low + high) // 2
            start = self._sorted[middle] * DIGEST
            if self._digests[start : start + 8] < wanted:
                low = middle + 1
            else:
                high = middle
        while low < len(self._sorted) and self._digests[(start := self._sorted[low] * DIGEST) : start + 8] == wanted:
            if self.is_at(self._sorted[low], digest):
                return self._sorted[low]
            low += 1
        return None


def cut(pieces: Iterable[bytes]) -> Iterator[memoryview]:
    """The chunks of a stream, however it comes in pieces; holds a block and a chunk in memory, never more."""
    # One for each stream: it may not be used by two threads at once.
    cutter = FastCDC(AVERAGE, min_size=SMALLEST, max_size=LARGEST, normalized_chunking=NORMALIZATION)
    waiting: list[bytes | memoryview] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size < BLOCK + LARGEST:
            continue
        *found, last = cutter.cut_buf(b"".join(waiting))
        for chunk in found:
            yield chunk.data
        # Its end is only that of the buffer; it may go on with the next piece.
        waiting, size = [last.data], last.length
    for chunk in cutter.cut_buf(b"".join(waiting)):
        yield chunk.data


def chunks(pieces: Iterable[bytes]) -> Iterator[Chunk]:
    """Digest and length of each chunk of a stream."""
    for data in cut(pieces):
        yield Chunk(digest_of(data), len(data))


def digest_of(data: bytes | memoryview) -> bytes:
    """The name of a chunk."""
    return blake3(data).digest(DIGEST)


def chunk_list(found: Iterable[Chunk], sha256: str) -> ChunkList:
    """The list of these chunks, which make up the content `sha256`."""
    digests = bytearray()
    lengths = array("I")
    size = 0
    for chunk in found:
        digests += chunk.digest
        lengths.append(chunk.length)
        size += chunk.length
    return ChunkList(sha256, size, bytes(digests), lengths)


def encode(listed: ChunkList) -> bytes:
    """A chunk list as bytes."""
    header = _HEADER.pack(
        _MAGIC,
        SMALLEST,
        AVERAGE,
        LARGEST,
        NORMALIZATION,
        DIGEST,
        len(listed),
        listed.size,
        bytes.fromhex(listed.sha256),
    )
    body = header + listed.digests + _little_endian(listed.lengths).tobytes()
    return body + blake3(body).digest(_CHECKSUM)


def longest(size: int) -> int:
    """How many bytes the list of a content of that size may have."""
    return _HEADER.size + (size // SMALLEST + 1) * (DIGEST + 4) + _CHECKSUM


def decode(data: bytes) -> ChunkList:
    """The chunk list that these bytes are. Raises `DamagedChunkList` for anything that `encode` does not write."""
    if len(data) < _HEADER.size + _CHECKSUM:
        raise DamagedChunkList(f"A chunk list has at least {_HEADER.size + _CHECKSUM} bytes; this one has {len(data)}.")
    magic, *parameters, count, size, sha256 = _HEADER.unpack_from(data)
    if magic != _MAGIC:
        raise DamagedChunkList("This is no chunk list: it does not begin as one.")
    if parameters != [SMALLEST, AVERAGE, LARGEST, NORMALIZATION, DIGEST]:
        raise DamagedChunkList("This chunk list was made with other parameters; make it anew from the content.")
    if len(data) != _HEADER.size + count * (DIGEST + 4) + _CHECKSUM:
        raise DamagedChunkList(f"A list of {count} chunks has another length than {len(data)} bytes.")
    if blake3(data[:-_CHECKSUM]).digest(_CHECKSUM) != data[-_CHECKSUM:]:
        raise DamagedChunkList("The chunk list is damaged: its checksum does not match.")
    middle = _HEADER.size + count * DIGEST
    lengths = array("I")
    lengths.frombytes(data[middle:-_CHECKSUM])
    lengths = _little_endian(lengths)
    # Checked although the checksum matched: a client may send any list, with the right checksum of it.
    if sum(lengths) != size or not all(SMALLEST <= length <= LARGEST for length in lengths[:-1]):
        raise DamagedChunkList("The lengths of the chunks are not such as the chunker makes, or do not add up.")
    if count and not 0 < lengths[-1] <= LARGEST:
        raise DamagedChunkList("The last chunk has a length that the chunker never makes.")
    return ChunkList(sha256.hex(), size, bytes(data[_HEADER.size : middle]), lengths)


def _little_endian(numbers: "array[int]") -> "array[int]":
    if sys.byteorder == "little":
        return numbers
    swapped = array("I", numbers)
    swapped.byteswap()
    return swapped

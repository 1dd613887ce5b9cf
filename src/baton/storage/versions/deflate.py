"""Deflate streams (RFC 1951): read in any place without being kept, and made again byte for byte where zlib made them.

zlib makes the same of the same bytes, whatever pieces they come in. Other libraries that call themselves so do not, so
what this process has is to be asked first (docs/decisions/0019).
"""

import zlib
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import sha256, shake_128
from typing import NamedTuple, Self

from baton.storage.content import Handle
from baton.storage.errors import DamagedRecipe
from baton.storage.versions.window import Window

# What is read, inflated or deflated at once. Small, so that wrong parameters are found out early.
PIECE = 64 << 10
# How many places of a stream are remembered to go on from, and how far they are apart at least; each takes 50 KB.
MOST_MARKS = 64
SMALLEST_STEP = 4 << 20
# What is read of a stream at once; the store may be far away.
REACH = 1 << 20
# What inflates to more than so many times its length has other things in mind than keeping data.
MOST_RATIO = 200

_RAW = -zlib.MAX_WBITS
# The SHA-256 of what zlib makes of `_sample()`: versions 1.2.13 and 1.3.2 make the same.
_EXPECTED = "66da5039304fd80b7ac6ce52b0ac9896d68099d29483f46c7f5d6f902abc997c"


class Parameters(NamedTuple):
    """What a stream depends on beside its bytes: zlib's compression level and memory level, and how it was ended.

    What Python writes as text is flushed before it is finished.
    """

    level: int
    memory: int
    is_flushed: bool = False


# The likeliest first: the default, the best, the fastest; 8 is everybody's memory level, 9 that of a few.
ALL_PARAMETERS = [Parameters(level, memory) for memory in (8, 9) for level in (6, 9, 1, 5, 4, 7, 8, 3, 2)]


class InflatedHandle:
    """What the `length` bytes from `start` of another content inflate to, `size` bytes. As a `Handle`.

    Going back costs inflating some megabytes at most, once the bytes have been passed. Raises `DamagedRecipe` when the
    stream is not as announced.
    """

    window = SMALLEST_STEP  # that many are inflated at once anyway

    def __init__(self, packed: Handle, start: int, length: int, size: int) -> None:
        self._packed = Window(packed, REACH)
        self._start, self._length, self._size = start, length, size
        self._step = max(SMALLEST_STEP, size // MOST_MARKS)
        self._at = self._read = 0
        self._inflater = zlib.decompressobj(_RAW)
        self._marks: list[tuple[int, int, zlib._Decompress]] = [(0, 0, self._inflater.copy())]
        self.inflated = 0  # bytes in all, those passed over included

    @property
    def size(self) -> int:
        return self._size

    def pread(self, offset: int, length: int) -> bytes:
        """Exactly `length` bytes from `offset`; both must lie inside the content. May block."""
        if offset < self._at:
            self._go_back(offset)
        while self._at < offset:
            self._next(offset - self._at)
        parts: list[bytes] = []
        while length:
            parts.append(self._next(length))
            length -= len(parts[-1])
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def close(self) -> None:
        self._packed.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _go_back(self, offset: int) -> None:
        self._at, self._read, inflater = max(mark for mark in self._marks if mark[0] <= offset)
        self._inflater = inflater.copy()

    def _next(self, most: int) -> bytes:
        """The next bytes, some but no more than `most`, and only up to the next mark."""
        if self._at >= self._marks[-1][0] + self._step:
            self._marks.append((self._at, self._read, self._inflater.copy()))
        data = b""
        while not data:
            packed = self._inflater.unconsumed_tail or self._more()
            try:
                data = self._inflater.decompress(packed, min(most, SMALLEST_STEP))
            except zlib.error as error:
                raise DamagedRecipe(f"A compressed stretch of an object is damaged: {error}.") from error
            if not data and (not packed or self._inflater.eof):
                raise DamagedRecipe(f"A compressed stretch of an object does not hold {self._size} bytes.")
        self._at += len(data)
        self.inflated += len(data)
        return data

    def _more(self) -> bytes:
        start = self._start + self._read
        piece = self._packed.read(start, start + min(PIECE, self._length - self._read))
        self._read += len(piece)
        return piece


def measured(packed: Handle, start: int, most: int) -> tuple[int, int] | None:
    """How long the stream at `start` is, and how many bytes it inflates to; `None` for more than `most`, or no stream.

    Reads it once, and keeps nothing.
    """
    inflater = zlib.decompressobj(_RAW)
    at, size = start, 0
    while not inflater.eof:
        piece = inflater.unconsumed_tail or packed.pread(at, min(PIECE, packed.size - at))
        if not inflater.unconsumed_tail:
            at += len(piece)
        try:
            data = inflater.decompress(piece, SMALLEST_STEP)
        except zlib.error:
            return None
        size += len(data)
        if size > most or not (piece or data):
            return None
    return at - len(inflater.unused_data) - start, size


def deflated(pieces: Iterable[bytes], parameters: Parameters) -> Iterator[bytes]:
    """The stream that zlib makes of these bytes, piece by piece."""
    deflater = zlib.compressobj(parameters.level, zlib.DEFLATED, _RAW, parameters.memory)
    for piece in pieces:
        if data := deflater.compress(piece):
            yield data
    if parameters.is_flushed:
        yield deflater.flush(zlib.Z_SYNC_FLUSH)
    yield deflater.flush()


@cache
def is_zlib_itself() -> bool:
    """Whether what this process has makes the same streams as zlib. Takes a tenth of a second when first asked."""
    digest = sha256()
    for parameters in ALL_PARAMETERS:
        for data in deflated([_sample()], parameters):
            digest.update(data)
    return digest.hexdigest() == _EXPECTED


def _sample() -> bytes:
    """Noise, numbers, few different signs and zeros, near and far repetitions: blocks and matches of every kind."""
    noise = shake_128(b"baton").digest(12_000)
    numbers = ",".join(str(noise[at] * noise[at + 1] // 7) for at in range(len(noise) - 1)).encode()
    signs = bin(int.from_bytes(noise[:5_000], "big")).encode()
    return numbers + noise + signs + numbers[20_000:30_000] + bytes(5_000) + noise

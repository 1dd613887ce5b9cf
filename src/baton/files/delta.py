"""A new content told as what it has in common with older ones: docs/formats/delta.md. Streams; knows no database."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from anyio import CapacityLimiter, to_thread

from baton.files.delta_format import BASE, COPY, END, HEADER, LENGTH, LITERAL, MAGIC, RANGE
from baton.files.errors import InvalidDelta
from baton.files.pieces import ContentSlice
from baton.storage.content import ContentStore

# What is read from a base at once.
BLOCK = 4 << 20
# Each operation costs the server as much as many bytes: those of a large result must make more than this, on average.
SMALL_OPERATION, MOST_OPERATIONS = 1024, 1000
READERS = CapacityLimiter(8)


@dataclass(frozen=True, slots=True)
class Base:
    """A file of a published record that parts of the result are copied from, and the content that it must have."""

    record_id: int
    key: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Head:
    """What a delta says before its first operation."""

    size: int
    sha256: str
    bases: tuple[Base, ...]


class DeltaReader:
    """A delta as it comes over the wire. Everything wrong with it is `InvalidDelta`."""

    def __init__(self, stream: AsyncIterator[bytes]) -> None:
        self._stream = stream
        self._waiting = b""

    async def head(self) -> Head:
        """What comes first."""
        magic, size, sha256, count = HEADER.unpack(await self._take(HEADER.size))
        if magic != MAGIC:
            raise InvalidDelta("This is no delta: it does not begin as one.")
        bases = []
        for _base in range(count):
            record_id, digest, length = BASE.unpack(await self._take(BASE.size))
            try:
                key = (await self._take(length)).decode()
            except UnicodeDecodeError:
                raise InvalidDelta("The name of a base is not in UTF-8.") from None
            bases.append(Base(record_id, key, digest.hex()))
        return Head(size, sha256.hex(), tuple(bases))

    async def content(self, head: Head, bases: Sequence[ContentSlice], store: ContentStore) -> AsyncIterator[bytes]:
        """The bytes of the result; `bases` are the whole contents of those in `head`, in the same order."""
        left, operations = head.size, 0
        while (operation := (await self._take(1))[0]) != END:
            operations += 1
            if operations > MOST_OPERATIONS + head.size // SMALL_OPERATION:
                raise InvalidDelta(
                    f"The delta has too many operations: each must make {SMALL_OPERATION:,} bytes on average, or more."
                )
            if operation == LITERAL:
                (length,) = LENGTH.unpack(await self._take(LENGTH.size))
                left = _taken(left, length)
                async for data in self._pass(length):
                    yield data
            elif operation == COPY:
                number, offset, length = RANGE.unpack(await self._take(RANGE.size))
                left = _taken(left, length)
                async for data in _copied(store, bases, number, offset, length):
                    yield data
            else:
                raise InvalidDelta(f"The delta has an operation {operation}, which there is not.")
        if left:
            raise InvalidDelta(f"The delta ends {left:,} bytes before the result that it announces.")
        async for data in self._rest():
            if data:
                raise InvalidDelta("Something follows the end of the delta.")

    async def _take(self, length: int) -> bytes:
        """Exactly so many bytes; few, since they are kept in memory."""
        pieces, found = [self._waiting], len(self._waiting)
        while found < length:
            pieces.append(await self._next())
            found += len(pieces[-1])
        data = b"".join(pieces)
        self._waiting = data[length:]
        return data[:length]

    async def _pass(self, length: int) -> AsyncIterator[bytes]:
        """So many bytes as they come."""
        while length:
            data = self._waiting or await self._next()
            self._waiting = data[length:]
            yield data[:length]
            length -= min(length, len(data))

    async def _rest(self) -> AsyncIterator[bytes]:
        yield self._waiting
        async for data in self._stream:
            yield data

    async def _next(self) -> bytes:
        async for data in self._stream:
            if data:
                return data
        raise InvalidDelta("The delta ends in the middle; nothing was kept. Send it again.")


async def _copied(
    store: ContentStore, bases: Sequence[ContentSlice], number: int, offset: int, length: int
) -> AsyncIterator[bytes]:
    if number >= len(bases) or offset + length > bases[number].length:
        raise InvalidDelta("The delta copies bytes from beyond the end of its base.")
    for start in range(offset, offset + length, BLOCK):
        piece = min(BLOCK, offset + length - start)
        yield await to_thread.run_sync(_read, store, bases[number].sha256, start, piece, limiter=READERS)


def _taken(left: int, length: int) -> int:
    if length > left:
        raise InvalidDelta("The delta makes more bytes than it announces.")
    return left - length


def _read(store: ContentStore, sha256: str, offset: int, length: int) -> bytes:
    with store.open(sha256) as handle:
        return handle.pread(offset, length)

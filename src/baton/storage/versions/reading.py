"""Reading a content by its recipe: what the extents make, and streams that are deflated from it again."""

import hashlib
import zlib
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from itertools import accumulate
from typing import Self

from baton.storage.content import Handle
from baton.storage.errors import DamagedRecipe, OtherZlib
from baton.storage.versions import deflate
from baton.storage.versions.assembling import PIECE, Assembled, Open
from baton.storage.versions.deflate import deflated, is_zlib_itself
from baton.storage.versions.recipe import Deflated, Recipe

Progress = Callable[[], None]


class RecipeHandle:
    """A content that is put together while it is read. As a `Handle`; not for two threads at once.

    A range of a deflated stream takes deflating it from its beginning, unless the reader comes from there. Raises
    `OtherZlib` if this process cannot do that. `fetchers` read from a store that is far away: see `Assembled`.
    """

    window = PIECE

    def __init__(self, recipe: Recipe, open_object: Open, fetchers: Executor | None = None) -> None:
        if recipe.deflated:
            require_zlib()
        self._recipe = recipe
        self._assembled = Assembled(recipe, open_object, fetchers)
        # By how much less the content has than what is assembled, before each stream and behind the last.
        self._saved = array("q", accumulate((it.whole - it.length for it in recipe.deflated), initial=0))
        self._starts = array("Q", (it.start - saved for it, saved in zip(recipe.deflated, self._saved, strict=False)))
        self._stream: _Stream | None = None

    @property
    def size(self) -> int:
        return self._recipe.size

    @property
    def fetched(self) -> int:
        """Bytes that were read of sources so far."""
        return self._assembled.fetched

    def pread(self, offset: int, length: int) -> bytes:
        """Exactly `length` bytes from `offset`; both must lie inside the content. May block."""
        parts: list[bytes] = []
        stop = offset + length
        while offset < stop:
            number = bisect_right(self._starts, offset) - 1  # the last stream that begins before
            start = self._starts[number] if number >= 0 else 0
            if number >= 0 and offset < (end := start + self._recipe.deflated[number].length):
                end = min(stop, end)
                parts += self._streamed(number, offset - start, end - start)
            else:
                end = min(stop, self._starts[number + 1]) if number + 1 < len(self._starts) else stop
                parts.append(self._assembled.pread(offset + self._saved[number + 1], end - offset))
            offset = end
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def close(self) -> None:
        self._assembled.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _streamed(self, number: int, start: int, stop: int) -> list[bytes]:
        """The bytes from `start` to `stop` of a stream."""
        stream, self._stream = self._stream, None  # what fails is begun anew
        if stream is None or stream.number != number or start < stream.at:
            stream = _Stream(number, self._recipe.deflated[number], self._assembled)
        found = list(stream.read(start, stop))
        self._stream = stream
        return found


class _Stream:
    """A stream that is being deflated, forwards. Its end is only given out when all of it was right."""

    def __init__(self, number: int, it: Deflated, assembled: Assembled) -> None:
        self.number = number
        self.at = 0  # up to where it was read
        self._piece = memoryview(b"")  # what follows, as far as it is made
        self._pieces = _checked(deflated(_whole(it, assembled), it.parameters), it)

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        """The bytes from `start`, not before `at`, to `stop`."""
        while self.at < stop:
            if not self._piece:
                self._piece = memoryview(next(self._pieces))
            wanted = self._piece[: (start if self.at < start else stop) - self.at]
            if self.at >= start:
                yield bytes(wanted)
            self.at += len(wanted)
            self._piece = self._piece[len(wanted) :]


def _whole(it: Deflated, assembled: Assembled) -> Iterator[bytes]:
    """The bytes that are to be deflated."""
    for offset in range(0, it.whole, deflate.PIECE):
        yield assembled.pread(it.start + offset, min(deflate.PIECE, it.whole - offset))


def _checked(pieces: Iterable[bytes], it: Deflated) -> Iterator[bytes]:
    """The pieces of a stream, the last one when its length and checksum are right. Raises `DamagedRecipe`."""
    last, length, crc32 = b"", 0, 0
    for piece in pieces:
        if last:
            yield last
        last = piece
        length += len(piece)
        crc32 = zlib.crc32(piece, crc32)
        if length > it.length:
            break
    if (length, crc32) != (it.length, it.crc32):
        raise DamagedRecipe("A deflated stretch of a content is not what it was.")
    yield last


def require_zlib() -> None:
    """Raise `OtherZlib` where streams would come out differently."""
    if not is_zlib_itself():
        raise OtherZlib(
            f"This content is deflated by zlib, and what this process has for it (version {zlib.ZLIB_RUNTIME_VERSION}) "
            "makes other bytes. Run the service with Python's own zlib."
        )


def read_back(recipe: Recipe, open_object: Open, progress: Progress) -> int:
    """Make all bytes of a recipe; returns how many were read of objects for that.

    Raises `DamagedRecipe` when they are not those of its name. `progress` is called with each piece.
    """
    digest = hashlib.sha256()
    with RecipeHandle(recipe, open_object) as handle:
        for piece in pieces_of(handle, progress):
            digest.update(piece)
        fetched = handle.fetched
    if digest.hexdigest() != recipe.sha256:
        raise DamagedRecipe(f"The recipe of {recipe.sha256} makes {digest.hexdigest()}.")
    return fetched


def pieces_of(handle: Handle, progress: Progress, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
    """The content behind a handle, or a range of it."""
    stop = handle.size if stop is None else stop
    for offset in range(start, stop, PIECE):
        progress()
        yield handle.pread(offset, min(PIECE, stop - offset))

"""A view of a content that moves forwards: whoever reads little at a time asks the store seldom."""

from typing import Self

from baton.storage.content import Handle

# What is read at once unless somebody knows better.
REACH = 4 << 20


class Window:
    """A content that is read mostly forwards, `reach` bytes at once. As a `Handle`."""

    def __init__(self, handle: Handle, reach: int = REACH) -> None:
        self._handle = handle
        self._reach = reach
        self._start = 0
        self._bytes = b""

    @property
    def size(self) -> int:
        return self._handle.size

    @property
    def window(self) -> int:
        return self._reach

    def pread(self, offset: int, length: int) -> bytes:
        """Exactly `length` bytes from `offset`; both must lie inside the content. May block."""
        return self.read(offset, offset + length)

    def read(self, start: int, stop: int) -> bytes:
        """The bytes from `start` to `stop`, or as many as there are."""
        size = self._handle.size
        start, stop = min(start, size), min(stop, size)
        if not self._start <= start <= stop <= self._start + len(self._bytes):
            self._bytes = self._handle.pread(start, min(max(stop, start + self._reach), size) - start)
            self._start = start
        return self._bytes[start - self._start : stop - self._start]

    def close(self) -> None:
        self._handle.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

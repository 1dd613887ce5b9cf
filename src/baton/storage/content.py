"""What a place for bytes can do, whatever it is made of: a folder, or an object store."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, Self


@dataclass(frozen=True, slots=True)
class Stored:
    """What is known of bytes that are safely stored; digests in lower-case hex, `size` in bytes."""

    sha256: str
    md5: str
    crc32: int
    size: int


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep removed: contents that nothing named, remains of broken uploads, and their bytes together."""

    contents: int
    leftovers: int
    bytes: int


class Writer(Protocol):
    """Bytes on their way in. All methods may block: call them from a thread, one at a time.

    From `finish` until `close` no sweep touches the content, so a caller commits the row that names it in between.
    """

    def write(self, data: bytes) -> None:
        """Take the next bytes; waits when hashing or the disk falls behind."""

    def finish(self, check: Callable[[Stored], None] | None = None) -> Stored:
        """Make the bytes durable and give them their name. What `check` raises refuses them: nothing is kept."""

    def close(self) -> None:
        """Forget what was not finished, and let go of what was. May be called twice."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_error: object) -> None: ...


class Handle(Protocol):
    """An open content; stays readable when the content is deleted meanwhile."""

    @property
    def size(self) -> int: ...

    def pread(self, offset: int, length: int) -> bytes:
        """Exactly `length` bytes from `offset`; both must lie inside the content. May block."""

    def close(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *_error: object) -> None: ...


class ContentStore(Protocol):
    """Immutable contents, each known by the SHA-256 of its bytes. Failures are `StorageFull`, `StorageFailed`."""

    def writer(self) -> Writer:
        """Begin to receive a content."""

    def open(self, sha256: str) -> Handle:
        """The content of that name. Raises `ContentMissing`."""

    def size(self, sha256: str) -> int | None:
        """Its size in bytes; `None` when there is no such content."""

    def exists(self, sha256: str) -> bool: ...

    def delete(self, sha256: str) -> None:
        """Remove a content, if it is there."""

    def walk(self) -> Iterator[tuple[str, int]]:
        """Name and size of every content, in the order of their names."""

    def sweep(self, known: Callable[[list[str]], set[str]], older_than: datetime) -> Swept:
        """Remove contents that nothing names, and remains of broken uploads, last touched before `older_than`.

        `known` says which of some names must stay. It is asked again just before each removal, so every call has to
        see all that is committed at that moment.
        """

    def check(self) -> None:
        """Raise what an upload would meet now: no space, no permission, no disk."""

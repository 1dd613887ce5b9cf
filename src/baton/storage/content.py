"""What a place for bytes can do, whatever it is made of: a folder, or an object store."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol, Self

# Names that a sweep asks about at once.
ASKED_AT_ONCE = 500

Known = Callable[[list[str]], set[str]]

_NAME = re.compile(r"[0-9a-f]{64}")
_KIND = re.compile(r"[a-z]+(-[a-z]+)*")
# What else lies beside the kinds of notes.
_NO_KINDS = {"objects", "incoming", "removed", "staged", "lock"}


@dataclass(frozen=True, slots=True)
class Stored:
    """What is known of bytes that are safely stored; digests in lower-case hex, `size` in bytes."""

    sha256: str
    md5: str
    crc32: int
    size: int
    assembled: bool = False  # copied or put together from what was stored before, not written as it came
    verified_at: datetime | None = None  # when they were read back and found to be those that came


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
    """An open content."""

    @property
    def size(self) -> int: ...

    @property
    def window(self) -> int:
        """How many bytes are worth reading at once by who needs those that follow, too."""

    def pread(self, offset: int, length: int) -> bytes:
        """Exactly `length` bytes from `offset`; both must lie inside the content. May block."""

    def close(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *_error: object) -> None: ...


class ContentStore(Protocol):
    """Immutable contents, each known by the SHA-256 of its bytes. Failures are `StorageFull`, `StorageFailed`.

    Beside them lie notes: small documents of some `kind` that belong to a content, such as how it is put together. A
    note may be there without its content, and lives until somebody deletes it: no sweep takes notes.
    """

    @property
    def is_local(self) -> bool:
        """Whether a short read takes no longer than handing it to a thread."""

    def writer(self) -> Writer:
        """Begin to receive a content."""

    def open(self, sha256: str, size: int | None = None) -> Handle:
        """The content of that name. Raises `ContentMissing`, and `ContentDamaged` unless it has the `size` said.

        A store that is far away believes who says the size: it asks nothing, and raises either at the first read.
        """

    def adopt(self, path: Path, stored: Stored) -> AbstractContextManager[Stored]:
        """Keep the file at `path` as the content `stored`, which it is known to be; without a copy where that can be.

        The caller has synced the file, holds it locked, and removes it after the block. Commit the row that names the
        content inside the block: until its end no sweep takes it. Blocks.
        """

    def size(self, sha256: str) -> int | None:
        """Its size in bytes; `None` when there is no such content."""

    def exists(self, sha256: str) -> bool: ...

    def delete(self, sha256: str) -> None:
        """Remove a content, if it is there."""

    def walk(self) -> Iterator[tuple[str, int]]:
        """Name and size of every content, in the order of their names."""

    def sweep(self, known: Known, older_than: datetime) -> Swept:
        """Remove contents that nothing names, and remains of broken uploads, last touched before `older_than`.

        `known` says which of some names must stay. It is asked again just before each removal, so every call has to
        see all that is committed at that moment.
        """

    def put_note(self, kind: str, sha256: str, data: bytes) -> None:
        """Keep `data`, durably and all at once; replaces the note of that kind and name."""

    def get_note(self, kind: str, sha256: str) -> bytes | None:
        """The note of that kind and name; `None` when there is none."""

    def delete_note(self, kind: str, sha256: str) -> None:
        """Remove a note, if it is there."""

    def walk_notes(self, kind: str) -> Iterator[str]:
        """The names of all notes of that kind, in their order."""

    def check(self) -> None:
        """Raise what an upload would meet now: no space, no permission, no disk."""


def is_name(text: str) -> bool:
    """Whether a content can have this name."""
    return _NAME.fullmatch(text) is not None


def content_path(sha256: str) -> str:
    """Where a content lies within its store: `objects/ab/abcd...`. Raises `ValueError` for what is no name."""
    return f"objects/{_sharded(sha256)}"


def note_path(kind: str, sha256: str) -> str:
    """Where a note lies within its store: `<kind>/ab/abcd...`. Raises `ValueError` for what is no kind or name."""
    if not _KIND.fullmatch(kind) or kind in _NO_KINDS:
        raise ValueError(f"{kind!r} is no kind of note")
    return f"{kind}/{_sharded(sha256)}"


def _sharded(sha256: str) -> str:
    if not is_name(sha256):
        raise ValueError(f"{sha256!r} is no SHA-256 in lower-case hex")
    return f"{sha256[:2]}/{sha256}"

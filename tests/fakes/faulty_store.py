"""A content store that fails as disks and object stores do. What it can do wrong is a method or an attribute each."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Self

from baton.storage.content import Handle, Known, Stored, Swept, Writer
from baton.storage.folder import FolderStore
from baton.storage.trouble import as_problems


class FaultyStore:
    """A folder that does as it is told until something is damaged, or `errors` are to come."""

    is_local = True

    def __init__(self, root: Path) -> None:
        self.folder = FolderStore(root)
        self.reading: OSError | None = None
        self.writing: OSError | None = None
        self.spare = 0  # calls that still go well before `reading` or `writing` comes
        self.lies: Callable[[str], None] | None = None  # what it does to each new content while it says yes

    def flip_a_bit(self, sha256: str) -> None:
        data = bytearray(self.folder.path(sha256).read_bytes())
        data[len(data) // 2] ^= 4
        self._replace(sha256, data)

    def cut(self, sha256: str) -> None:
        self._replace(sha256, self.folder.path(sha256).read_bytes()[:-1])

    def lose(self, sha256: str) -> None:
        self.folder.path(sha256).unlink()

    def swap(self, one: str, other: str) -> None:
        first, second = (self.folder.path(name).read_bytes() for name in (one, other))
        self._replace(one, second)
        self._replace(other, first)

    def _replace(self, sha256: str, data: bytes | bytearray) -> None:
        """In a file of its own, so that an upload that has become this content stays as it is."""
        path = self.folder.path(sha256)
        path.unlink()
        path.write_bytes(data)

    def fail(self, error: OSError | None) -> None:
        """Raise `error` as the store's own, unless it is not to come yet."""
        if error is None:
            return
        if self.spare:
            self.spare -= 1
            return
        with as_problems():
            raise error

    def writer(self) -> Writer:
        self.fail(self.writing)
        return _Writer(self)

    @contextmanager
    def adopt(self, path: Path, stored: Stored) -> Iterator[Stored]:
        self.fail(self.writing)
        with self.folder.adopt(path, stored) as kept:
            self.lie(kept)
            self.fail(self.writing)
            yield kept

    def lie(self, stored: Stored) -> None:
        if self.lies is not None:
            self.lies(stored.sha256)

    def open(self, sha256: str, size: int | None = None) -> Handle:
        self.fail(self.reading)
        return _Handle(self, self.folder.open(sha256, size))

    def size(self, sha256: str) -> int | None:
        self.fail(self.reading)
        return self.folder.size(sha256)

    def exists(self, sha256: str) -> bool:
        return self.size(sha256) is not None

    def delete(self, sha256: str) -> None:
        self.folder.delete(sha256)

    def walk(self) -> Iterator[tuple[str, int]]:
        return self.folder.walk()

    def sweep(self, known: Known, older_than: datetime) -> Swept:
        return self.folder.sweep(known, older_than)

    def put_note(self, kind: str, sha256: str, data: bytes) -> None:
        self.fail(self.writing)
        self.folder.put_note(kind, sha256, data)

    def get_note(self, kind: str, sha256: str) -> bytes | None:
        return self.folder.get_note(kind, sha256)

    def delete_note(self, kind: str, sha256: str) -> None:
        self.folder.delete_note(kind, sha256)

    def walk_notes(self, kind: str) -> Iterator[str]:
        return self.folder.walk_notes(kind)

    def check(self) -> None:
        self.fail(self.writing)
        self.folder.check()


class _Writer:
    """May fail before and after each step, and change what it was given."""

    def __init__(self, store: FaultyStore) -> None:
        self._store = store
        self._writer = store.folder.writer()

    def write(self, data: bytes) -> None:
        self._store.fail(self._store.writing)
        self._writer.write(data)

    def finish(self, check: Callable[[Stored], None] | None = None) -> Stored:
        self._store.fail(self._store.writing)
        stored = self._writer.finish(check)
        self._store.lie(stored)
        self._store.fail(self._store.writing)
        return stored

    def close(self) -> None:
        self._writer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


class _Handle:
    """May fail to read."""

    def __init__(self, store: FaultyStore, handle: Handle) -> None:
        self._store = store
        self._handle = handle

    @property
    def size(self) -> int:
        return self._handle.size

    @property
    def window(self) -> int:
        return self._handle.window

    def pread(self, offset: int, length: int) -> bytes:
        self._store.fail(self._store.reading)
        return self._handle.pread(offset, length)

    def close(self) -> None:
        self._handle.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

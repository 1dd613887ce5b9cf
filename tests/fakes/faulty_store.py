"""A content store that fails as disks and object stores do. What it can do wrong is a method each."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Self

from baton.storage.content import Handle, Known, Stored, Swept, Writer
from baton.storage.folder import FolderStore
from baton.storage.trouble import as_problems


class FaultyStore:
    """A folder that does as it is told until something is damaged, or `errors` are to come."""

    def __init__(self, root: Path) -> None:
        self.folder = FolderStore(root)
        self.reading: OSError | None = None
        self.writing: OSError | None = None
        self.forgets = False  # says yes and stores nothing

    def flip_a_bit(self, sha256: str) -> None:
        path = self.folder.path(sha256)
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 4
        path.write_bytes(data)

    def cut(self, sha256: str) -> None:
        path = self.folder.path(sha256)
        path.write_bytes(path.read_bytes()[:-1])

    def lose(self, sha256: str) -> None:
        self.folder.path(sha256).unlink()

    def swap(self, one: str, other: str) -> None:
        first, second = self.folder.path(one), self.folder.path(other)
        data = first.read_bytes()
        first.write_bytes(second.read_bytes())
        second.write_bytes(data)

    def _fail(self, error: OSError | None) -> None:
        if error is not None:
            with as_problems():
                raise error

    def writer(self) -> Writer:
        self._fail(self.writing)
        return _Forgetful(self.folder) if self.forgets else self.folder.writer()

    def adopt(self, path: Path, stored: Stored) -> AbstractContextManager[Stored]:
        self._fail(self.writing)
        return self.folder.adopt(path, stored)

    def open(self, sha256: str) -> Handle:
        self._fail(self.reading)
        return self.folder.open(sha256)

    def size(self, sha256: str) -> int | None:
        self._fail(self.reading)
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
        self._fail(self.writing)
        self.folder.put_note(kind, sha256, data)

    def get_note(self, kind: str, sha256: str) -> bytes | None:
        return self.folder.get_note(kind, sha256)

    def delete_note(self, kind: str, sha256: str) -> None:
        self.folder.delete_note(kind, sha256)

    def walk_notes(self, kind: str) -> Iterator[str]:
        return self.folder.walk_notes(kind)

    def check(self) -> None:
        self._fail(self.writing)
        self.folder.check()


class _Forgetful:
    """Takes everything, keeps nothing and says that all is well."""

    def __init__(self, folder: FolderStore) -> None:
        self._folder = folder
        self._writer = folder.writer()

    def write(self, data: bytes) -> None:
        self._writer.write(data)

    def finish(self, check: Callable[[Stored], None] | None = None) -> Stored:
        stored = self._writer.finish(check)
        self._folder.delete(stored.sha256)
        return stored

    def close(self) -> None:
        self._writer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

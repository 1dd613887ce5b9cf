"""A folder as content store: plain files under the SHA-256 of their bytes, `objects/ab/abcd...`.

A file in `incoming` or `objects` on which somebody holds a shared lock is in use; the system drops the lock when the
process dies, so a sweep can tell the remains of a crash from an upload that is still on its way, whatever the clock
says. Names appear, are taken over and are removed only under the store's own lock, which lasts microseconds.
"""

import fcntl
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime
from io import FileIO
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Self

from baton.kernel import clock
from baton.kernel.ids import new_uuid
from baton.storage.content import ASKED_AT_ONCE, Known, Stored, Swept, content_path, is_name, note_path
from baton.storage.digests import Digests
from baton.storage.disk import forget_pages, sync_folder, write_all
from baton.storage.errors import ContentMissing, StorageFailed, damaged, missing
from baton.storage.fixity import State, examine
from baton.storage.trouble import as_problems

SHARDS = [f"{number:02x}" for number in range(256)]
# Bytes after which the system is asked to begin writing them to the disk, so that little is left to wait for.
WRITE_BACK = 8 << 20

# What is read at once: the system reads ahead by itself, and memory that was just used is filled fastest.
WINDOW = 1 << 19


def _nothing(_names: list[str]) -> set[str]:
    return set()


class FolderStore:
    """Contents in the folder `root`, which is made when the first content comes."""

    is_local = True

    def __init__(self, root: Path) -> None:
        self.root = root
        self.objects = root / "objects"
        self.incoming = root / "incoming"
        self._lock_file = root / "lock"
        self._prepared = False
        self._preparing = Lock()
        self._durable: set[Path] = set()  # folders of notes whose own names are on the disk

    def writer(self) -> "FolderWriter":
        """Begin to receive a content."""
        with as_problems():
            path, file = self._begin()
        return FolderWriter(self, path, file)

    def open(self, sha256: str, size: int | None = None) -> "FolderHandle":
        """The content of that name. Raises `ContentMissing`, and `ContentDamaged` unless it has the `size` said."""
        with as_problems():
            try:
                handle = FolderHandle(FileIO(self.path(sha256), "r"))
            except FileNotFoundError as error:
                raise missing(sha256) from error
            if size not in {None, handle.size}:
                handle.close()
                raise damaged(sha256)
            return handle

    @contextmanager
    def adopt(self, path: Path, stored: Stored) -> Iterator[Stored]:
        """Give the file at `path`, locked and synced by the caller, its name as a content; it keeps the other one.

        By a second link and no rename: a crash before the row is committed leaves the upload as it was.
        """
        target = self.path(stored.sha256)
        with ExitStack() as held:
            with as_problems():
                self._prepare()
                number = _number_of(target)
                found = None if _is_same(path, target) else examine(self, stored.sha256, stored.size)
                damaged_file = number if found == State.DAMAGED else None
                with self.locked():
                    if _is_same(path, target):
                        os.utime(target)
                    elif (same := _take_over(target, stored.size, damaged_file)) is not None:
                        held.enter_context(same)
                        stored = replace(stored, verified_at=clock.now() if found == State.WHOLE else None)
                    else:
                        link = self.incoming / new_uuid()
                        link.hardlink_to(path)
                        os.utime(link)
                        link.rename(target)
                sync_folder(target.parent)
            yield stored

    def size(self, sha256: str) -> int | None:
        """Its size in bytes; `None` when there is no such content."""
        with as_problems():
            try:
                return self.path(sha256).stat().st_size
            except FileNotFoundError:
                return None

    def exists(self, sha256: str) -> bool:
        return self.size(sha256) is not None

    def delete(self, sha256: str) -> None:
        """Remove a content, if it is there."""
        with as_problems():
            self.path(sha256).unlink(missing_ok=True)

    def walk(self) -> Iterator[tuple[str, int]]:
        """Name and size of every content, in the order of their names."""
        for shard in SHARDS:
            for path in _files(self.objects / shard):
                size = self.size(path.name) if is_name(path.name) else None
                if size is not None:
                    yield path.name, size

    def sweep(self, known: Known, older_than: datetime) -> Swept:
        """Remove contents that nothing names, and remains of broken uploads, last touched before `older_than`.

        An upload that is not yet named by a row is safe while its writer is open. One that is over is either named
        when `known` is asked for the second time, with the file locked, or nobody waits for it.
        """
        cutoff = older_than.timestamp()
        contents = leftovers = freed = 0
        with as_problems():
            for path in _files(self.incoming):
                size = self._remove(path, cutoff)
                leftovers, freed = leftovers + (size is not None), freed + (size or 0)
            for name in self._unnamed(known):
                size = self._remove(self.path(name), cutoff, known)
                contents, freed = contents + (size is not None), freed + (size or 0)
        return Swept(contents, leftovers, freed)

    def put_note(self, kind: str, sha256: str, data: bytes) -> None:
        """Keep `data`, durably and all at once; replaces the note of that kind and name."""
        target = self.root / note_path(kind, sha256)
        with as_problems():
            path, file = self._begin()
            try:
                with file:
                    write_all(file, data)
                    os.fsync(file.fileno())
                    self._make_durable(target.parent)
                    path.rename(target)
                sync_folder(target.parent)
            finally:
                path.unlink(missing_ok=True)

    def get_note(self, kind: str, sha256: str) -> bytes | None:
        """The note of that kind and name; `None` when there is none."""
        with as_problems():
            try:
                return (self.root / note_path(kind, sha256)).read_bytes()
            except FileNotFoundError:
                return None

    def delete_note(self, kind: str, sha256: str) -> None:
        """Remove a note, if it is there."""
        with as_problems():
            (self.root / note_path(kind, sha256)).unlink(missing_ok=True)

    def walk_notes(self, kind: str) -> Iterator[str]:
        """The names of all notes of that kind, in their order."""
        for shard in SHARDS:
            folder = (self.root / note_path(kind, shard * 32)).parent
            yield from (path.name for path in _files(folder) if is_name(path.name))

    def check(self) -> None:
        """Raise what an upload would meet now: no space, no permission, no disk."""
        with self.writer() as writer:
            writer.write(b"check")

    def path(self, sha256: str) -> Path:
        """Where the content of that name is, or would be."""
        return self.root / content_path(sha256)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Alone, among all threads and processes, in giving and taking names."""
        with FileIO(self._lock_file, "a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _prepare(self) -> None:
        """Make the folders, all at once and durably, so that an upload has only its own names to make durable."""
        with self._preparing:
            if self._prepared:
                return
            self.incoming.mkdir(parents=True, exist_ok=True)
            for shard in SHARDS:
                (self.objects / shard).mkdir(parents=True, exist_ok=True)
            for folder in (self.objects, self.root, self.root.absolute().parent):
                sync_folder(folder)
            self._prepared = True

    def _begin(self) -> tuple[Path, FileIO]:
        """A new file in `incoming`, in use until it is closed."""
        self._prepare()
        path = self.incoming / new_uuid()
        with self.locked():
            file = FileIO(path, "x+")
            fcntl.flock(file, fcntl.LOCK_SH)
        return path, file

    def _make_durable(self, folder: Path) -> None:
        """Make the folder of notes and everything above it, so that a note has only its own name to make durable."""
        if folder in self._durable:
            return
        folder.mkdir(parents=True, exist_ok=True)
        sync_folder(folder.parent)
        sync_folder(self.root)
        self._durable.add(folder)

    def _unnamed(self, known: Known) -> Iterator[str]:
        names = (name for name, _size in self.walk())
        while batch := list(islice(names, ASKED_AT_ONCE)):
            yield from sorted(set(batch) - known(batch))

    def _remove(self, path: Path, cutoff: float, known: Known = _nothing) -> int | None:
        """Remove a file that is old, in nobody's use and not known; returns its size, or `None` when it stays."""
        with self.locked():
            try:
                file = FileIO(path, "r+")
            except FileNotFoundError:
                return None
            with file:
                state = os.fstat(file.fileno())
                if state.st_mtime >= cutoff or not _is_free(file) or known([path.name]):
                    return None
                path.unlink()
                return state.st_size


class FolderWriter:
    """A content on its way into a folder."""

    def __init__(self, store: FolderStore, path: Path, file: FileIO) -> None:
        self._store = store
        self._path = path
        self._is_named = False
        self._file = file  # open until `close`: its shared lock keeps sweeps away
        self._digests = Digests()
        self._pushed = 0

    def write(self, data: bytes) -> None:
        """Take the next bytes; waits when hashing or the disk falls behind."""
        self._digests.update(data)
        with as_problems():
            write_all(self._file, data)
            self._push(self._digests.size)

    def finish(self, check: Callable[[Stored], None] | None = None) -> Stored:
        """Make the bytes durable and give them their name. What `check` raises refuses them: nothing is kept."""
        self._digests.finish()
        stored = self._digests.stored
        if check is not None:
            check(stored)
        with as_problems():
            os.fsync(self._file.fileno())
            forget_pages(self._file)
            return self._name(stored)

    def close(self) -> None:
        """Forget what was not finished, and let go of what was. May be called twice."""
        self._digests.finish()
        if not self._is_named:
            self._path.unlink(missing_ok=True)
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _push(self, size: int) -> None:
        if size - self._pushed < WRITE_BACK:
            return
        if sys.platform == "linux":
            # Pages that are still dirty cannot be dropped, so this advice does nothing but start their writing.
            os.posix_fadvise(self._file.fileno(), self._pushed, size - self._pushed, os.POSIX_FADV_DONTNEED)
        self._pushed = size

    def _name(self, stored: Stored) -> Stored:
        target = self._store.path(stored.sha256)
        number = _number_of(target)
        found, read_at = examine(self._store, stored.sha256, stored.size), clock.now()
        with self._store.locked():
            same = _take_over(target, stored.size, number if found == State.DAMAGED else None)
            if same is None:
                os.utime(self._path)
                self._path.rename(target)
            else:
                self._path.unlink()
                self._file.close()
                self._file = same
        self._is_named = True
        # Also for a content that was there: whoever brought it may not have come to this line yet.
        sync_folder(target.parent)
        sync_folder(self._store.incoming)
        return replace(stored, verified_at=read_at) if same is not None and found == State.WHOLE else stored


class FolderHandle:
    """An open content of a folder."""

    window = WINDOW

    def __init__(self, file: FileIO) -> None:
        self._file = file

    @property
    def size(self) -> int:
        return os.fstat(self._file.fileno()).st_size

    def pread(self, offset: int, length: int) -> bytes:
        """Exactly `length` bytes from `offset`; both must lie inside the content. May block."""
        with as_problems():
            data = os.pread(self._file.fileno(), length, offset)
            while len(data) < length:
                more = os.pread(self._file.fileno(), length - len(data), offset + len(data))
                if not more:
                    raise ContentMissing(f"A stored file ends after {offset + len(data)} bytes, too early.")
                data += more
        return data

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def _take_over(path: Path, size: int, damaged: int | None) -> FileIO | None:
    """The content that is there already, locked and young again; `None` when there is none, or a damaged one.

    `damaged` is the number of a file that was found to be so. Raises `StorageFailed` while somebody has it in use: his
    lock on that would not keep a sweep from the file that takes its place, which he is about to name.
    """
    try:
        file = FileIO(path, "r+")
    except FileNotFoundError:
        return None
    state = os.fstat(file.fileno())
    if state.st_size == size and state.st_ino != damaged:
        fcntl.flock(file, fcntl.LOCK_SH)
        os.utime(file.fileno())
        return file
    with file:
        if not _is_free(file):
            raise StorageFailed(
                "What is stored of these bytes is damaged, and somebody else is at work on it. Please try again later."
            )
    return None


def _number_of(path: Path) -> int | None:
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return None


def _is_same(path: Path, target: Path) -> bool:
    try:
        return path.samefile(target)
    except FileNotFoundError:
        return False


def _is_free(file: FileIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _files(folder: Path) -> Iterable[Path]:
    try:
        return sorted(folder.iterdir())
    except FileNotFoundError:
        return ()

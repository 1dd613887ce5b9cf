"""Uploads on their way: each a file that grows, known by a name, and outliving connections and processes.

How far an upload has come is for the caller to remember: `Stage.sync` says what is on the disk, and whatever lies
beyond when the upload is taken up again was acknowledged to nobody and is cut off. An open stage is locked; the system
drops the lock when the process dies, so the next one, in whatever process, can go on at once.
"""

import fcntl
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from io import FileIO
from pathlib import Path
from threading import Condition, Thread
from typing import Self

from baton.storage.content import ContentStore, Stored
from baton.storage.digests import Digests
from baton.storage.disk import forget_pages, sync_folder, write_all
from baton.storage.errors import StageBusy, StageLost
from baton.storage.trouble import as_problems

BLOCK = 1 << 20
# Bytes that may wait to be hashed before a thread of its own is worth it.
AT_ONCE = 4 << 20
# Uploads whose digests are kept in memory between two requests; the others are hashed again from the disk.
REMEMBERED = 1000
WANTED = ".wanted"


class Staging:
    """The unfinished uploads of one folder, which is made when the first one comes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._digests: dict[str, Digests] = {}

    def open(self, name: str, patience: float = 0) -> "Stage":
        """The upload of that name, begun if it is new, for this caller alone.

        Somebody who has it open is asked to let go of it, and waited for. Raises `StageBusy` when that was in vain.
        """
        path = self.root / name
        with as_problems():
            self._prepare()
            file = _locked(path, patience)
        return Stage(self, name, file)

    @contextmanager
    def free(self, name: str) -> Iterator[bool]:
        """Whether nobody has the upload open; until the block ends nobody can."""
        try:
            stage = self.open(name)
        except StageBusy:
            yield False
            return
        with stage:
            yield True

    def discard(self, name: str) -> None:
        """Forget an upload, if it is there."""
        self._digests.pop(name, None)
        with as_problems():
            (self.root / name).unlink(missing_ok=True)

    def sweep(self, known: Callable[[list[str]], set[str]], older_than: datetime) -> int:
        """Remove uploads that are not known, nobody has open and nobody has touched since; returns how many."""
        removed = 0
        with as_problems():
            paths = sorted(self.root.iterdir()) if self.root.is_dir() else []
            for path in paths:
                if path.stat().st_mtime >= older_than.timestamp():
                    continue
                if path.name.endswith(WANTED):
                    path.unlink(missing_ok=True)
                elif not known([path.name]):
                    with self.free(path.name) as is_free:
                        if is_free and not known([path.name]):
                            self.discard(path.name)
                            removed += 1
        return removed

    def remember(self, name: str, digests: Digests) -> None:
        """Keep the digests of an upload's beginning for whoever takes it up again."""
        self._digests[name] = digests
        while len(self._digests) > REMEMBERED:
            del self._digests[next(iter(self._digests))]

    def recall(self, name: str, offset: int) -> Digests:
        """Digests of at most the first `offset` bytes; of none when nothing is remembered."""
        digests = self._digests.pop(name, None)
        return digests if digests is not None and digests.size <= offset else Digests()

    def unlearn(self, name: str) -> None:
        """Forget the digests of an upload whose beginning may change after all."""
        self._digests.pop(name, None)

    def _prepare(self) -> None:
        if not self.root.is_dir():
            self.root.mkdir(parents=True, exist_ok=True)
            sync_folder(self.root.parent)


class Stage:
    """One unfinished upload, locked until `close`. All methods may block: call them from a thread, one at a time."""

    def __init__(self, staging: Staging, name: str, file: FileIO) -> None:
        self._staging = staging
        self._file = file
        self._is_shared = False
        self._is_durable = False
        self._pushed = 0
        self._hasher: _Hasher | None = None
        self.name = name
        self.path = staging.root / name
        self.size = 0

    def begin(self, offset: int) -> None:
        """Take up the upload after `offset` bytes; what lies beyond is cut off. Raises `StageLost`."""
        with as_problems():
            state = os.fstat(self._file.fileno())
            self._is_shared = state.st_nlink > 1  # it has become a content already, and contents never change
            if state.st_size < offset or (self._is_shared and state.st_size != offset):
                raise StageLost("What was uploaded so far is not there any more. Please begin the upload anew.")
            if not self._is_shared:
                self._file.truncate(offset)
            self._file.seek(offset)
        self.size = self._pushed = offset
        self._is_durable = offset > 0  # bytes that were acknowledged have a name that is on the disk
        self._hasher = _Hasher(self._file.fileno(), self._staging.recall(self.name, offset))
        self._hasher.aim(offset)

    def write(self, data: bytes) -> None:
        """Take the next bytes."""
        if self._is_shared:
            raise StageLost("This upload is complete. Please begin a new one.")
        with as_problems():
            write_all(self._file, data)
            self.size += len(data)
            if sys.platform == "linux" and self.size - self._pushed >= AT_ONCE:
                # Lets the disk begin with what is new, so that `sync` finds little left to wait for.
                os.posix_fadvise(self._file.fileno(), self._pushed, self.size - self._pushed, os.POSIX_FADV_DONTNEED)
                self._pushed = self.size

    def sync(self) -> int:
        """Make what was written durable; returns how much that is. It is hashed from now on, in the background."""
        with as_problems():
            os.fsync(self._file.fileno())
            if not self._is_durable:
                sync_folder(self._staging.root)
                self._is_durable = True
        self._hashing.aim(self.size)
        return self.size

    def cut(self, offset: int) -> None:
        """Forget what was written after `offset`, which must not be synced yet."""
        with as_problems():
            self._file.truncate(offset)
            self._file.seek(offset)
        self.size = self._pushed = offset

    def finish(self) -> Stored:
        """What is known of all the bytes, once they are synced and hashed."""
        with as_problems():
            digests = self._hashing.finish()
            forget_pages(self._file)
        return digests.stored

    def is_wanted(self) -> bool:
        """Whether somebody else waits for this upload, so that its holder should let go of it."""
        return self.path.with_name(self.name + WANTED).exists()

    def close(self) -> None:
        """Let go of the upload. May be called twice."""
        if self._file.closed:
            return
        if self._hasher is not None:
            self._staging.remember(self.name, self._hasher.stop())
        self._file.close()

    def discard(self) -> None:
        """Forget the upload."""
        self.close()
        self._staging.discard(self.name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    @property
    def _hashing(self) -> "_Hasher":
        assert self._hasher is not None, "begin first"  # noqa: S101
        return self._hasher


class _Hasher:
    """Computes the digests of a file behind its writer, from what lies in the system's memory still.

    After a restart it begins at the file's first byte and catches up while more bytes come.
    """

    def __init__(self, descriptor: int, digests: Digests) -> None:
        self._descriptor = descriptor
        self._digests = digests
        self._goal = 0
        self._over = False
        self._changed = Condition()
        self._thread: Thread | None = None
        self._error: OSError | None = None

    def aim(self, size: int) -> None:
        """Hash the first `size` bytes; they do not change any more."""
        with self._changed:
            self._goal = size
            self._changed.notify()
        if self._thread is None and size - self._digests.size > AT_ONCE:
            self._thread = Thread(target=self._run, name="hasher", daemon=True)
            self._thread.start()

    def finish(self) -> Digests:
        """The digests of all bytes that were aimed at."""
        self._end(at_once=False)
        if self._error is not None:
            raise self._error
        while self._step():
            pass
        self._digests.finish()
        return self._digests

    def stop(self) -> Digests:
        """The digests of as much as has been hashed."""
        self._end(at_once=True)
        self._digests.finish()
        return self._digests

    def _end(self, *, at_once: bool) -> None:
        with self._changed:
            self._over = True
            if at_once:
                self._goal = 0
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        try:
            while True:
                while self._step():
                    pass
                with self._changed:
                    if self._over:
                        return
                    self._changed.wait_for(lambda: self._over or self._goal > self._digests.size)
        except OSError as error:
            self._error = error

    def _step(self) -> bool:
        """Hash the next block; whether there was one."""
        done = self._digests.size
        length = min(BLOCK, self._goal - done)
        if length <= 0:
            return False
        data = os.pread(self._descriptor, length, done)
        if not data:
            raise OSError(f"the file ends after {done} bytes, too early")
        self._digests.update(data)
        return True


@contextmanager
def copied(store: ContentStore, path: Path, stored: Stored) -> Iterator[Stored]:
    """Copy the file at `path` into `store`, for stores that cannot take a file over; see `ContentStore.adopt`."""
    with store.writer() as writer, path.open("rb") as file:
        while data := file.read(BLOCK):
            writer.write(data)
        kept = writer.finish()
        if kept.sha256 != stored.sha256:
            raise StageLost("What was uploaded has changed on the server's disk. Please upload it again.")
        yield replace(kept, assembled=True)


def _locked(path: Path, patience: float) -> FileIO:
    deadline = time.monotonic() + patience
    wanted = path.with_name(path.name + WANTED)
    has_asked = False
    try:
        while True:
            file = FileIO(path, "r+", opener=_made)
            if _is_ours(file, path):
                return file
            file.close()
            if time.monotonic() >= deadline:
                raise StageBusy("Another request is at work on this upload. Try again in a moment.")
            if patience and not has_asked:
                wanted.touch()
                has_asked = True
            time.sleep(0.02)
    finally:
        if has_asked:
            wanted.unlink(missing_ok=True)


def _made(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_CREAT, 0o644)


def _is_ours(file: FileIO, path: Path) -> bool:
    """Whether the lock is won, and on the file that has the name: it may have been discarded meanwhile."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except (BlockingIOError, FileNotFoundError):
        return False

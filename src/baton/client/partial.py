"""A file that is not whole yet: its bytes, in any order, and a journal of which are there. Outlives `kill -9`."""

import errno
import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from io import FileIO
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

from baton.client.errors import Failure, LocalConflict
from baton.client.spans import Spans
from baton.files.ranges import Span

# How file systems say that they know no locks.
_NO_LOCKS = {errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL}
# No space, no quota, or larger than a file may be here.
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Partial:
    """The file at `path`, which will have `size` bytes; of unknown size, it begins anew each time.

    Nothing in the journal has to be believed: the digest of the whole decides. It only saves fetching bytes again.
    Several threads may write at once.
    """

    def __init__(self, path: Path, size: int | None) -> None:
        self.path = path
        self._size = size
        self._journal_path = path.with_suffix(".done")
        self._held = Spans()
        self._lock = Lock()
        with ExitStack() as opened:
            self._file = opened.enter_context(_opened(path))
            self._journal = opened.enter_context(_opened(self._journal_path))
            if os.fstat(self._file.fileno()).st_size == size:
                self._recall(size)
            else:
                self.clear()
            opened.pop_all()

    def _recall(self, size: int) -> None:
        for line in self._journal.readall().split(b"\n"):
            start, _blank, stop = line.partition(b" ")
            if start.isdigit() and stop.isdigit() and len(line) < 2 * len(str(1 << 64)):
                self._held.add(int(start), min(int(stop), size))
        self._journal.write(b"\n")  # ends a line that was cut off

    @property
    def held(self) -> int:
        """How many bytes are there."""
        return self._held.total

    def missing(self) -> Sequence[Span]:
        """What is not there, of a file whose size is known."""
        return list(self._held.missing(0, self._size or 0))

    def has(self, start: int, stop: int) -> bool:
        """Whether all these bytes are there."""
        return not any(self._held.missing(start, stop))

    def write(self, offset: int, data: bytes) -> None:
        """Put bytes to their place."""
        view = memoryview(data)
        while view:
            with _room_at(self.path):
                written = os.pwrite(self._file.fileno(), view, offset)
            with self._lock, _room_at(self.path):
                self._held.add(offset, offset + written)
                self._journal.write(b"%d %d\n" % (offset, offset + written))
            view, offset = view[written:], offset + written

    def clear(self) -> None:
        """Begin anew."""
        self._held = Spans()
        for file in (self._journal, self._file):
            file.seek(0)
            file.truncate()
        if self._size:
            with _room_at(self.path):
                self._file.truncate(self._size)

    def become(self, path: Path) -> None:
        """Take the place of `path` in one step, whatever is there."""
        with _room_at(self.path):
            os.fsync(self._file.fileno())
        self.path.replace(path)
        self._journal_path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if not self.held:
            self.path.unlink(missing_ok=True)
            self._journal_path.unlink(missing_ok=True)
        self._file.close()
        self._journal.close()


@contextmanager
def _room_at(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise Failure(
            f"There is no room left in {path.parent} ({error.strerror}). What has come is kept: make room, then run "
            "the same command again."
        ) from None


def _opened(path: Path) -> FileIO:
    """The file for reading and writing, for us alone, and never through a symbolic link."""
    if path.is_symlink():
        raise LocalConflict(f"{path} is a symbolic link; nothing is written through it. Remove it.")
    file = FileIO(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666), "r+")
    if _is_locked(file) and path.exists() and os.path.samestat(path.stat(), os.fstat(file.fileno())):
        return file
    # Another process writes to it, or has just given it the name of the whole file.
    file.close()
    raise LocalConflict(f"Another process is fetching into {path.parent}. Wait for it, or stop it first.")


def _is_locked(file: FileIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno in _NO_LOCKS
    return True

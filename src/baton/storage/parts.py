"""Parts of a staged file, each written to its place, in any order and several at once.

Who writes a part has its turn, which a newer request for the same part takes over, and shares the file with the writers
of other parts. Nobody shares it with whoever makes a content of it.
"""

import fcntl
import os
from collections.abc import Callable
from io import FileIO
from pathlib import Path
from typing import Self

from baton.kernel.errors import Problem
from baton.storage.content import Stored
from baton.storage.digests import Digests
from baton.storage.disk import sync_folder
from baton.storage.errors import StageBusy, StageLost
from baton.storage.staging import Staging
from baton.storage.trouble import as_problems


class PartWriter:
    """One part on its way to its place. As a `Writer`; but what was in that place before is lost at the first write."""

    def __init__(self, staging: Staging, name: str, number: int, offset: int, patience: float) -> None:
        self._staging = staging
        self._turn = staging.open(f"{name}.{number}", patience)
        self._digests = Digests()
        self._offset = offset
        try:
            with as_problems():
                self._file = _shared(staging, name)
        except BaseException:
            self._turn.discard()
            raise

    def write(self, data: bytes) -> None:
        """Take the next bytes; waits when hashing or the disk falls behind."""
        with as_problems():
            rest = memoryview(data)
            at = self._offset + self._digests.size
            while rest:
                written = os.pwrite(self._file.fileno(), rest, at)
                rest, at = rest[written:], at + written
        self._digests.update(data)

    def is_wanted(self) -> bool:
        """Whether another request wants to send this part, so that this one should let go of it."""
        return self._turn.is_wanted()

    def finish(self, check: Callable[[Stored], None] | None = None) -> Stored:
        """Make the part durable; what `check` raises refuses it."""
        self._digests.finish()
        part = self._digests.stored
        if check is not None:
            check(part)
        with as_problems():
            os.fsync(self._file.fileno())
            sync_folder(self._staging.root)
        return part

    def close(self) -> None:
        """Let go of the part. May be called twice."""
        if self._file.closed:
            return
        self._digests.finish()
        self._file.close()
        self._turn.discard()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def _shared(staging: Staging, name: str) -> FileIO:
    """The staged file, made if it is new, for several writers at once."""
    path = staging.root / name
    file = FileIO(os.open(path, os.O_RDWR | os.O_CREAT, 0o644), "r+")
    problem = _why_not(file, path)
    if problem is not None:
        file.close()
        raise problem
    return file


def _why_not(file: FileIO, path: Path) -> Problem | None:
    """What keeps us from writing parts to the file, which is shared from now on."""
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return StageBusy("The parts of this file are being put together. Try again in a moment.")
    if not path.exists():
        return StageBusy("The parts of this file were just put together. Look at the file.")
    if os.fstat(file.fileno()).st_nlink > 1:  # a content already, and contents never change
        return StageLost("All parts of this file have come, and it is being completed. Commit it.")
    return None

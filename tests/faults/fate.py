"""A process that is killed with `kill -9` before one certain step.

Steps are the calls that change something which outlives the process: those of the system on files, in whatever thread,
and the commits of the database. Between two of them a kill leaves the same behind wherever it falls, so that all awaits
of a program are covered when it has been killed before each step once.
"""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from types import FrameType
from typing import Any

from sqlalchemy import Engine, event

# Without `mkdir`: every start makes the 256 folders of a store that are not there.
_CHANGES = {"flock", "fsync", "link", "rename", "unlink", "utime"}
_CHANGES_OF_FILES = {"truncate", "write"}


class Fate:
    """Counts steps, and kills this process before the one that is `last`."""

    def __init__(self, last: int | None) -> None:
        self._last = last
        self.steps = 0

    def step(self) -> None:
        if self.steps == self._last:
            os.kill(os.getpid(), signal.SIGKILL)
        self.steps += 1

    def called(self, _frame: FrameType, kind: str, called: Any) -> None:
        """What `sys.setprofile` tells."""
        if kind != "c_call":
            return
        if isinstance(called.__self__, FileIO):
            changes = called.__name__ in _CHANGES_OF_FILES
        else:
            changes = called.__module__ in {"posix", "fcntl"} and called.__name__ in _CHANGES
        if changes:
            self.step()

    def committed(self, _connection: Any) -> None:
        self.step()


@contextmanager
def doomed(last: int | None) -> Iterator[Fate]:
    """The block is the last that this process does, unless it has fewer steps, or `last` is none."""
    fate = Fate(last)
    event.listen(Engine, "commit", fate.committed)
    threading.setprofile(fate.called)
    sys.setprofile(fate.called)
    try:
        yield fate
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
        event.remove(Engine, "commit", fate.committed)

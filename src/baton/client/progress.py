"""One bar for everything that is under way, on a terminal; lines of text otherwise, and on standard error."""

import sys
from threading import Event, Lock
from types import TracebackType
from typing import Self

from tqdm import tqdm

from baton.client.errors import printable
from baton.client.pool import Stopped


class Progress:
    """Counts bytes of a known total; threads may share it. Whoever counts hears of it when `stopped` is set."""

    def __init__(self, label: str, total: int, stopped: Event, *, quiet: bool = False) -> None:
        self._lock = Lock()
        self._stopped = stopped
        hidden = True if quiet or not total else None  # `None`: hidden unless standard error is a terminal
        self._bar = tqdm(
            total=total, desc=label, unit="B", unit_scale=True, unit_divisor=1024, disable=hidden, file=sys.stderr
        )

    def add(self, count: int) -> None:
        """So many bytes more; fewer when negative. Raises `Stopped`."""
        if self._stopped.is_set():
            raise Stopped
        with self._lock:
            self._bar.update(count)

    def watch(self, _count: int) -> None:
        """Hear of bytes that count for nothing, so that reading them can be stopped too."""
        self.add(0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._bar.close()


class Counted:
    """The bytes of one attempt: what was counted is taken back when the attempt fails."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._count = 0

    def add(self, count: int) -> None:
        """So many bytes more."""
        self._count += count
        self._progress.add(count)

    def restart(self) -> None:
        """The next attempt begins at nothing."""
        self._progress.add(-self._count)
        self._count = 0


def told(line: str) -> None:
    """Say something where no bar is."""
    tqdm.write(printable(line), file=sys.stderr)


def shown(line: str) -> None:
    """Say something on standard output, where no bar is."""
    tqdm.write(printable(line), file=sys.stdout)

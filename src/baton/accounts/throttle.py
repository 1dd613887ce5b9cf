"""Slows down whoever tries too often, in the memory of this process.

In memory and not in a table, because a guess must stay cheap: a row for every failure would let whoever guesses queue
up for SQLite's one writer, in front of people who deposit. The price is that each worker process counts for itself and
that a restart forgets; both only multiply a small number of guesses by a small number.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from baton.accounts.errors import TooManyAttempts
from baton.kernel import clock

FORGET_AFTER = timedelta(hours=1)
MOST_KEYS = 20_000


@dataclass(frozen=True, slots=True)
class Pace:
    """So many attempts are free; each further one doubles the pause, up to `longest` seconds."""

    free: int
    longest: int

    def pause(self, attempts: int) -> timedelta:
        """How long to wait after the last of so many attempts."""
        beyond = attempts - self.free
        if beyond < 0:
            return timedelta(0)
        return timedelta(seconds=min(self.longest, 2 ** min(beyond, 30)))


class Throttle:
    """Counts attempts by key. Refused attempts do not count, so impatience is not punished."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._attempts: dict[str, tuple[int, datetime]] = {}

    def require_patience(self, paces: Sequence[tuple[str, Pace]]) -> None:
        """Raise while any of the keys has to wait."""
        now = clock.now()
        with self._lock:
            ends = [self._last(key, now) + pace.pause(self._count(key, now)) for key, pace in paces]
        wait = (max(ends, default=now) - now).total_seconds()
        if wait > 0:
            raise TooManyAttempts(ceil(wait))

    def count(self, *keys: str) -> None:
        """Remember one more attempt for each key."""
        now = clock.now()
        with self._lock:
            for key in keys:
                attempts = self._count(key, now) + 1
                self._attempts.pop(key, None)
                self._attempts[key] = (attempts, now)
            while len(self._attempts) > MOST_KEYS:
                del self._attempts[next(iter(self._attempts))]

    def forget(self, *keys: str) -> None:
        """Start again from nothing."""
        with self._lock:
            for key in keys:
                self._attempts.pop(key, None)

    def _count(self, key: str, now: datetime) -> int:
        attempts, last = self._attempts.get(key, (0, now))
        return attempts if now - last < FORGET_AFTER else 0

    def _last(self, key: str, now: datetime) -> datetime:
        return self._attempts.get(key, (0, now))[1]

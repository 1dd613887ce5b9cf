"""Answers in memory, as they go out: as many as fit, those that were asked for last. Knows no HTTP."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import NamedTuple

from baton.renditions.queries import Stamped


class Key(NamedTuple):
    """What was asked for."""

    path: str
    query: bytes
    accept: bytes


@dataclass(slots=True)
class Kept:
    """An answer, and what has to be the same for it to be still true."""

    stamp: Stamped
    etag: bytes
    lines: bytes  # the headers as they go out, but those of the body
    media_type: bytes
    body: bytes
    true_at: int | None = None  # the last state of the database at which it was known to be true

    def is_true_at(self, state: int | None) -> bool:
        """Whether it need not be compared again."""
        return state is not None and state == self.true_at


class Shelf:
    """Kept answers, which may take `most` bytes together."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._size = 0

    def find(self, key: Key) -> Kept | None:
        """What is kept for it, true or not."""
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
        return kept

    def put(self, key: Key, kept: Kept) -> None:
        """Keep it in the place of what was there; what was not asked for longest makes room."""
        if (old := self._kept.pop(key, None)) is not None:
            self._size -= _size(key, old)
        self._kept[key] = kept
        self._size += _size(key, kept)
        while self._size > self._most:
            self._size -= _size(*self._kept.popitem(last=False))


def _size(key: Key, kept: Kept) -> int:
    """About what it takes in memory, in bytes."""
    return 1000 + sum(map(len, key)) + len(kept.lines) + len(kept.body)

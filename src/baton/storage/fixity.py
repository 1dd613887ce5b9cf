"""Reading stored bytes again and comparing them with their name; making a content whole from another store."""

import hashlib
import time
from collections.abc import Callable, Iterator
from enum import StrEnum

from baton.storage.content import ContentStore, Stored
from baton.storage.errors import ContentDamaged, ContentMissing, DamagedRecipe

BLOCK = 1 << 20

Pace = Callable[[int], None]


class State(StrEnum):
    """What is known of a content's bytes since they were last looked at."""

    WHOLE = "whole"
    DAMAGED = "damaged"  # other bytes than those that came
    LOST = "lost"


class Brake:
    """Lets no more than so many bytes pass in a second, over all its calls; 0 lets all pass."""

    def __init__(self, bytes_per_second: int) -> None:
        self._rate = bytes_per_second
        self._free_at = 0.0

    def __call__(self, count: int) -> None:
        if not self._rate:
            return
        now = time.monotonic()
        time.sleep(max(0.0, self._free_at - now))
        self._free_at = max(self._free_at, now) + count / self._rate


def no_brake(_count: int) -> None:
    """Reads as fast as it goes."""


def examine(store: ContentStore, sha256: str, size: int, pace: Pace = no_brake) -> State:
    """Read a content from the first byte to the last. Raises `StorageFailed` while the store cannot be read at all.

    What differs is read a second time before it counts, because memory and cables fail as well as disks.
    """
    state = _examine(store, sha256, size, pace)
    return state if state == State.WHOLE else _examine(store, sha256, size, pace)


def _examine(store: ContentStore, sha256: str, size: int, pace: Pace) -> State:
    digest = hashlib.sha256()
    try:
        with store.open(sha256, size) as handle:
            for offset in range(0, size, BLOCK):
                data = handle.pread(offset, min(BLOCK, size - offset))
                digest.update(data)
                pace(len(data))
    except ContentMissing:
        return State.DAMAGED if store.exists(sha256) else State.LOST
    except (ContentDamaged, DamagedRecipe):
        return State.DAMAGED
    return State.WHOLE if digest.hexdigest() == sha256 else State.DAMAGED


def copy_content(source: ContentStore, target: ContentStore, sha256: str, pace: Pace = no_brake) -> Stored:
    """Bring a content from one store to another, where it takes the place of a damaged one.

    Raises `ContentDamaged` unless the very bytes came.
    """

    def check(stored: Stored) -> None:
        if stored.sha256 != sha256:
            raise ContentDamaged(f"The bytes of {sha256} are damaged in the store that they were to be copied from.")

    with target.writer() as writer:
        for data in _blocks(source, sha256):
            writer.write(data)
            pace(len(data))
        return writer.finish(check)


def _blocks(store: ContentStore, sha256: str) -> Iterator[bytes]:
    with store.open(sha256) as handle:
        for offset in range(0, handle.size, BLOCK):
            yield handle.pread(offset, min(BLOCK, handle.size - offset))

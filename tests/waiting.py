"""Waiting for what another thread or process is about to do."""

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE = 60  # seconds, on a busy machine

T = TypeVar("T")


def until(met: Callable[[], T]) -> T:
    """What `met` answers as soon as that is true; a failure where it is still not after a minute."""
    deadline = time.monotonic() + PATIENCE
    while not (answer := met()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
    return answer

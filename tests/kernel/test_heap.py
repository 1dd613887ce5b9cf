"""Memory that nobody uses any more goes back to the system."""

import ctypes
from pathlib import Path

import pytest

from baton.kernel.heap import trim_heap

MB = 1_000_000


def resident() -> int:
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS"))


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="not the GNU C library")
def test_what_lies_free_between_used_memory_goes_back() -> None:
    pieces = [b"x" * 100_000 for _ in range(1000)]
    kept = pieces[9::10]
    pieces.clear()
    before = resident()
    trim_heap()
    assert before - resident() > 70 * MB
    assert len(kept) == 100

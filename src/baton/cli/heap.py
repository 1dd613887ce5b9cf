"""The C library's heap: few arenas, and pages that are kept for the next piece of an upload."""

import ctypes

_C = ctypes.CDLL(None)

# Parameters of glibc's `mallopt`, by their numbers in malloc.h.
_SETTINGS = {
    # Heaps that the threads may spread over. The library's own default, eight a core, doubles our memory.
    -8: 2,
    # Free memory at the end of a heap that is kept, and the size from which memory comes from the system each time. An
    # upload takes and frees 256 KiB thousands of times a second; fresh pages for each cost 5 to 10 % of all its work.
    -1: 32 << 20,
    -3: 16 << 20,
}


def tune_heap() -> None:
    """Tell the C library how we use memory; one that cannot be told keeps its own ways."""
    if hasattr(_C, "mallopt"):
        for parameter, value in _SETTINGS.items():
            _C.mallopt(parameter, value)

"""How memory is kept: the C library's arenas and pages, and how often Python looks for cycles."""

import ctypes
import gc

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


# New objects that bring the next look for cycles. Hardly any of ours are in one, and at Python's own 700 the JSON of
# each record is looked through while it is being read, which costs a tenth of the work.
_YOUNG = 20_000


def tune_heap() -> None:
    """Tell the C library and Python how we use memory; a C library that cannot be told keeps its own ways.

    Call it when everything is imported: what is there by now stays, and is not looked through any more.
    """
    if hasattr(_C, "mallopt"):
        for parameter, value in _SETTINGS.items():
            _C.mallopt(parameter, value)
    gc.freeze()
    gc.set_threshold(_YOUNG)


def trim_heap() -> None:
    """Give all free memory back to the system, also between what is in use, after work that took much and is over.

    The C library does so by itself only with what is free at the end of a heap, where something of the next work lies.
    """
    if hasattr(_C, "malloc_trim"):
        _C.malloc_trim(0)

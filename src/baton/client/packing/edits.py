"""Typical edits, made on a sample: how a file may look in its next version. Pure, and the same each time."""

import random
from collections.abc import Callable, Mapping

# How many values are corrected, and the share that is added at the end.
CORRECTIONS = 60
ADDED = 100  # a hundredth
_ROW = 64
# Keeps the look of text and numbers, and is nowhere in the file itself.
_DIGITS = bytes.maketrans(b"0123456789", b"3816495027")
_BYTES = bytes(random.Random(1).sample(range(256), 256))  # noqa: S311  no secret


def insert(data: bytes) -> bytes:
    """A row like the others, in the middle."""
    middle = data.find(b"\n", len(data) // 2) + 1 or len(data) // 2
    end = data.find(b"\n", middle) + 1 or middle + _ROW
    row = data[middle : min(end, middle + _ROW)].rstrip(b"\n").translate(_DIGITS) + b"\n"
    return data[:middle] + row + data[middle:]


def correct(data: bytes) -> bytes:
    """Some values everywhere, in their places."""
    changed = bytearray(data)
    places = random.Random(2)  # noqa: S311  no secret
    for _value in range(CORRECTIONS):
        at = places.randrange(len(data))
        changed[at : at + 8] = data[at : at + 8].translate(_BYTES)
    return bytes(changed)


def append(data: bytes) -> bytes:
    """A hundredth more of the same kind at the end."""
    return data + data[: len(data) // ADDED].translate(_DIGITS if b"\n" in data[:4096] else _BYTES)


EDITS: Mapping[str, Callable[[bytes], bytes]] = {"inserted": insert, "corrected": correct, "appended": append}

"""ZIP archives, by their table of contents alone: what of one changes with its members."""

import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

from baton.client.packing.cost import Cost
from baton.client.packing.edits import ADDED, CORRECTIONS

# Members of which we are ready to keep a list.
MOST_MEMBERS = 200_000
# The end of the table of contents: signature, then after three numbers how many members there are (APPNOTE 4.3.16).
_END = struct.Struct("<4s6xH")
_LONGEST_END = 22 + (1 << 16)


class TooMany(ValueError):
    """The archive has more members than are looked at."""


def member_sizes(path: Path) -> list[int]:
    """The compressed bytes of each member. Raises `TooMany`, `zipfile.BadZipFile`, `OSError`."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _LONGEST_END))
        tail = file.read()
        place = tail.rfind(b"PK\x05\x06")
        # A count that does not fit is all ones; then there are as many members as that, or more.
        if place >= 0 and len(tail) >= place + _END.size and _END.unpack_from(tail, place)[1] == (1 << 16) - 1:
            raise TooMany(f"It has more than {(1 << 16) - 2:,} members.")
    with zipfile.ZipFile(path) as archive:
        return [member.compress_size for member in archive.infolist()]


def costs_of_zip(sizes: list[int], size: int) -> Mapping[str, Cost]:
    """What edits cost, each of which changes the member that it falls into, the larger the likelier."""
    total = max(1, sum(sizes))
    hit = sum(one * one for one in sizes) / total
    several = sum(one * (1 - (1 - one / total) ** CORRECTIONS) for one in sizes)
    table = max(0, size - total)
    return {
        name: Cost(int(changed) + table, int(changed) + table)
        for name, changed in (("inserted", hit), ("corrected", several), ("appended", size / ADDED))
    }

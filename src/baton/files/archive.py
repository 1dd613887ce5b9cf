"""The ZIP of all files of a record, laid out before the first byte is read (PKWARE APPNOTE 6.3). Pure.

Members are stored, not deflated, with sizes and CRC-32 known in advance: so the length is known, the bytes are the same
each time, and any range of them can be made without what lies before it.
"""

import hashlib
import struct
import zlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate
from typing import Self

from baton.files.pieces import ContentSlice, Piece

# Where the old format ends and Zip64 begins; these values themselves mean "look in the Zip64 field".
_MAX_16 = 0xFFFF
_MAX_32 = 0xFFFFFFFF

_UTF8_NAMES = 1 << 11
_VERSION = 20
_VERSION_ZIP64 = 45
_MADE_ON_UNIX = 3 << 8
_REGULAR_FILE = 0o100644 << 16

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_64 = struct.Struct("<4sLQL")
_ZIP64_FIELD = 0x0001


@dataclass(frozen=True, slots=True)
class Member:
    """A file in the archive: its name with folders, and what is known of its bytes."""

    key: str
    size: int
    crc32: int
    sha256: str
    data: bytes | None = None  # of a member that is not stored: the bytes themselves

    @classmethod
    def of(cls, key: str, data: bytes) -> Self:
        """A member that was made for the archive."""
        return cls(key, len(data), zlib.crc32(data), hashlib.sha256(data).hexdigest(), data)


class Archive:
    """A ZIP of `members`, all dated `modified`; `size` is its exact length."""

    def __init__(self, members: Sequence[Member], modified: datetime) -> None:
        self._members = members
        self._stamp = _dos_stamp(modified)
        self._names = [member.key.encode() for member in members]
        # Where each member's local header begins; the last entry is where the central directory does.
        self._starts = [0, *accumulate(self._local_size(index) + m.size for index, m in enumerate(members))]
        central = [0, *accumulate(self._central_size(index) for index in range(len(members)))]
        self._central_starts = [self._starts[-1] + offset for offset in central]
        self._end = self._end_records()
        self.size = self._central_starts[-1] + len(self._end)

    @property
    def etag(self) -> str:
        """A strong entity tag: the bytes follow from what is hashed here."""
        digest = hashlib.sha256(repr(self._stamp).encode())
        for member in self._members:
            digest.update(repr((member.key, member.size, member.sha256)).encode())
        return f'"zip:{digest.hexdigest()[:40]}"'

    def pieces(self, start: int, stop: int) -> Iterator[Piece]:
        """What the bytes from `start` up to `stop` are made of."""
        first = max(0, bisect_right(self._starts, start) - 1)
        for index in range(first, len(self._members)):
            if self._starts[index] >= stop:
                return
            yield from self._member_pieces(index, start, stop)
        first = max(0, bisect_right(self._central_starts, start) - 1)
        for index in range(first, len(self._members)):
            if self._central_starts[index] >= stop:
                return
            yield from _cut(self._central_header(index), self._central_starts[index], start, stop)
        yield from _cut(self._end, self._central_starts[-1], start, stop)

    def _member_pieces(self, index: int, start: int, stop: int) -> Iterator[Piece]:
        begin, member = self._starts[index], self._members[index]
        yield from _cut(self._local_header(index), begin, start, stop)
        begin += self._local_size(index)
        if member.data is not None:
            yield from _cut(member.data, begin, start, stop)
            return
        low, high = max(begin, start), min(begin + member.size, stop)
        if low < high:
            yield ContentSlice.of(member.sha256, low - begin, high - begin, member.size, member.crc32)

    def _is_large(self, index: int) -> bool:
        return self._members[index].size >= _MAX_32

    def _local_size(self, index: int) -> int:
        return _LOCAL.size + len(self._names[index]) + (20 if self._is_large(index) else 0)

    def _local_header(self, index: int) -> bytes:
        member, name = self._members[index], self._names[index]
        extra = struct.pack("<2H2Q", _ZIP64_FIELD, 16, member.size, member.size) if self._is_large(index) else b""
        size = min(member.size, _MAX_32)
        header = _LOCAL.pack(
            b"PK\3\4",
            _VERSION_ZIP64 if extra else _VERSION,
            _UTF8_NAMES,
            0,  # stored
            *self._stamp,
            member.crc32,
            size,
            size,
            len(name),
            len(extra),
        )
        return header + name + extra

    def _central_extra(self, index: int) -> bytes:
        values = [self._members[index].size] * 2 if self._is_large(index) else []
        if self._starts[index] >= _MAX_32:
            values.append(self._starts[index])
        return struct.pack(f"<2H{len(values)}Q", _ZIP64_FIELD, 8 * len(values), *values) if values else b""

    def _central_size(self, index: int) -> int:
        return _CENTRAL.size + len(self._names[index]) + len(self._central_extra(index))

    def _central_header(self, index: int) -> bytes:
        member, name, extra = self._members[index], self._names[index], self._central_extra(index)
        version = _VERSION_ZIP64 if extra else _VERSION
        size = min(member.size, _MAX_32)
        header = _CENTRAL.pack(
            b"PK\1\2",
            _MADE_ON_UNIX | version,
            version,
            _UTF8_NAMES,
            0,  # stored
            *self._stamp,
            member.crc32,
            size,
            size,
            len(name),
            len(extra),
            0,  # comment
            0,  # disk
            0,  # internal attributes
            _REGULAR_FILE,
            min(self._starts[index], _MAX_32),
        )
        return header + name + extra

    def _end_records(self) -> bytes:
        begin, end, count = self._starts[-1], self._central_starts[-1], len(self._members)
        size = end - begin
        old = _END.pack(b"PK\5\6", 0, 0, *[min(count, _MAX_16)] * 2, min(size, _MAX_32), min(begin, _MAX_32), 0)
        if count < _MAX_16 and size < _MAX_32 and begin < _MAX_32:
            return old
        versions = (_MADE_ON_UNIX | _VERSION_ZIP64, _VERSION_ZIP64)
        new = _END_64.pack(b"PK\6\6", _END_64.size - 12, *versions, 0, 0, count, count, size, begin)
        return new + _LOCATOR_64.pack(b"PK\6\7", 0, end, 1) + old


def _dos_stamp(moment: datetime) -> tuple[int, int]:
    """Time and date as ZIP has them: from 1980 to 2107, in steps of two seconds, here in UTC."""
    moment = moment.astimezone(UTC)
    year = min(max(moment.year, 1980), 2107)
    return (
        moment.hour << 11 | moment.minute << 5 | moment.second // 2,
        (year - 1980) << 9 | moment.month << 5 | moment.day,
    )


def _cut(data: bytes, begin: int, start: int, stop: int) -> Iterator[bytes]:
    """The part of `data`, which begins at `begin`, that lies between `start` and `stop`, if any."""
    part = data[max(0, start - begin) : max(0, stop - begin)]
    if part:
        yield part

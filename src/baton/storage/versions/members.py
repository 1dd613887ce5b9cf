"""Deflate streams in gzip files and zip archives: where they are, and what made them. Pure but for what is read.

What is damaged, encrypted, overlapping, unknown or too large is left out: it is kept as it is.
"""

import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from baton.storage.content import Handle
from baton.storage.errors import DamagedRecipe
from baton.storage.versions.deflate import (
    ALL_PARAMETERS,
    MOST_RATIO,
    PIECE,
    InflatedHandle,
    Parameters,
    deflated,
    measured,
)

# Shorter streams are not worth a line in a recipe. The blocks of bgzip are all shorter.
SMALLEST = 64 << 10
# More streams are not looked at, nor a table of contents with more bytes.
MOST_MEMBERS = 4096
LARGEST_TABLE = 16 << 20
# After so many streams in a row that zlib did not make, the others are not tried.
PATIENCE = 3

_GZIP = b"\x1f\x8b\x08"
_GZIP_FIXED, _GZIP_TRAILER = 10, 8
_LONGEST_HEADER = 72 << 10
_LONG, _PAIR = struct.Struct("<Q"), struct.Struct("<HH")
# The numbers of the end of the table of contents and its larger form, of an entry and of what precedes its data
# (APPNOTE 4.3.16, 4.3.14, 4.3.12, 4.3.7).
_END = struct.Struct("<4s6xHLLH")
_LOCATOR = struct.Struct("<4s4xQ4x")
_LARGE_END = struct.Struct("<4s28xQQQ")
_ENTRY = struct.Struct("<4s4xHH4xLLLHHH8xL")
_LOCAL = struct.Struct("<4s22xHH")
_ENCRYPTED, _DEFLATED = 1, 8
_TOO_LARGE = 0xFFFF_FFFF
# How a stream ends that was flushed before it was finished: with an empty block of each kind.
_FLUSHED = b"\0\0\xff\xff\x03\0"

Progress = Callable[[], None]


class Member(NamedTuple):
    """A deflate stream: the `length` bytes from `start` of a content, which inflate to `size` bytes.

    `crc32` is that of the inflated bytes. Both are what the file says, which may be wrong.
    """

    start: int
    length: int
    size: int
    crc32: int


class Remade(NamedTuple):
    """A stream that zlib makes again byte for byte; `crc32` is that of the stream."""

    member: Member
    parameters: Parameters
    crc32: int


def members(handle: Handle, largest: int, progress: Progress) -> list[Member]:
    """The streams of a gzip or zip file, in their order, that inflate to `largest` bytes at most."""
    head = handle.pread(0, min(4, handle.size))
    found: Iterable[Member] = ()
    if head.startswith(_GZIP):
        found = _of_gzip(handle, largest, progress)
    elif head.startswith(b"PK"):
        found = _of_zip(handle)
    kept: list[Member] = []
    end = 0
    for member in sorted(found):
        is_usual = SMALLEST <= member.length <= handle.size - member.start
        if is_usual and member.start >= end and member.size <= min(largest, MOST_RATIO * member.length):
            kept.append(member)
            end = member.start + member.length
    return kept


def _of_gzip(handle: Handle, largest: int, progress: Progress) -> Iterator[Member]:
    """Until something else follows, or a stream that is too large."""
    at = 0
    for _number in range(MOST_MEMBERS):
        progress()
        start = at + _gzip_header(handle.pread(at, min(_LONGEST_HEADER, handle.size - at)))
        found = measured(handle, start, largest) if start > at else None
        if found is None or start + found[0] + _GZIP_TRAILER > handle.size:
            return
        end = start + found[0]
        yield Member(start, *found, int.from_bytes(handle.pread(end, 4), "little"))
        at = end + _GZIP_TRAILER


def _gzip_header(head: bytes) -> int:
    """How long the header is that begins so; 0 when it is none (RFC 1952)."""
    if not head.startswith(_GZIP) or len(head) < _GZIP_FIXED:
        return 0
    flags, end = head[3], _GZIP_FIXED
    if flags & 4:
        end += 2 + int.from_bytes(head[end : end + 2], "little")
    for flag in (8, 16):  # a name, a comment
        if flags & flag:
            end = head.find(b"\0", end) + 1
            if not end:
                return 0
    end += 2 if flags & 2 else 0
    return end if end < len(head) else 0


def _of_zip(handle: Handle) -> Iterator[Member]:
    """What the table of contents lists, as far as the entries are where it says."""
    table, shift = _zip_table(handle)
    at = 0
    for _number in range(MOST_MEMBERS):
        if at + _ENTRY.size > len(table):
            return
        mark, flags, method, crc32, length, size, *lengths, offset = _ENTRY.unpack_from(table, at)
        if mark != b"PK\x01\x02":
            return
        name, extra, comment = lengths
        numbers = _large_numbers(table[at + _ENTRY.size + name :][:extra], (size, length, offset))
        at += _ENTRY.size + name + extra + comment
        if numbers is None or method != _DEFLATED or flags & _ENCRYPTED:
            continue
        size, length, offset = numbers
        offset += shift
        if length < SMALLEST or not 0 <= offset <= handle.size - _LOCAL.size - length:
            continue
        mark, name, extra = _LOCAL.unpack(handle.pread(offset, _LOCAL.size))
        if mark == b"PK\x03\x04":
            yield Member(offset + _LOCAL.size + name + extra, length, size, crc32)


def _zip_table(handle: Handle) -> tuple[bytes, int]:
    """The table of contents, and how far everything lies behind where it says; nothing if it is not as usual."""
    tail_at = max(0, handle.size - _END.size - (1 << 16))
    tail = handle.pread(tail_at, handle.size - tail_at)
    place = tail.rfind(b"PK\x05\x06")
    if not 0 <= place <= len(tail) - _END.size:
        return b"", 0
    _mark, _count, size, offset, _comment = _END.unpack_from(tail, place)
    end = tail_at + place
    if _TOO_LARGE in {size, offset} and place >= _LOCATOR.size:
        mark, at = _LOCATOR.unpack_from(tail, place - _LOCATOR.size)
        if mark != b"PK\x06\x07" or at > handle.size - _LARGE_END.size:
            return b"", 0
        mark, _count, size, offset = _LARGE_END.unpack(handle.pread(at, _LARGE_END.size))
        if mark != b"PK\x06\x06":
            return b"", 0
        end = at
    if size > min(LARGEST_TABLE, end):
        return b"", 0
    return handle.pread(end - size, size), end - size - offset


def _large_numbers(extra: bytes, numbers: Sequence[int]) -> Sequence[int] | None:
    """The numbers of an entry, those that did not fit from its extra fields (APPNOTE 4.5.3)."""
    if _TOO_LARGE not in numbers:
        return numbers
    at = 0
    while at + _PAIR.size <= len(extra):
        kind, length = _PAIR.unpack_from(extra, at)
        at += _PAIR.size
        if kind == 1:
            fields = extra[at : at + length]
            large = iter(_LONG.unpack_from(fields, place)[0] for place in range(0, len(fields) - 7, 8))
            found = [next(large, None) if number == _TOO_LARGE else number for number in numbers]
            return None if None in found else [number for number in found if number is not None]
        at += length
    return None


def is_sound(handle: Handle, member: Member) -> bool:
    """Whether a stream is as announced. Reads it once."""
    return measured(handle, member.start, member.size) == (member.length, member.size)


def remade(handle: Handle, found: Sequence[Member], progress: Progress) -> Iterator[Remade]:
    """Those of the streams that zlib makes again, in their order."""
    likely: list[Parameters] = []
    missed = 0
    for member in found:
        if missed == PATIENCE:
            return
        is_flushed = handle.pread(member.start + member.length - len(_FLUSHED), len(_FLUSHED)) == _FLUSHED
        for one in dict.fromkeys([*likely, *ALL_PARAMETERS]):
            parameters = one._replace(is_flushed=is_flushed)
            crc32 = _crc32_if_made(handle, member, parameters, progress)
            if crc32 is not None:
                yield Remade(member, parameters, crc32)
                likely, missed = [one], 0
                break
        else:
            missed += 1


def _crc32_if_made(handle: Handle, member: Member, parameters: Parameters, progress: Progress) -> int | None:
    """The CRC-32 of a stream, if that is what zlib makes with these parameters; found out at the first difference."""
    inflated = InflatedHandle(handle, member.start, member.length, member.size)

    def pieces() -> Iterator[bytes]:
        for offset in range(0, member.size, PIECE):
            progress()
            yield inflated.pread(offset, min(PIECE, member.size - offset))

    at, crc32 = member.start, 0
    end = member.start + member.length
    try:
        for data in deflated(pieces(), parameters):
            if at + len(data) > end or handle.pread(at, len(data)) != data:
                return None
            at += len(data)
            crc32 = zlib.crc32(data, crc32)
    except DamagedRecipe:
        return None
    return crc32 if at == end else None

"""What is found in gzip files and zip archives, and which of it zlib makes again."""

import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.storage.versions.made import table
from tests.storage.versions.packed import (
    by_numpy,
    by_pandas,
    gzipped,
    gzipped_as_text,
    opened,
    raw_deflated,
    tarred,
    zipped,
    zipped_as_a_stream,
)

from baton.storage.versions.deflate import MOST_RATIO, InflatedHandle, Parameters, deflated
from baton.storage.versions.members import Member, is_sound, members, remade

TABLE = table(20_000)
NOISE = random.Random(1).randbytes(100_000)
LARGEST = 64 << 20


def found_in(data: bytes) -> list[Member]:
    return members(opened(data), LARGEST, lambda: None)


def inflated(data: bytes, member: Member) -> bytes:
    with InflatedHandle(opened(data), member.start, member.length, member.size) as handle:
        return handle.pread(0, member.size)


def made_again(data: bytes) -> list[Member]:
    """The members that zlib makes again, after making sure that it does."""
    found = []
    for member, parameters, crc32 in remade(opened(data), found_in(data), lambda: None):
        stream = b"".join(deflated([inflated(data, member)], parameters))
        assert stream == data[member.start : member.start + member.length]
        assert zlib.crc32(stream) == crc32
        found.append(member)
    return found


Write = Callable[[bytes, Path], bytes]


def _of_level(level: int) -> Write:
    return lambda data, _: gzipped(data, level)


WRITERS: dict[str, Write] = {
    **{f"gzip module, level {level}": _of_level(level) for level in range(1, 10)},
    "gzip module, as text": gzipped_as_text,
    "zipfile": lambda data, _: zipped({"table.csv": data}),
    "zipfile, to a pipe": lambda data, _: zipped_as_a_stream(data),
    "tarfile, w:gz": lambda data, _: tarred(data, "w:gz"),
    "tarfile, w|gz": lambda data, _: tarred(data, "w|gz"),
    "numpy": lambda data, _: by_numpy(data),
    "pandas": by_pandas,
}


@pytest.mark.parametrize("writer", WRITERS)
def test_what_libraries_of_python_write_is_made_again(writer: str, tmp_path: Path) -> None:
    packed = WRITERS[writer](TABLE, tmp_path)

    (member,) = made_again(packed)
    assert member.crc32 == zlib.crc32(inflated(packed, member))


def test_every_member_of_an_archive_is_found_and_others_are_left() -> None:
    files = {"a.csv": TABLE, "small.csv": TABLE[:1000], "b.csv": TABLE[::-1], "noise": NOISE}
    found = made_again(zipped(files))

    assert [member.size for member in found] == [len(TABLE), len(TABLE), len(NOISE)]
    assert found_in(zipped(files, zipfile.ZIP_STORED)) == []


def test_every_member_of_a_gzip_file_is_found() -> None:
    data = gzipped(TABLE) + gzipped(TABLE[:100]) + gzipped(NOISE, 9)

    assert [member.size for member in made_again(data)] == [len(TABLE), len(NOISE)]
    assert [member.size for member in made_again(data + bytes(1000))] == [len(TABLE), len(NOISE)]


def test_all_parts_of_a_gzip_header_are_passed_over() -> None:
    head = b"\x1f\x8b\x08" + bytes([4 | 8 | 16 | 2]) + bytes(6) + b"\3\0abc" + b"name\0comment\0" + b"??"
    (member,) = made_again(head + raw_deflated(TABLE) + bytes(8))

    assert member.start == len(head)
    for cut in range(len(head)):
        assert found_in(head[:cut]) == []


def test_what_zlib_has_not_made_is_left_and_not_tried_for_ever() -> None:
    flushed = zlib.compressobj(6, zlib.DEFLATED, -15)
    stream = b"".join(flushed.compress(TABLE[:n]) + flushed.flush(zlib.Z_FULL_FLUSH) for n in (100_000, 200_000))
    stream += flushed.flush()
    packed = b"\x1f\x8b\x08" + bytes(7) + stream + bytes(8)
    calls = 0

    def count() -> None:
        nonlocal calls
        calls += 1

    assert len(found_in(packed * 9)) == 9
    assert list(remade(opened(packed * 9), found_in(packed * 9), count)) == []
    assert calls < 3 * 18 * 10


def test_a_flush_at_the_end_is_found() -> None:
    flushed = zlib.compressobj(9, zlib.DEFLATED, -15)
    stream = flushed.compress(TABLE) + flushed.flush(zlib.Z_SYNC_FLUSH) + flushed.flush()
    packed = b"\x1f\x8b\x08" + bytes(7) + stream + bytes(8)

    ((_member, parameters, _crc32),) = remade(opened(packed), found_in(packed), lambda: None)
    assert parameters == Parameters(9, 8, is_flushed=True)


def test_bombs_are_left() -> None:
    bomb = bytes(100 << 20)
    for packed in (gzipped(bomb), zipped({"bomb": bomb})):
        assert found_in(packed) == []
    assert members(opened(gzipped(TABLE)), len(TABLE) - 1, lambda: None) == []
    assert len(bomb) > MOST_RATIO * len(gzipped(bomb))


def test_truncated_files_are_left() -> None:
    for packed in (gzipped(TABLE), zipped({"a": TABLE})):
        for share in (0.1, 0.5, 0.9):
            assert found_in(packed[: int(share * len(packed))]) == []


def test_an_archive_behind_something_else_is_read() -> None:
    """As self-extracting ones, whose table may count from either beginning."""
    packed = zipped({"a": TABLE})
    assert len(made_again(b"PK\3\4" + bytes(996) + packed)) == 1


def test_an_archive_with_large_numbers_is_read() -> None:
    packed = zipped({"a": TABLE})
    at = packed.index(b"PK\1\2")
    entry, end = bytearray(packed[at:-22]), packed[-22:]
    length, size = struct.unpack_from("<LL", entry, 20)
    (offset,) = struct.unpack_from("<L", entry, 42)
    struct.pack_into("<LL", entry, 20, 0xFFFFFFFF, 0xFFFFFFFF)
    struct.pack_into("<L", entry, 42, 0xFFFFFFFF)
    struct.pack_into("<H", entry, 30, 28)
    entry += struct.pack("<HHQQQ", 1, 24, size, length, offset)
    large = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, len(entry), at)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, at + len(entry), 1)
    end = end[:12] + b"\xff" * 8 + end[20:]

    assert len(made_again(packed[:at] + entry + large + locator + end)) == 1


def patched(packed: bytes, field: int, form: str, value: int, mark: bytes = b"PK\1\2") -> bytes:
    changed = bytearray(packed)
    struct.pack_into(form, changed, packed.index(mark) + field, value)
    return bytes(changed)


ARCHIVE = zipped({"a": TABLE, "b": NOISE})


HOSTILE = [
    patched(ARCHIVE, 8, "<H", 1),  # encrypted
    patched(ARCHIVE, 10, "<H", 99),  # some other method
    patched(ARCHIVE, 24, "<L", len(TABLE) + 1),  # another size than there is
    patched(ARCHIVE, 24, "<L", 0xFFFFFFFF),  # a size that is nowhere
    patched(ARCHIVE, 20, "<L", 0x7FFFFFFF),  # a length beyond the end
    patched(ARCHIVE, 20, "<L", len(ARCHIVE) - 300),  # a length that reaches into the next member
    patched(ARCHIVE, 42, "<L", 0x7FFFFFFF),  # a place beyond the end
    patched(ARCHIVE, 42, "<L", 5),  # a place where no member begins
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_lying_entries_are_left(hostile: bytes) -> None:
    assert len(TABLE) not in {member.size for member in made_again(hostile)}
    for member in found_in(hostile):
        assert is_sound(opened(hostile), member) == (member in made_again(hostile))


def test_members_that_overlap_are_taken_once() -> None:
    entry = ARCHIVE[ARCHIVE.index(b"PK\1\2") : ARCHIVE.rindex(b"PK\1\2")]
    table_at = ARCHIVE.index(b"PK\1\2")
    end = bytearray(ARCHIVE[-22:])
    struct.pack_into("<HHLL", end, 8, 50, 50, 50 * len(entry), table_at)

    assert len(found_in(ARCHIVE[:table_at] + 50 * entry + end)) == 1


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([ARCHIVE, gzipped(TABLE)]), st.data())
def test_whatever_is_damaged_nothing_is_read_outside_and_nothing_wrong_is_made(
    packed: bytes, data: st.DataObject
) -> None:
    changed = bytearray(packed)
    head_or_tail = st.integers(0, 60) | st.integers(len(packed) - 200, len(packed) - 1)
    for place in data.draw(st.lists(head_or_tail, min_size=1, max_size=4)):
        changed[place] = data.draw(st.sampled_from([0, 1, 0x7F, 0xFF]))
    found_in(bytes(changed))
    cut = data.draw(st.integers(0, len(packed)))
    found_in(bytes(changed[:cut]))


@given(st.binary(max_size=100))
def test_arbitrary_bytes_are_read_without_fault(data: bytes) -> None:
    for head in (b"\x1f\x8b\x08", b"PK\3\4"):
        found_in(head + data)
        found_in(head + data + b"PK\5\6" + data)

"""The archive of a record: a valid ZIP, always the same, and cut anywhere."""

import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from baton.files.archive import Archive, Member
from baton.files.pieces import BLOCK, ContentSlice, read_blocks
from baton.storage.folder import FolderStore

MOMENT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
GB = 1 << 30


def member(key: str, data: bytes) -> Member:
    return Member(key, len(data), zlib.crc32(data), hashlib.sha256(data).hexdigest())


def cut(archive: Archive, contents: dict[str, bytes], start: int, stop: int) -> bytes:
    """The bytes of a part of the archive, its contents taken from a mapping."""
    parts = []
    for piece in archive.pieces(start, stop):
        if isinstance(piece, ContentSlice):
            parts.append(contents[piece.sha256][piece.offset : piece.offset + piece.length])
            assert len(parts[-1]) == piece.length > 0
        else:
            parts.append(piece)
    return b"".join(parts)


def made(files: dict[str, bytes]) -> tuple[Archive, dict[str, bytes]]:
    members = [member(key, data) for key, data in files.items()]
    return Archive(members, MOMENT), {m.sha256: data for m, data in zip(members, files.values(), strict=True)}


class Sparse(io.RawIOBase):
    """An archive as a file whose contents are all zeros, so that terabytes can be looked at without any."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._at = 0

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._archive.size}[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        stop = self._archive.size if size is None or size < 0 else min(self._archive.size, self._at + size)
        assert stop - self._at < 50_000_000, "only headers are read here"
        parts = self._archive.pieces(self._at, stop)
        data = b"".join(bytes(piece.length) if isinstance(piece, ContentSlice) else piece for piece in parts)
        self._at += len(data)
        return data


FILES = {
    "readme.md": b"# Hello",
    "data/a/numbers.csv": b"1,2\n" * 1000,
    "data/empty": b"",
    "naïve 数据 😀.bin": bytes(range(256)),
}


def test_any_program_can_open_it() -> None:
    archive, contents = made(FILES)
    whole = cut(archive, contents, 0, archive.size)

    assert len(whole) == archive.size
    with zipfile.ZipFile(io.BytesIO(whole)) as opened:
        assert opened.testzip() is None
        assert {info.filename: opened.read(info) for info in opened.infolist()} == FILES
        assert {info.compress_type for info in opened.infolist()} == {zipfile.ZIP_STORED}
        assert {info.date_time for info in opened.infolist()} == {(2026, 3, 4, 5, 6, 6)}
        assert {info.external_attr >> 16 for info in opened.infolist()} == {0o100644}


def test_its_layout_is_the_one_that_python_writes() -> None:
    archive, contents = made(FILES)
    reference = io.BytesIO()
    with zipfile.ZipFile(reference, "w") as written:
        for key, data in FILES.items():
            info = zipfile.ZipInfo(key, (2026, 3, 4, 5, 6, 6))
            info.external_attr = 0o100644 << 16
            info.flag_bits = 1 << 11
            written.writestr(info, data)

    ours = cut(archive, contents, 0, archive.size)
    # zipfile marks only names that need it as UTF-8; clear the mark everywhere, then nothing else may differ.
    assert _without_flags(ours) == _without_flags(reference.getvalue())


def _without_flags(data: bytes) -> bytes:
    copy = bytearray(data)
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        for info in opened.infolist():
            copy[info.header_offset + 6 : info.header_offset + 8] = b"\0\0"
        at = opened.start_dir
        for info in opened.infolist():
            copy[at + 8 : at + 10] = b"\0\0"
            at += 46 + len(info.filename.encode()) + len(info.extra)
    return bytes(copy)


def test_an_empty_record_gives_an_empty_archive() -> None:
    archive, contents = made({})
    with zipfile.ZipFile(io.BytesIO(cut(archive, contents, 0, archive.size))) as opened:
        assert opened.namelist() == []


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_part_is_a_slice_of_the_whole(data: st.DataObject) -> None:
    keys = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
    archive, contents = made(data.draw(st.dictionaries(keys, st.binary(max_size=60), max_size=6)))
    whole = cut(archive, contents, 0, archive.size)
    assert len(whole) == archive.size
    start = data.draw(st.integers(0, archive.size - 1))
    stop = data.draw(st.integers(start + 1, archive.size))

    assert cut(archive, contents, start, stop) == whole[start:stop]


def test_its_tag_follows_from_what_is_in_it() -> None:
    archive, _ = made(FILES)

    assert archive.etag == made(FILES)[0].etag
    assert archive.etag.startswith('"')
    others = [
        FILES | {"more": b""},
        FILES | {"readme.md": b"# hello"},
        {"x" + key: data for key, data in FILES.items()},
    ]
    tags = {made(files)[0].etag for files in others}
    later = Archive([member(key, data) for key, data in FILES.items()], MOMENT.replace(year=2027))
    assert len(tags | {archive.etag, later.etag}) == 5


@pytest.mark.parametrize(("year", "shown"), [(1969, 1980), (2200, 2107)])
def test_dates_that_zip_does_not_know_are_moved_to_the_nearest(year: int, shown: int) -> None:
    archive = Archive([member("a", b"")], MOMENT.replace(year=year))
    with zipfile.ZipFile(Sparse(archive)) as opened:
        assert opened.infolist()[0].date_time[0] == shown


@pytest.mark.parametrize(
    "sizes",
    [
        [0xFFFFFFFE, 5],
        [0xFFFFFFFF, 5],
        [0x100000000, 5],
        [3 * GB, 3 * GB, 5],
        [5, 50 * GB, 0, 50 * GB, 7],
        [1 << 44, 1],
    ],
)
def test_sizes_beyond_the_old_format_are_told_in_the_new_one(sizes: list[int]) -> None:
    members = [Member(f"{number}.bin", size, number, f"{number:064x}") for number, size in enumerate(sizes)]
    archive = Archive(members, MOMENT)

    with zipfile.ZipFile(Sparse(archive)) as opened:
        assert [info.file_size for info in opened.infolist()] == sizes
        assert [info.CRC for info in opened.infolist()] == list(range(len(sizes)))
        for info in opened.infolist():
            # Opening reads the local header and compares it with the central one.
            opened.open(info).close()
            assert info.compress_size == info.file_size
    assert archive.size > sum(sizes)


def test_a_part_behind_terabytes_is_made_without_them() -> None:
    members = [Member(f"{number}.bin", 1 << 40, 0, f"{number:064x}") for number in range(10)]
    archive = Archive(members, MOMENT)
    before_its_end = 3 * (1 << 40)

    pieces = list(archive.pieces(before_its_end, before_its_end + 10))

    # Three local headers (30 bytes, a name of 5, a Zip64 field of 20) lie before the bytes of the third content.
    assert pieces == [ContentSlice(members[2].sha256, (1 << 40) - 3 * 55, 10, 1 << 40)]


def test_more_files_than_the_old_format_counts() -> None:
    members = [Member(f"{number}", 0, 0, "0" * 64) for number in range(70_000)]
    archive = Archive(members, MOMENT)

    with zipfile.ZipFile(Sparse(archive)) as opened:
        assert len(opened.infolist()) == 70_000
        opened.open("69999").close()


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path)


def test_blocks_are_of_one_size_whatever_the_pieces(store: FolderStore) -> None:
    data = bytes(3 * BLOCK)
    with store.writer() as writer:
        writer.write(data)
        name = writer.finish().sha256

    def pieces() -> Iterator[bytes | ContentSlice]:
        yield from (b"x" for _ in range(1000))
        yield ContentSlice(name, 10, 2 * BLOCK)
        yield from (ContentSlice(name, 0, 1000) for _ in range(100))

    blocks = list(read_blocks(store, pieces()))

    assert b"".join(blocks) == b"x" * 1000 + bytes(2 * BLOCK) + bytes(100_000)
    assert [len(block) for block in blocks[:-1]] == [BLOCK + 1000, BLOCK]
    assert max(len(block) for block in blocks) < 2 * BLOCK

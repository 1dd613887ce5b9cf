"""Bytes into a folder and out again."""

import hashlib
import random
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from baton.storage.content import ContentStore, Stored
from baton.storage.digests import BATCH, Digests
from baton.storage.errors import ContentMissing
from baton.storage.folder import FolderStore

OTHER = "0" * 64


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "files")


def keep(store: ContentStore, *pieces: bytes) -> Stored:
    with store.writer() as writer:
        for piece in pieces:
            writer.write(piece)
        return writer.finish()


def everything_in(store: FolderStore) -> list[str]:
    return [path.name for folder in (store.incoming, store.objects) for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("size", [0, 1, BATCH - 1, BATCH, BATCH + 1, 11 * BATCH + 7])
def test_what_is_written_comes_back_with_its_digests(store: FolderStore, size: int) -> None:
    data = random.Random(size).randbytes(size)

    stored = keep(store, *(data[at : at + 300_000] for at in range(0, size, 300_000)))

    assert stored == Stored(
        hashlib.sha256(data).hexdigest(), hashlib.md5(data, usedforsecurity=False).hexdigest(), zlib.crc32(data), size
    )
    with store.open(stored.sha256) as handle:
        assert handle.size == size
        assert handle.pread(0, size) == data
    assert store.path(stored.sha256).read_bytes() == data


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, BATCH + 10), max_size=12), st.integers(0, 255))
def test_digests_do_not_depend_on_how_a_stream_is_cut(sizes: list[int], fill: int) -> None:
    digests = Digests()
    whole = bytearray()
    for index, size in enumerate(sizes):
        piece = bytes([(fill + index) % 256]) * size
        digests.update(piece)
        whole += piece
    digests.finish()

    assert digests.sha256 == hashlib.sha256(whole).hexdigest()
    assert digests.md5 == hashlib.md5(whole, usedforsecurity=False).hexdigest()
    assert (digests.crc32, digests.size) == (zlib.crc32(whole), len(whole))


def test_a_part_is_read_without_the_rest(store: FolderStore) -> None:
    stored = keep(store, bytes(range(256)))

    with store.open(stored.sha256) as handle:
        assert handle.pread(10, 3) == b"\x0a\x0b\x0c"
        assert handle.pread(255, 1) == b"\xff"


def test_the_same_bytes_are_kept_once_and_the_first_file_stays(store: FolderStore) -> None:
    first = keep(store, b"same")
    inode = store.path(first.sha256).stat().st_ino

    assert keep(store, b"sa", b"me") == first
    assert store.path(first.sha256).stat().st_ino == inode
    assert everything_in(store) == [first.sha256]


def test_a_damaged_file_is_replaced_when_its_bytes_come_again(store: FolderStore) -> None:
    stored = keep(store, b"whole")
    store.path(stored.sha256).write_bytes(b"wh")

    keep(store, b"whole")

    assert store.path(stored.sha256).read_bytes() == b"whole"


def test_bytes_refused_by_the_check_are_not_kept(store: FolderStore) -> None:
    def refuse(stored: Stored) -> None:
        raise ValueError(stored.md5)

    with store.writer() as writer:
        writer.write(b"x")
        with pytest.raises(ValueError, match=hashlib.md5(b"x", usedforsecurity=False).hexdigest()):
            writer.finish(refuse)
    assert everything_in(store) == []


@pytest.mark.parametrize("size", [10, 3 * BATCH])
def test_what_is_not_finished_is_not_kept(store: FolderStore, size: int) -> None:
    with store.writer() as writer:
        writer.write(b"a" * size)
        assert len(everything_in(store)) == 1
    writer.close()
    assert everything_in(store) == []


def test_what_is_missing_is_said_to_be_missing(store: FolderStore) -> None:
    with pytest.raises(ContentMissing, match="baton doctor"):
        store.open(OTHER)
    assert store.size(OTHER) is None
    assert not store.exists(OTHER)
    store.delete(OTHER)


@pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 65, "0" * 63 + "\n"])
def test_only_digests_are_names(store: FolderStore, name: str) -> None:
    with pytest.raises(ValueError, match="no SHA-256"):
        store.open(name)


def test_a_file_that_lost_its_end_is_reported_not_shortened(store: FolderStore) -> None:
    stored = keep(store, b"0123456789")
    store.path(stored.sha256).write_bytes(b"01234")

    with store.open(stored.sha256) as handle, pytest.raises(ContentMissing, match="after 5 bytes"):
        handle.pread(0, 10)


def test_an_open_content_stays_readable_when_it_is_deleted(store: FolderStore) -> None:
    stored = keep(store, b"going")
    with store.open(stored.sha256) as handle:
        store.delete(stored.sha256)
        assert handle.pread(0, 5) == b"going"
    assert not store.exists(stored.sha256)


def test_walking_names_every_content_and_nothing_else(store: FolderStore) -> None:
    assert list(store.walk()) == []
    kept = [keep(store, bytes([number])) for number in range(20)]
    (store.objects / "ab" / "notes.txt").write_text("left by somebody")

    assert list(store.walk()) == sorted((stored.sha256, 1) for stored in kept)


def test_a_check_leaves_nothing(store: FolderStore) -> None:
    store.check()
    assert everything_in(store) == []

"""Bytes into a folder and out again."""

import hashlib
import random
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from baton.storage.content import ContentStore, Stored
from baton.storage.digests import BATCH, Digests
from baton.storage.errors import ContentMissing, StorageFailed
from baton.storage.fixity import State, examine
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


@pytest.mark.parametrize("size", [0, 11 * BATCH + 7])
def test_a_content_is_a_plain_file(store: FolderStore, size: int) -> None:
    data = random.Random(size).randbytes(size)
    stored = keep(store, data)
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


def flip_a_bit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def test_bytes_that_come_again_replace_damaged_ones_of_the_same_size(store: FolderStore) -> None:
    path = store.path(keep(store, b"the same bytes").sha256)
    flip_a_bit(path)
    again = keep(store, b"the same bytes")
    assert path.read_bytes() == b"the same bytes"
    assert examine(store, again.sha256, again.size) == State.WHOLE
    assert everything_in(store) == [again.sha256]


def test_an_adopted_file_replaces_damaged_bytes_of_the_same_size(store: FolderStore, tmp_path: Path) -> None:
    stored = keep(store, b"the same bytes")
    flip_a_bit(store.path(stored.sha256))
    upload = tmp_path / "upload"
    upload.write_bytes(b"the same bytes")
    with store.adopt(upload, stored):
        assert store.path(stored.sha256).read_bytes() == b"the same bytes"


def test_the_same_bytes_are_kept_once_and_the_first_file_stays(store: FolderStore) -> None:
    first = keep(store, b"same")
    inode = store.path(first.sha256).stat().st_ino

    again = keep(store, b"sa", b"me")
    assert replace(again, verified_at=None) == first
    assert again.verified_at is not None  # what was there has been read
    assert store.path(first.sha256).stat().st_ino == inode
    assert everything_in(store) == [first.sha256]


def test_a_damaged_file_is_replaced_when_its_bytes_come_again(store: FolderStore) -> None:
    stored = keep(store, b"whole")
    store.path(stored.sha256).write_bytes(b"wh")

    keep(store, b"whole")

    assert store.path(stored.sha256).read_bytes() == b"whole"


@pytest.mark.parametrize("size", [10, 3 * BATCH])
def test_what_is_not_finished_is_not_kept(store: FolderStore, size: int) -> None:
    with store.writer() as writer:
        writer.write(b"a" * size)
        assert len(everything_in(store)) == 1
    writer.close()
    assert everything_in(store) == []


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


def test_a_note_is_a_plain_file_beside_the_objects(store: FolderStore) -> None:
    store.put_note("recipes", OTHER, b"made of")
    assert (store.root / "recipes" / "00" / OTHER).read_bytes() == b"made of"
    assert everything_in(store) == []


def test_a_note_that_cannot_be_named_leaves_nothing(store: FolderStore) -> None:
    store.check()
    (store.root / "recipes").write_text("in the way")
    with pytest.raises(StorageFailed):
        store.put_note("recipes", OTHER, b"nowhere to go")
    assert everything_in(store) == []

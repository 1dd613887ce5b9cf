"""A store of objects and recipes: readers do not notice which of both a content is."""

import random
from pathlib import Path
from typing import Any

import pytest
from tests.storage.versions.made import keep

from baton.storage.errors import ContentDamaged, ContentMissing, DamagedRecipe
from baton.storage.folder import FolderStore
from baton.storage.versions.recipe import NOTES, Extent, ObjectUsed, Recipe, write
from baton.storage.versions.store import VersionedStore

DATA = random.Random(1).randbytes(25_000)


@pytest.fixture
def store(tmp_path: Path) -> VersionedStore:
    return VersionedStore(FolderStore(tmp_path))


def as_recipe(store: VersionedStore, data: bytes) -> str:
    """Keep a content as the second half of an object and its first half; returns its name."""
    content = keep(store, data)
    turned = keep(store, data[len(data) // 2 :] + data[: len(data) // 2])
    half, rest = len(data) // 2, len(data) - len(data) // 2
    extents = (Extent(half, 0, rest, half), Extent(rest, 0, 0, rest))
    used = (ObjectUsed(turned.sha256, turned.size),)
    store.put_note(NOTES, content.sha256, write(Recipe(content.sha256, content.md5, content.size, used, extents)))
    return content.sha256


def test_a_content_without_its_object_is_read_by_its_recipe(store: VersionedStore) -> None:
    name = as_recipe(store, DATA)
    store.delete(name)

    assert store.exists(name)
    assert store.size(name) == len(DATA)
    with store.open(name) as handle:
        assert handle.size == len(DATA)
        assert handle.pread(0, len(DATA)) == DATA
        assert handle.pread(12_000, 2000) == DATA[12_000:14_000]


class Far(FolderStore):
    """As a store in another place: each question is dear."""

    is_local = False

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.asked: list[str] = []

    def open(self, sha256: str, size: int | None = None) -> Any:
        self.asked.append(sha256)
        return super().open(sha256, size)


def test_only_the_first_reader_far_away_finds_out_that_the_object_has_gone(tmp_path: Path) -> None:
    far = Far(tmp_path)
    store = VersionedStore(far)
    name = as_recipe(store, DATA)
    store.delete(name)
    far.asked.clear()
    for _ in range(3):
        with store.open(name, len(DATA)) as handle:
            assert handle.pread(0, len(DATA)) == DATA
    assert far.asked.count(name) == 1


def test_another_size_than_was_said_is_damage(store: VersionedStore) -> None:
    name = as_recipe(store, DATA)
    for _ in range(2):  # the object, then the recipe
        with pytest.raises(ContentDamaged):
            store.open(name, len(DATA) + 1)
        with store.open(name, len(DATA)) as handle:
            assert handle.pread(0, 10) == DATA[:10]
        store.delete(name)


def test_what_has_neither_is_missing(store: VersionedStore) -> None:
    assert not store.exists("0" * 64)
    with pytest.raises(ContentMissing):
        store.open("0" * 64)


@pytest.mark.parametrize("note", [b"", b"no recipe"])
def test_a_damaged_recipe_is_told_and_not_followed(store: VersionedStore, note: bytes) -> None:
    name = as_recipe(store, DATA)
    store.put_note(NOTES, name, note)
    with store.open(name) as handle:
        assert handle.pread(0, 10) == DATA[:10]
    store.delete(name)
    with pytest.raises(DamagedRecipe):
        store.open(name)


def test_a_recipe_under_a_wrong_name_is_not_followed(store: VersionedStore) -> None:
    name = as_recipe(store, DATA)
    store.put_note(NOTES, "1" * 64, store.get_note(NOTES, name) or b"")
    with pytest.raises(DamagedRecipe, match="is that of"):
        store.open("1" * 64)


class Forgetful(FolderStore):
    """As an object store: what is deleted cannot be read any more, not even by who has it open."""

    def open(self, sha256: str, size: int | None = None) -> Any:
        return _Handle(self, sha256, super().open(sha256, size))


class _Handle:
    def __init__(self, store: FolderStore, name: str, handle: Any) -> None:
        self._store, self._name, self._handle = store, name, handle
        self.size = handle.size
        self.window = handle.window

    def pread(self, offset: int, length: int) -> bytes:
        if not self._store.exists(self._name):
            raise ContentMissing(self._name)
        data: bytes = self._handle.pread(offset, length)
        return data

    def close(self) -> None:
        self._handle.close()


def test_a_reader_goes_on_by_the_recipe_when_the_object_goes(tmp_path: Path) -> None:
    store = VersionedStore(Forgetful(tmp_path))
    name = as_recipe(store, DATA)
    with store.open(name) as handle:
        first = handle.pread(0, 1000)
        store.delete(name)
        assert first + handle.pread(1000, len(DATA) - 1000) == DATA

    alone = keep(store, b"alone").sha256
    with store.open(alone) as handle:
        store.delete(alone)
        with pytest.raises(ContentMissing):
            handle.pread(0, 5)

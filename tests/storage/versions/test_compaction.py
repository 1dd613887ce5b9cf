"""Putting contents together from earlier versions: always the same bytes, and stored in about what changed."""

import random
from dataclasses import dataclass, replace
from io import FileIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.storage.versions.made import edited, keep, table

from baton.storage.chunking import chunk_list, chunks
from baton.storage.content import Stored
from baton.storage.folder import FolderHandle, FolderStore
from baton.storage.versions.compaction import MOST_EXTENTS, Compaction, KeptWhole, Made, is_too_scattered, refusal
from baton.storage.versions.lineage import Base, Lineage
from baton.storage.versions.reading import read_back
from baton.storage.versions.recipe import ObjectUsed, Recipe, read, verbatim, write


@dataclass
class Versions:
    """The versions of one file, each put together from the one before it."""

    store: FolderStore
    newest: Base | None = None

    def add(self, data: bytes) -> Made:
        content = keep(self.store, data)
        made = self._make(content)
        assert read_back(made.recipe, self.store.open, lambda: None) <= 3 * len(data) + (4 << 20)
        assert read(made.text) == made.recipe
        self.newest = Base(made.recipe, made.chunks)
        return made

    def _make(self, content: Stored) -> Made:
        if self.newest is None:
            recipe = verbatim(content.sha256, content.md5, content.size)
            with self.store.open(content.sha256) as handle:
                listed = chunk_list(chunks([handle.pread(0, content.size)]), content.sha256)
                return Made(recipe, write(recipe), listed, None, 0)
        with (
            Compaction(self.store, Lineage([self.newest]), self.newest) as work,
            self.store.open(content.sha256) as handle,
        ):
            return work.make(handle, content.sha256, content.md5, lambda: None)


@pytest.fixture
def versions(tmp_path: Path) -> Versions:
    return Versions(FolderStore(tmp_path))


def pack_of(made: Made) -> int:
    return made.pack.size if made.pack else 0


TABLE = table(60_000)  # 3 MB


def rows(data: bytes) -> list[bytes]:
    return data.splitlines(keepends=True)


def test_an_insertion_costs_about_what_was_inserted(versions: Versions) -> None:
    versions.add(TABLE)
    lines = rows(TABLE)
    made = versions.add(b"".join([*lines[:20_000], b"99,station-new,1,1,ok\n", *lines[20_000:]]))

    assert pack_of(made) < 300
    assert len(made.recipe.extents) <= 3


def test_corrections_here_and_there_cost_about_what_was_corrected(versions: Versions) -> None:
    versions.add(TABLE)
    chance = random.Random(3)
    lines = rows(TABLE)
    for place in chance.sample(range(len(lines)), 600):
        lines[place] = lines[place].replace(b"ok", b"corrected")
    made = versions.add(b"".join(lines))

    assert made.fresh <= 600 * len(b"corrected")
    assert pack_of(made) < 600 * 20


def test_long_stretches_between_corrections_are_copied_and_not_unpacked(versions: Versions) -> None:
    versions.add(TABLE)
    lines = rows(TABLE)
    for place in range(500, len(lines), 1000):
        lines[place] = lines[place].replace(b"ok", b"corrected")
    recipe = versions.add(b"".join(lines)).recipe

    assert sum(extent.take for extent in recipe.extents if extent.whole) == 0
    assert len(recipe.extents) <= 2 * 60 + 1


def test_what_follows_a_large_insertion_is_found_again_though_every_chunk_has_changed(versions: Versions) -> None:
    versions.add(TABLE)
    lines = [line.replace(b"ok", b"OK") if number % 50 == 0 else line for number, line in enumerate(rows(TABLE))]
    news = random.Random(4).randbytes(1_500_000)
    made = versions.add(b"".join([*lines[:10_000], news, *lines[10_000:]]))

    assert made.fresh < 1.5 * len(news)
    assert pack_of(made) < 1.1 * len(news)


def test_moved_and_repeated_blocks_are_found(versions: Versions) -> None:
    data = random.Random(5).randbytes(4 << 20)
    versions.add(data)
    made = versions.add(data[2 << 20 :] + data[: 2 << 20] + data[1 << 20 : 3 << 20])

    assert pack_of(made) < 500_000


def test_ten_versions_need_little_more_than_their_changes_and_no_deeper_steps(versions: Versions) -> None:
    data = TABLE
    packs = 0
    for number in range(10):
        made = versions.add(data)
        packs += pack_of(made) if number else 0
        lines = rows(data)
        lines[5_000 * number] = b"changed in version %d\n" % number
        lines.append(b"added in version %d\n" % number)
        data = b"".join(lines)

    assert packs < 40_000
    assert len(made.recipe.objects) <= 11


@dataclass
class Distant:
    """Objects of a store that is asked through a network: what counts is how often."""

    store: FolderStore
    asked: int = 0

    def open(self, sha256: str, _size: int) -> "DistantHandle":
        return DistantHandle(self, FileIO(self.store.path(sha256)))


class DistantHandle(FolderHandle):
    window = 8 << 20

    def __init__(self, objects: Distant, file: FileIO) -> None:
        super().__init__(file)
        self._objects = objects

    def pread(self, offset: int, length: int) -> bytes:
        self._objects.asked += 1
        return super().pread(offset, length)


def test_the_tenth_version_is_one_forward_stream_of_each_object(versions: Versions) -> None:
    chance = random.Random(7)
    data = bytes(chance.randbytes(24 << 20))
    for number in range(10):
        made = versions.add(data)
        changed = bytearray(data)
        for _ in range(40):
            at = chance.randrange(len(changed))
            changed[at : at + 5] = b"corrected in %d" % number
        data = bytes(changed)

    objects = Distant(versions.store)
    read_back(made.recipe, objects.open, lambda: None)
    assert len(made.recipe.objects) == 10
    assert len(made.recipe.extents) > 500
    assert objects.asked <= made.recipe.size // DistantHandle.window + 10 + 3


def test_what_is_all_new_is_given_up_early(versions: Versions) -> None:
    versions.add(TABLE)
    with pytest.raises(KeptWhole, match="too new"):
        versions.add(random.Random(6).randbytes(3 << 20))
    assert list(versions.store.incoming.iterdir()) == []


def test_a_recipe_that_saves_nothing_or_reads_badly_is_refused() -> None:
    recipe = verbatim("0" * 64, "0" * 32, 1_000_000)

    def reason(recipe: Recipe, packed: int = 0) -> str | None:
        return refusal(Made(recipe, bytes(1000), chunk_list([], "0" * 64), ObjectUsed("1" * 64, packed), 0))

    assert reason(recipe, 950_000) == "hardly smaller"
    assert reason(recipe, 500_000) is None
    assert reason(replace(recipe, objects=recipe.objects * 33)) == "too many objects"
    assert reason(replace(recipe, extents=recipe.extents * 1100)) == "too many extents"
    huge = replace(recipe, size=1 << 40)
    assert reason(replace(huge, extents=recipe.extents * MOST_EXTENTS)) is None
    assert reason(replace(huge, extents=recipe.extents * (MOST_EXTENTS + 1))) == "too many extents"
    assert is_too_scattered(recipe, 4_000_000)
    assert not is_too_scattered(recipe, 2_000_000)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1 << 30), st.integers(0, 12))
def test_whatever_is_edited_comes_back_and_is_stored_in_no_more_than_itself(
    tmp_path_factory: pytest.TempPathFactory, seed: int, edits: int
) -> None:
    versions = Versions(FolderStore(tmp_path_factory.mktemp("store")))
    chance = random.Random(seed)
    data = chance.choice([TABLE[: chance.randrange(1, len(TABLE))], chance.randbytes(1_000_000), bytes(700_000)])
    for _ in range(4):
        try:
            made = versions.add(data)
        except KeptWhole:
            versions.newest = None
        else:
            assert pack_of(made) <= len(data) * 1.01 + 100
        data = edited(data, chance, edits)


@given(st.lists(st.binary(min_size=16, max_size=16), min_size=1, max_size=50, unique=True))
def test_a_chunk_is_found_by_its_digest_and_no_other_is(digests: list[bytes]) -> None:
    known = digests[: len(digests) // 2 + 1]
    listed = chunk_list([], "0" * 64)
    listed = type(listed)("0" * 64, len(known) * 10, b"".join(known), type(listed.lengths)("I", [10] * len(known)))
    base = Base(verbatim("0" * 64, "0" * 32, len(known) * 10), listed)
    lineage = Lineage([base, base])

    for number, digest in enumerate(digests):
        found = lineage.find(digest)
        assert (found is not None) == (digest in known)
        if found is not None:
            assert lineage.place(found) == (base, number * 10)

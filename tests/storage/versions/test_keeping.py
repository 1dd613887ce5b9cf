"""Later versions of gzip files and zip archives: kept as what has changed in them, or as they are."""

import gzip
import random
import subprocess
import sys
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.storage.versions.made import edited, keep, table
from tests.storage.versions.packed import gzipped, gzipped_as_text, tarred, zipped, zipped_as_a_stream
from tests.storage.versions.test_members import ARCHIVE, HOSTILE

from baton.storage.chunking import ChunkList, chunk_list, chunks
from baton.storage.content import Stored
from baton.storage.folder import FolderStore
from baton.storage.versions.compaction import KeptWhole, Made
from baton.storage.versions.keeping import LITTLE, Earlier, Keeping
from baton.storage.versions.lineage import Base, Lineage
from baton.storage.versions.reading import RecipeHandle, read_back
from baton.storage.versions.recipe import Recipe, read, verbatim

TABLE = table(20_000)  # 800 KB
NOISE = random.Random(1).randbytes(200_000)


def go_on() -> None:
    """Nobody is told of progress."""


@dataclass
class Versions:
    """The versions of one file; what became a recipe has no object of its own any more."""

    store: FolderStore
    most: int = 16 << 20
    newest: tuple[Recipe, ChunkList] | None = None
    packs: set[str] = field(default_factory=set)

    def add(self, data: bytes) -> Made | None:
        """Keep the next version, and read it back if it became a recipe; `None` when it is kept as it is."""
        content = keep(self.store, data)
        if self.newest and self.newest[0].sha256 == content.sha256:
            return None
        made = self._made(content) if self.newest else None
        if made is None:
            listed = chunk_list(chunks([data]), content.sha256)
            self.newest = verbatim(content.sha256, content.md5, content.size), listed
            return None
        recipe = read(made.text)
        self.store.delete(content.sha256)
        read_back(recipe, self.store.open, go_on)
        assert made.chunks == chunk_list(chunks([data]), content.sha256)
        self.newest = recipe, made.chunks
        return made

    def _made(self, content: Stored) -> Made | None:
        assert self.newest is not None
        recipe, listed = self.newest
        base = None if recipe.deflated else Base(recipe, listed)
        earlier = Earlier(Lineage([base] if base else []), base, recipe)
        with Keeping(self.store, verbatim(content.sha256, content.md5, content.size), self.most, go_on) as work:
            try:
                return work.make(earlier)
            except KeptWhole:
                return None


@pytest.fixture
def versions(tmp_path: Path) -> Versions:
    return Versions(FolderStore(tmp_path))


def inflated(made: Made | None) -> int:
    """How many streams are inflated in what is kept."""
    return len(made.recipe.deflated) if made else 0


def with_a_row(data: bytes, row: bytes = b"99999,station-new,1,1,ok\n") -> bytes:
    lines = data.splitlines(keepends=True)
    return b"".join([*lines[: len(lines) // 3], row, *lines[len(lines) // 3 :]])


@pytest.mark.parametrize("level", [1, 6, 9])
def test_a_row_inserted_into_a_gzip_file_costs_about_the_row(versions: Versions, level: int) -> None:
    versions.add(gzipped(TABLE, level))
    made = versions.add(gzipped(with_a_row(TABLE), level))

    assert made is not None
    assert len(made.recipe.deflated) == 1
    assert made.stored < 1500


def test_so_it_does_in_tables_of_pandas_in_tar_archives_and_in_zip_archives(versions: Versions, tmp_path: Path) -> None:
    for pack in (
        lambda data: gzipped_as_text(data, tmp_path),
        lambda data: tarred(data, "w:gz"),
        zipped_as_a_stream,
        gzip.compress,  # with the time of writing
    ):
        versions.newest = None
        versions.add(pack(TABLE))
        made = versions.add(pack(with_a_row(TABLE)))
        assert made is not None
        assert made.stored < 2000


def test_ten_versions_are_each_one_step_away_from_objects(versions: Versions) -> None:
    data = TABLE
    versions.add(gzipped(data))
    objects = {name for name, _size in versions.store.walk()}
    for number in range(9):
        data = with_a_row(data, b"row of version %d\n" % number)
        made = versions.add(gzipped(data))
        assert made is not None
        assert made.stored < 3000
        assert made.pack is not None
        objects.add(made.pack.sha256)
        assert {used.sha256 for used in made.recipe.objects} <= objects
    assert {name for name, _size in versions.store.walk()} == objects


def test_only_members_that_have_changed_are_inflated(versions: Versions) -> None:
    files = {"a.csv": TABLE, "noise": NOISE, "b.csv": TABLE[::-1]}
    versions.add(zipped(files))
    for number, changed in enumerate(("b.csv", "a.csv", "b.csv"), start=1):
        files[changed] = with_a_row(files[changed])
        made = versions.add(zipped(files))
        assert made is not None
        assert made.stored < 3000
        assert len(made.recipe.deflated) == min(number, 2)


def test_a_member_that_has_another_place_now_is_found(versions: Versions) -> None:
    versions.add(zipped({"a.csv": TABLE, "b.csv": TABLE[::-1]}))
    made = versions.add(zipped({"new": NOISE, "c.csv": with_a_row(TABLE[::-1]), "a.csv": with_a_row(TABLE)}))

    assert made is not None
    assert made.stored < len(NOISE) + 10_000


def test_a_gzip_file_that_another_was_appended_to_is_not_inflated(versions: Versions) -> None:
    versions.add(gzipped(TABLE) * 12)
    made = versions.add(gzipped(TABLE) * 12 + gzipped(NOISE[:10_000]))

    assert made is not None
    assert made.stored < LITTLE * len(gzipped(TABLE) * 12)
    assert made.recipe.deflated == ()


def test_no_more_is_inflated_than_the_limit(versions: Versions) -> None:
    files = {"a.csv": TABLE, "b.csv": TABLE[::-1]}
    changed = {name: with_a_row(data) for name, data in files.items()}
    for most, streams in ((0, 0), (len(TABLE) - 1, 0), (2 * len(TABLE) + 1000, 2)):
        versions.most, versions.newest = most, None
        versions.add(zipped(files))
        assert inflated(versions.add(zipped(changed))) == streams
    versions.most, versions.newest = len(TABLE) + 1000, None
    versions.add(zipped({"small": TABLE[:200_000], **files}))
    # What would still be left is more than half.
    assert inflated(versions.add(zipped({"small": with_a_row(TABLE[:200_000]), **changed}))) == 0


def flushed_often(data: bytes) -> bytes:
    """As programs write whose streams zlib does not make again."""
    deflater = zlib.compressobj(6, zlib.DEFLATED, 31)
    pieces = [data[at : at + 100_000] for at in range(0, len(data), 100_000)]
    return b"".join(deflater.compress(one) + deflater.flush(zlib.Z_FULL_FLUSH) for one in pieces) + deflater.flush()


def bomb(blocks: int, last: bytes) -> bytes:
    """A gzip file of 16 MiB of zeros for each block."""
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = deflater.compress(bytes(16 << 20)) + deflater.flush(zlib.Z_FULL_FLUSH)
    return b"\x1f\x8b\x08" + bytes(7) + block * blocks + deflater.compress(last) + deflater.flush() + bytes(8)


WHOLE = {
    "streams that zlib does not make": (flushed_often(TABLE), flushed_often(with_a_row(TABLE))),
    "zstd": (zstandard.compress(TABLE), zstandard.compress(with_a_row(TABLE))),
    "nothing packed before": (TABLE, gzipped(with_a_row(TABLE))),
    "all else": (gzipped(TABLE), gzipped(NOISE)),
    "a bomb of 5 GiB": (bomb(320, NOISE), bomb(320, NOISE[::-1])),
    "small": (gzipped(TABLE[:100_000]), gzipped(with_a_row(TABLE[:100_000]))),
    "nothing": (gzipped(b""), gzipped(b"")[:-1]),
}


@pytest.mark.parametrize("kind", WHOLE)
def test_everything_else_stays_as_it_is(versions: Versions, kind: str) -> None:
    first, second = WHOLE[kind]
    versions.add(first)
    assert inflated(versions.add(second)) == 0


@pytest.mark.parametrize("hostile", HOSTILE)
def test_of_an_archive_that_lies_the_very_bytes_come_back(versions: Versions, hostile: bytes) -> None:
    versions.add(ARCHIVE)
    versions.add(hostile)
    versions.newest = None
    versions.add(hostile)
    versions.add(ARCHIVE)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1 << 30))
def test_whatever_is_edited_comes_back(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    chance = random.Random(seed)
    versions = Versions(FolderStore(tmp_path_factory.mktemp("store")))
    files = {str(number): chance.choice([TABLE, TABLE[::-1], NOISE]) for number in range(chance.randrange(1, 4))}
    level, method = chance.randrange(1, 10), chance.choice([zipfile.ZIP_DEFLATED] * 3 + [zipfile.ZIP_STORED])
    is_zip = chance.randrange(2)
    for _version in range(3):
        data = zipped(files, method, level) if is_zip else b"".join(gzipped(one, level) for one in files.values())
        if chance.randrange(5) == 0:
            data = edited(data, chance, 1)
        made = versions.add(data)
        recipe = made.recipe if made else verbatim(*_named(versions))
        with RecipeHandle(recipe, versions.store.open) as handle:
            for _ in range(4):
                start = chance.randrange(len(data) + 1)
                length = chance.randrange(len(data) - start + 1)
                assert handle.pread(start, length) == data[start : start + length]
        name = chance.choice(list(files))
        files[name] = edited(files[name], chance, 2)


def _named(versions: Versions) -> tuple[str, str, int]:
    assert versions.newest is not None
    return versions.newest[0].sha256, versions.newest[0].md5, versions.newest[0].size


OTHER_ZLIB = """
import sys, zlib
true = zlib.compressobj
zlib.compressobj = lambda level, *others: true(min(9, level + 1), *others)
from tests.storage.versions.test_keeping import kept_whole
kept_whole(sys.argv[1])
"""


def kept_whole(folder: str) -> None:
    """What a process whose zlib makes other streams keeps of a later version."""
    versions = Versions(FolderStore(Path(folder)))
    versions.add(gzipped(TABLE))
    assert inflated(versions.add(gzipped(with_a_row(TABLE)))) == 0


def test_with_another_zlib_nothing_is_inflated(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", OTHER_ZLIB, tmp_path], check=True)

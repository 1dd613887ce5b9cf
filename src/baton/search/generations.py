"""The embedded index on disk: a folder of generations, one of which is current. Each can be thrown away and rebuilt.

`current-<format>` names the current generation of one format of the index (our fields and the engine's version), so
that a new version of the program builds its own beside that of the version still running. A generation is written by
the one process that holds the engine's lock on it; anybody reads it.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path

import tantivy

from baton.kernel import clock
from baton.kernel.ids import new_uuid
from baton.search.analysis import ANALYSIS
from baton.search.documents import DOCUMENTS

TEXT = ("title", "description", "creators", "subjects", "more", "words")
NAMES = ("present",)  # whole words at blanks, whose order does not matter
KEYWORDS = ("exact", "acl", "state")
COUNTED = ("type", "subtype", "access_status", "subject", "file_type", "is_published", "by_session")
LOOKED_UP = ("key", "record_id", "work_id", "owner_id")
NUMBERS = (
    "version_index",
    "file_count",
    "total_bytes",
    "published_first",
    "published_last",
    "year",
    "embargo_first",
    "embargo_last",
    "created",
    "updated",
    "by_version",
    "by_published",
    "by_journal_up",
    "by_journal_down",
)
FIELDS = (*TEXT, *NAMES, *KEYWORDS, *COUNTED, *LOOKED_UP, *NUMBERS)

_BUILDING = "building.lock"
_BLANKS = "blanks"  # our name for the tokenizer that splits at white space and does nothing else


def _format() -> str:
    described = repr((TEXT, NAMES, KEYWORDS, COUNTED, LOOKED_UP, NUMBERS, ANALYSIS, DOCUMENTS))
    # A minor version of the engine may read another format; a patch may not.
    engine = version("tantivy").rpartition(".")[0]
    return f"{hashlib.sha256(described.encode()).hexdigest()[:8]}-{engine}"


FORMAT = _format()

Stamp = tuple[int, int, int, int]


def schema() -> tantivy.Schema:
    """The fields of the index; nothing is stored, hits are looked up in the database."""
    builder = tantivy.SchemaBuilder()
    for name in TEXT:
        builder.add_text_field(name, tokenizer_name=_BLANKS, index_option="position")
    for name in NAMES:
        builder.add_text_field(name, tokenizer_name=_BLANKS, index_option="basic")
    for name in KEYWORDS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in COUNTED:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    for name in LOOKED_UP:
        builder.add_unsigned_field(name, indexed=True, fast=True)
    for name in NUMBERS:
        # Ranges are read from the column; terms of mostly unique numbers would be a tenth of the index.
        builder.add_unsigned_field(name, fast=True)
    return builder.build()


@dataclass(frozen=True, slots=True)
class Generations:
    """The folder. Its methods raise `OSError` and the engine's `ValueError`."""

    folder: Path

    @property
    def _pointer(self) -> Path:
        return self.folder / f"current-{FORMAT}"

    def current(self) -> Path:
        """The current generation. Raises `FileNotFoundError` when there is none."""
        return self.folder / self._pointer.read_text().strip()

    def stamp(self, generation: Path) -> Stamp:
        """Something that differs after every switch and every commit. Raises `FileNotFoundError`."""
        pointer, meta = self._pointer.stat(), (generation / "meta.json").stat()
        return pointer.st_ino, pointer.st_mtime_ns, meta.st_ino, meta.st_mtime_ns

    @contextmanager
    def building(self) -> Iterator[None]:
        """The right to build a generation, of which only one is built at a time. Raises `BlockingIOError`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / _BUILDING).open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield

    def create(self) -> Path:
        """A new, empty generation, not yet current."""
        generation = self.folder / f"{FORMAT}-{new_uuid()}"
        generation.mkdir(parents=True)
        _prepared(tantivy.Index(schema(), str(generation), reuse=False))
        return generation

    def switch(self, generation: Path) -> None:
        """Make `generation` current, durably and at once, and remove what nobody can need any more."""
        replaced = self._pointer.read_text().strip() if self._pointer.exists() else ""
        new = self.folder / f".{generation.name}"
        with new.open("w") as file:
            file.write(generation.name)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._pointer)
        directory = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
        self._sweep(keep=generation.name, replaced=replaced)

    def _sweep(self, keep: str, replaced: str) -> None:
        """Remove the replaced generation, and whatever builds that died and older programs left a week ago."""
        week_ago = (clock.now() - timedelta(weeks=1)).timestamp()
        for entry in self.folder.iterdir():
            is_old = entry.stat().st_mtime < week_ago
            if entry.name in {keep, self._pointer.name, _BUILDING} or not (is_old or entry.name == replaced):
                continue
            if entry.is_dir():
                shutil.rmtree(entry, ignore_errors=True)
            else:
                entry.unlink(missing_ok=True)


def open_index(generation: Path) -> tantivy.Index:
    """The index of a generation, to be reloaded by hand. Raises `ValueError` when it is damaged or of another engine.

    Before writing, an index must be opened afresh: an older object's list of files would lose those made since.
    """
    return _prepared(tantivy.Index.open(str(generation)))


def _prepared(index: tantivy.Index) -> tantivy.Index:
    splitter = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer(_BLANKS, splitter)
    index.config_reader("manual")
    return index

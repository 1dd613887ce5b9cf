"""A bucket of an S3 object store as content store: the names of a folder's store, `objects/ab/abcd...`.

There are no locks here, only ages. A content is written anew each time its bytes come, which makes it young, and no
sweep takes what is younger than `GRACE` by the store's own clock, so whoever has stored bytes has that long to commit
the row that names them. What a sweep takes is set aside first, below `removed`, and comes back should a row name it
after all: between the question and the removal another machine may have stored it again, and nothing but a lock could
tell. Why it is so: docs/decisions, "An object store has no locks".
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

import obstore

from baton.kernel import clock
from baton.storage.content import ASKED_AT_ONCE, Known, Stored, Swept, content_path, is_name, note_path
from baton.storage.errors import damaged, missing
from baton.storage.s3.address import Address
from baton.storage.s3.assembly import abort_uploads
from baton.storage.s3.objects import Objects, as_errors
from baton.storage.s3.reading import S3Handle
from baton.storage.s3.writing import PART, PARTS_AT_ONCE, S3Writer
from baton.storage.staging import copied
from baton.storage.trouble import as_problems

log = logging.getLogger(__name__)

# How young a content is safe from sweeps although no row names it, and how long what is removed can be brought back.
GRACE = timedelta(hours=1)
# For how long a signed address can be used to begin a download, which may then take as long as it does.
SIGNED = 900
# Age at which an upload in parts that never ended is given up; a slow one of a large file may take days.
GIVEN_UP = timedelta(days=7)
# A larger content comes as several objects that the store puts together: at most 5 GiB may be copied by one request,
# and an upload has at most 10,000 parts.
SEGMENT = 1 << 30


class S3Store:
    """Contents in a bucket, or below a prefix of it."""

    is_local = False

    def __init__(
        self, address: Address, *, grace: timedelta = GRACE, given_up: timedelta = GIVEN_UP, segment: int = SEGMENT
    ) -> None:
        self.objects = Objects(address, segment)
        self._grace = grace
        self._given_up = given_up

    def writer(self) -> "S3Writer":
        """Begin to receive a content."""
        return S3Writer(self.objects)

    def adopt(self, path: Path, stored: Stored) -> AbstractContextManager[Stored]:
        """Keep a copy of the file at `path`, which is known to be `stored`; see `ContentStore.adopt`."""
        return copied(self, path, stored)

    def open(self, sha256: str, size: int | None = None) -> "S3Handle":
        """The content of that name; if its `size` is said, only the first read tells whether it is there like that."""
        key = self.objects.key(content_path(sha256))
        with as_problems(), as_errors():
            # An empty one is never read, so nothing would be noticed later.
            found = size or self.objects.size_of(key)
            if found is None and self._bring_back(sha256):
                found = self.objects.size_of(key)
        if found is None:
            raise missing(sha256)
        if size not in {None, found}:
            raise damaged(sha256)
        return S3Handle(self.objects, sha256, found, lambda: self._bring_back(sha256))

    def sign(self, sha256: str, size: int, headers: Mapping[str, str]) -> str | None:
        """Where anybody can read a content for `SIGNED` seconds from now, answered with these headers.

        `None` unless an object of that name and size is here.
        """
        if self.size(sha256) != size:
            return None
        said = {f"response-{name.lower()}": value for name, value in headers.items()}
        key = self.objects.key(content_path(sha256))
        return self.objects.address.sign("GET", key, clock.real(), query=said, seconds=SIGNED)

    def size(self, sha256: str) -> int | None:
        """Its size in bytes; `None` when there is no such content."""
        with as_problems(), as_errors():
            return self.objects.size_of(self.objects.key(content_path(sha256)))

    def exists(self, sha256: str) -> bool:
        return self.size(sha256) is not None

    def delete(self, sha256: str) -> None:
        """Remove a content, if it is there."""
        with as_problems(), as_errors():
            self.objects.remove(self.objects.key(content_path(sha256)))

    def walk(self) -> Iterator[tuple[str, int]]:
        """Name and size of every content, in the order of their names."""
        for key, size, _moment in self.objects.list("objects/"):
            name = key.rpartition("/")[2]
            if is_name(name):
                yield name, size

    def sweep(self, known: Known, older_than: datetime) -> Swept:
        """Remove contents that nothing names, and remains of broken uploads, last touched before `older_than`."""
        contents = leftovers = freed = 0
        with as_problems(), as_errors():
            now = self.objects.time()
            cutoff = min(older_than, now - self._grace)
            for key, size, moment in self.objects.list("incoming/"):
                if moment < cutoff:
                    self.objects.remove(key)
                    leftovers, freed = leftovers + 1, freed + size
            begun_before = min(older_than, now - self._given_up)
            # Of any name: what is put together is an upload to its own, and long notes come in parts as well.
            leftovers += abort_uploads(self.objects.address, self.objects.key(""), begun_before)
            self._empty_removed(known, now - self._grace)
            old = ((key, size) for key, size, moment in self.objects.list("objects/") if moment < cutoff)
            for key, size in self._unnamed(old, known):
                if self._set_aside(key, cutoff, known):
                    contents, freed = contents + 1, freed + size
        return Swept(contents, leftovers, freed)

    def put_note(self, kind: str, sha256: str, data: bytes) -> None:
        """Keep `data`, durably and all at once; replaces the note of that kind and name."""
        key = self.objects.key(note_path(kind, sha256))
        with as_problems(), as_errors():
            obstore.put(self.objects.bucket, key, data, chunk_size=PART, max_concurrency=PARTS_AT_ONCE)

    def get_note(self, kind: str, sha256: str) -> bytes | None:
        """The note of that kind and name; `None` when there is none."""
        key = self.objects.key(note_path(kind, sha256))
        with as_problems(), as_errors():
            try:
                return obstore.get(self.objects.bucket, key).bytes().to_bytes()
            except FileNotFoundError:
                return None

    def delete_note(self, kind: str, sha256: str) -> None:
        """Remove a note, if it is there."""
        with as_problems(), as_errors():
            self.objects.remove(self.objects.key(note_path(kind, sha256)))

    def walk_notes(self, kind: str) -> Iterator[str]:
        """The names of all notes of that kind, in their order."""
        folder = note_path(kind, "0" * 64).partition("/")[0]
        for key, _size, _moment in self.objects.list(f"{folder}/"):
            name = key.rpartition("/")[2]
            if is_name(name):
                yield name

    def check(self) -> None:
        """Raise what an upload would meet now: no bucket, no permission, no network."""
        with as_problems(), as_errors():
            self.objects.time()

    def _unnamed(self, objects: Iterator[tuple[str, int]], known: Known) -> Iterator[tuple[str, int]]:
        while batch := {key.rpartition("/")[2]: (key, size) for key, size in islice(objects, ASKED_AT_ONCE)}:
            names = [name for name in batch if is_name(name)]
            yield from (batch[name] for name in sorted(set(names) - known(names)))

    def _set_aside(self, key: str, cutoff: datetime, known: Known) -> bool:
        """Take a content out of use, unless it has become young or known; whether it was taken."""
        name = key.rpartition("/")[2]
        try:
            if obstore.head(self.objects.bucket, key)["last_modified"] >= cutoff or known([name]):
                return False
        except FileNotFoundError:
            return False
        self.objects.copy(key, self.objects.key(f"removed/{name}"))
        self.objects.remove(key)
        return not (known([name]) and self._bring_back(name))

    def _bring_back(self, name: str) -> bool:
        """Put a content that a sweep has set aside into its place again; whether there was one."""
        aside = self.objects.key(f"removed/{name}")
        if self.objects.size_of(aside) is None:
            return False
        log.warning("content brought back after a sweep", extra={"sha256": name})
        self.objects.copy(aside, self.objects.key(content_path(name)))
        return True

    def _empty_removed(self, known: Known, before: datetime) -> None:
        old = ((key, size) for key, size, moment in self.objects.list("removed/") if moment < before)
        while batch := {key.rpartition("/")[2]: key for key, _size in islice(old, ASKED_AT_ONCE)}:
            for name in known(list(batch)):
                if not self.exists(name):
                    self._bring_back(name)
            for key in batch.values():
                self.objects.remove(key)

"""The engine behind every door: an upload taken up, gone on with, and put among the contents. All of it blocks."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlalchemy import Connection

from baton.files.commands import alone
from baton.files.errors import ChecksumMismatch, LengthMismatch, NotReadBack
from baton.files.queries import Quotas, room_of
from baton.files.receipt import ReadBack, read_back
from baton.files.rules import Declared, Room
from baton.kernel.db import Database
from baton.storage.content import ContentStore, Stored
from baton.storage.staging import Stage, Staging
from baton.uploads.commands import advance, cancel_upload, forget_upload
from baton.uploads.entry import OPEN, Upload
from baton.uploads.errors import UploadOver
from baton.uploads.queries import get_upload
from baton.uploads.rules import Chunk, check_offset, check_reach, same_digests, same_length

# Bytes after which what has come is synced and noted, in the middle of a request: as much a crash can cost.
ACKNOWLEDGED = 64 << 20
# Seconds for which a request waits until another one has let go of the same upload.
HANDOVER = 10


@dataclass(frozen=True, slots=True)
class Append:
    """What one request adds to an upload."""

    offset: int | None
    length: int | None = None  # of the whole, when the request says it
    size: int | None = None  # of the request's own bytes, when it says it
    chunk: Chunk | None = None
    digests: Mapping[str, str] = field(default_factory=dict)  # of the whole
    is_last: bool = False  # the upload ends with these bytes
    waits: bool = False  # more may follow even when all bytes have come
    pieces: Sequence[str] = ()  # uploads that this one is put together of


@dataclass(frozen=True, slots=True)
class Appended:
    """Where an upload stands afterwards; `stored` once all of it has come."""

    upload: Upload
    stored: Stored | None = None


@dataclass(frozen=True, slots=True)
class Engine:
    """What it takes to receive uploads."""

    database: Database
    store: ContentStore
    staging: Staging
    quotas: Quotas
    lifetime: timedelta
    receipts: ReadBack

    @contextmanager
    def work(self, upload: Upload, what: Append, progress: Callable[[int], None] | None = None) -> Iterator["Work"]:
        """Take up an upload, alone. Raises `StageBusy`, `StageLost`, `UploadOver`, and what does not fit together."""
        with self.staging.open(upload.id, HANDOVER) as stage:
            yield Work(self, stage, upload, what, progress)

    def room(self, connection: Connection, upload: Upload, pieces: Sequence[str] = ()) -> Room:
        """What an upload has to fit into beside all others."""
        return room_of(connection, self.quotas, upload.record_id, upload.key, (upload.id, *pieces))

    def read_back(self, stored: Stored) -> Stored:
        """A content as its receipt tells of it. Raises `NotReadBack`."""
        return read_back(self.database, self.store, self.receipts, stored)

    def look(self, record_id: int, upload_id: str) -> Upload:
        """How far an upload has come; whoever is at work on it is asked to let go, so that the answer stays true."""
        with self.database.read() as connection:
            upload = get_upload(connection, record_id, upload_id)
        if upload.state != OPEN:
            return upload
        with self.staging.open(upload.id, HANDOVER), self.database.read() as connection:
            return get_upload(connection, record_id, upload_id)

    def give_up(self, upload: Upload) -> None:
        """Cancel an upload and forget its bytes. Raises `StageBusy`."""
        with self.staging.open(upload.id, HANDOVER) as stage:
            with self.database.write() as connection:
                cancel_upload(connection, upload)
            stage.discard()

    def forget(self, upload: Upload) -> None:
        """Remove all trace of an upload, unless somebody is at work on it."""
        with self.staging.free(upload.id) as is_free:
            if is_free:
                with self.database.write() as connection:
                    forget_upload(connection, upload)
                self.staging.discard(upload.id)


class Work:
    """One request at work on one upload, of which it holds the lock."""

    def __init__(
        self,
        engine: Engine,
        stage: Stage,
        upload: Upload,
        what: Append,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        with engine.database.read() as connection:  # again, now that nobody else moves it
            upload = get_upload(connection, upload.record_id, upload.id)
            self._room = engine.room(connection, upload, what.pieces)
        check_open(upload)
        check_offset(what.offset, upload.offset)
        self._length = same_length(upload.length, what.length)
        check_reach(upload.offset + (what.size or 0), self._length)
        self._room.check_size(self._length or upload.offset + (what.size or 0))
        stage.begin(upload.offset)
        self._start = upload.offset
        self.upload = replace(upload, digests=same_digests(upload.digests, what.digests))
        self.what = what
        self._engine = engine
        self._stage = stage
        self._progress = progress
        self._hash = None if what.chunk is None else hashlib.new(what.chunk.algorithm, usedforsecurity=False)

    @property
    def is_whole(self) -> bool:
        """Whether nothing more is to come, and a file is to be made of it."""
        return self.upload.is_whole and not self.what.waits and self.upload.key is not None

    def is_wanted(self) -> bool:
        """Whether another request waits for this upload."""
        return self._stage.is_wanted()

    def check_size(self, size: int) -> None:
        """Whether so many bytes may come with this request. Raises `LengthConflict`, or what `Quotas` say."""
        check_reach(self._start + size, self._length)
        self._room.check_size(self._start + size)

    def write(self, pieces: list[bytes]) -> None:
        """Take the next bytes, and acknowledge some of them when there are many."""
        for data in pieces:
            if self._hash is not None:
                self._hash.update(data)
            self._stage.write(data)
        if self._hash is None and self._stage.size - self.upload.offset >= ACKNOWLEDGED:
            self._note(None)

    def keep(self, *, to_the_end: bool) -> None:
        """Make what has come durable and note it; with a digest of its own, only as a whole. Raises `ChunkMismatch`."""
        if self._hash is not None and self.what.chunk is not None:
            try:
                if to_the_end:
                    self.what.chunk.check(self._hash.digest())
            except BaseException:
                self._stage.cut(self.upload.offset)
                raise
            if not to_the_end:
                self._stage.cut(self.upload.offset)
        if to_the_end and self.what.is_last and self._length is None:
            self._length = self._stage.size
        if self._stage.size > self.upload.offset or self._length != self.upload.length:
            self._note(self._length)
        if to_the_end and self.what.is_last:
            same_length(self._length, self._stage.size)

    def _note(self, length: int | None) -> None:
        offset = self._stage.sync()
        with self._engine.database.write() as connection:
            if self.upload.length is None:  # nothing was reserved for it, and others may have come meanwhile
                alone(connection, self.upload.record_id)
                self._engine.room(connection, self.upload, self.what.pieces).check_size(length or offset)
            self.upload = advance(connection, self.upload, offset, self._engine.lifetime, length=length)
        if self._progress is not None:
            self._progress(offset)

    @contextmanager
    def finished(self) -> Iterator[Stored]:
        """Put the whole among the contents; commit the row that names it inside the block.

        Raises `ChecksumMismatch` or `NotReadBack` when the bytes are not those that were declared or came. Then the
        upload is over, and so it is when the block finds that they are not those that were announced.
        """
        stored = replace(self._stage.finish(), assembled=bool(self.what.pieces))
        with ExitStack() as held:
            try:
                Declared(None, self.upload.digests).check_digests({"md5": stored.md5, "sha256": stored.sha256})
                kept = held.enter_context(self._engine.store.adopt(self._stage.path, stored))
                yield self._engine.read_back(kept)
            except (ChecksumMismatch, LengthMismatch, NotReadBack):
                with self._engine.database.write() as connection:
                    cancel_upload(connection, self.upload)
                self._stage.discard()
                raise
        self._stage.discard()


def check_open(upload: Upload) -> None:
    """Raise `UploadOver` unless the upload goes on."""
    if upload.state != OPEN:
        raise UploadOver(f"This upload is {upload.state}. Begin a new one.")

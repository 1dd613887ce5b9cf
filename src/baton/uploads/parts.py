"""A file that comes in parts.

Where they have one size each goes to its place in the staged file, which then becomes the content; else each is a
content of its own.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from baton.files.commands import check_expected, forget_part
from baton.files.entry import Part
from baton.files.join import joined
from baton.files.pieces import ContentSlice
from baton.files.rules import Parts
from baton.storage.content import Stored, Writer
from baton.storage.parts import PartWriter
from baton.uploads.engine import HANDOVER, Engine


class Placing:
    """One part of a file on its way to its place; for `files.upload.receive`."""

    def __init__(self, engine: Engine, plan: Parts, number: int) -> None:
        self._engine = engine
        self._file_id = plan.file_id
        self._number = number
        self._offset = (number - 1) * (plan.each or 0)
        self._writer: PartWriter | None = None

    def writer(self) -> Writer:
        """Begin to write the part. What had come of it before does not count any more."""
        writer = PartWriter(self._engine.staging, self._file_id, self._number, self._offset, HANDOVER)
        try:
            with self._engine.database.write() as connection:
                forget_part(connection, self._file_id, self._number)
        except BaseException:
            writer.close()
            raise
        self._writer = writer
        return writer

    def is_wanted(self) -> bool:
        """Whether another request wants to send this part."""
        return self._writer is not None and self._writer.is_wanted()


@contextmanager
def put_together(engine: Engine, plan: Parts, parts: Sequence[Part], record_id: int, key: str) -> Iterator[Stored]:
    """The content of a file of which all parts have come. Blocks.

    Commit the row that names it inside the block. Raises `NotReadBack`, and what `_in_place` says.
    """
    if plan.each is not None:
        with _in_place(engine, plan, record_id, key) as stored:
            yield stored
    else:
        slices = [ContentSlice(str(part.sha256), 0, part.size) for part in parts]
        with joined(engine.store, slices) as stored:
            yield engine.read_back(stored)


@contextmanager
def _in_place(engine: Engine, plan: Parts, record_id: int, key: str) -> Iterator[Stored]:
    """A file whose parts are all in their places. Nothing is copied where the store is a folder.

    Raises `StageBusy` while a part is being written, and `ChecksumMismatch`: then parts may come again.
    """
    try:
        with engine.staging.open(plan.file_id, HANDOVER) as stage:
            stage.begin(plan.size)
            stored = replace(stage.finish(), assembled=True)
            with engine.database.read() as connection:  # as long as the file can still be changed
                check_expected(connection, record_id, key, stored)
            with engine.store.adopt(stage.path, stored) as kept:
                yield engine.read_back(kept)
            stage.discard()
    finally:
        engine.staging.unlearn(plan.file_id)  # should it have failed, another part may come

"""A content made of contents that are stored already, such as the parts of a file."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from baton.files.pieces import ContentSlice, read_blocks
from baton.storage.content import ContentStore, Stored


@contextmanager
def joined(store: ContentStore, slices: Iterable[ContentSlice]) -> Iterator[Stored]:
    """Store the bytes of all slices as one content. Commit the row that names it inside the block. Blocks."""
    with store.writer() as writer:
        for block in read_blocks(store, slices):
            writer.write(block)
        yield replace(writer.finish(), assembled=True)

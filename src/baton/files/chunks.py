"""The chunk list of a content: from its note, or made from the bytes and kept for the next who asks. Blocks."""

from collections.abc import Iterator

from baton.files.pieces import ContentSlice, read_blocks
from baton.storage.chunking import NOTES, chunk_list, chunks, decode, encode
from baton.storage.content import ContentStore
from baton.storage.errors import DamagedChunkList

MEDIA_TYPE = "application/vnd.baton.chunks"


def encoded_chunks(store: ContentStore, content: ContentSlice) -> bytes:
    """The encoded list of a whole content (docs/formats/versions.md)."""
    note = store.get_note(NOTES, content.sha256)
    if note is not None and _is_sound(note):
        return note
    made = encode(chunk_list(chunks(_blocks(store, content)), content.sha256))
    store.put_note(NOTES, content.sha256, made)
    return made


def _blocks(store: ContentStore, content: ContentSlice) -> Iterator[bytes]:
    return read_blocks(store, [content] if content.length else [])


def _is_sound(note: bytes) -> bool:
    try:
        decode(note)
    except DamagedChunkList:
        return False
    return True

"""What a new version of a file costs beside the old one, by the very code that deposits send and servers store by."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from baton.client.delta import is_worth_it
from baton.storage.chunking import Chunk, ChunkIndex, ChunkList, chunk_list, chunks
from baton.storage.content import Handle, Stored
from baton.storage.folder import FolderHandle
from baton.storage.versions import recipe as recipes
from baton.storage.versions.compaction import KeptWhole
from baton.storage.versions.deflate import is_zlib_itself
from baton.storage.versions.keeping import Earlier, Keeping
from baton.storage.versions.lineage import Base, Lineage
from baton.storage.versions.members import members, remade
from baton.storage.versions.reading import pieces_of

# Names of contents; here nobody reads them.
_OLD, _NEW, _PACK = "0" * 64, "1" * 64, "2" * 64
_MD5 = "0" * 32
# What repositories inflate of a content unless their operators say otherwise.
MOST_INFLATED = 64_000_000


@dataclass(frozen=True, slots=True)
class Cost:
    """Bytes that a new version takes: that `baton deposit` sends, and that the repository stores."""

    sent: int
    stored: int

    def scaled(self, factor: float) -> "Cost":
        """Of a file that is so many times as large as the one that was measured."""
        return Cost(int(self.sent * factor), int(self.stored * factor))


class _Contents:
    """What a comparison needs of a store: the contents, and somewhere to put what is new, which is only counted."""

    def __init__(self, paths: Mapping[str, Path]) -> None:
        self._paths = paths

    def open(self, sha256: str, _size: int | None = None) -> Handle:
        return FolderHandle(FileIO(self._paths[sha256]))

    def writer(self) -> "_Counter":
        return _Counter()


class _Counter:
    size = 0

    def write(self, data: bytes) -> None:
        self.size += len(data)

    def finish(self, _check: object = None) -> Stored:
        return Stored(_PACK, _MD5, 0, self.size)

    def close(self) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def cost(old: Path, new: Path, most_inflated: int = MOST_INFLATED) -> Cost:
    """Both files are read once or twice; memory grows with the number of their chunks."""
    with FolderHandle(FileIO(old)) as handle:
        before = chunk_list(chunks(pieces_of(handle, _go_on)), _OLD)
    base = Base(recipes.verbatim(_OLD, _MD5, before.size), before)
    contents = _Contents({_OLD: old, _NEW: new})
    content = recipes.verbatim(_NEW, _MD5, new.stat().st_size)
    with FolderHandle(FileIO(new)) as handle, Keeping(contents, content, most_inflated, _go_on) as work:
        try:
            made = work.make(Earlier(Lineage([base]), base, base.recipe))
        except KeptWhole:
            listed, stored = chunk_list(chunks(pieces_of(handle, _go_on)), _NEW), handle.size
        else:
            listed, stored = made.chunks, made.stored
        if listed.digests == before.digests:  # files that are the same are recognised by their SHA-256
            return Cost(0, 0)
        sent = unknown(listed, before)
        return Cost(sent if is_worth_it(sent, handle.size) else handle.size, stored)


def cost_of(old: bytes, new: bytes, most_inflated: int = MOST_INFLATED) -> Cost:
    """The same for contents that are in memory."""
    with TemporaryDirectory() as folder:
        paths = Path(folder, "old"), Path(folder, "new")
        for path, data in zip(paths, (old, new), strict=True):
            path.write_bytes(data)
        return cost(*paths, most_inflated)


def is_kept_inflated(path: Path) -> bool:
    """Whether of later versions of a gzip file is stored what changes in it: its size, and what made it, allow it."""
    with FolderHandle(FileIO(path)) as handle:
        found = members(handle, MOST_INFLATED, _go_on)
        if not found or sum(member.size for member in found) > MOST_INFLATED or not is_zlib_itself():
            return False
        return len(list(remade(handle, found, _go_on))) == len(found)


def unknown(new: Iterable[Chunk], old: ChunkList) -> int:
    """The bytes of the new chunks that are none of the old ones."""
    index = ChunkIndex(old.digests)
    return sum(chunk.length for chunk in new if index.find(chunk.digest) is None)


def _go_on() -> None:
    """Nobody is told of progress within a file."""

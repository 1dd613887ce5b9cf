"""What the next version of a file costs.

    python benchmarks/versions.py [--only WORDS] [--folder DIR]

For each file of `datasets.py` and its next version: new bytes stored, recipe included, in percent of the version,
beside what three other ways take of the same bytes. `zstd` is the version compressed as a whole, `patch` the same
with the whole earlier version as dictionary, and `aligned` compresses each chunk that is not in the earlier version
against the bytes there that are aligned with it; none of the three counts what a reader would need to know. Every
version is read back and compared. What ten versions cost to read is measured by `reading.py`.
"""

import argparse
import hashlib
import random
import resource
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import zstandard

import datasets
from baton.storage.chunking import chunk_list, chunks, cut, digest_of
from baton.storage.content import Handle, Stored
from baton.storage.folder import FolderStore
from baton.storage.versions.compaction import Compaction, KeptWhole, Made
from baton.storage.versions.keeping import Earlier, Keeping
from baton.storage.versions.lineage import Base, Lineage
from baton.storage.versions.reading import RecipeHandle, pieces_of
from baton.storage.versions.recipe import read, verbatim
from client import folder_in

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MIB = 1 << 20
AROUND = 128 << 10
MOST_INFLATED = 64_000_000


@dataclass(frozen=True)
class Kept:
    """A version as it is stored."""

    stored: int
    extents: int
    base: Base
    seconds: float  # of CPU


class Versions:
    """The versions of one file in a store of their own."""

    def __init__(self, folder: Path) -> None:
        self.store = FolderStore(folder)
        self.newest: Base | None = None

    def add(self, data: bytes) -> Kept:
        content = keep(self.store, data)
        started = time.process_time()
        made = self._made(content) if self.newest else None
        seconds = time.process_time() - started
        if made is None:
            listed = chunk_list(chunks([data]), content.sha256)
            self.newest = Base(verbatim(content.sha256, content.md5, content.size), listed)
            return Kept(content.size, 1, self.newest, seconds)
        self.newest = Base(read(made.text), made.chunks)
        return Kept(made.stored, len(made.recipe.extents), self.newest, seconds)

    def _made(self, content: Stored) -> Made | None:
        assert self.newest is not None
        base = None if self.newest.recipe.deflated else self.newest
        earlier = Earlier(Lineage([base] if base else []), base, self.newest.recipe)
        whole = verbatim(content.sha256, content.md5, content.size)
        with Keeping(self.store, whole, MOST_INFLATED, go_on) as work:
            try:
                return work.make(earlier)
            except KeptWhole:
                return None


def go_on() -> None:
    """Nobody is told of progress."""


def keep(store: FolderStore, data: bytes) -> Stored:
    with store.writer() as writer:
        writer.write(data)
        return writer.finish()


def digest(handle: Handle) -> str:
    found = hashlib.sha256()
    for piece in pieces_of(handle, go_on):
        found.update(piece)
    return found.hexdigest()


def aligned(first: bytes, second: bytes) -> int:
    """Bytes of all chunks that are not in the first version, each against what is aligned with it there."""
    known: dict[bytes, int] = {}
    offset = 0
    for chunk in chunks([first]):
        known.setdefault(chunk.digest, offset)
        offset += chunk.length
    total = offset = shift = 0
    for data in cut([second]):
        if (place := known.get(digest_of(data))) is not None:
            shift = place - offset
        else:
            at = offset + shift
            around = first[max(0, at - AROUND) : max(0, at + len(data) + AROUND)]
            total += min(len(data), len(frame(bytes(data))), len(frame(bytes(data), around)))
        offset += len(data)
    return total


def frame(data: bytes, dictionary: bytes = b"") -> bytes:
    raw = zstandard.ZstdCompressionDict(dictionary, dict_type=zstandard.DICT_TYPE_RAWCONTENT) if dictionary else None
    return zstandard.ZstdCompressor(level=3, dict_data=raw).compress(data)


def patch(first: bytes, second: bytes) -> int:
    """The second version against the whole first one, as by `zstd -3 --long --patch-from`."""
    window = (len(first) + len(second)).bit_length()
    parameter = zstd.CompressionParameter
    options: dict[int, int] = {
        parameter.compression_level: 3,
        parameter.window_log: window,
        parameter.enable_long_distance_matching: 1,
    }
    return len(zstd.compress(second, options=options, zstd_dict=zstd.ZstdDict(first, is_raw=True).as_prefix))


def measure_pairs(folder: Path, only: str) -> None:
    print("| format: edit | MB | Baton | aligned | patch | zstd | Baton / aligned | extents | compared, MB/s | read |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for number, pair in enumerate(datasets.pairs()):
        if only in pair.name:
            print(f"| {pair.name} | {measured(pair, folder / str(number))} |", flush=True)


def measured(pair: datasets.Pair, folder: Path) -> str:
    versions = Versions(folder)
    versions.add(pair.first)
    kept = versions.add(pair.second)
    size = len(pair.second)
    started = time.process_time()
    with RecipeHandle(kept.base.recipe, versions.store.open) as handle:
        assert digest(handle) == hashlib.sha256(pair.second).hexdigest(), "other bytes came back"
    seconds = time.process_time() - started
    assert kept.stored <= 1.01 * size, "more than verbatim and 1 %"
    reference = aligned(pair.first, pair.second)
    figures = [kept.stored, reference, patch(pair.first, pair.second), len(frame(pair.second))]
    return " | ".join(
        [
            f"{size / 1e6:.0f}",
            *(f"{figure / size:.3%}" for figure in figures),
            f"{kept.stored / reference:.2f}",
            str(kept.extents),
            f"{size / 1e6 / kept.seconds:.0f}",
            f"{size / 1e6 / seconds:.0f}",
        ]
    )


def unchanged(folder: Path, mib: int) -> tuple[float, int]:
    """MB of an all but unchanged file compared per second of CPU, and what memory grew by in bytes."""

    def pieces() -> Iterator[bytes]:
        yield from (random.Random(seed).randbytes(MIB) for seed in range(mib))

    store = FolderStore(folder / str(mib))
    with store.writer() as writer:
        for piece in pieces():
            writer.write(piece)
        first = writer.finish()
    with store.writer() as writer:
        for piece in pieces():
            writer.write(piece)
        writer.write(b"one line more")
        second = writer.finish()
    with store.open(first.sha256) as handle:
        base = Base(
            verbatim(first.sha256, first.md5, first.size), chunk_list(chunks(pieces_of(handle, go_on)), first.sha256)
        )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    with Compaction(store, Lineage([base]), base) as work, store.open(second.sha256) as handle:
        recipe = work.make(handle, second.sha256, second.md5, go_on).recipe
    rate = second.size / 1e6 / (time.process_time() - started)
    with RecipeHandle(recipe, store.open) as stored:
        assert digest(stored) == second.sha256, "other bytes came back"
    return rate, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) << 10


def measure_unchanged(folder: Path) -> None:
    print("\n| a line appended to | compared, MB per second of CPU | memory grew by |\n|---|---|---|")
    for mib in (64, 1024):
        with ProcessPoolExecutor(1, get_context("spawn")) as alone:
            rate, grown = alone.submit(unchanged, folder, mib).result()
        print(f"| {mib} MiB | {rate:,.0f} | {grown / MIB:.0f} MiB |", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", default="", help="pairs whose name has these words, and nothing else")
    parser.add_argument("--folder", help="where the data go")
    given = parser.parse_args()
    with folder_in(given.folder) as place:
        measure_pairs(place, given.only)
        if not given.only:
            measure_unchanged(place)

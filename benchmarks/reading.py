"""What the tenth version of a file costs to read, beside a plain file of the same bytes.

    PYTHONPATH=. python benchmarks/reading.py [--only WORDS] [--folder DIR] [--s3]

Ten versions of each file of `datasets.py`, each made from the one before. The tenth is read by its recipe and as one
object, in turn: whole, and in ranges here and there, by the store, through a server, and by the store as if it were in
another place, whose answers come late and slowly; with `--s3` from a real S3 server, too, with the number of requests.
What is read is compared with the file once. Speeds in CPU time are those of the process that reads the store, so that
other work on the machine hardly moves them; no more does it move those of a store in another place.
"""

import argparse
import hashlib
import os
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Self

import obstore
from tests.radosgw import gateway

import datasets
from baton.storage.content import ContentStore, Handle
from baton.storage.folder import FolderStore
from baton.storage.s3.address import Address, Keys
from baton.storage.s3.reading import WINDOW
from baton.storage.s3.store import S3Store
from baton.storage.versions.reading import RecipeHandle, pieces_of
from baton.storage.versions.recipe import NOTES, Recipe, write
from baton.storage.versions.store import FETCHERS
from client import folder_in
from server import Server, running
from versions import Versions, digest, go_on

VERSIONS = 10
ROUNDS = 7
SMALL, LARGE = 64 << 10, 4 << 20
# When a store in another place begins to answer, in seconds, and how fast one answer comes, in bytes a second.
FAR_DELAY, FAR_RATE = 0.02, 80e6

FILES: dict[str, datasets.Write] = {
    "CSV": datasets.csv,
    "tar": lambda columns: datasets.tar(datasets.stations(columns)),
    "HDF5": datasets.hdf5,
    "SQLite": datasets.sqlite,
    "Parquet": datasets.parquet,
}


@dataclass(frozen=True)
class Tenth:
    """The tenth version: its bytes, how they are made, and the store that has both forms."""

    name: str
    data: bytes
    recipe: Recipe
    store: FolderStore


Open = Callable[[], Handle]
Clock = Callable[[], float]


def tenth(name: str, written: datasets.Write, folder: Path) -> Tenth:
    versions = Versions(folder)
    columns = datasets.table()
    data = written(columns)
    kept = [versions.add(data)]
    for number in range(2, VERSIONS + 1):
        columns = datasets.revised(columns, number)
        data = written(columns)
        kept.append(versions.add(data))
    recipe = kept[-1].base.recipe
    later = [one.stored for one in kept[1:]]
    packed = sum(extent.take for extent in recipe.extents if extent.whole)
    print(
        f"\n{name}: the last of {len(data) / 1e6:.0f} MB; new bytes {max(later) / len(data):.2%} at most, "
        f"all: {sum(later) / len(data):.2%}; extents {kept[1].extents} in the second, {kept[-1].extents} in the last; "
        f"objects {len(recipe.objects)}; in frames {packed / len(data):.1%}"
    )
    with RecipeHandle(recipe, versions.store.open) as handle:
        assert digest(handle) == hashlib.sha256(data).hexdigest(), "other bytes came back"
        print(f"read of objects for the whole: {handle.fetched / len(data):.2f} of its size")
    return Tenth(name, data, recipe, versions.store)


def compared(what: str, ours: Callable[[], float], theirs: Callable[[], float]) -> None:
    """Both in turn, in MB a second; the ratio is that of each round."""
    rates = [(ours(), theirs()) for _ in range(ROUNDS)]
    one, other = (statistics.median(side) for side in zip(*rates, strict=True))
    ratio = statistics.median(mine / plain for mine, plain in rates)
    print(f"| {what} | {one:,.0f} | {other:,.0f} | {ratio:.2f} |", flush=True)


def whole(open_it: Open, clock: Clock) -> float:
    """MB in a second, from the first byte to the last."""
    with open_it() as handle:
        started = clock()
        for _piece in pieces_of(handle, go_on):
            pass
        return handle.size / 1e6 / (clock() - started)


def ranges(open_it: Open, clock: Clock, length: int, count: int) -> float:
    """MB in a second, of ranges here and there; each opens the content as a request does."""
    chance = random.Random(length)
    with open_it() as handle:
        size = handle.size
    started = clock()
    for _ in range(count):
        with open_it() as handle:
            handle.pread(chance.randrange(size - length), length)
    return count * length / 1e6 / (clock() - started)


def forget(folder: Path) -> None:
    """Have nothing of it in the system's cache."""
    for path in folder.rglob("objects/*/*"):
        with path.open("rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def read_store(it: Tenth) -> None:
    cpu = time.process_time

    def ours() -> Handle:
        return RecipeHandle(it.recipe, it.store.open)

    def theirs() -> Handle:
        return it.store.open(it.recipe.sha256)

    def cold(open_it: Open) -> float:
        forget(it.store.root)
        return whole(open_it, time.perf_counter)

    compared("whole, MB per second of CPU", lambda: whole(ours, cpu), lambda: whole(theirs, cpu))
    compared("whole, not in the cache, MB/s", lambda: cold(ours), lambda: cold(theirs))
    for name, length, count in (("64 KiB", SMALL, 400), ("4 MiB", LARGE, 20)):
        compared(
            f"ranges of {name}, MB per second of CPU",
            lambda length=length, count=count: ranges(ours, cpu, length, count),  # type: ignore[misc]
            lambda length=length, count=count: ranges(theirs, cpu, length, count),  # type: ignore[misc]
        )


def fetch(server: Server, path: str, start: int, length: int) -> int:
    connection: HTTPConnection = server.connection
    headers = {"Authorization": f"Bearer {server.token}", "Range": f"bytes={start}-{start + length - 1}"}
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    assert answer.status in {200, 206}
    count = 0
    while piece := answer.read(1 << 20):
        count += len(piece)
    return count


def read_server(it: Tenth, folder: Path) -> None:
    folder.mkdir()
    with running(folder) as server:
        draft = server.json("POST", "/api/records", {"metadata": {}})
        files = f"/api/records/{draft['id']}/draft/files"
        server.json("POST", files, [{"key": "table"}])
        server.json("PUT", f"{files}/table/content", it.data)
        server.json("POST", f"{files}/table/commit")
        store = FolderStore(folder / "files")
        for used in it.recipe.objects:
            with it.store.open(used.sha256) as handle, store.writer() as writer:
                for piece in pieces_of(handle, go_on):
                    writer.write(piece)
                writer.finish()
        store.put_note(NOTES, it.recipe.sha256, write(it.recipe))
        plain, aside = store.path(it.recipe.sha256), folder / "aside"

        def run(spans: list[tuple[int, int]], clock: Clock) -> float:
            started = clock()
            count = sum(fetch(server, f"{files}/table/content", start, length) for start, length in spans)
            assert count == sum(length for _start, length in spans)
            return count / 1e6 / (clock() - started)

        def by_recipe(spans: list[tuple[int, int]], clock: Clock) -> float:
            plain.rename(aside)
            try:
                return run(spans, clock)
            finally:
                aside.rename(plain)

        size, chance = len(it.data), random.Random(1)
        small = [(chance.randrange(size - SMALL), SMALL) for _ in range(200)]
        large = [(chance.randrange(size - LARGE), LARGE) for _ in range(10)]
        for what, spans in (("whole", [(0, size)] * 3), ("ranges of 64 KiB", small), ("ranges of 4 MiB", large)):
            for unit, clock in (("MB per second of its CPU", lambda: server.cpu), ("MB/s", time.perf_counter)):
                compared(
                    f"server: {what}, {unit}",
                    lambda spans=spans, clock=clock: by_recipe(spans, clock),  # type: ignore[misc]
                    lambda spans=spans, clock=clock: run(spans, clock),  # type: ignore[misc]
                )


@dataclass
class Far:
    """A content of a store in another place. With `in_row`, one read after another is one answer, as from S3."""

    handle: Handle
    in_row: bool
    position: int = -1
    window = WINDOW

    @property
    def size(self) -> int:
        return self.handle.size

    def pread(self, offset: int, length: int) -> bytes:
        goes_on, self.position = offset == self.position, offset + length
        time.sleep(length / FAR_RATE + (0 if self.in_row and goes_on else FAR_DELAY))
        return self.handle.pread(offset, length)

    def close(self) -> None:
        self.handle.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def read_far(it: Tenth, fetchers: Executor) -> None:
    def ours() -> Handle:
        return RecipeHandle(it.recipe, lambda name, size: Far(it.store.open(name, size), in_row=False), fetchers)

    def theirs() -> Handle:
        return Far(it.store.open(it.recipe.sha256), in_row=True)

    clock = time.perf_counter
    compared("far away: whole, MB/s", lambda: whole(ours, clock), lambda: whole(theirs, clock))
    for name, length in (("64 KiB", SMALL), ("4 MiB", LARGE)):
        compared(
            f"far away: ranges of {name}, MB/s",
            lambda length=length: ranges(ours, clock, length, 5),  # type: ignore[misc]
            lambda length=length: ranges(theirs, clock, length, 5),  # type: ignore[misc]
        )


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """How often the store is asked, by the name of the call."""
    counts: Counter[str] = Counter()
    calls = {name: getattr(obstore, name) for name in ("get", "get_range", "head")}

    def counting(name: str) -> Callable[..., object]:
        def run(*words: object, **named: object) -> object:
            counts[name] += 1
            return calls[name](*words, **named)

        return run

    for name in calls:
        setattr(obstore, name, counting(name))
    try:
        yield counts
    finally:
        for name, call in calls.items():
            setattr(obstore, name, call)


def read_s3(it: Tenth, store: ContentStore, fetchers: Executor) -> None:
    for name in (*(used.sha256 for used in it.recipe.objects), it.recipe.sha256):
        with it.store.open(name) as handle, store.writer() as writer:
            for piece in pieces_of(handle, go_on):
                writer.write(piece)
            writer.finish()

    def ours() -> Handle:
        return RecipeHandle(it.recipe, store.open, fetchers)

    def theirs() -> Handle:
        return store.open(it.recipe.sha256, it.recipe.size)

    with counted() as counts:
        whole(ours, time.perf_counter)
    print(f"requests to S3 for the whole: {dict(counts)}")
    compared("S3: whole, MB/s", lambda: whole(ours, time.perf_counter), lambda: whole(theirs, time.perf_counter))
    compared(
        "S3: ranges of 64 KiB, MB/s",
        lambda: ranges(ours, time.perf_counter, SMALL, 20),
        lambda: ranges(theirs, time.perf_counter, SMALL, 20),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", default="", help="files whose name has these words, and nothing else")
    parser.add_argument("--folder", help="where the data go; in memory, reads that miss the cache mean nothing")
    parser.add_argument("--s3", action="store_true", help="from an S3 server as well, which is started for it")
    given = parser.parse_args()
    with folder_in(given.folder) as place, ThreadPoolExecutor(FETCHERS) as fetchers:
        for name, written in FILES.items():
            if given.only in name:
                it = tenth(name, written, place / name)
                print("| of the tenth version | as a recipe | as a plain file | ratio |\n|---|---|---|---|")
                read_store(it)
                read_far(it, fetchers)
                read_server(it, place / f"{name}-server")
                if given.s3:
                    with gateway(place / "s3") as server:
                        read_s3(it, S3Store(Address.parse(server.url(server.new_bucket()), Keys())), fetchers)


if __name__ == "__main__":
    main()

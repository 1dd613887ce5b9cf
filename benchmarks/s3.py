"""What an S3 store costs beside a folder, and beside a bare client of the same S3 server; how often it is asked.

    PYTHONPATH=. python benchmarks/s3.py [--size-mib 256] [--rounds 3] [--folder DIR]

A real S3 server is started, which keeps in memory all that is ever uploaded to it: twice the size each round, and more.
Our server runs over it and, beside it, over a folder. Each way is gone once a round, in turn, so that a busy machine is
unfair to all alike; CPU is that of our server, or of the bare client, never that of the S3 server. The bare client is
the library that our server uses, in the process of the benchmark, with parts as large and as many at once; it computes
no digests. How often the S3 server is asked is in its own log.
"""

import argparse
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import obstore
from tests.radosgw import Gateway, gateway

from baton.storage.s3.address import Address, Keys
from baton.storage.s3.objects import Objects
from baton.storage.s3.store import SEGMENT
from baton.storage.s3.writing import PART, PARTS_AT_ONCE
from client import folder_in
from server import TICK, Server, running

MIB = 1 << 20
# A content of one request, of which several are sent, so that it takes long enough to be measured.
ONE_REQUEST, SEVERAL = 4 * MIB, 8
TINY = 1000
# Different in every MiB, so that neither side can cheat; made once.
DATA = [random.Random(seed).randbytes(MIB) for seed in range(16)]
DISCARDED = bytearray(MIB)
METADATA = {
    "title": "Numbers",
    "publication_date": "2026",
    "publisher": "Baton",
    "resource_type": {"id": "dataset"},
    "creators": [{"person_or_org": {"type": "personal", "family_name": "Noether", "given_name": "Emmy"}}],
}


def body(size: int, name: str) -> Iterator[bytes]:
    """Bytes that nobody else has sent before, if the name is new."""
    first = random.Random(name).randbytes(16)
    yield first
    for at in range(len(first), size, MIB):
        yield DATA[at // MIB % len(DATA)][: size - at]


@dataclass(frozen=True)
class Record:
    """A record on one of our servers: files go into its draft, and are read by anybody once it is published."""

    server: Server
    path: str

    @property
    def cpu(self) -> float:
        """Seconds, those of threads included that are over: each upload has one."""
        fields = Path(f"/proc/{self.server.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    @classmethod
    def new(cls, server: Server) -> "Record":
        server.connection.close()
        draft = server.json("POST", "/api/records", {"metadata": METADATA})
        return cls(server, f"/api/records/{draft['id']}")

    def upload(self, key: str, size: int, name: str) -> None:
        files, server = f"{self.path}/draft/files", self.server
        server.connection.close()  # which may have been idle for too long; the next request opens it again
        server.json("POST", files, [{"key": key}])
        headers = {"Authorization": f"Bearer {server.token}", "Content-Length": str(size)}
        headers["Content-Type"] = "application/octet-stream"
        server.connection.request("PUT", f"{files}/{key}/content", body(size, name), headers)
        answer = server.connection.getresponse()
        assert answer.status == 200, answer.read()
        answer.read()
        server.json("POST", f"{files}/{key}/commit")

    def publish(self) -> None:
        self.server.connection.close()
        self.server.json("POST", f"{self.path}/draft/actions/publish")

    def download(self, key: str, size: int, **headers: str) -> None:
        connection = self.server.connection
        connection.close()
        connection.request("GET", f"{self.path}/files/{key}/content", headers=headers)
        answer = connection.getresponse()
        if answer.status == 302:
            answer.read()
            url = urlsplit(answer.headers["Location"])
            connection = HTTPConnection(url.netloc)
            connection.request("GET", f"{url.path}?{url.query}", headers=headers)
            answer = connection.getresponse()
        count = 0
        while got := answer.readinto(DISCARDED):
            count += got
        assert count == size, (answer.status, count)


class Bare:
    """The same S3 server without ours in between."""

    @property
    def cpu(self) -> float:
        return time.process_time()

    def __init__(self, address: Address) -> None:
        self._bucket = Objects(address, SEGMENT).bucket

    def upload(self, key: str, size: int, name: str) -> None:
        if size <= PART:
            obstore.put(self._bucket, key, b"".join(body(size, name)), use_multipart=False)
        else:
            obstore.put(self._bucket, key, body(size, name), chunk_size=PART, max_concurrency=PARTS_AT_ONCE)

    def download(self, key: str, size: int) -> None:
        answer = obstore.get(self._bucket, key)
        assert sum(map(len, answer.stream(min_chunk_size=MIB))) == size


Way = Record | Bare
# Of each thing that is done, by way, one a round: MB/s, and seconds of CPU for a GiB.
Found = dict[str, dict[str, list[tuple[float, float]]]]


class Act(NamedTuple):
    """What is measured: so many bytes, by one of the ways."""

    what: str
    way: str
    size: int
    run: Callable[[], object]


def uploads(ways: dict[str, Way], number: int, size: int) -> Iterator[Act]:
    """Those of a round."""
    for way, it in ways.items():
        keys = [f"one-{number}-{repeated}" for repeated in range(SEVERAL)]
        several = [partial(it.upload, key, ONE_REQUEST, f"{way} {key}") for key in keys]
        yield Act(f"upload, {ONE_REQUEST // MIB} MiB", way, SEVERAL * ONE_REQUEST, partial(in_turn, several))
    for way, it in ways.items():
        key = f"many-{number}"
        yield Act(f"upload, {size // MIB} MiB", way, size, partial(it.upload, key, size, f"{way} {key}"))


def in_turn(acts: Iterable[Callable[[], object]]) -> None:
    for act in acts:
        act()


def downloads(ways: dict[str, Way], number: int, size: int, how: str) -> Iterator[Act]:
    """Those of a round."""
    for length, key in ((ONE_REQUEST, f"one-{number}-0"), (size, f"many-{number}")):
        for way, it in ways.items():
            yield Act(f"download, {length // MIB} MiB, {how}", way, length, partial(it.download, key, length))


def measure(ways: dict[str, Way], acts: Iterable[Act], found: Found) -> None:
    for act in acts:
        cpu, started = ways[act.way].cpu, time.perf_counter()
        act.run()
        seconds, spent = time.perf_counter() - started, ways[act.way].cpu - cpu
        rate = act.size / 1e6 / seconds, spent * 1024 * MIB / act.size
        found.setdefault(act.what, {}).setdefault(act.way, []).append(rate)


def throughput(ways: dict[str, Way], ours: Record, presigned: Server, size: int, rounds: int) -> None:
    found: Found = {}
    for number in range(rounds):
        measure(ways, uploads(ways, number, size), found)
    for it in ways.values():
        if isinstance(it, Record):
            it.publish()
    led: dict[str, Way] = {**ways, "S3": replace(ours, server=presigned)}
    for number in range(rounds):
        measure(ways, downloads(ways, number, size, "streamed"), found)
        measure(led, downloads(led, number, size, "presigned"), found)
    print("\n| MB/s; CPU s/GiB | S3 | folder | bare | S3 / folder | S3 / bare |\n|---|---|---|---|---|---|")
    for what, rates in found.items():
        cells = []
        for way in ways:
            rate, cpu = (statistics.median(side) for side in zip(*rates[way], strict=True))
            cells.append(f"{rate:,.0f}; {cpu:.2f}")
        for other in ("folder", "bare"):
            pairs = zip(rates["S3"], rates[other], strict=True)
            cells.append(f"{statistics.median(mine[0] / theirs[0] for mine, theirs in pairs):.2f}")
        print(f"| {' | '.join([what, *cells])} |")


def requests(store: Gateway, bucket: str, server: Server, presigned: Server) -> None:
    """How often the store is asked for each step of a record with one small file."""
    print("\n| a record with a file of 1 kB | requests to S3 |\n|---|---|")

    def count(step: str, act: Callable[[], Any]) -> Any:
        before = len(store.requests(bucket))
        result = act()
        kinds = Counter(line.partition(" ")[0] for line in store.requests(bucket)[before:])
        print(f"| {step} | {', '.join(f'{number} {kind}' for kind, number in sorted(kinds.items())) or 'none'} |")
        return result

    record = count("draft", lambda: Record.new(server))
    count("upload and commit", lambda: record.upload("table", TINY, "tiny"))
    count("publication", record.publish)
    count("download", lambda: record.download("table", TINY))
    count("download of a range", lambda: record.download("table", 10, Range="bytes=10-19"))
    count("download, presigned", lambda: replace(record, server=presigned).download("table", TINY))
    larger = Record.new(server)
    count("upload of 64 MiB", lambda: larger.upload("large", 64 * MIB, "large"))
    larger.publish()
    count("download of 64 MiB", lambda: larger.download("large", 64 * MIB))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--size-mib", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", help="where our server's folder is; of the store, only logs are there")
    given = parser.parse_args()
    with folder_in(given.folder) as place:
        for name in ("over-s3", "over-folder"):
            (place / name).mkdir()
        with (
            gateway(place / "s3", 2 * (given.rounds + 1) * (given.size_mib + 64) * MIB) as store,
            running(place / "over-folder") as folder,
        ):
            url = store.url(bucket := store.new_bucket())
            with (
                running(place / "over-s3", BATON_STORAGE_URL=url) as streamed,
                running(place / "over-s3", BATON_STORAGE_URL=url, BATON_DOWNLOADS="presigned") as presigned,
            ):
                before = streamed.memory
                ours = Record.new(streamed)
                bare = Bare(Address.parse(store.url(store.new_bucket()), Keys()))
                ways: dict[str, Way] = {"S3": ours, "folder": Record.new(folder), "bare": bare}
                requests(store, bucket, streamed, presigned)
                throughput(ways, ours, presigned, given.size_mib * MIB, given.rounds)
                print(
                    f"\nmemory of our server: {before / MIB:.0f} MiB before, {streamed.peak_memory / MIB:.0f} at most"
                )


if __name__ == "__main__":
    main()

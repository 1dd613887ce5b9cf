"""How long people wait while crawlers read: the same searches and deposits without crawlers, and beside them.

    python benchmarks/crowd.py --folder DIR [--seconds 20] [--crawlers 4] [--rate 50]

`DIR` is a repository that `million.py --folder DIR --records 100000` has made. Crawlers read random pages and exports
of its records, each record hardly ever twice, so that nearly all has to be made. Load generator and server share the
machine: the crawlers together ask at most `--rate` times a second, and nine requests of theirs come to one of a person.
"""

import argparse
import random
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Self
from urllib.parse import quote

from corpus import word
from operations import BODY, CONTENT
from server import Server, running

RECORDS = 100_000
EXPORTS = ("", "/export/bibtex", "/export/json-ld", "/export/datacite-xml", "/export/dublincore", "/export/csl")


def get(connection: HTTPConnection, path: str) -> None:
    connection.request("GET", path, headers={"Accept": "text/html"})
    connection.getresponse().read()


class Crowd:
    """Crawlers that read until they are told to stop."""

    def __init__(self, port: int, count: int, rate: float) -> None:
        self.port, self.pause = port, count / rate
        self.answers = 0
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self.crawl, args=(place,)) for place in range(count)]

    def __enter__(self) -> Self:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()

    def crawl(self, seed: int) -> None:
        dice, connection = random.Random(seed), HTTPConnection("127.0.0.1", self.port, timeout=60)
        due = time.perf_counter()
        while not self.over.is_set():
            get(connection, f"/records/{2 * dice.randrange(RECORDS) + 2}{dice.choice(EXPORTS)}")
            self.answers += 1
            due = max(due + self.pause, time.perf_counter() - 1)
            self.over.wait(max(0.0, due - time.perf_counter()))


def wait_until_idle(server: Server) -> None:
    """Until everything is rendered and indexed, which people would wait for as well."""
    before = -1.0
    while server.cpu - before > 0.1:
        before = server.cpu
        time.sleep(2)
    server.connection.close()  # it has been idle for too long by now


def people(server: Server, seconds: float, rate: float) -> dict[str, list[float]]:
    """Milliseconds of each search and each step of a deposit, asked for at `rate` a second."""
    dice = random.Random(7)
    waits: dict[str, list[float]] = {"search": [], "deposit": []}

    def timed(kind: str, call: Callable[[], object]) -> None:
        started = time.perf_counter()
        call()
        waits[kind].append((time.perf_counter() - started) * 1000)
        time.sleep(max(0.0, 1 / rate - (time.perf_counter() - started)))

    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        for _ in range(3):
            path = f"/search?q={quote(word(dice.randrange(80, 20_000)))}"
            timed("search", lambda path=path: get(server.connection, path))  # type: ignore[misc]
        for call in deposit(server):
            timed("deposit", call)
    return waits


def deposit(server: Server) -> Iterator[Callable[[], object]]:
    """The steps of a deposit with one small file, one after the other."""
    made: list[str] = []
    yield lambda: made.append(server.json("POST", "/api/records", BODY)["id"])
    draft = f"/api/records/{made[0]}/draft"
    yield lambda: server.json("POST", f"{draft}/files", [{"key": "data.csv"}])
    yield lambda: server.json("PUT", f"{draft}/files/data.csv/content", CONTENT)
    yield lambda: server.json("POST", f"{draft}/files/data.csv/commit")
    yield lambda: server.json("POST", f"{draft}/actions/publish")


def p95(waits: list[float]) -> float:
    return statistics.quantiles(waits, n=20)[-1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--crawlers", type=int, default=4)
    parser.add_argument("--rate", type=float, default=50)
    given = parser.parse_args()
    alone: dict[str, list[float]] = {"search": [], "deposit": []}
    beside: dict[str, list[float]] = {"search": [], "deposit": []}
    # Always at the same address, or everything would be rendered anew for the next one.
    with running(given.folder, BATON_LOG_LEVEL="warning", BATON_SITE_URL="http://localhost") as server:
        wait_until_idle(server)
        people(server, 3, given.rate / 9)
        read = 0
        for _ in range(2):
            for kind, waits in people(server, given.seconds / 2, given.rate / 9).items():
                alone[kind] += waits
            with Crowd(server.port, given.crawlers, given.rate) as crowd:
                for kind, waits in people(server, given.seconds / 2, given.rate / 9).items():
                    beside[kind] += waits
            read += crowd.answers
    print(f"crawlers: {read / given.seconds:.0f} answers a second")
    for kind, waits in alone.items():
        without, with_crawlers = p95(waits), p95(beside[kind])
        print(
            f"{kind:8} p95 {without:6.1f} ms alone, {with_crawlers:6.1f} beside: {with_crawlers / without:.2f} times"
            f" (p50 {statistics.median(waits):.1f}, {statistics.median(beside[kind]):.1f}; {len(waits)} requests)"
        )


if __name__ == "__main__":
    main()

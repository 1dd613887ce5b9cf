"""What each operation costs: CPU of the server process (all threads, worker included) and time at the client.

    python benchmarks/operations.py [--rounds 5] [--count 100] [--database URL]

Each figure is the median over rounds; the baseline is InvenioRDM 14 measured on the same kind of machine, application
CPU only (docs/performance.md says how).
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from server import Server, running

# Operation: CPU milliseconds of InvenioRDM 14, and our goal.
GOALS: dict[str, tuple[float, float]] = {
    "GET record JSON": (24, 0.25),
    "GET record JSON, RDM": (24, 0.25),
    "landing page HTML": (58, 2),
    "search list, 25 hits": (220, 5),
    "POST draft": (57, 4),
    "PUT draft": (37, 4),
    "init + content + commit, 1 KB": (53, 8),
    "publish, one file": (85, 5),
    "whole deposit": (227, 20),
}

METADATA = {
    "title": "A data set of a usual size",
    "resource_type": {"id": "dataset"},
    "publication_date": "2024-05-01",
    "publisher": "Benchmark",
    "description": "<p>" + "Measured under controlled conditions, described in some detail. " * 20 + "</p>",
    "creators": [
        {
            "person_or_org": {
                "type": "personal",
                "family_name": f"Family{i}",
                "given_name": "Given",
                "identifiers": [{"scheme": "orcid", "identifier": "0000-0002-1825-0097"}],
            },
            "affiliations": [{"name": "Some University"}],
        }
        for i in range(6)
    ],
    "subjects": [{"subject": f"keyword {i}"} for i in range(6)],
    "rights": [{"id": "cc-by-4.0"}],
    "languages": [{"id": "eng"}],
    "related_identifiers": [
        {"identifier": f"10.1234/related.{i}", "scheme": "doi", "relation_type": {"id": "iscitedby"}} for i in range(4)
    ],
    "version": "1.0",
}
BODY = {"metadata": METADATA, "access": {"record": "public", "files": "public"}}
CONTENT = b"x" * 1024


class Bench:
    """One server, and what has been measured on it."""

    def __init__(self, server: Server, count: int) -> None:
        self.server = server
        self.count = count
        self.cpu: dict[str, list[float]] = {}
        self.wall: dict[str, list[float]] = {}

    def measure(self, name: str, run: Callable[[Any], object], items: list[Any], *, settle: float = 0) -> None:
        """Run once for each item, in milliseconds each; `settle` seconds are waited for what follows in the worker."""
        cpu, wall = self.server.cpu, time.perf_counter()
        for item in items:
            run(item)
        took = time.perf_counter() - wall
        time.sleep(settle)
        self.cpu.setdefault(name, []).append((self.server.cpu - cpu) / len(items) * 1000)
        self.wall.setdefault(name, []).append(took / len(items) * 1000)

    def round(self) -> None:
        anonymous, json = self.server.anonymous, self.server.json
        times = list(range(self.count))
        drafts: list[str] = []
        self.measure("POST draft", lambda _: drafts.append(json("POST", "/api/records", BODY)["id"]), times)
        self.measure("PUT draft", lambda i: json("PUT", f"/api/records/{i}/draft", BODY), drafts)
        self.measure("init + content + commit, 1 KB", self.upload, drafts)
        self.measure("publish, one file", lambda i: json("POST", f"/api/records/{i}/draft/actions/publish"), drafts)
        time.sleep(1)
        self.measure("whole deposit", self.deposit, times, settle=1)
        rdm = {"Accept": "application/vnd.inveniordm.v1+json"}
        many = (drafts * 10)[: self.count * 10]
        self.measure("GET record JSON", lambda i: anonymous("GET", f"/api/records/{i}"), many)
        self.measure("GET record JSON, RDM", lambda i: anonymous("GET", f"/api/records/{i}", None, rdm), many)
        self.measure("landing page HTML", lambda i: anonymous("GET", f"/records/{i}"), drafts)
        search = "/api/records?q=conditions&size=25&page={}"
        self.measure("search list, 25 hits", lambda i: anonymous("GET", search.format(1 + i % 4)), times)

    def upload(self, number: str) -> None:
        files = f"/api/records/{number}/draft/files"
        self.server.json("POST", files, [{"key": "data.csv"}])
        self.server.json("PUT", f"{files}/data.csv/content", CONTENT)
        self.server.json("POST", f"{files}/data.csv/commit")

    def deposit(self, _item: object) -> None:
        number = self.server.json("POST", "/api/records", BODY)["id"]
        self.upload(number)
        self.server.json("POST", f"/api/records/{number}/draft/actions/publish")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--count", type=int, default=100)
    arguments.add_argument("--database", default="")
    given = arguments.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder), BATON_DATABASE_URL=given.database, BATON_LOG_LEVEL="info") as server,
    ):
        print(f"start to first answer: {server.started_in:.2f} s; memory {server.memory / 1e6:.0f} MB")
        bench = Bench(server, given.count)
        for _round in range(given.rounds):
            bench.round()
        print(f"{'operation':32} {'CPU ms':>8} {'goal':>6} {'InvenioRDM':>11} {'ratio':>7} {'wall ms':>8}")
        for name, (incumbent, goal) in GOALS.items():
            cpu, wall = statistics.median(bench.cpu[name]), statistics.median(bench.wall[name])
            print(f"{name:32} {cpu:8.3f} {goal:6.2f} {incumbent:11.0f} {incumbent / cpu:6.0f}x {wall:8.2f}")
        print(f"memory at the end: {server.memory / 1e6:.0f} MB")


if __name__ == "__main__":
    main()

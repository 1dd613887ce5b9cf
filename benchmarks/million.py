"""A repository of a million records: rows in, reindexed, then searched through the HTTP face.

    python benchmarks/million.py [--records 1000000] [--queries 200] [--folder DIR]

Prints records a second and CPU seconds of the reindexing, the size of the index, and p50 and p95 of whole requests. A
folder that is given is kept, and used again as it is.
"""

import argparse
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import orjson

from baton.kernel.db import Database
from baton.kernel.migrations import migrate
from baton.records.record import Record
from corpus import OWNERS, Corpus
from server import Server, running

BATCH = 5000
BATON = str(Path(sys.executable).parent / "baton")


def fill(folder: Path, corpus: Corpus, count: int) -> None:
    """The rows of `count` published records, past the program: this is about reading them."""
    database = Database(f"sqlite:///{folder}/baton.db")
    migrate(database)
    database.close()
    connection = sqlite3.connect(folder / "baton.db")
    connection.execute("PRAGMA synchronous=OFF")
    people = [(n, f"user{n}@example.org", "!", "", "", 0, "2020-01-01 00:00:00") for n in range(1, OWNERS + 1)]
    connection.executemany(
        "INSERT INTO users (id, email, password_hash, full_name, affiliation, is_admin, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        people,
    )
    started = time.perf_counter()
    for done, batch in enumerate(_batches(corpus.records(count)), 1):
        _insert(connection, batch)
        print(f"\r{done * BATCH:,} rows in {time.perf_counter() - started:.0f} s", end="", flush=True)
    connection.execute("INSERT INTO record_ids (id) VALUES (?)", (2 * count + 2,))
    connection.commit()
    connection.close()
    print()


def _batches(records: Iterator[Record]) -> Iterator[list[Record]]:
    batch: list[Record] = []
    for record in records:
        batch.append(record)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _insert(connection: sqlite3.Connection, batch: list[Record]) -> None:
    connection.executemany(
        "INSERT INTO works (id, owner_id, doi, latest_id, created_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET latest_id = excluded.latest_id",
        [(r.work_id, r.owner_id, r.concept_doi, r.latest_id, _moment(r)) for r in batch],
    )
    connection.executemany(
        "INSERT INTO records (id, work_id, bucket_id, version_index, revision, is_latest, body, record_access,"
        " files_access, created_at, updated_at, published_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                *(r.id, r.work_id, r.bucket_id, r.version_index, 1, r.is_latest, orjson.dumps(r.body).decode()),
                *(r.record_access, r.files_access, _moment(r), _moment(r), _moment(r)),
            )
            for r in batch
        ],
    )
    connection.executemany(
        "INSERT INTO files (id, record_id, key, status, expected, mimetype, position, version_id, created_at,"
        " updated_at) VALUES (?, ?, ?, 'completed', '{}', ?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        [
            (f.id, r.id, f.key, f.mimetype, place, f.version_id, _moment(r), _moment(r))
            for r in batch
            for place, f in enumerate(r.files)
        ],
    )
    connection.executemany(
        "INSERT INTO file_totals (record_id, file_count, byte_count, next_position) VALUES (?, ?, 0, ?)"
        " ON CONFLICT DO NOTHING",
        [(r.id, len(r.files), len(r.files)) for r in batch if r.files],
    )


def _moment(record: Record) -> str:
    return record.created_at.strftime("%Y-%m-%d %H:%M:%S.%f")


def reindex(folder: Path, count: int) -> None:
    """Build the index as an operator would."""
    environment = {**os.environ, "BATON_DATA_DIR": str(folder)}
    before = os.times()
    started = time.perf_counter()
    subprocess.run([BATON, "reindex"], env=environment, check=True, capture_output=True)
    took, after = time.perf_counter() - started, os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    size = sum(file.stat().st_size for file in (folder / "index").rglob("*") if file.is_file())
    print(f"reindex: {took:.0f} s, {cpu:.0f} s of CPU: {count / cpu:,.0f} records a second and core")
    print(f"index: {size / 1e6:,.0f} MB")


def ask(server: Server, corpus: Corpus, queries: int) -> None:
    """Every kind of search, each time another one of its kind, through HTTP."""

    def words(dice: random.Random, first: int, last: int, many: int = 1) -> str:
        return " ".join(corpus.words[rank] for rank in dice.sample(range(first, last), many))

    kinds: dict[str, Callable[[random.Random], str]] = {
        "rare word": lambda dice: f"/api/records?q={quote(words(dice, 30_000, 190_000))}",
        "common word": lambda dice: f"/api/records?q={quote(words(dice, 80, 400))}",
        "very common word": lambda dice: f"/api/records?q={quote(words(dice, 3, 40))}",
        "three words": lambda dice: f"/api/records?q={quote(words(dice, 20, 2000, 3))}",
        "common word, page": lambda dice: f"/search?q={quote(words(dice, 80, 400))}",
        "nothing, all facets": lambda _dice: "/api/records",
        "suggest a funder": lambda dice: f"/api/funders?suggest={dice.choice(('eur', 'nat', 'ger', 'res', 'we'))}",
    }
    print(f"{'whole request, 25 hits, all facets':36}{'first':>9}{'p50':>9}{'p95':>9} ms")
    for name, make in kinds.items():
        dice = random.Random(name)
        times = []
        for _ in range(queries):
            path = make(dice)
            started = time.perf_counter()
            status, _body = server.anonymous("GET", path)
            times.append((time.perf_counter() - started) * 1000)
            assert status == 200, path
        first, ordered = times[0], sorted(times)
        print(f"{name:36}{first:9.1f}{ordered[len(ordered) // 2]:9.1f}{ordered[int(len(ordered) * 0.95)]:9.1f}")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--records", type=int, default=1_000_000)
    arguments.add_argument("--queries", type=int, default=200)
    arguments.add_argument("--folder", type=Path)
    given = arguments.parse_args()
    folder = given.folder or Path(tempfile.mkdtemp())
    corpus = Corpus()
    try:
        if not (folder / "baton.db").exists():
            folder.mkdir(parents=True, exist_ok=True)
            fill(folder, corpus, given.records)
            reindex(folder, given.records)
        with running(folder) as server:
            ask(server, corpus, given.queries)
            print(f"memory of the server: {server.memory / 1e6:.0f} MB")
    finally:
        if given.folder is None:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()

"""A harvest of everything through the HTTP face: records a second and core, and memory at its beginning and end.

First by a server that has rendered nothing ahead, then by one that has.

    python benchmarks/oai.py [--records 20000] [--folder DIR] [--prefixes oai_dc oai_datacite]

CPU is that of the server process, so the figure is records for each second of one core. A folder that is given is kept,
and used again as it is.
"""

import argparse
import re
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

from corpus import Corpus
from million import fill
from server import Server, running

_TOKEN = re.compile(rb"<resumptionToken[^>]*>([^<]+)</resumptionToken>")
FEW = 100  # pages at either end whose cost is compared
MEMORY_EVERY = 200  # pages
IDLE = 0.1  # seconds of CPU in two
_NOTE = """
    INSERT INTO changes (record_id, position, is_public, revision, is_latest, changed_at, resource_type)
    SELECT id, row_number() OVER (ORDER BY updated_at, id), true, revision, is_latest, updated_at,
           json_extract(body, '$.metadata.resource_type.id')
    FROM records WHERE published_at IS NOT NULL AND record_access = 'public'
"""


def note_everything(folder: Path) -> int:
    """The rows were written past the program, which would have noted them."""
    connection = sqlite3.connect(folder / "baton.db")
    connection.execute(_NOTE)
    connection.commit()
    return public_in(folder)


def public_in(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "baton.db")) as connection:
        return int(connection.execute("SELECT count(*) FROM changes WHERE is_public").fetchone()[0])


def rendered(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "baton.db")) as connection:
        return int(connection.execute("SELECT count(*) FROM renditions WHERE format = 'oai_datacite'").fetchone()[0])


def settle(server: Server, folder: Path, count: int) -> None:
    """Wait until everything is rendered, and the index built."""
    begin = time.perf_counter()
    while rendered(folder) < count:
        time.sleep(1)
    while True:
        before = server.cpu
        time.sleep(2)
        if server.cpu - before < IDLE:
            break
    server.connection.close()  # it was idle for too long; the next request opens another
    print(f"all rendered and indexed after {time.perf_counter() - begin:.0f} s")


def harvest(server: Server, prefix: str) -> None:
    """Every page of one format."""
    arguments = {"verb": "ListRecords", "metadataPrefix": prefix}
    found = pages = 0
    memory, cpu, begin = [server.memory // 10**6], server.cpu, time.perf_counter()
    spent_by_page = []
    while True:
        before = server.cpu
        _status, body = server.anonymous("GET", f"/oai2d?{urlencode(arguments)}")
        spent_by_page.append(server.cpu - before)
        found += body.count(b"<header>")
        pages += 1
        if pages % MEMORY_EVERY == 0:
            memory.append(server.memory // 10**6)
        token = _TOKEN.search(body)
        if token is None:
            break
        arguments = {"verb": "ListRecords", "resumptionToken": token[1].decode()}
    spent, passed = server.cpu - cpu, time.perf_counter() - begin
    print(
        f"{prefix:<16}{found:>9,} records{pages:>6,} pages{found / spent:>9,.0f} a second and core"
        f"{found / passed:>9,.0f} a second"
    )
    first, last = spent_by_page[1 : FEW + 1], spent_by_page[-FEW - 1 : -1]
    print(
        f"{'':<16}a page costs {1000 * sum(first) / len(first):.0f} ms at the beginning,"
        f" {1000 * sum(last) / len(last):.0f} ms at the end; memory in MB: {', '.join(map(str, memory))}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--prefixes", nargs="+", default=["oai_dc", "oai_datacite", "marcxml"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder or Path(scratch)
        if not (folder / "baton.db").exists():
            folder.mkdir(parents=True, exist_ok=True)
            fill(folder, Corpus(), options.records)
            print(f"{note_everything(folder):,} public records")
        if rendered(folder) == 0:
            with running(folder, BATON_WORKER="false") as server:
                for prefix in options.prefixes:
                    harvest(server, prefix)
        with running(folder) as server:
            settle(server, folder, public_in(folder))
            for prefix in options.prefixes:
                harvest(server, prefix)


if __name__ == "__main__":
    main()

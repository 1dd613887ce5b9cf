"""Two harvesters that others wrote follow a repository: everything, then what changed since, deletions included.

    python benchmarks/harvesters.py [--records 10000] [--gone 500]

Prints what each found and how long it took. The records are written past the program; they are withdrawn through it, by
an edit each, and looked for in all other lists.
"""

import argparse
import gzip
import os
import re
import sqlite3
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from oaipmh.client import Client
from oaipmh.metadata import MetadataRegistry, oai_dc_reader
from oaipmh_scythe import Scythe

from corpus import Corpus
from million import BATON, fill
from oai import note_everything
from operations import BODY
from server import Server, running

Harvest = Callable[[str, str | None], Iterator[bool]]


def with_scythe(address: str, begin: str | None) -> Iterator[bool]:
    """Whether each is deleted."""
    with Scythe(address) as scythe:
        for record in scythe.list_records(metadata_prefix="oai_dc", from_=begin):
            yield record.deleted  # type: ignore[union-attr]


def with_oaipmh(address: str, begin: str | None) -> Iterator[bool]:
    """The same; this one knows seconds only."""
    registry = MetadataRegistry()
    registry.registerReader("oai_dc", oai_dc_reader)
    more = {"from_": datetime.fromisoformat(begin).replace(tzinfo=None)} if begin else {}
    for header, _metadata, _about in Client(address, registry).listRecords(metadataPrefix="oai_dc", **more):
        yield header.isDeleted()


def withdraw(folder: Path, server: Server, count: int) -> datetime:
    """Restrict the first records, one edit after the other; returns a moment before the first."""
    with closing(sqlite3.connect(folder / "baton.db")) as connection:
        connection.execute("UPDATE works SET owner_id = (SELECT max(id) FROM users)")  # that of the server's token
        connection.commit()
        gone = [
            id_ for (id_,) in connection.execute("SELECT record_id FROM changes ORDER BY position LIMIT ?", (count,))
        ]
    moment, begin = datetime.now(UTC).replace(microsecond=0), time.perf_counter()
    for number in gone:
        draft = f"/api/records/{number}/draft"
        server.json("POST", draft)
        server.json("PUT", draft, {**BODY, "access": {"record": "restricted", "files": "restricted"}})
        server.json("POST", f"{draft}/actions/publish")
    print(f"{count:,} edits to restricted access: {time.perf_counter() - begin:.1f} s")
    check_gone(folder, server, gone)
    return moment


def check_gone(folder: Path, server: Server, gone: Sequence[int]) -> None:
    """None of these is anywhere as soon as the last edit has been answered."""
    lists = {path: server.anonymous("GET", path)[1] for path in (*sitemaps(server), *searches(gone))}
    changes = {int(change["id"]): change["status"] for change in changed(server)}
    environment = {**os.environ, "BATON_DATA_DIR": str(folder)}
    subprocess.run([BATON, "dump"], env=environment, check=True, capture_output=True)
    newest = max(folder.glob("dumps/*/records.jsonl.gz"), key=os.path.getmtime)  # one is made at the start, too
    lists[newest.name] = gzip.decompress(newest.read_bytes())
    for name, body in lists.items():
        named = {int(number) for number in re.findall(rb"/records/(\d+)", body)}
        assert not named & {*gone}, (name, sorted(named & {*gone}))
    assert {changes[number] for number in gone} == {"gone"}
    print(f"none of them in {len(lists)} lists: sitemap, search, Atom and dump; all gone in the change feed")


def sitemaps(server: Server) -> list[str]:
    _status, index = server.anonymous("GET", "/sitemap.xml")
    return re.findall(r"(/sitemap/\d+\.xml)", index.decode())


def searches(gone: Sequence[int]) -> Iterator[str]:
    for number in gone[:20]:
        yield f"/api/records?q=id:{number}"
        yield f"/search.atom?q=id:{number}"
    yield "/api/records?sort=oldest"
    yield "/search.atom"


def changed(server: Server) -> Iterator[dict[str, Any]]:
    """The whole change feed."""
    page: dict[str, Any] = {"links": {"next": "/api/changes?size=1000"}}
    while address := page["links"].get("next"):
        page = server.json("GET", address[address.index("/api/") :])
        yield from page["changes"]


def report(name: str, what: str, found: Iterator[bool]) -> None:
    begin = time.perf_counter()
    counted = Counter(found)
    print(
        f"{name:<16}{what:<24}{counted.total():>7,} records, {counted[True]:>5,} deleted"
        f"{time.perf_counter() - begin:>8.1f} s",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--gone", type=int, default=500)
    options = parser.parse_args()
    harvesters: dict[str, Harvest] = {"oaipmh-scythe": with_scythe, "oaipmh": with_oaipmh}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        fill(folder, Corpus(), options.records)
        print(f"{note_everything(folder):,} public records")
        with running(folder, BATON_WORKER="false") as server:
            for name, harvest in harvesters.items():
                report(name, "everything", harvest(address_of(server), None))
        with running(folder) as server:
            since = withdraw(folder, server, options.gone)
            address = address_of(server)
            for name, harvest in harvesters.items():
                report(name, "since, in seconds", harvest(address, f"{since:%Y-%m-%dT%H:%M:%SZ}"))
            report("oaipmh-scythe", "since, in days", with_scythe(address, f"{since:%Y-%m-%d}"))
            for name, harvest in harvesters.items():
                report(name, "everything again", harvest(address, None))


def address_of(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}/oai2d"


if __name__ == "__main__":
    main()

"""Two harvesters that others wrote follow a repository: everything, then what changed since, deletions included.

    python benchmarks/harvesters.py [--records 10000] [--gone 500]

Prints what each found and how long it took. The records are written past the program, and so is their withdrawal.
"""

import argparse
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from oaipmh.client import Client
from oaipmh.metadata import MetadataRegistry, oai_dc_reader
from oaipmh_scythe import Scythe

from corpus import Corpus
from million import fill
from oai import note_everything
from server import running

SINCE = datetime(2024, 6, 1, tzinfo=UTC)  # long after the last of the corpus
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
    more = {"from_": SINCE.replace(tzinfo=None)} if begin else {}
    for header, _metadata, _about in Client(address, registry).listRecords(metadataPrefix="oai_dc", **more):
        yield header.isDeleted()


def withdraw(folder: Path, count: int) -> None:
    """Restrict the first records, as of `SINCE`."""
    moment = f"{SINCE:%Y-%m-%d %H:%M:%S.%f}"
    with closing(sqlite3.connect(folder / "baton.db")) as connection:
        gone = connection.execute(
            "SELECT record_id, position FROM changes ORDER BY position LIMIT ?", (count,)
        ).fetchall()
        (last,) = connection.execute("SELECT max(position) FROM changes").fetchone()
        connection.executemany(
            "UPDATE records SET record_access = 'restricted' WHERE id = ?", [(id_,) for id_, _ in gone]
        )
        connection.executemany(
            "UPDATE changes SET is_public = false, changed_at = ?, position = ? WHERE record_id = ?",
            [(moment, last + position, id_) for id_, position in gone],
        )
        connection.commit()


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
            address = f"http://127.0.0.1:{server.port}/oai2d"
            for name, harvest in harvesters.items():
                report(name, "everything", harvest(address, None))
            withdraw(folder, options.gone)
            for name, harvest in harvesters.items():
                report(name, "since, in seconds", harvest(address, f"{SINCE:%Y-%m-%dT%H:%M:%SZ}"))
            report("oaipmh-scythe", "since, in days", with_scythe(address, f"{SINCE:%Y-%m-%d}"))
            for name, harvest in harvesters.items():
                report(name, "everything again", harvest(address, None))


if __name__ == "__main__":
    main()

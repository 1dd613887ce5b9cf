"""What a next version costs in whatever the data are packed: the table of the guide about packing.

    python benchmarks/packing.py [--rows 1500000] [--folder DIR]

A table is written in each way, then again with a row inserted at a third of it, and again with 60 values corrected.
`sent` is what `baton deposit` sends of that version and `stored` what the repository keeps, measured by the code that
does both. `gzip`, `zip`, `tar` and `zstd` are those of the system; gzip and zip write no times of their own.
"""

import argparse
import random
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from baton.client.packing.cost import Cost, cost
from client import folder_in, rows

PARTS = 100
CORRECTIONS = 60
OTHER_DIGITS = str.maketrans("0123456789", "3816495027")

Write = Callable[[list[str], Path], None]


def inserted(lines: list[str]) -> list[str]:
    third = len(lines) // 3
    return [*lines[:third], "7,7,7,7.25,station 7\n", *lines[third:]]


def corrected(lines: list[str]) -> list[str]:
    changed, places = lines.copy(), random.Random(1)
    for _value in range(CORRECTIONS):
        at = places.randrange(len(lines))
        number, comma, values = changed[at].partition(",")
        changed[at] = number + comma + values.translate(OTHER_DIGITS)
    return changed


def columns(lines: list[str]) -> dict[str, np.ndarray[Any, Any]]:
    cells = [line.rstrip("\n").split(",") for line in lines]
    kinds = ("i8", "i8", "i8", "f8", "S16")
    return {
        name: np.array(cell, kind) for name, kind, cell in zip("abcde", kinds, zip(*cells, strict=True), strict=True)
    }


def write_csv(lines: list[str], path: Path) -> None:
    path.write_text("".join(lines))


def write_folder(lines: list[str], path: Path) -> None:
    """So many files; a row more makes one of them longer."""
    path.mkdir()
    every = len(lines) // PARTS
    starts = [at for at, line in enumerate(lines) if int(line.partition(",")[0]) % every == 0]
    for number, (start, stop) in enumerate(zip(starts, [*starts[1:], len(lines)], strict=True)):
        (path / f"{number:03}.csv").write_text("".join(lines[start:stop]))


def packed(program: str, write: Write = write_csv) -> Write:
    """What a shell command makes, on its standard output, of what `write` has written as `data`."""

    def write_packed(lines: list[str], path: Path) -> None:
        place = path.with_name("packed")
        place.mkdir()
        write(lines, place / "data")
        with path.open("wb") as target:
            subprocess.run(program, shell=True, cwd=place, stdout=target, check=True)  # noqa: S602
        shutil.rmtree(place)

    return write_packed


def parquet(**options: Any) -> Write:
    return lambda lines, path: pq.write_table(pa.table(columns(lines)), path, **options)


def hdf5(**options: Any) -> Write:
    def write(lines: list[str], path: Path) -> None:
        with h5py.File(path, "w") as file:
            for name, values in columns(lines).items():
                file.create_dataset(name, data=values, track_times=False, **options)

    return write


def write_sqlite(lines: list[str], path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE data (a, b, c, d, e)")
        database.executemany("INSERT INTO data VALUES (?, ?, ?, ?, ?)", (line.rstrip().split(",") for line in lines))


WAYS: dict[str, Write] = {
    "CSV": write_csv,
    "CSV, `gzip`": packed("gzip -nc data"),
    "CSV, `gzip --rsyncable`": packed("gzip -nc --rsyncable data"),
    "CSV, `zstd`": packed("zstd -qc data"),
    "CSV, `zstd --rsyncable`": packed("zstd -qc --rsyncable data"),
    "CSV, `zip`": packed("zip -qX - data"),
    f"{PARTS} CSV, as a folder": write_folder,
    f"{PARTS} CSV, `tar`": packed("tar c --sort=name --mtime=@0 data", write_folder),
    f"{PARTS} CSV, `tar` and `gzip`": packed("tar c --sort=name --mtime=@0 data | gzip -n", write_folder),
    f"{PARTS} CSV, `zip`": packed("touch -d @0 data/*; zip -qrX - data/*", write_folder),
    "Parquet, pyarrow's defaults": parquet(),
    "Parquet, content-defined pages": parquet(use_content_defined_chunking=True),
    "Parquet, zstd": parquet(compression="zstd"),
    "Parquet, zstd, content-defined pages": parquet(compression="zstd", use_content_defined_chunking=True),
    "SQLite, made anew": write_sqlite,
    "HDF5": hdf5(),
    "HDF5, gzip in chunks": hdf5(compression="gzip", chunks=True),
}


def files(path: Path) -> Iterator[Path]:
    return path.iterdir() if path.is_dir() else iter([path])


def total_cost(old: Path, new: Path) -> Cost:
    """Files that are the same cost nothing."""
    costs = [cost(old / one.name if new.is_dir() else old, one) for one in files(new)]
    return Cost(sum(one.sent for one in costs), sum(one.stored for one in costs))


def measure(folder: Path, count: int) -> None:
    lines = list(islice(rows(0), count))
    print("| packed as | MiB | a row inserted: sent | stored | 60 values corrected: sent | stored |")
    print("|---|---|---|---|---|---|")
    for name, write in WAYS.items():
        old = folder / "old"
        write(lines, old)
        size = sum(file.stat().st_size for file in files(old))
        cells = []
        for edit in (inserted, corrected):
            new = folder / "new"
            write(edit(lines), new)
            made = total_cost(old, new)
            cells += [f"{made.sent / size:.2%}", f"{made.stored / size:.2%}"]
            remove(new)
        remove(old)
        print(f"| {name} | {size / (1 << 20):.1f} | {' | '.join(cells)} |", flush=True)


def remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_500_000)
    parser.add_argument("--folder", help="where the data go; the system's folder for temporary files by default")
    given = parser.parse_args()
    with folder_in(given.folder) as place:
        measure(place, given.rows)

"""Files in the formats of research data, and next versions of them: made anew each time, the same each time.

A table of measurements (`ROWS` rows of nine columns) as CSV, Parquet, SQLite, HDF5 and a tar of one CSV for each
station; a grid (time, latitude, longitude) as NetCDF-3 and as compressed HDF5.
"""

import gzip
import io
import sqlite3
import struct
import subprocess
import tarfile
import tempfile
import zipfile
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ROWS = 600_000
STEPS, LATITUDES, LONGITUDES = 240, 180, 360
STATIONS = 200
PERCENT = ROWS // 100

Column = np.ndarray[Any, Any]
Table = dict[str, Column]
Write = Callable[[Table], bytes]


@dataclass(frozen=True)
class Pair:
    """A file and its next version."""

    name: str
    first: bytes
    second: bytes


def table() -> Table:
    chance = np.random.default_rng(1)
    return {
        "id": np.arange(ROWS, dtype=np.int64) * 3,
        "station": np.sort(chance.integers(0, STATIONS, ROWS)).astype(np.int32),
        "time": 1_600_000_000 + np.arange(ROWS, dtype=np.int64) * 600,
        "temperature": np.round(chance.normal(12, 8, ROWS), 2),
        "pressure": np.round(chance.normal(1013, 9, ROWS), 1),
        "humidity": np.round(chance.uniform(20, 100, ROWS), 1),
        "wind": np.round(chance.gamma(2, 2, ROWS), 2),
        "radiation": np.round(chance.uniform(0, 1000, ROWS), 3),
        "quality": chance.integers(0, 4, ROWS).astype(np.int8),
    }


def corrected(columns: Table, cells: int, seed: int = 2) -> Table:
    """So many other values, here and there."""
    chance = np.random.default_rng(seed)
    changed = {name: column.copy() for name, column in columns.items()}
    for name in ("temperature", "pressure", "humidity", "wind", "radiation"):
        rows = chance.choice(len(columns[name]), cells // 5, replace=False)
        changed[name][rows] = np.round(changed[name][rows] + chance.normal(0, 3, len(rows)), 2)
    return changed


def inserted(columns: Table, rows: int = 1) -> Table:
    """More rows, at one third."""
    at = len(columns["id"]) // 3
    return {name: np.insert(column, at, column[at : at + rows] + 1) for name, column in columns.items()}


def deleted(columns: Table, rows: int = 5000) -> Table:
    """A block of rows less."""
    at = len(columns["id"]) // 3
    return {name: np.delete(column, slice(at, at + rows)) for name, column in columns.items()}


def appended(columns: Table, rows: int = PERCENT) -> Table:
    return {name: np.concatenate([column, column[:rows] + 1]) for name, column in columns.items()}


def widened(columns: Table) -> Table:
    """One more column."""
    return {**columns, "flag": np.random.default_rng(3).integers(0, 9, len(columns["id"])).astype(np.int8)}


def revised(columns: Table, version: int) -> Table:
    """The next of many versions: rows appended, inserted and deleted, and values corrected here and there."""
    return appended(deleted(inserted(corrected(columns, 60, version), 700), 500), ROWS // 200)


def lines(columns: Table) -> list[str]:
    return [",".join(map(str, row)) + "\n" for row in zip(*(c.tolist() for c in columns.values()), strict=True)]


def csv(columns: Table) -> bytes:
    return (",".join(columns) + "\n" + "".join(lines(columns))).encode()


def csv_gz(columns: Table, level: int = 6) -> bytes:
    return gzip.compress(csv(columns), level, mtime=0)


def csv_by_gnu_gzip(columns: Table) -> bytes:
    return subprocess.run(["gzip", "-6", "-n"], input=csv(columns), capture_output=True, check=True).stdout


def zipped(files: dict[str, list[str]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, rows in files.items():
            archive.writestr(zipfile.ZipInfo(name), "".join(rows), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def parquet(columns: Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out, compression="snappy")
    return out.getvalue()


def sqlite(columns: Table) -> bytes:
    names = ", ".join(name for name in columns if name != "id")
    marks = ", ".join("?" for _ in columns)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "table.db")
        connection = sqlite3.connect(path)
        connection.execute(f"CREATE TABLE t (id INTEGER PRIMARY KEY, {names})")
        rows = zip(*(column.tolist() for column in columns.values()), strict=True)
        connection.executemany(f"INSERT OR REPLACE INTO t (id, {names}) VALUES ({marks})", rows)  # noqa: S608
        connection.commit()
        connection.close()
        return path.read_bytes()


def stations(columns: Table) -> dict[str, list[str]]:
    """The lines of each station, under the name of its file."""
    rows = lines(columns)
    of_rows = columns["station"].tolist()
    edges = [bisect_left(of_rows, number) for number in range(STATIONS + 1)]
    return {f"stations/{number:04}.csv": rows[edges[number] : edges[number + 1]] for number in range(STATIONS)}


def grown(files: dict[str, list[str]]) -> dict[str, list[str]]:
    """Every file with one line in a hundred more."""
    return {
        name: [*rows, *(row.replace(",", ",1", 1) for row in rows[: len(rows) // 100])] for name, rows in files.items()
    }


def tar(files: dict[str, list[str]]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, rows in files.items():
            data = "".join(rows).encode()
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return out.getvalue()


def hdf5(columns: Table) -> bytes:
    out = io.BytesIO()
    with h5py.File(out, "w") as file:
        for name, column in columns.items():
            file.create_dataset(name, data=column, track_times=False)
    return out.getvalue()


def grid() -> Column:
    chance = np.random.default_rng(4)
    smooth = np.cumsum(chance.normal(0, 0.1, (STEPS, LATITUDES, LONGITUDES)), axis=2)
    values: Column = (280 + smooth + chance.normal(0, 0.5, smooth.shape)).astype(np.float32)
    return values


def cells_corrected(values: Column, cells: int) -> Column:
    changed = values.copy()
    chance = np.random.default_rng(5)
    places = chance.choice(values.size, cells, replace=False)
    changed.reshape(-1)[places] += chance.normal(0, 1, cells).astype(np.float32)
    return changed


def region_corrected(values: Column) -> Column:
    changed = values.copy()
    changed[:, 40:54, 100:128] += np.float32(0.5)
    return changed


def netcdf3(values: Column) -> bytes:
    """The classic format by hand, so that nothing depends on a library: one variable of big-endian floats."""

    def name(text: str) -> bytes:
        return struct.pack(">I", len(text)) + text.encode().ljust(-(-len(text) // 4) * 4, b"\0")

    dimensions = zip(("time", "lat", "lon"), values.shape, strict=True)
    head = b"CDF\x01" + struct.pack(">III", 0, 10, 3)
    head += b"".join(name(text) + struct.pack(">I", size) for text, size in dimensions)
    head += struct.pack(">IIII", 0, 0, 11, 1) + name("t2m") + struct.pack(">IIII", 3, 0, 1, 2)
    head += struct.pack(">IIII", 0, 0, 5, values.size * 4)
    return head + struct.pack(">I", len(head) + 4) + values.astype(">f4").tobytes()


def hdf5_gzip(values: Column) -> bytes:
    out = io.BytesIO()
    with h5py.File(out, "w") as file:
        file.create_dataset(
            "t2m", data=values, chunks=(1, *values.shape[1:]), compression="gzip", shuffle=True, track_times=False
        )
    return out.getvalue()


EDITS: dict[str, Callable[[Table], Table]] = {
    "a row inserted": inserted,
    "1 % more rows": appended,
    "a block deleted": deleted,
    "60 cells": lambda columns: corrected(columns, 60),
    "1 % of the cells": lambda columns: corrected(columns, PERCENT),
    "a column added": widened,
}


def pairs() -> Iterator[Pair]:
    """Every file with its next version, one after the other."""
    yield from _of_tables()
    yield from _of_archives()
    yield from _of_grids()


def _of_tables() -> Iterator[Pair]:
    base = table()
    row, more, block, cells, percent, column = EDITS
    written: list[tuple[str, Write, tuple[str, ...]]] = [
        ("CSV", csv, (row, more, cells, percent, column)),
        ("Parquet", parquet, (row, block, percent)),
        ("SQLite", sqlite, (row, block, percent, column)),
        ("HDF5", hdf5, (row, more, percent)),
        ("CSV.gz", csv_gz, (row, more, cells)),
        ("CSV.gz, level 9", lambda columns: csv_gz(columns, 9), (row,)),
        ("CSV.gz by GNU gzip -6", csv_by_gnu_gzip, (row,)),
    ]
    for name, write, edits in written:
        first = write(base)
        for edit in edits:
            yield Pair(f"{name}: {edit}", first, write(EDITS[edit](base)))


def _of_archives() -> Iterator[Pair]:
    files = stations(table())
    first = tar(files)
    yield Pair("tar: a row inserted", first, tar(stations(inserted(table()))))
    yield Pair("tar: 1 % more rows in every member", first, tar(grown(files)))
    rows = lines(table())
    parts = {f"{number}.csv": rows[number * ROWS // 4 : (number + 1) * ROWS // 4] for number in range(4)}
    first = zipped(parts)
    yield Pair(
        "zip of four CSV: a row inserted into one", first, zipped({**parts, "1.csv": [rows[7], *parts["1.csv"]]})
    )


def _of_grids() -> Iterator[Pair]:
    values = grid()
    first = netcdf3(values)
    thousandth = cells_corrected(values, values.size // 1000)
    yield Pair("NetCDF-3: 0.1 % of the cells", first, netcdf3(thousandth))
    yield Pair("NetCDF-3: a region", first, netcdf3(region_corrected(values)))
    yield Pair("NetCDF-3: 2.5 % more steps", first, netcdf3(np.concatenate([values, values[:6] + np.float32(1)])))
    first = hdf5_gzip(values)
    yield Pair("HDF5, gzip: 60 cells", first, hdf5_gzip(cells_corrected(values, 60)))
    yield Pair("HDF5, gzip: 0.1 % of the cells", first, hdf5_gzip(thousandth))
    yield Pair("HDF5, gzip: a region", first, hdf5_gzip(region_corrected(values)))

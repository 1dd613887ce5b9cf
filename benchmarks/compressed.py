"""Which programs' gzip and zip files zlib makes again byte for byte, and how fast.

    python benchmarks/compressed.py

For each program that is there and for files of 4 MB in four formats: `yes` when all streams come out the same.
"""

import gzip
import io
import shutil
import subprocess
import tarfile
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable
from io import FileIO
from pathlib import Path

import numpy as np

import datasets
from baton.storage.folder import FolderHandle
from baton.storage.versions.members import members, remade

SIZE = 4_000_000
LARGEST = 1 << 30

Write = Callable[[Path, Path], object]


def samples() -> dict[str, bytes]:
    columns = datasets.table()
    json = "".join(f'{{"id": {n}, "value": {v}}}\n' for n, v in enumerate(columns["temperature"][:130_000].tolist()))
    return {
        "CSV": datasets.csv(columns)[:SIZE],
        "JSON": json.encode()[:SIZE],
        "floats": columns["radiation"].tobytes()[:SIZE],
        "grid": datasets.grid().tobytes()[:SIZE],
    }


def as_text(source: Path, target: Path) -> None:
    """As `to_csv` of pandas and `savetxt` of NumPy write: through a layer of text, which flushes before the end."""
    with gzip.open(target, "wb") as file, io.BufferedWriter(file) as text:
        text.write(source.read_bytes())


def to_tar(source: Path, target: Path) -> None:
    with tarfile.open(target, "w:gz") as archive:
        archive.add(source, source.name)


def to_zip(source: Path, target: Path) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(source, source.name)


def command(line: str) -> Write:
    """A program that writes to standard output what it makes of the file that it is told."""

    def run(source: Path, target: Path) -> None:
        with target.open("wb") as out:
            subprocess.run([*line.split(), source.name], cwd=source.parent, stdout=out, check=True)

    return run


WRITERS: dict[str, Write] = {
    "Python: gzip, level 6": lambda source, target: target.write_bytes(gzip.compress(source.read_bytes(), 6)),
    "Python: gzip as text, level 9": as_text,
    "Python: tarfile, level 9": to_tar,
    "Python: zipfile": to_zip,
    "NumPy: savez_compressed": lambda source, target: np.savez_compressed(
        target.open("wb"), np.frombuffer(source.read_bytes(), np.uint8)
    ),
    **{line: command(line) for line in ("gzip -c -6", "gzip -c -9", "gzip --rsyncable -c", "zip -q -6 -", "pigz -c")},
}


def measured(write: Write, data: bytes, folder: Path) -> str:
    source, target = folder / "data", folder / "packed"
    source.write_bytes(data)
    write(source, target)
    with FolderHandle(FileIO(target)) as handle:
        found = members(handle, LARGEST, lambda: None)
        made = list(remade(handle, found, lambda: None))
    return "yes" if found and len(made) == len(found) else "no"


def speed(work: Callable[[], object], size: int) -> str:
    started = time.process_time()
    work()
    return f"{size / 1e6 / (time.process_time() - started):.0f}"


def main() -> None:
    kinds = samples()
    print("| made by |", " | ".join(kinds), "|\n|---|" + "---|" * len(kinds))
    for name, write in WRITERS.items():
        if ":" in name or shutil.which(name.split()[0]):
            with tempfile.TemporaryDirectory() as folder:
                answers = [measured(write, data, Path(folder)) for data in kinds.values()]
            print("|", name, "|", " | ".join(answers), "|", flush=True)
    print("\n| MB per second of CPU |", " | ".join(kinds), "|\n|---|" + "---|" * len(kinds))
    for level in (1, 6, 9):
        rates = [speed(lambda data=data, level=level: zlib.compress(data, level), SIZE) for data in kinds.values()]  # type: ignore[misc]
        print(f"| deflated at level {level} |", " | ".join(rates), "|", flush=True)
    packed = [zlib.compress(data) for data in kinds.values()]
    print("| inflated |", " | ".join(speed(lambda one=one: zlib.decompress(one), SIZE) for one in packed), "|")  # type: ignore[misc]


if __name__ == "__main__":
    main()

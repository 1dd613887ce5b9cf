"""gzip files and zip archives as the world's programs write them."""

import gzip
import io
import tarfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd

from baton.storage.content import Handle


class InMemory:
    """A content in memory, of which every read has to lie inside."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    @property
    def size(self) -> int:
        return len(self._data)

    @property
    def window(self) -> int:
        return self.size

    def pread(self, offset: int, length: int) -> bytes:
        assert 0 <= offset <= offset + length <= self.size
        return self._data[offset : offset + length]

    def close(self) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def opened(data: bytes) -> Handle:
    return InMemory(data)


def raw_deflated(data: bytes, level: int = 6, memory: int = 8) -> bytes:
    deflater = zlib.compressobj(level, zlib.DEFLATED, -15, memory)
    return deflater.compress(data) + deflater.flush()


def gzipped(data: bytes, level: int = 6) -> bytes:
    return gzip.compress(data, level, mtime=0)


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED, level: int = 6) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method, compresslevel=level) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return out.getvalue()


def zipped_as_a_stream(data: bytes) -> bytes:
    """With data descriptors: what precedes the data says neither size nor CRC."""
    out = _Unseekable()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("table.csv", "w") as member:
        member.write(data)
    return out.getvalue()


class _Unseekable(io.BytesIO):
    def seekable(self) -> bool:
        return False


def gzipped_as_text(data: bytes, folder: Path) -> bytes:
    path = folder / "table.csv.gz"
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        file.write(data.decode())
    return path.read_bytes()


def tarred(data: bytes, mode: str) -> bytes:
    out = io.BytesIO()
    member = tarfile.TarInfo("table.csv")
    member.size = len(data)
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        archive.addfile(member, io.BytesIO(data))
    return out.getvalue()


def by_numpy(data: bytes) -> bytes:
    out = io.BytesIO()
    np.savez_compressed(out, values=np.frombuffer(data, np.uint8))
    return out.getvalue()


def by_pandas(data: bytes, folder: Path) -> bytes:
    path = folder / "table.csv.gz"
    pd.read_csv(io.BytesIO(data), header=None).to_csv(path, index=False)
    return path.read_bytes()

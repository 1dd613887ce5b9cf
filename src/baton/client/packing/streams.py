"""Compressed streams, read without being kept: a bomb is only a long stream."""

import bz2
import gzip
import lzma
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

BLOCK = 1 << 20
# What a stream may ask for to be read, in bytes.
MOST_MEMORY = 256 << 20
# Inflated bytes of each block that `bgzip` makes.
_BGZF_BLOCK = 0xFF00
DAMAGED = (EOFError, OSError, zlib.error, lzma.LZMAError, zstd.ZstdError)


def inflated(path: Path, name: str) -> Iterator[bytes]:
    """What a gzip, bzip2, xz or zstd file holds. Raises one of `DAMAGED`."""
    if name == "xz":
        yield from _inflated_xz(path)
        return
    with path.open("rb") as file, _reader(file, name) as stream:
        while block := stream.read(BLOCK):
            yield block


def _reader(file: BinaryIO, name: str) -> gzip.GzipFile | bz2.BZ2File | zstd.ZstdFile:
    match name:
        case "bzip2":
            return bz2.BZ2File(file)
        case "zstd":
            return zstd.ZstdFile(file)
        case _:
            return gzip.GzipFile(fileobj=file)


def _inflated_xz(path: Path) -> Iterator[bytes]:
    decoder = lzma.LZMADecompressor(memlimit=MOST_MEMORY)
    with path.open("rb", buffering=0) as source:
        while not decoder.eof:
            data = source.read(BLOCK) if decoder.needs_input else b""
            if decoder.needs_input and not data:
                raise EOFError("the stream ends too early")
            yield decoder.decompress(data, BLOCK)


def deflated(data: bytes, name: str) -> bytes:
    """As the program of that name compresses by default."""
    match name:
        case "gzip":
            return gzip.compress(data, 6, mtime=0)
        case "BGZF":
            blocks = range(0, len(data), _BGZF_BLOCK)
            return b"".join(gzip.compress(data[start : start + _BGZF_BLOCK], 6, mtime=0) for start in blocks)
        case "bzip2":
            return bz2.compress(data)
        case "xz":
            return lzma.compress(data, preset=1)  # the default takes ten times as long, and spreads edits alike
        case _:
            return zstd.compress(data, 3)

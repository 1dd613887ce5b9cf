"""Restores every file of a repository from its storage and a dump of its database, without Baton.

    python restore.py DUMP.sql STORAGE TARGET

DUMP.sql is what `sqlite3 baton.db .dump` prints, STORAGE the folder `files` beside it. Each file is written to
TARGET/<record>/<key> and compared with its SHA-256. Written from docs/formats alone; needs Python and zstandard.
"""

import hashlib
import sqlite3
import sys
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from os import SEEK_END
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import zstandard

PIECE = 1 << 20


class Recipe:
    """The lines of a recipe, checked against the last one."""

    def __init__(self, path: Path, sha256: str) -> None:
        text = path.read_bytes()
        body, _, end = text.rpartition(b"end ")
        if hashlib.sha256(body).hexdigest() != end.decode().strip():
            raise ValueError(f"{path} is damaged")
        title, *lines = body.decode("ascii").splitlines()
        if title not in {"baton recipe 1", "baton recipe 2"} or lines[0] != f"sha256 {sha256}":
            raise ValueError(f"{path} is no recipe of {sha256}")
        self.objects = [line.split()[1] for line in lines if line.startswith("object ")]
        self.extents = [line.split() for line in lines if line.startswith(("copy ", "zstd ", "delta "))]
        self.inflated, self.streams = (
            [[*map(int, line.split()[1:])] for line in lines if line.startswith(kind)]
            for kind in ("inflated ", "deflate ")
        )


def content(folder: Path, sha256: str) -> Iterator[bytes]:
    """The bytes of a content: an object of that name, or what the recipe of that name makes."""

    def path(kind: str, name: str) -> Path:
        return folder / kind / name[:2] / name

    if (whole := path("objects", sha256)).exists():
        with whole.open("rb") as file:
            yield from part(file, 0, whole.stat().st_size)
        return
    recipe = Recipe(path("recipes", sha256), sha256)
    with ExitStack() as opened:
        sources: list[IO[bytes]] = [opened.enter_context(path("objects", name).open("rb")) for name in recipe.objects]
        for number, offset, length, _size in recipe.inflated:
            sources.append(kept(inflated(part(sources[number], offset, length)), opened))
        made = extents(recipe, sources)
        yield from deflated(kept(made, opened), recipe) if recipe.streams else made


def part(file: IO[bytes], offset: int, length: int) -> Iterator[bytes]:
    file.seek(offset)
    while length:
        piece = file.read(min(PIECE, length))
        if not piece:
            raise ValueError("an object ends too early")
        length -= len(piece)
        yield piece


def kept(pieces: Iterator[bytes], opened: ExitStack) -> IO[bytes]:
    file = opened.enter_context(TemporaryFile())  # noqa: SIM115  it is closed with the others
    file.writelines(pieces)
    return file


def extents(recipe: Recipe, sources: list[IO[bytes]]) -> Iterator[bytes]:
    for kind, *fields in recipe.extents:
        take, number, offset, *rest = map(int, fields)
        if kind == "copy":
            yield from part(sources[number], offset, take)
            continue
        length, skip, whole, *base = rest
        dictionary = b"".join(part(sources[base[0]], base[1], base[2])) if base else b""
        frame = b"".join(part(sources[number], offset, length))
        yield decompressed(frame, whole, dictionary)[skip : skip + take]


def inflated(pieces: Iterator[bytes]) -> Iterator[bytes]:
    inflater = zlib.decompressobj(-15)
    for piece in pieces:
        yield inflater.decompress(piece)


def deflated(made: IO[bytes], recipe: Recipe) -> Iterator[bytes]:
    at = 0
    for start, whole, _length, level, memory, is_flushed, _crc32 in recipe.streams:
        yield from part(made, at, start - at)
        deflater = zlib.compressobj(level, zlib.DEFLATED, -15, memory)
        for piece in part(made, start, whole):
            yield deflater.compress(piece)
        if is_flushed:
            yield deflater.flush(zlib.Z_SYNC_FLUSH)
        yield deflater.flush()
        at = start + whole
    yield from part(made, at, made.seek(0, SEEK_END) - at)


def decompressed(frame: bytes, whole: int, dictionary: bytes) -> bytes:
    raw = zstandard.ZstdCompressionDict(dictionary, dict_type=zstandard.DICT_TYPE_RAWCONTENT) if dictionary else None
    data = zstandard.ZstdDecompressor(dict_data=raw).decompress(frame, max_output_size=whole)
    if len(data) != whole:
        raise ValueError(f"a frame holds {len(data)} bytes instead of {whole}")
    return data


def restore(dump: Path, folder: Path, target: Path) -> int:
    """Write every complete file; returns how many there were."""
    database = sqlite3.connect(":memory:")
    database.executescript(dump.read_text(encoding="utf-8"))
    rows = database.execute("select record_id, key, sha256 from files where sha256 is not null").fetchall()
    for record, key, sha256 in rows:
        path = (target / str(record) / key).resolve()
        if not path.is_relative_to(target.resolve()):
            raise ValueError(f"{key} would leave the folder")
        path.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with path.open("wb") as file:
            for piece in content(folder, sha256):
                digest.update(piece)
                file.write(piece)
        if digest.hexdigest() != sha256:
            raise ValueError(f"{path} is not what it was")
    return len(rows)


if __name__ == "__main__":
    restore(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))

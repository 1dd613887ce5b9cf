"""Restores every file of a repository from its storage and a dump of its database, without Baton.

    python restore.py DUMP.sql STORAGE TARGET

DUMP.sql is what `sqlite3 baton.db .dump` prints, STORAGE the folder `files` beside it. Each file is written to
TARGET/<record>/<key> and compared with its SHA-256. Written from docs/formats alone; needs Python and zstandard.
"""

import hashlib
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

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
        if title != "baton recipe 1" or lines[0] != f"sha256 {sha256}":
            raise ValueError(f"{path} is no recipe of {sha256}")
        self.objects = [line.split()[1] for line in lines if line.startswith("object ")]
        self.extents = [line.split() for line in lines if line.startswith(("copy ", "zstd ", "delta "))]


class Storage:
    """The folder with objects and recipes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def content(self, sha256: str) -> Iterator[bytes]:
        """The bytes of a content: an object of that name, or what the recipe of that name makes."""
        path = self._folder / "objects" / sha256[:2] / sha256
        if path.exists():
            yield from self._range(sha256, 0, path.stat().st_size)
            return
        recipe = Recipe(self._folder / "recipes" / sha256[:2] / sha256, sha256)
        for kind, *fields in recipe.extents:
            take, number, offset, *rest = map(int, fields)
            name = recipe.objects[number]
            if kind == "copy":
                yield from self._range(name, offset, take)
                continue
            length, skip, whole, *base = rest
            dictionary = b""
            if base:
                dictionary = b"".join(self._range(recipe.objects[base[0]], base[1], base[2]))
            frame = b"".join(self._range(name, offset, length))
            yield decompressed(frame, whole, dictionary)[skip : skip + take]

    def _range(self, name: str, offset: int, length: int) -> Iterator[bytes]:
        with (self._folder / "objects" / name[:2] / name).open("rb") as file:
            file.seek(offset)
            while length:
                piece = file.read(min(PIECE, length))
                if not piece:
                    raise ValueError(f"the object {name} ends too early")
                length -= len(piece)
                yield piece


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
    storage = Storage(folder)
    rows = database.execute("select record_id, key, sha256 from files where sha256 is not null").fetchall()
    for record, key, sha256 in rows:
        path = (target / str(record) / key).resolve()
        if not path.is_relative_to(target.resolve()):
            raise ValueError(f"{key} would leave the folder")
        path.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with path.open("wb") as file:
            for piece in storage.content(sha256):
                digest.update(piece)
                file.write(piece)
        if digest.hexdigest() != sha256:
            raise ValueError(f"{path} is not what it was")
    return len(rows)


if __name__ == "__main__":
    restore(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))

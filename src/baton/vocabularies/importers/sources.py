"""Reads dumps as they are published (plain, gzip, tar, ZIP) in pieces, so that memory does not grow with the dump."""

import csv
import gzip
import io
import json
import re
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import orjson

from baton.vocabularies.term import BadRow

OnBytes = Callable[[int], None]
# A row as it was read, with its line; or why it could not be read.
Read = tuple[int, Any] | BadRow

CHUNK = 1 << 20
# Longest line, JSON item or XML file that is read; a dump with longer ones is damaged.
LONGEST = 16 << 20

_OPENING = re.compile(r"\s*\[")
_GAP = re.compile(r"[\s,]*")

_TARS = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")


class _Counted(io.FileIO):
    """A file that tells how many bytes were read of it, for progress bars."""

    def __init__(self, path: Path, on_bytes: OnBytes) -> None:
        super().__init__(path)
        self._on_bytes = on_bytes

    def readinto(self, buffer: Any, /) -> int | None:  # noqa: ANN401  whatever BufferedReader hands in
        count = super().readinto(buffer)
        self._on_bytes(count or 0)
        return count


@contextmanager
def opened(path: Path, on_bytes: OnBytes) -> Iterator[IO[bytes]]:
    """The file's bytes as they are."""
    with io.BufferedReader(_Counted(path, on_bytes), CHUNK) as stream:
        yield stream


def streams(path: Path, on_bytes: OnBytes, wanted: Callable[[str], bool]) -> Iterator[tuple[str, IO[bytes]]]:
    """The name and the plain bytes of each text in a dump: itself, or the `wanted` ones of an archive."""
    with opened(path, on_bytes) as stream:
        if path.name.endswith(_TARS):
            yield from _in_tar(stream, wanted)
        elif path.name.endswith(".zip"):
            yield from _in_zip(stream, wanted)
        else:
            yield path.name, _plain(path.name, stream)


def _in_tar(stream: IO[bytes], wanted: Callable[[str], bool]) -> Iterator[tuple[str, IO[bytes]]]:
    with tarfile.open(fileobj=stream, mode="r|*") as archive:
        for member in archive:
            content = archive.extractfile(member) if member.isfile() and wanted(member.name) else None
            if content is not None:
                yield member.name, _plain(member.name, content)
            # tarfile remembers every member, of which a dump has millions; its stubs do not know where.
            archive.members.clear()  # type: ignore[attr-defined]


def _in_zip(stream: IO[bytes], wanted: Callable[[str], bool]) -> Iterator[tuple[str, IO[bytes]]]:
    with zipfile.ZipFile(stream) as archive:
        for name in sorted(archive.namelist()):
            if wanted(name):
                with archive.open(name) as content:
                    yield name, _plain(name, content)


def _plain(name: str, stream: IO[bytes]) -> IO[bytes]:
    return io.BufferedReader(gzip.open(stream), CHUNK) if name.endswith(".gz") else stream


def json_lines(stream: IO[bytes]) -> Iterator[Read]:
    """One JSON value a line; empty lines are skipped."""
    for number, line in _lines(stream):
        if line is None:
            yield BadRow(number, f"the line is longer than {LONGEST:,} bytes")
        elif line.strip():
            try:
                yield number, orjson.loads(line)
            except orjson.JSONDecodeError as error:
                yield BadRow(number, f"not JSON: {error}")


def _lines(stream: IO[bytes]) -> Iterator[tuple[int, bytes | None]]:
    number = 0
    while line := stream.readline(LONGEST):
        number += 1
        if len(line) < LONGEST:
            yield number, line
            continue
        yield number, None
        while line and not line.endswith(b"\n"):
            line = stream.readline(LONGEST)


def json_items(stream: IO[bytes]) -> Iterator[Read]:
    """The items of one JSON array, which is never held as a whole. Where it is malformed, reading ends."""
    with _as_text(stream, newline=None) as text:
        buffer = text.read(CHUNK)
        opening = _OPENING.match(buffer)
        if opening is None:
            yield BadRow(1, "not a JSON array")
            return
        yield from _items_after(text, buffer, opening.end())


def _items_after(text: io.TextIOWrapper, buffer: str, position: int) -> Iterator[Read]:
    decode = json.JSONDecoder().raw_decode
    position, number = _after_gap(buffer, position), 1
    while not buffer.startswith("]", position):
        try:
            item, end = decode(buffer, position)
        except json.JSONDecodeError:
            rest = buffer[position:]
            more = text.read(CHUNK) if len(rest) < LONGEST else ""
            if not more:
                yield BadRow(number, "the JSON is malformed or breaks off here; what follows was not read")
                return
            buffer, position = rest + more, 0
        else:
            yield number, item
            number, position = number + 1, end
        position = _after_gap(buffer, position)


def _after_gap(buffer: str, position: int) -> int:
    gap = _GAP.match(buffer, position)
    return gap.end() if gap else position


def csv_rows(stream: IO[bytes]) -> Iterator[Read]:
    """The rows of a CSV text with a header, parted by comma, semicolon or tab: {column: text}."""
    with _as_text(stream, newline="") as text:
        header = text.readline(LONGEST)
        delimiter = max(",;\t", key=header.count)
        columns = next(csv.reader([header], delimiter=delimiter), [])
        lines = iter(lambda: text.readline(LONGEST), "")
        yield from _rows_under(columns, lines, delimiter)


def _rows_under(columns: list[str], lines: Iterator[str], delimiter: str) -> Iterator[Read]:
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield BadRow(reader.line_num + 1, f"not CSV: {error}")
            continue
        line = reader.line_num + 1
        if len(row) == len(columns):
            yield line, dict(zip(columns, (field.strip() for field in row), strict=True))
        elif row:
            yield BadRow(line, f"has {len(row)} fields; the header has {len(columns)}")


@contextmanager
def _as_text(stream: IO[bytes], newline: str | None) -> Iterator[io.TextIOWrapper]:
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline=newline)
    try:
        yield text
    finally:
        # Whoever opened the bytes closes them.
        text.detach()

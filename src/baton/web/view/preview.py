"""The beginning of a file as a page can show it: text, a table, a picture. Pure."""

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from baton.exports.file_json import extension

READ_BYTES = 100_000  # of text and tables; pictures and PDF come from their own address
MOST_ROWS = 200
MOST_COLUMNS = 50
LONGEST_CELL = 300
MOST_INDENTED = 1_000_000  # characters of JSON after indenting


class Kind(StrEnum):
    """How a file is shown."""

    TEXT = "text"
    JSON = "json"
    TABLE = "table"
    PICTURE = "picture"
    PDF = "pdf"
    NONE = "none"


# SVG counts as text: it can hold scripts, so downloads never send it as a picture.
_SUFFIXES = {
    Kind.TEXT: "txt md rst log bib xml yaml yml toml ini cfg cff html htm svg tex srt vtt py r jl c h cpp hpp f90 java"
    " js ts sh sql m go rs",
    Kind.JSON: "json geojson jsonld ipynb",
    Kind.TABLE: "csv tsv tab",
    Kind.PICTURE: "png jpg jpeg gif webp avif",
    Kind.PDF: "pdf",
}
PREVIEWED = {suffix: kind for kind, suffixes in _SUFFIXES.items() for suffix in suffixes.split()}


@dataclass(frozen=True, slots=True)
class Preview:
    """What is shown: `text` or `rows`, the first of them the header; neither for pictures and PDF."""

    kind: Kind
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    is_cut: bool = False  # the file goes on


def kind_of(key: str) -> Kind | None:
    """How a file of this name is shown; `None` when it can only be downloaded."""
    return PREVIEWED.get(extension(key))


def is_read(kind: Kind) -> bool:
    """Whether the page shows the file's own bytes."""
    return kind in {Kind.TEXT, Kind.JSON, Kind.TABLE}


def preview(key: str, kind: Kind, head: bytes, size: int) -> Preview:
    """The preview of a file of `size` bytes, of which `head` are the first."""
    is_cut = is_read(kind) and size > len(head)
    text = _decoded(head, is_cut=is_cut)
    if kind is Kind.JSON and not is_cut:
        return Preview(Kind.TEXT, _indented(text))
    if kind is Kind.TABLE:
        rows, has_more = _rows(text, extension(key), is_cut=is_cut)
        return Preview(Kind.TABLE, rows=rows, is_cut=is_cut or has_more) if rows else Preview(Kind.TEXT, text)
    return Preview(Kind.TEXT if is_read(kind) else kind, text, is_cut=is_cut)


def _decoded(head: bytes, *, is_cut: bool) -> str:
    """UTF-8 or UTF-16 by its mark, else Latin-1, which knows every byte."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace")
    for spare in range(4 if is_cut else 1):  # a letter may have been cut in two
        try:
            return head[: len(head) - spare].decode("utf-8-sig")
        except UnicodeDecodeError:
            continue
    return head.decode("latin-1")


def _indented(text: str) -> str:
    """JSON with its lines indented; as it is when that would blow it up (deep nesting) or when it is no JSON."""
    pieces: list[str] = []
    length = 0
    try:
        for piece in json.JSONEncoder(indent=2, ensure_ascii=False).iterencode(json.loads(text)):
            length += len(piece)
            if length > MOST_INDENTED:
                return text
            pieces.append(piece)
    except (ValueError, RecursionError):
        return text
    return "".join(pieces)


def _rows(text: str, suffix: str, *, is_cut: bool) -> tuple[tuple[tuple[str, ...], ...], bool]:
    """The first rows, and whether there are more in `text`."""
    lines = text.splitlines(keepends=True)
    if is_cut and len(lines) > 1:
        lines.pop()
    rows: list[tuple[str, ...]] = []
    try:
        for row in csv.reader(lines, delimiter=_delimiter(lines[0] if lines else "", suffix)):
            if len(rows) > MOST_ROWS:
                return _padded(rows), True
            rows.append(tuple(_cell(cell) for cell in row[:MOST_COLUMNS]))
    except csv.Error:
        return (), False
    return _padded(rows), False


def _padded(rows: Sequence[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """All rows as wide as the widest."""
    width = max(map(len, rows), default=0)
    return tuple((*row, *[""] * (width - len(row))) for row in rows)


def _delimiter(header: str, suffix: str) -> str:
    if suffix in {"tsv", "tab"}:
        return "\t"
    return max(",;\t|", key=header.count)


def _cell(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else f"{text[:LONGEST_CELL]}…"

"""One name in a record's file list, as everything above sees it. Plain data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One name in a record's file list. `sha256`, `md5`, `crc32` and `size` are those of stored bytes, once there."""

    id: str
    key: str
    status: str  # pending | completed | failed
    size: int | None
    md5: str | None
    sha256: str | None
    crc32: int | None
    mimetype: str
    version_id: str
    created_at: datetime
    updated_at: datetime
    metadata: Mapping[str, Any] | None = None
    parts: int | None = None  # how many, when the content comes in parts
    part_size: int | None = None  # bytes of every part but the last, if that was announced
    source: str | None = None  # the address from which the server fetches the content
    error: str | None = None  # why the content does not come
    verified_at: datetime | None = None  # when the stored bytes were last read and found to be those that came
    state: str | None = "whole"  # whole | damaged | lost


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a file that has come; without `sha256` it is in its place in the staged file."""

    number: int
    size: int
    md5: str
    sha256: str | None
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Totals:
    """How many files a record has, complete or not, and their bytes together."""

    count: int
    bytes: int

    @classmethod
    def of(cls, entries: Sequence[FileEntry]) -> Self:
        """Of a list that is whole."""
        return cls(len(entries), sum(entry.size or 0 for entry in entries))


NO_FILES = Totals(0, 0)

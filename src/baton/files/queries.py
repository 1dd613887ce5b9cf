"""Every look-up of files; never writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, select

from baton.files.entry import FileEntry
from baton.files.errors import NoContent, NoSuchFile
from baton.files.models import contents, file_parts, files
from baton.files.pieces import ContentSlice
from baton.files.rules import Parts, lookup_key
from baton.kernel.errors import InvalidInput

# After the record, what a `FileEntry` is made of, in its order.
_ENTRIES: Select[Any] = select(
    files.c.record_id,
    files.c.id,
    files.c.key,
    files.c.status,
    contents.c.size,
    contents.c.md5,
    files.c.sha256,
    contents.c.crc32,
    files.c.mimetype,
    files.c.version_id,
    files.c.created_at,
    files.c.updated_at,
    files.c.metadata,
    files.c.parts,
    files.c.part_size,
).select_from(files.outerjoin(contents))

_OF_RECORD = _ENTRIES.where(files.c.record_id == bindparam("record_id")).order_by(files.c.position, files.c.key)
_ONE = _ENTRIES.where(files.c.record_id == bindparam("record_id"), files.c.key == bindparam("key"))

_TOTALS = (
    select(func.count().label("file_count"), func.coalesce(func.sum(contents.c.size), 0).label("byte_count"))
    .select_from(files.outerjoin(contents))
    .where(files.c.record_id == bindparam("record_id"))
)

# With `record_id` and `key`: what the record has beside the file.
BYTES_BESIDE = (
    select(func.coalesce(func.sum(contents.c.size), 0).label("byte_count"))
    .select_from(files.outerjoin(contents))
    .where(files.c.record_id == bindparam("record_id"), files.c.key != bindparam("key"))
)
_BESIDE = BYTES_BESIDE.add_columns(
    func.count().label("file_count"), func.coalesce(func.max(files.c.position), -1).label("last_position")
)


@dataclass(frozen=True, slots=True)
class Totals:
    """How many files a record has, complete or not, and their bytes together."""

    count: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Others:
    """What a record has beside one file."""

    count: int
    bytes: int
    last_position: int


def list_files(connection: Connection, record_id: int) -> tuple[FileEntry, ...]:
    """The files of one record or draft, complete or not, in their order."""
    return tuple(map(_entry, connection.execute(_OF_RECORD, {"record_id": record_id})))


def files_of_many(connection: Connection, record_ids: Sequence[int]) -> dict[int, tuple[FileEntry, ...]]:
    """The files of many records in one statement; records without files are left out."""
    if not record_ids:
        return {}
    found: dict[int, list[FileEntry]] = {}
    rows = _ENTRIES.where(files.c.record_id.in_(record_ids)).order_by(files.c.record_id, files.c.position, files.c.key)
    for row in connection.execute(rows):
        found.setdefault(row.record_id, []).append(_entry(row))
    return {record_id: tuple(entries) for record_id, entries in found.items()}


def get_file(connection: Connection, record_id: int, key: str) -> FileEntry:
    """One file by its name. Raises `NoSuchFile`."""
    row = connection.execute(_ONE, {"record_id": record_id, "key": lookup_key(key)}).first()
    if row is None:
        raise NoSuchFile(key)
    return _entry(row)


def get_parts(connection: Connection, record_id: int, key: str) -> Parts:
    """How a file comes in parts. Raises `NoSuchFile`, or `InvalidInput` when it comes in one piece."""
    columns = select(files.c.expected, files.c.parts, files.c.part_size)
    row = connection.execute(columns.where(files.c.record_id == record_id, files.c.key == lookup_key(key))).first()
    if row is None:
        raise NoSuchFile(key)
    if row.parts is None:
        raise InvalidInput(f'The file "{key}" was not announced as coming in parts. Send its content in one piece.')
    return Parts(int(row.expected["size"]), row.parts, row.part_size)


def list_parts(connection: Connection, record_id: int, key: str) -> tuple[ContentSlice, ...]:
    """The contents that make up a file that has come in parts, in their order. Raises `NoContent` for the first gap."""
    entry = get_file(connection, record_id, key)
    found = {
        row.number: ContentSlice(row.sha256, 0, row.size)
        for row in connection.execute(
            select(file_parts.c.number, contents.c.sha256, contents.c.size)
            .select_from(file_parts.join(contents))
            .where(file_parts.c.file_id == entry.id)
        )
    }
    for number in range(1, (entry.parts or 0) + 1):
        if number not in found:
            raise NoContent(f'Part {number} of "{entry.key}" has not been uploaded yet.')
    if not found:
        raise NoContent(f'The content of "{entry.key}" has not been uploaded yet.')
    return tuple(found[number] for number in sorted(found))


def totals(connection: Connection, record_id: int) -> Totals:
    """How much a record holds: what `Limits` are asked about."""
    row = connection.execute(_TOTALS, {"record_id": record_id}).one()
    return Totals(row.file_count, int(row.byte_count))


def others_of(connection: Connection, record_id: int, key: str) -> Others:
    """What the record has beside the file `key`."""
    row = connection.execute(_BESIDE, {"record_id": record_id, "key": key}).one()
    return Others(row.file_count, int(row.byte_count), row.last_position)


def list_incomplete(connection: Connection) -> list[tuple[int, str]]:
    """Every file (record, name) that still waits for its content or its commit."""
    rows = connection.execute(select(files.c.record_id, files.c.key).where(files.c.status != "completed"))
    return [(row.record_id, row.key) for row in rows]


def referenced(connection: Connection, sha256s: Sequence[str]) -> set[str]:
    """Those of the contents that the database still names."""
    rows = connection.execute(select(contents.c.sha256).where(contents.c.sha256.in_(sha256s)))
    return set(rows.scalars())


def _entry(row: Row[Any]) -> FileEntry:
    columns: tuple[Any, ...] = row[1:]
    return FileEntry(*columns)

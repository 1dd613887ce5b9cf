"""Every look-up of files; never writes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection, Row, Select, and_, bindparam, func, or_, select

from baton.files.entry import NO_FILES, FileEntry, Part, Totals
from baton.files.errors import FileCompleted, NoContent, NoSuchFile
from baton.files.models import contents, file_parts, file_totals, files
from baton.files.rules import Limits, Parts, Room, lookup_key, normal_key
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
    files.c.source,
    files.c.error,
    contents.c.verified_at,
    contents.c.state,
).select_from(files.outerjoin(contents))
_WIDTH = len(_ENTRIES.selected_columns)

_OF_RECORD = _ENTRIES.where(files.c.record_id == bindparam("record_id")).order_by(files.c.position, files.c.key)
_ONE = _ENTRIES.where(files.c.record_id == bindparam("record_id"), files.c.key == bindparam("key"))
_BY_ID = _ENTRIES.where(files.c.record_id == bindparam("record_id"), files.c.id == bindparam("id"))

MOST_NAMED = 10  # of parts that are missing
# Files that come with a record; who wants more of a longer list asks for its pages.
EMBEDDED = 1000
_WITH_TOTALS = _ENTRIES.add_columns(file_totals.c.file_count, file_totals.c.byte_count).join(
    file_totals, file_totals.c.record_id == files.c.record_id
)
_FIRST = (
    _WITH_TOTALS.where(files.c.record_id == bindparam("record_id"))
    .order_by(files.c.position, files.c.key)
    .limit(EMBEDDED)
)

# With `record_id` and `key`: what the record has, and what of that is the file itself.
_OTHERS = (
    select(
        file_totals.c.file_count,
        file_totals.c.byte_count,
        file_totals.c.reserved_bytes,
        file_totals.c.next_position,
        files.c.id.label("own"),
        func.coalesce(contents.c.size, 0).label("own_bytes"),
        func.coalesce(files.c.reserved, 0).label("own_reserved"),
    )
    .select_from(
        file_totals.outerjoin(
            files, and_(files.c.record_id == file_totals.c.record_id, files.c.key == bindparam("key"))
        ).outerjoin(contents, contents.c.sha256 == files.c.sha256)
    )
    .where(file_totals.c.record_id == bindparam("record_id"))
)

_TOTALS = select(file_totals.c.file_count, file_totals.c.byte_count).where(
    file_totals.c.record_id == bindparam("record_id")
)

# The first files of a record, and what all are together.
Listed = tuple[tuple[FileEntry, ...], Totals]
NONE_LISTED: Listed = ((), NO_FILES)


@dataclass(frozen=True, slots=True)
class Others:
    """What a record has beside one file."""

    count: int = 0
    bytes: int = 0
    reserved: int = 0  # bytes that were announced and have not come
    next_position: int = 0  # behind all that there were
    is_there: bool = False  # whether the file itself is, complete or not
    own_bytes: int = 0
    own_reserved: int = 0


class Quotas(Protocol):
    """Who knows how much a record may hold."""

    def limits(self, connection: Connection, record_id: int) -> Limits:
        """The limits of one record."""

    def room(
        self, connection: Connection, record_id: int, others: Others, key: str | None, but: Collection[str] = ()
    ) -> Room:
        """What the file `key`, or with `None` a piece of one, has to fit into beside those `others`.

        Uploads on their way to other files count as far as they were announced, `but` not those with these ids.
        """


def list_files(connection: Connection, record_id: int) -> tuple[FileEntry, ...]:
    """All files of one record or draft, complete or not, in their order: for those who can bear 100,000 of them."""
    return tuple(map(_entry, connection.execute(_OF_RECORD, {"record_id": record_id})))


def first_files(connection: Connection, record_id: int) -> Listed:
    """The first `EMBEDDED` files of one record or draft, complete or not, in their order."""
    rows = connection.execute(_FIRST, {"record_id": record_id}).all()
    if not rows:
        return NONE_LISTED
    return tuple(map(_entry, rows)), Totals(rows[0].file_count, rows[0].byte_count)


def page_of_files(connection: Connection, record_id: int, *, page: int, size: int) -> tuple[FileEntry, ...]:
    """One page of the files of a record or draft, in the order of their upload; pages count from 1."""
    rows = _OF_RECORD.limit(size).offset((page - 1) * size)
    return tuple(map(_entry, connection.execute(rows, {"record_id": record_id})))


def files_of_many(connection: Connection, record_ids: Sequence[int]) -> dict[int, Listed]:
    """The first files of many records; those without are left out.

    In one statement, but for records with more than `EMBEDDED`: to number all files of these would cost more than one
    statement each.
    """
    if not record_ids:
        return {}
    whole = _WITH_TOTALS.where(files.c.record_id.in_(record_ids), file_totals.c.file_count <= EMBEDDED)
    rows = whole.order_by(files.c.record_id, files.c.position, files.c.key)
    entries: dict[int, list[FileEntry]] = {}
    totals: dict[int, Totals] = {}
    for row in connection.execute(rows):
        entries.setdefault(row.record_id, []).append(_entry(row))
        totals[row.record_id] = Totals(row.file_count, row.byte_count)
    found = {record_id: (tuple(listed), totals[record_id]) for record_id, listed in entries.items()}
    missing = [record_id for record_id in record_ids if record_id not in found]
    return found | {record_id: first_files(connection, record_id) for record_id in _long(connection, missing)}


def _long(connection: Connection, record_ids: Sequence[int]) -> Sequence[int]:
    """Those of the records that have more than `EMBEDDED` files."""
    if not record_ids:
        return ()
    long = select(file_totals.c.record_id).where(file_totals.c.file_count > EMBEDDED)
    return connection.execute(long.where(file_totals.c.record_id.in_(record_ids))).scalars().all()


def get_file(connection: Connection, record_id: int, key: str) -> FileEntry:
    """One file by its name. Raises `NoSuchFile`."""
    row = connection.execute(_ONE, {"record_id": record_id, "key": lookup_key(key)}).first()
    if row is None:
        raise NoSuchFile(key)
    return _entry(row)


def get_waiting(connection: Connection, record_id: int, key: str) -> FileEntry:
    """One announced file whose content may come. Raises `NoSuchFile`, `FileCompleted`."""
    entry = get_file(connection, record_id, key)
    if entry.status != "pending":
        raise FileCompleted(entry.key, entry.status)
    return entry


def get_file_by_id(connection: Connection, record_id: int, file_id: str) -> FileEntry:
    """One file of a record by its `file_id`. Raises `NoSuchFile`."""
    row = connection.execute(_BY_ID, {"record_id": record_id, "id": lookup_key(file_id)}).first()
    if row is None:
        raise NoSuchFile(file_id)
    return _entry(row)


def files_named(connection: Connection, record_id: int, keys: Sequence[str]) -> tuple[FileEntry, ...]:
    """Those of the named files that there are, in the order of their upload."""
    rows = _ENTRIES.where(files.c.record_id == record_id, files.c.key.in_(list(map(normal_key, keys))))
    return tuple(map(_entry, connection.execute(rows.order_by(files.c.position, files.c.key))))


def get_parts(connection: Connection, record_id: int, key: str) -> Parts:
    """How a file comes in parts. Raises `NoSuchFile`, or `InvalidInput` when it comes in one piece."""
    columns = select(files.c.id, files.c.status, files.c.expected, files.c.parts, files.c.part_size)
    row = connection.execute(columns.where(files.c.record_id == record_id, files.c.key == lookup_key(key))).first()
    if row is None:
        raise NoSuchFile(key)
    if row.status != "pending":
        raise FileCompleted(key, row.status)
    if row.parts is None:
        raise InvalidInput(f'The file "{key}" was not announced as coming in parts. Send its content in one piece.')
    return Parts(int(row.expected["size"]), row.parts, row.part_size, row.id)


def received_parts(connection: Connection, file_id: str) -> list[Part]:
    """The parts of a file that have come, in their order."""
    columns = select(*(file_parts.c[name] for name in ("number", "size", "md5", "sha256", "received_at")))
    rows = connection.execute(columns.where(file_parts.c.file_id == file_id).order_by(file_parts.c.number))
    return [Part(*row) for row in rows]


def all_parts(connection: Connection, record_id: int, key: str) -> tuple[Parts, list[Part]]:
    """How a file has come in parts, and all of them. Raises `NoContent` with those that are missing."""
    plan = get_parts(connection, record_id, key)
    found = received_parts(connection, plan.file_id)
    missing = sorted(set(range(1, plan.count + 1)) - {part.number for part in found})
    if missing:
        numbers = ", ".join(map(str, missing[:MOST_NAMED])) + (", ..." if len(missing) > MOST_NAMED else "")
        raise NoContent(f'Of "{key}" {len(missing):,} parts have not been uploaded yet. Part {numbers} is missing.')
    return plan, found


def waiting_for_parts(connection: Connection, file_ids: Sequence[str]) -> set[str]:
    """Those of the files of which parts have come, so that what is staged of them must stay."""
    waiting = select(file_parts.c.file_id).join(files).where(file_parts.c.file_id.in_(file_ids))
    return set(connection.execute(waiting.where(files.c.status == "pending")).scalars())


def totals(connection: Connection, record_id: int) -> Totals:
    """How much a record holds: what `Limits` are asked about."""
    row = connection.execute(_TOTALS, {"record_id": record_id}).first()
    return NO_FILES if row is None else Totals(row.file_count, row.byte_count)


def unfinished(connection: Connection, record_id: int, most: int) -> list[str]:
    """The names of up to `most` files of a record that still wait for their content or their commit."""
    waiting = select(files.c.key).where(files.c.record_id == record_id, files.c.status != "completed")
    return list(connection.execute(waiting.order_by(files.c.position, files.c.key).limit(most)).scalars())


def wrong_totals(connection: Connection) -> list[int]:
    """Records whose totals are not those of their files: there should be none."""
    real = (
        select(
            files.c.record_id,
            func.count().label("count"),
            func.coalesce(func.sum(contents.c.size), 0).label("bytes"),
            func.sum(files.c.reserved).label("reserved"),
        )
        .select_from(files.outerjoin(contents))
        .group_by(files.c.record_id)
        .subquery()
    )
    counted = select(file_totals.c.record_id).select_from(
        file_totals.outerjoin(real, real.c.record_id == file_totals.c.record_id)
    )
    wrong = counted.where(
        or_(
            func.coalesce(real.c.count, 0) != file_totals.c.file_count,
            func.coalesce(real.c.bytes, 0) != file_totals.c.byte_count,
            func.coalesce(real.c.reserved, 0) != file_totals.c.reserved_bytes,
        )
    )
    uncounted = select(real.c.record_id).where(
        ~select(file_totals.c.record_id).where(file_totals.c.record_id == real.c.record_id).exists()
    )
    return sorted(connection.execute(wrong.union(uncounted)).scalars())


def others_of(connection: Connection, record_id: int, key: str) -> Others:
    """What the record has beside the file `key`: what that one must fit beside."""
    row = connection.execute(_OTHERS, {"record_id": record_id, "key": lookup_key(key)}).first()
    if row is None:
        return Others()
    is_there = row.own is not None
    return Others(
        count=row.file_count - is_there,
        bytes=row.byte_count - row.own_bytes,
        reserved=row.reserved_bytes - row.own_reserved,
        next_position=row.next_position,
        is_there=is_there,
        own_bytes=row.own_bytes,
        own_reserved=row.own_reserved,
    )


def room_of(connection: Connection, quotas: Quotas, record_id: int, key: str | None, but: Collection[str] = ()) -> Room:
    """As `Quotas.room`, for who only wants to know."""
    return quotas.room(connection, record_id, others_of(connection, record_id, key or ""), key, but)


def list_incomplete(connection: Connection) -> list[tuple[int, str]]:
    """Every file (record, name) that still waits for its content or its commit."""
    rows = connection.execute(select(files.c.record_id, files.c.key).where(files.c.status != "completed"))
    return [(row.record_id, row.key) for row in rows]


def referenced(connection: Connection, sha256s: Sequence[str]) -> set[str]:
    """Those of the contents that the database still names."""
    rows = connection.execute(select(contents.c.sha256).where(contents.c.sha256.in_(sha256s)))
    return set(rows.scalars())


def _entry(row: Row[Any]) -> FileEntry:
    columns: tuple[Any, ...] = row[1:_WIDTH]  # totals may follow
    return FileEntry(*columns)

"""Every way the files of a record change. Who may do it, and whether the record is open for it, was decided before.

Bytes are stored first; here they get a name. Contents that lose their last name are removed later, by the sweep.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, exists, func, insert, select, text, update

from baton.files.entry import FileEntry
from baton.files.errors import FileCompleted, FileExists, NoContent, NoSuchFile
from baton.files.mediatypes import guess_media_type
from baton.files.models import contents, file_parts, file_totals, files
from baton.files.queries import Others, Quotas, get_file, get_parts, others_of, received_parts
from baton.files.rules import (
    Declared,
    Parts,
    check_key,
    check_metadata,
    check_new_size,
    lookup_key,
    parse_checksum,
)
from baton.kernel import clock
from baton.kernel.db import insert_into
from baton.kernel.errors import InvalidInput
from baton.kernel.ids import new_uuid
from baton.storage.content import Stored

PENDING = "pending"
COMPLETED = "completed"
FAILED = "failed"

# With `record_id` and `key`, made once: building a statement costs as much as running it.
_EXPECTED = select(files.c.id, files.c.expected).where(
    files.c.record_id == bindparam("record_id"), files.c.key == bindparam("key")
)
_ALONE = text("SELECT pg_advisory_xact_lock(:record_id)")
# What a file that is put takes from the one of the same name.
_REPLACED = ("sha256", "status", "expected", "reserved", "parts", "version_id", "updated_at")
_MORE = {
    "file_count": file_totals.c.file_count + bindparam("more_files"),
    "byte_count": file_totals.c.byte_count + bindparam("more_bytes"),
    "reserved_bytes": file_totals.c.reserved_bytes + bindparam("more_reserved"),
    "next_position": file_totals.c.next_position + bindparam("added"),
}


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that is about to be uploaded; `checksum` as `md5:hex` or `sha256:hex`."""

    key: str
    size: int | None = None
    checksum: str | None = None
    metadata: Mapping[str, Any] | None = None
    parts: int | None = None  # how many, when the content comes in parts; then `size` must be given
    part_size: int | None = None
    source: str | None = None  # from where the server fetches the content by itself


def init_files(connection: Connection, record_id: int, entries: Sequence[NewFile], quotas: Quotas) -> None:
    """Announce files, all of them or none; their contents follow one by one.

    Raises `InvalidInput`, `InvalidKey`, `InvalidDigest`, `InvalidFileMetadata`, `FileExists`, or what `Quotas` say.
    """
    if not entries:
        raise InvalidInput("Name at least one file.")
    keys = [check_key(entry.key) for entry in entries]
    if len(set(keys)) < len(keys):
        raise FileExists("The same file name is given twice.")
    others = _others_alone(connection, record_id, "")
    room = quotas.room(connection, record_id, others, "")
    room.check_count(len(entries))
    rows: list[dict[str, Any]] = []
    for key, entry in zip(keys, entries, strict=True):
        declared = Declared(check_new_size(entry.size), parse_checksum(entry.checksum) if entry.checksum else {})
        room.check_size(declared.size or 0)
        room = replace(room, reserved=room.reserved + (declared.size or 0))
        if entry.parts is not None:
            Parts(declared.size or 0, entry.parts, entry.part_size).check()
        said = {
            "expected": asdict(declared),
            "reserved": declared.size or 0,
            "parts": entry.parts,
            "part_size": entry.part_size,
            "source": entry.source,
        }
        metadata = check_metadata(entry.metadata)
        rows.append({**_new_row(record_id, key, others.next_position + len(rows)), **said, "metadata": metadata})
    # Not `.values(rows)`, which would be compiled anew each time.
    statement = insert_into(connection, files).on_conflict_do_nothing().returning(files.c.key)
    if taken := set(keys) - set(connection.execute(statement, rows).scalars()):
        raise FileExists(f'There is a file "{min(taken)}" already. Delete it first, or choose another name.')
    _count(connection, record_id, files=len(rows), reserved=sum(row["reserved"] for row in rows))


def attach_content(connection: Connection, record_id: int, key: str, stored: Stored, quotas: Quotas) -> None:
    """Give an announced file its content; again replaces it, until the file is committed.

    Raises `NoSuchFile`, `FileCompleted`, what `Quotas` say, and `LengthMismatch` or `ChecksumMismatch` when this is not
    what was announced.
    """
    key = lookup_key(key)
    row = connection.execute(_EXPECTED, {"record_id": record_id, "key": key}).first()
    if row is None:
        raise NoSuchFile(key)
    others = _others_alone(connection, record_id, key)
    quotas.room(connection, record_id, others, key).check_size(stored.size)
    _check(Declared(**row.expected), stored)
    _remember(connection, stored)
    changed = connection.execute(
        update(files)
        .where(files.c.id == row.id, files.c.status == PENDING)
        .values(sha256=stored.sha256, reserved=0, version_id=new_uuid(), updated_at=clock.now())
    )
    if not changed.rowcount:
        raise FileCompleted(key)
    _count(connection, record_id, bytes_=stored.size - others.own_bytes, reserved=-others.own_reserved)


def check_expected(connection: Connection, record_id: int, key: str, stored: Stored) -> None:
    """Raise `LengthMismatch` or `ChecksumMismatch` when this is not what was announced of a file that still waits."""
    waiting = select(files.c.expected).where(
        files.c.record_id == record_id, files.c.key == lookup_key(key), files.c.status == PENDING
    )
    if (expected := connection.execute(waiting).scalar()) is not None:
        _check(Declared(**expected), stored)


def _check(expected: Declared, stored: Stored) -> None:
    expected.check_size(stored.size)
    expected.check_digests({"md5": stored.md5, "sha256": stored.sha256})


def attach_part(connection: Connection, record_id: int, key: str, number: int, stored: Stored) -> None:
    """Keep one part of a file; again replaces it, until the file is committed.

    Where all parts have one size its bytes are in their place already; else they are a content of their own. Raises
    `NoSuchFile`, `FileCompleted`, `InvalidInput` for a part that there cannot be, or `LengthMismatch`.
    """
    plan = get_parts(connection, record_id, key)
    plan.check_part(number, stored.size)
    if plan.each is None:
        others = sum(part.size for part in received_parts(connection, plan.file_id) if part.number != number)
        plan.check_sum(number, stored.size, others)
        _remember(connection, stored)
    row = {
        "size": stored.size,
        "md5": stored.md5,
        "sha256": stored.sha256 if plan.each is None else None,
        "received_at": clock.now(),
    }
    connection.execute(
        insert_into(connection, file_parts)
        .values(file_id=plan.file_id, number=number, **row)
        .on_conflict_do_update(index_elements=[file_parts.c.file_id, file_parts.c.number], set_=row)
    )


def forget_part(connection: Connection, file_id: str, number: int) -> None:
    """A part of a file has not come, or is about to be replaced where it is."""
    connection.execute(delete(file_parts).where(file_parts.c.file_id == file_id, file_parts.c.number == number))


def forget_old_parts(connection: Connection, before: datetime) -> int:
    """Give up parts of files of which none has come since `before`; returns how many."""
    newest = select(file_parts.c.file_id).group_by(file_parts.c.file_id)
    old = newest.having(func.max(file_parts.c.received_at) < before)
    return connection.execute(delete(file_parts).where(file_parts.c.file_id.in_(old))).rowcount


def fail_file(connection: Connection, record_id: int, key: str, why: str) -> None:
    """Say that the content of an announced file does not come, and why."""
    others = _others_alone(connection, record_id, key)
    values = {"status": FAILED, "error": why, "reserved": 0, "updated_at": clock.now()}
    waiting = update(files).where(files.c.record_id == record_id, files.c.key == key, files.c.status == PENDING)
    if connection.execute(waiting.values(values)).rowcount:
        _count(connection, record_id, reserved=-others.own_reserved)


def commit_file(connection: Connection, record_id: int, key: str) -> FileEntry:
    """Complete a file whose content has come; again changes nothing. Raises `NoSuchFile`, `NoContent`."""
    entry = get_file(connection, record_id, key)
    if entry.status == COMPLETED:
        return entry
    if entry.sha256 is None:
        raise NoContent(f'The content of "{entry.key}" has not been uploaded yet.')
    now = clock.now()
    connection.execute(update(files).where(files.c.id == entry.id).values(status=COMPLETED, updated_at=now))
    return replace(entry, status=COMPLETED, updated_at=now)


def put_file(connection: Connection, record_id: int, key: str, stored: Stored, quotas: Quotas) -> FileEntry:
    """Create or replace a complete file in one step; of two at once, the one that commits last stays.

    Raises `InvalidKey` or what `Quotas` say.
    """
    key = check_key(key)
    others = _others_alone(connection, record_id, key)
    room = quotas.room(connection, record_id, others, key)
    room.check_count()
    room.check_size(stored.size)
    verified_at = _remember(connection, stored)
    row = {
        **_new_row(record_id, key, others.next_position),
        "expected": asdict(Declared()),
        "sha256": stored.sha256,
        "status": COMPLETED,
        "reserved": 0,
        "parts": None,
    }
    kept = connection.execute(
        insert_into(connection, files)
        .values(row)
        .on_conflict_do_update(
            index_elements=[files.c.record_id, files.c.key],
            set_={name: row[name] for name in _REPLACED},
        )
        .returning(files.c.id, files.c.created_at, files.c.metadata)
    ).one()
    _count(
        connection,
        record_id,
        files=int(not others.is_there),
        bytes_=stored.size - others.own_bytes,
        reserved=-others.own_reserved,
    )
    return FileEntry(
        id=kept.id,
        key=key,
        status=COMPLETED,
        size=stored.size,
        md5=stored.md5,
        sha256=stored.sha256,
        crc32=stored.crc32,
        mimetype=row["mimetype"],
        version_id=row["version_id"],
        created_at=kept.created_at,
        updated_at=row["updated_at"],
        metadata=kept.metadata,
        verified_at=verified_at,
    )


def update_metadata(connection: Connection, record_id: int, key: str, metadata: Mapping[str, Any] | None) -> FileEntry:
    """Replace what a depositor says about one file. Raises `NoSuchFile`, `InvalidFileMetadata`."""
    check_metadata(metadata)
    entry = get_file(connection, record_id, key)
    now = clock.now()
    connection.execute(update(files).where(files.c.id == entry.id).values(metadata=metadata, updated_at=now))
    return replace(entry, metadata=metadata, updated_at=now)


def delete_file(connection: Connection, record_id: int, key: str) -> None:
    """Take a file off the record. Raises `NoSuchFile`."""
    others = _others_alone(connection, record_id, key := lookup_key(key))
    if not others.is_there:
        raise NoSuchFile(key)
    connection.execute(delete(files).where(files.c.record_id == record_id, files.c.key == key))
    _count(connection, record_id, files=-1, bytes_=-others.own_bytes, reserved=-others.own_reserved)


def delete_all(connection: Connection, record_id: int) -> int:
    """Take all files off the record; returns how many there were."""
    connection.execute(delete(file_totals).where(file_totals.c.record_id == record_id))
    return connection.execute(delete(files).where(files.c.record_id == record_id)).rowcount


def import_files(connection: Connection, from_record_id: int, to_record_id: int) -> int:
    """Give a record without files the complete files of another; the bytes are shared. Returns how many."""
    rows = connection.execute(
        select(files.c.key, files.c.sha256, files.c.metadata, contents.c.size)
        .select_from(files.join(contents))
        .where(files.c.record_id == from_record_id, files.c.status == COMPLETED)
        .order_by(files.c.position, files.c.key)
    ).all()
    copies = [
        {
            **_new_row(to_record_id, row.key, position),
            "status": COMPLETED,
            "sha256": row.sha256,
            "expected": asdict(Declared()),
            "metadata": row.metadata,
        }
        for position, row in enumerate(rows)
    ]
    if copies:
        connection.execute(insert(files), copies)
        _count(connection, to_record_id, files=len(copies), bytes_=sum(row.size for row in rows))
    return len(copies)


def forget_contents(connection: Connection, older_than: datetime) -> int:
    """Remove from the database the contents that no file or part names any more and that came before `older_than`.

    Their bytes are swept afterwards. The foreign key of a file that is just being added makes this wait, or fail and be
    tried again later: it never takes away what somebody is about to name.
    """
    complete = select(files.c.id).where(files.c.status == COMPLETED)
    connection.execute(delete(file_parts).where(file_parts.c.file_id.in_(complete)))
    unnamed = and_(*(~exists().where(table.c.sha256 == contents.c.sha256) for table in (files, file_parts)))
    return connection.execute(delete(contents).where(contents.c.created_at < older_than, unnamed)).rowcount


def alone(connection: Connection, record_id: int) -> None:
    """Until the transaction ends nobody else changes the files of this record."""
    if connection.dialect.name == "postgresql":  # on SQLite there is one writer at a time
        connection.execute(_ALONE, {"record_id": record_id})


def _others_alone(connection: Connection, record_id: int, key: str) -> Others:
    """As `others_of`, for who is about to change it."""
    alone(connection, record_id)
    return others_of(connection, record_id, key)


def _count(connection: Connection, record_id: int, *, files: int = 0, bytes_: int = 0, reserved: int = 0) -> None:
    """Bring the totals of a record up to date by so many more; fewer are negative."""
    added = max(files, 0)
    first = {"file_count": files, "byte_count": bytes_, "reserved_bytes": reserved, "next_position": added}
    more = {"more_files": files, "more_bytes": bytes_, "more_reserved": reserved, "added": added}
    statement = insert_into(connection, file_totals).on_conflict_do_update(
        index_elements=[file_totals.c.record_id], set_=_MORE
    )
    connection.execute(statement, {"record_id": record_id, **first, **more})


def _new_row(record_id: int, key: str, position: int) -> dict[str, Any]:
    now = clock.now()
    return {
        "id": new_uuid(),
        "record_id": record_id,
        "key": key,
        "status": PENDING,
        "mimetype": guess_media_type(key),
        "position": position,
        "version_id": new_uuid(),
        "created_at": now,
        "updated_at": now,
    }


def _remember(connection: Connection, stored: Stored) -> datetime | None:
    """Let the database know the content; returns when it was last read back.

    Known already, it is made young, which also locks it against forgetting.
    """
    young: dict[str, Any] = {"created_at": clock.now(), "checked_at": None}
    read = {} if stored.verified_at is None else {"verified_at": stored.verified_at}
    verified_at: datetime | None = connection.execute(
        insert_into(connection, contents)
        .values({**asdict(stored), **young})
        .on_conflict_do_update(index_elements=[contents.c.sha256], set_={**young, **read})
        .returning(contents.c.verified_at)
    ).scalar_one()
    return verified_at

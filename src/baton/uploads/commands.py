"""Every way an upload's row changes. Who may upload, and whether the draft is open, was decided before."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Protocol

from sqlalchemy import Connection, delete, insert, update
from sqlalchemy.exc import IntegrityError

from baton.files.commands import NewFile, alone, attach_content, check_expected, put_file
from baton.files.entry import FileEntry
from baton.files.queries import Quotas, get_file, room_of
from baton.files.rules import check_key, check_new_size
from baton.kernel import clock
from baton.kernel.errors import NotFound
from baton.kernel.ids import new_uuid
from baton.storage.content import Stored
from baton.uploads.entry import CANCELLED, COMPLETE, OPEN, Upload
from baton.uploads.errors import NoSuchUpload
from baton.uploads.models import uploads


class Terms(Protocol):
    """How much may come, and how long it is waited for."""

    @property
    def quotas(self) -> Quotas: ...

    @property
    def lifetime(self) -> timedelta: ...


BUCKET = "bucket"
FETCH = "fetch"
CONTENT = "content"


def begin_upload(
    connection: Connection,
    record_id: int,
    door: str,
    key: str | None,
    terms: Terms,
    *,
    length: int | None = None,
    least: int | None = None,
    digests: Mapping[str, str] | None = None,
    said: Mapping[str, Any] | None = None,
    pieces: Collection[str] = (),
) -> Upload:
    """Begin to receive a file, or with no `key` a piece of one, if it may come at all; its length is reserved.

    `least`: bytes that it has where its length is not known. `pieces`: uploads that it will take the place of. Raises
    `InvalidKey`, `NotFound` or what `Quotas` say.
    """
    check_new_size(length)
    if key is not None:
        key = check_key(key)
    alone(connection, record_id)
    room = room_of(connection, terms.quotas, record_id, key, pieces)
    if key is not None:
        room.check_count()
    room.check_size(length or least or 0)
    now = clock.now()
    upload = Upload(
        id=new_uuid(),
        record_id=record_id,
        key=key,
        door=door,
        state=OPEN,
        offset=0,
        length=length,
        digests=dict(digests or {}),
        said=dict(said or {}),
        created_at=now,
        expires_at=now + terms.lifetime,
    )
    values = {column.name: getattr(upload, column.name) for column in uploads.c}
    try:
        connection.execute(insert(uploads).values(values))
    except IntegrityError:
        # Its door looked at the draft in a transaction before this one.
        raise NotFound("The draft was thrown away meanwhile.") from None
    return upload


def begin_fetches(
    connection: Connection, record_id: int, entries: Sequence[NewFile], terms: Terms, depositor: int | None
) -> None:
    """Begin to fetch those of the announced files that name their source; depositors take turns."""
    for entry in entries:
        if entry.source is not None:
            # What was begun for a file of that name that has been deleted since.
            before = (uploads.c.record_id == record_id, uploads.c.key == check_key(entry.key), uploads.c.door == FETCH)
            connection.execute(update(uploads).where(*before, uploads.c.state == OPEN).values(state=CANCELLED))
            said = {"url": entry.source, "by": depositor}
            begin_upload(connection, record_id, FETCH, entry.key, terms, said=said)


def advance(
    connection: Connection, upload: Upload, offset: int, lifetime: timedelta, *, length: int | None = None
) -> Upload:
    """Note how far an upload has come and what is said of it; `length` as soon as it is known.

    Raises `NoSuchUpload` when it is over.
    """
    moved = replace(
        upload,
        offset=offset,
        length=upload.length if length is None else length,
        expires_at=clock.now() + lifetime,
    )
    changed = connection.execute(
        update(uploads)
        .where(uploads.c.id == upload.id, uploads.c.state == OPEN)
        .values(offset=moved.offset, length=moved.length, digests=moved.digests, expires_at=moved.expires_at)
    )
    if not changed.rowcount:
        raise NoSuchUpload
    return moved


def remember(connection: Connection, upload: Upload, said: Mapping[str, Any]) -> Upload:
    """Let the door remember something else."""
    connection.execute(update(uploads).where(uploads.c.id == upload.id).values(said=dict(said)))
    return replace(upload, said=said)


def restart_upload(connection: Connection, upload: Upload) -> Upload:
    """Begin an upload anew, because its source has changed."""
    anew = {"offset": 0, "length": None}
    connection.execute(update(uploads).where(uploads.c.id == upload.id).values(anew))
    return replace(upload, offset=0, length=None)


def complete_upload(connection: Connection, upload: Upload, stored: Stored, quotas: Quotas) -> FileEntry:
    """Give the file its content, and close the upload.

    Raises `NoSuchUpload`, what `Quotas` say, and what keeps the file from getting this content.
    """
    _move(connection, upload, COMPLETE)
    key = upload.key or ""
    if upload.door in {CONTENT, FETCH}:
        attach_content(connection, upload.record_id, key, stored, quotas)
        return get_file(connection, upload.record_id, key)
    if upload.door != BUCKET:  # which replaces whatever is there
        check_expected(connection, upload.record_id, key, stored)
    return put_file(connection, upload.record_id, key, stored, quotas)


def use_pieces(connection: Connection, pieces: Sequence[Upload]) -> None:
    """Close the uploads that another one was put together of. Raises `NoSuchUpload`."""
    for piece in pieces:
        _move(connection, piece, COMPLETE)


def _move(connection: Connection, upload: Upload, state: str) -> None:
    going_on = update(uploads).where(uploads.c.id == upload.id, uploads.c.state == OPEN)
    if not connection.execute(going_on.values(state=state)).rowcount:
        raise NoSuchUpload


def cancel_upload(connection: Connection, upload: Upload) -> None:
    """Give an upload up; what it was is remembered until it expires."""
    connection.execute(update(uploads).where(uploads.c.id == upload.id).values(state=CANCELLED))


def forget_upload(connection: Connection, upload: Upload) -> None:
    """Remove all memory of an upload."""
    connection.execute(delete(uploads).where(uploads.c.id == upload.id))

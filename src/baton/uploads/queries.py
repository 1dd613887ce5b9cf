"""Every look-up of unfinished uploads; never writes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from baton.uploads.entry import OPEN, Upload
from baton.uploads.errors import NoSuchUpload
from baton.uploads.models import uploads


def get_upload(connection: Connection, record_id: int, upload_id: str) -> Upload:
    """One upload to a draft, finished or not. Raises `NoSuchUpload`."""
    row = connection.execute(select(uploads).where(uploads.c.id == upload_id)).first()
    if row is None or row.record_id != record_id:
        raise NoSuchUpload
    return _upload(row)


def find_open(connection: Connection, upload_id: str) -> Upload | None:
    """The upload, if it still goes on."""
    row = connection.execute(select(uploads).where(uploads.c.id == upload_id, uploads.c.state == OPEN)).first()
    return None if row is None else _upload(row)


def list_uploads(connection: Connection, record_id: int) -> list[Upload]:
    """The uploads to a draft that go on, the oldest first."""
    mine = select(uploads).where(uploads.c.record_id == record_id, uploads.c.state == OPEN)
    return [_upload(row) for row in connection.execute(mine.order_by(uploads.c.created_at, uploads.c.id))]


def list_unfinished(connection: Connection, record_id: int, key: str, door: str) -> list[Upload]:
    """The uploads of one file through one door that go on, the newest first."""
    mine = select(uploads).where(
        uploads.c.record_id == record_id, uploads.c.key == key, uploads.c.state == OPEN, uploads.c.door == door
    )
    return [_upload(row) for row in connection.execute(mine.order_by(uploads.c.created_at.desc(), uploads.c.id))]


def first_in_line(connection: Connection, door: str, most: int) -> list[Upload]:
    """Up to `most` uploads to each draft that go on through one door: those first that were longest not gone on with.

    An upload expires so long after it was last gone on with, so that its end tells the beginning of its wait.
    """
    place = func.row_number().over(partition_by=uploads.c.record_id, order_by=(uploads.c.expires_at, uploads.c.id))
    mine = select(uploads, place.label("place")).where(uploads.c.door == door, uploads.c.state == OPEN).subquery()
    first = select(mine).where(mine.c.place <= most).order_by(mine.c.expires_at, mine.c.id)
    return [_upload(row) for row in connection.execute(first)]


def list_expired(connection: Connection, moment: datetime) -> list[Upload]:
    """The uploads that nobody has gone on with until `moment`, and what is remembered of those that are over."""
    return [_upload(row) for row in connection.execute(select(uploads).where(uploads.c.expires_at < moment))]


def known_uploads(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Those of the uploads that still go on, so that their bytes must stay."""
    mine = select(uploads.c.id).where(uploads.c.id.in_(ids), uploads.c.state == OPEN)
    return set(connection.execute(mine).scalars())


def _upload(row: Row[Any]) -> Upload:
    return Upload(
        id=row.id,
        record_id=row.record_id,
        key=row.key,
        door=row.door,
        state=row.state,
        offset=row.offset,
        length=row.length,
        digests=row.digests,
        said=row.said,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )

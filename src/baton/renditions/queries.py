"""Find renditions of public records; never writes."""

from collections.abc import Collection, Iterable
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, bindparam, func, select

from baton import __version__
from baton.exports.view import View
from baton.kernel.db import Database
from baton.records.models import records
from baton.renditions.models import renditions

# One statement: the rendition, if the record is still public and still what it was made of.
_FIND = """
    SELECT renditions.media_type, renditions.etag, renditions.body
    FROM renditions JOIN records ON records.id = renditions.record_id
    WHERE renditions.record_id = :record_id AND renditions.format = :format AND renditions.made_for = :made_for
      AND renditions.revision = records.revision AND renditions.is_latest = records.is_latest
      AND records.record_access = 'public'
"""


class Rendition(NamedTuple):
    """A record as it goes out."""

    media_type: str
    etag: str
    body: bytes


def find_rendition(database: Database, record_id: int, format_name: str, view: View) -> Rendition | None:
    """What anybody may read of the published record in this format, if it has been rendered."""
    row = database.fetch_one(_FIND, {"record_id": record_id, "format": format_name, "made_for": made_for(view)})
    return None if row is None else Rendition(row[0], row[1], bytes(row[2]))


_PUBLIC = (records.c.published_at.is_not(None), records.c.record_access == "public")

# Made once: SQLAlchemy needs longer to make it than the database to answer it.
_FIND_MANY = (
    select(records.c.id, renditions.c.body)
    .outerjoin(
        renditions,
        and_(
            renditions.c.record_id == records.c.id,
            renditions.c.format == bindparam("format"),
            renditions.c.made_for == bindparam("made_for"),
            renditions.c.revision == records.c.revision,
            renditions.c.is_latest == records.c.is_latest,
        ),
    )
    .where(records.c.id.in_(bindparam("numbers", expanding=True)), *_PUBLIC)
)


def find_renditions(
    connection: Connection, numbers: Iterable[int], format_name: str, view: View
) -> dict[int, bytes | None]:
    """Those of these records that everybody may read, each as it was rendered in this format, if it has been."""
    asked = {"numbers": list(numbers), "format": format_name, "made_for": made_for(view)}
    return {row.id: row.body for row in connection.execute(_FIND_MANY, asked)}


def find_public(connection: Connection, numbers: Iterable[int]) -> set[int]:
    """Those of these records that everybody may read."""
    return set(connection.execute(select(records.c.id).where(records.c.id.in_(numbers), *_PUBLIC)).scalars())


def list_unrendered(
    connection: Connection, after: int, most: int, format_names: Collection[str], view: View
) -> list[int]:
    """The first `most` public records with numbers above `after` that lack a rendition in one of these formats."""
    whole = (
        select(func.count())
        .where(
            renditions.c.record_id == records.c.id,
            renditions.c.format.in_(format_names),
            renditions.c.made_for == made_for(view),
            renditions.c.revision == records.c.revision,
            renditions.c.is_latest == records.c.is_latest,
        )
        .scalar_subquery()
    )
    lacking = select(records.c.id).where(records.c.id > after, *_PUBLIC, whole < len(format_names))
    return list(connection.execute(lacking.order_by(records.c.id).limit(most)).scalars())


@cache
def made_for(view: View) -> str:
    """What a rendition depends on besides the record: another address or version of the program makes it worthless."""
    return f"{__version__} {view.site_name[:100]} {view.base_url}"[:300]


# What a page or export of a public record is made of: its own state, and those of the other versions of its work.
Stamped = tuple[Any, ...]
_STAMP = """
    SELECT records.revision, records.is_latest, records.files_access, records.embargo_until, works.latest_id,
      (SELECT count(*) FROM records AS others WHERE others.work_id = works.id AND others.published_at IS NOT NULL),
      (SELECT sum(revision) FROM records AS others WHERE others.work_id = works.id)
    FROM records JOIN works ON works.id = records.work_id
    WHERE records.id = :record_id AND records.published_at IS NOT NULL AND records.record_access = 'public'
"""


def find_stamp(database: Database, record_id: int) -> Stamped | None:
    """What must be the same for a kept answer to be still true; `None` unless everybody may read the record."""
    row = database.fetch_one(_STAMP, {"record_id": record_id})
    return None if row is None else tuple(row)

"""Find the rendition of a public record; never writes."""

from typing import Any, NamedTuple

from baton import __version__
from baton.exports.view import View
from baton.kernel.db import Database

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

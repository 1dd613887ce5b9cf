"""Render public records once, so that reading them is a look-up."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, select

from baton.access.rules import Action, may
from baton.accounts.actor import ANONYMOUS
from baton.exports.formats import Format, etag_of
from baton.exports.view import View
from baton.kernel.db import Database
from baton.records.models import records
from baton.records.record import Record
from baton.renditions.models import renditions
from baton.renditions.queries import made_for


def render(database: Database, found: Sequence[Record], formats: Mapping[str, Format], view: View) -> None:
    """Put the renditions of these records' published states in the place of older ones; safe to repeat.

    `view` says where the site is. What nobody but its owner may read is not rendered, and loses what it had.
    """
    rows = [row for record in found if not record.is_draft for row in _rows(record, formats, view)]
    numbers = sorted({record.id for record in found})
    with database.write() as connection:
        # Another process may be rendering the same records.
        connection.execute(
            select(records.c.id).where(records.c.id.in_(numbers)).order_by(records.c.id).with_for_update()
        )
        connection.execute(delete(renditions).where(renditions.c.record_id.in_(numbers)))
        if rows:
            connection.execute(insert(renditions), rows)


def _rows(record: Record, formats: Mapping[str, Format], view: View) -> Iterable[dict[str, Any]]:
    if not may(ANONYMOUS, Action.READ, record):
        return
    seen = View(
        view.base_url, view.site_name, may_read_files=may(ANONYMOUS, Action.READ_FILES, record), may_manage=False
    )
    for name, form in formats.items():
        yield {
            "record_id": record.id,
            "format": name,
            "revision": record.revision,
            "is_latest": record.is_latest,
            "made_for": made_for(view),
            "media_type": form.media_type,
            "etag": etag_of(record, seen, form),
            "body": form.render(record, seen),
        }

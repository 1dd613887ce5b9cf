"""From rows to records: how the published state and the draft of a version are read out of one joined row."""

from typing import Any

from sqlalchemy import Row

from baton.files.entry import NO_FILES, FileEntry, Totals
from baton.records.record import Body, Record


def as_record(row: Row[Any], files: tuple[FileEntry, ...] = (), totals: Totals = NO_FILES) -> Record:
    """The published state of a version."""
    return Record(
        id=row.id,
        work_id=row.work_id,
        owner_id=row.owner_id,
        bucket_id=row.bucket_id,
        version_index=row.version_index,
        revision=row.revision,
        is_draft=False,
        is_published=True,
        is_latest=row.is_latest,
        latest_id=row.latest_id,
        concept_doi=row.concept_doi,
        created_at=row.created_at,
        updated_at=row.updated_at,
        published_at=row.published_at,
        body=row.body,
        files=_in_order(files, row.body),
        totals=totals,
    )


def as_draft(row: Row[Any], files: tuple[FileEntry, ...] = (), totals: Totals = NO_FILES) -> Record:
    """The open draft of a version; of a row without one, what rules need to know of its owner and state."""
    body: Body = row.draft_body or row.body
    return Record(
        id=row.id,
        work_id=row.work_id,
        owner_id=row.owner_id,
        bucket_id=row.bucket_id,
        version_index=row.version_index,
        revision=row.draft_revision or 0,
        is_draft=True,
        is_published=row.published_at is not None,
        is_latest=row.is_latest,
        latest_id=row.latest_id,
        concept_doi=row.concept_doi,
        created_at=row.draft_created_at or row.created_at,
        updated_at=row.draft_updated_at or row.updated_at,
        published_at=row.published_at,
        body=body,
        files=_in_order(files, body),
        totals=totals,
    )


def _in_order(files: tuple[FileEntry, ...], body: Body) -> tuple[FileEntry, ...]:
    """The files that the depositor has named first come first; the others follow as they came."""
    order = body["files"].get("order")
    if not order or len(files) < 2:  # noqa: PLR2004  one file is in order
        return files
    places = {key: place for place, key in enumerate(order)}
    return tuple(sorted(files, key=lambda entry: places.get(entry.key, len(places))))

"""Every look-up of records and drafts; never writes. Permission is asked here, so that no face can forget it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, false, func, or_, select

from baton.access.rules import Action, may, require
from baton.accounts.actor import ANONYMOUS, Actor
from baton.files.entry import FileEntry
from baton.files.queries import NONE_LISTED, files_of_many, first_files, get_file, list_files, list_incomplete
from baton.identifiers.queries import find_target
from baton.kernel.ids import LARGEST_ID
from baton.records.errors import FilesDisabled, FilesLocked, NoDraft, NoSuchRecord
from baton.records.models import drafts, records, works
from baton.records.record import Record
from baton.records.rows import as_draft, as_record

_COLUMNS = (*records.c, works.c.owner_id, works.c.latest_id, works.c.doi.label("concept_doi"))
_DRAFT_COLUMNS = (
    drafts.c.revision.label("draft_revision"),
    drafts.c.body.label("draft_body"),
    drafts.c.created_at.label("draft_created_at"),
    drafts.c.updated_at.label("draft_updated_at"),
)
_PUBLISHED: Select[Any] = select(*_COLUMNS).select_from(records.join(works))
_WITH_DRAFT: Select[Any] = select(*_COLUMNS, *_DRAFT_COLUMNS).select_from(records.join(works).outerjoin(drafts))

_ONE_PUBLISHED = _PUBLISHED.where(records.c.id == bindparam("id"), records.c.published_at.is_not(None))
_VERSIONS = _PUBLISHED.where(records.c.work_id == bindparam("work_id"), records.c.published_at.is_not(None)).order_by(
    records.c.version_index.desc()
)
_ONE_WITH_DRAFT = _WITH_DRAFT.where(records.c.id == bindparam("id"))
_WORK_LOCK = (
    select(works.c.id)
    .where(works.c.id == select(records.c.work_id).where(records.c.id == bindparam("id")).scalar_subquery())
    .with_for_update()
)

State = Row[Any]

_BUCKET_ID = re.compile(r"[0-9a-f-]{36}")


def get_record(connection: Connection, actor: Actor, number: int) -> Record:
    """The published state of version `number`, or of the newest version of the work with that concept id.

    Raises `NoSuchRecord` or `PermissionDenied`.
    """
    row = _one(connection, _ONE_PUBLISHED, number)
    if row is None:
        row = _one(connection, _ONE_PUBLISHED, latest_of_work(connection, number) or 0)
    if row is None:
        raise NoSuchRecord(number)
    record = as_record(row, *first_files(connection, row.id))
    require(actor, Action.READ, record)
    return record


def get_record_with_files(connection: Connection, actor: Actor, number: int) -> Record:
    """As `get_record`, for somebody who may read its files too."""
    record = get_record(connection, actor, number)
    require(actor, Action.READ_FILES, record)
    return record


def with_all_files(connection: Connection, record: Record) -> Record:
    """The record with its whole list of files: for those who can bear 100,000 of them."""
    return record if record.lists_all_files else replace(record, files=list_files(connection, record.id))


def get_record_file(connection: Connection, actor: Actor, number: int, key: str) -> tuple[Record, FileEntry]:
    """One file of a published version, and the version without its other files."""
    row = _one(connection, _ONE_PUBLISHED, number)
    if row is None:
        raise NoSuchRecord(number)
    require(actor, Action.READ_FILES, as_record(row))
    entry = get_file(connection, number, key)
    return as_record(row, (entry,)), entry


def get_draft_file(connection: Connection, actor: Actor, number: int, key: str) -> tuple[Record, FileEntry]:
    """One file of a draft, and the draft without its other files."""
    state = get_state(connection, number)
    require(actor, Action.READ_DRAFT, as_draft(state))
    if state.draft_body is None:
        raise NoDraft(number)
    entry = get_file(connection, number, key)
    return as_draft(state, (entry,)), entry


def get_draft(connection: Connection, actor: Actor, number: int, action: Action = Action.READ_DRAFT) -> Record:
    """The open draft of one version, for somebody who may do `action` with it."""
    state = get_state(connection, number)
    draft = as_draft(state, *first_files(connection, number))
    require(actor, action, draft)
    if state.draft_body is None:
        raise NoDraft(number)
    return draft


def get_draft_or_record(connection: Connection, actor: Actor, number: int) -> Record:
    """The open draft if there is one, else the published state: what the legacy dialect calls a deposition."""
    state = get_state(connection, number)
    files = first_files(connection, number)
    record = as_draft(state, *files) if state.draft_body is not None else as_record(state, *files)
    require(actor, Action.READ_DRAFT, record)
    return record


def get_bucket(connection: Connection, actor: Actor, bucket_id: str) -> Record:
    """What the legacy bucket address means: the draft for its owner, the published state for others."""
    number = record_of_bucket(connection, bucket_id)
    state = get_state(connection, number)
    if state.published_at is None or may(actor, Action.READ_DRAFT, as_draft(state)):
        return get_draft_or_record(connection, actor, number)
    return get_record_with_files(connection, actor, number)


def get_state(connection: Connection, number: int, *, lock: bool = False) -> State:
    """The row of one version with its draft beside it; `lock` makes other writers of its work wait."""
    if lock and connection.dialect.name == "postgresql":
        # In a statement of its own: one that waits for a lock shows what it did not lock as it was before the wait.
        _one(connection, _WORK_LOCK, number)
    row = _one(connection, _ONE_WITH_DRAFT, number)
    if row is None:
        raise NoSuchRecord(number)
    return row


def _one(connection: Connection, statement: Select[Any], number: int) -> State | None:
    if not 0 < number <= LARGEST_ID:
        return None
    return connection.execute(statement, {"id": number}).first()


def latest_of_work(connection: Connection, number: int) -> int | None:
    """The newest published version of the work with this concept id; `None` when it is no such id."""
    if not 0 < number <= LARGEST_ID:
        return None
    return connection.execute(select(works.c.latest_id).where(works.c.id == number)).scalar()


def record_of_bucket(connection: Connection, bucket_id: str) -> int:
    """The version whose files the legacy bucket address means."""
    number = None
    if _BUCKET_ID.fullmatch(bucket_id):  # not every database bears every text
        number = connection.execute(select(records.c.id).where(records.c.bucket_id == bucket_id)).scalar()
    if number is None:
        raise NoSuchRecord(f"with the bucket {bucket_id}")
    return int(number)


def record_of_doi(connection: Connection, doi: str) -> int | None:
    """The published version to which a DOI leads: its own, or the newest of the work that it names."""
    target = find_target(connection, doi)
    if target is None:
        return None
    if target.names == "work":
        return latest_of_work(connection, target.id)
    published = select(records.c.id).where(records.c.id == target.id, records.c.published_at.is_not(None))
    return connection.execute(published).scalar()


def list_versions(connection: Connection, actor: Actor, number: int) -> list[Record]:
    """All published versions of the work of version `number` that the caller may read, newest first."""
    state = get_state(connection, number)
    rows = connection.execute(
        _PUBLISHED.where(records.c.work_id == state.work_id, records.c.published_at.is_not(None)).order_by(
            records.c.version_index.desc()
        )
    ).all()
    files = files_of_many(connection, [row.id for row in rows])
    found = [as_record(row, *files.get(row.id, NONE_LISTED)) for row in rows]
    if not found:
        require(actor, Action.READ_DRAFT, as_draft(state))
    return [record for record in found if may_read(actor, record)]


def versions_of(connection: Connection, actor: Actor, work_id: int) -> list[Record]:
    """As `list_versions`, in one statement: for lists that show no files, because these records have none."""
    rows = connection.execute(_VERSIONS, {"work_id": work_id})
    return [record for row in rows if may_read(actor, record := as_record(row))]


def newest_public(connection: Connection, number: int) -> Record | None:
    """The newest version that everybody may read of the work that `number` means, itself or by one of its versions."""
    if not 0 < number <= LARGEST_ID:
        return None
    of_version = select(records.c.work_id).where(records.c.id == number, records.c.published_at.is_not(None))
    work = connection.execute(of_version).scalar() or number
    return next(iter(versions_of(connection, ANONYMOUS, work)), None)


def may_read(actor: Actor, record: Record) -> bool:
    """Whether the caller may see this record or draft at all."""
    return may(actor, Action.READ_DRAFT if record.is_draft else Action.READ, record)


def open_version_of(connection: Connection, work_id: int) -> int | None:
    """The version of this work that was never published, if one is being prepared."""
    return connection.execute(
        select(records.c.id).where(records.c.work_id == work_id, records.c.published_at.is_(None))
    ).scalar()


def load_many(connection: Connection, keys: Sequence[tuple[int, bool]]) -> list[Record]:
    """Records and drafts (`True`) in the order of `keys`, in two statements; what is gone is left out."""
    ids = {number for number, _draft in keys}
    rows = {row.id: row for row in connection.execute(_WITH_DRAFT.where(records.c.id.in_(ids)))}
    files = files_of_many(connection, list(rows))
    found = []
    for number, wants_draft in keys:
        row = rows.get(number)
        if row is None:
            continue
        if wants_draft and row.draft_body is not None:
            found.append(as_draft(row, *files.get(number, NONE_LISTED)))
        elif not wants_draft and row.published_at is not None:
            found.append(as_record(row, *files.get(number, NONE_LISTED)))
    return found


def load_states(connection: Connection, ids: Iterable[int]) -> list[Record]:
    """Every state (published and draft) of these versions, for the index."""
    return load_many(connection, [(number, draft) for number in ids for draft in (False, True)])


def get_fillable_draft(connection: Connection, actor: Actor, number: int) -> Record:
    """A draft whose files may still change, without them; locked against a publication in the same moment."""
    state = get_state(connection, number, lock=True)
    draft = as_draft(state)
    require(actor, Action.UPDATE_DRAFT, draft)
    if draft.is_published:
        raise FilesLocked
    if state.draft_body is None:
        raise NoDraft(number)
    if not draft.body["files"]["enabled"]:
        raise FilesDisabled
    return draft


def count_published(connection: Connection) -> int:
    """How many versions are published."""
    published = select(func.count()).select_from(records).where(records.c.published_at.is_not(None))
    return int(connection.execute(published).scalar_one())


def works_out_of_step(connection: Connection) -> list[int]:
    """Works whose pointer to the newest version does not agree with their versions: there should be none."""
    flagged = (
        select(records.c.work_id, func.count().label("flags"), func.max(records.c.id).label("id"))
        .where(records.c.is_latest, records.c.published_at.is_not(None))
        .group_by(records.c.work_id)
        .subquery()
    )
    agrees = and_(func.coalesce(flagged.c.flags, 0) == 1, flagged.c.id == works.c.latest_id)
    wrong = select(works.c.id).select_from(works.outerjoin(flagged, flagged.c.work_id == works.c.id))
    has_public = select(records.c.id).where(records.c.work_id == works.c.id, records.c.published_at.is_not(None))
    return list(
        connection.execute(
            wrong.where(
                or_(
                    and_(has_public.exists(), ~func.coalesce(agrees, false())),
                    and_(~has_public.exists(), works.c.latest_id.is_not(None)),
                )
            )
        ).scalars()
    )


def files_without_content(connection: Connection) -> list[tuple[int, str]]:
    """Published files (record, name) that are not complete: there should be none."""
    incomplete = list_incomplete(connection)
    public = select(records.c.id).where(
        records.c.id.in_({n for n, _ in incomplete}), records.c.published_at.is_not(None)
    )
    published = set(connection.execute(public).scalars())
    return [pair for pair in incomplete if pair[0] in published]


def work_of(connection: Connection, number: int) -> int | None:
    """The work that a version belongs to, or that has this concept id itself."""
    version = connection.execute(select(records.c.work_id).where(records.c.id == number)).scalar()
    return version or connection.execute(select(works.c.id).where(works.c.id == number)).scalar()


def list_work_ids(connection: Connection) -> list[int]:
    """Every work, in the order of their numbers."""
    return list(connection.execute(select(works.c.id).order_by(works.c.id)).scalars())


def list_version_ids(connection: Connection, work_id: int) -> list[int]:
    """The versions of a work, published or not, oldest first."""
    versions = select(records.c.id).where(records.c.work_id == work_id).order_by(records.c.version_index)
    return list(connection.execute(versions).scalars())

"""Open a new version of a published work, and take over the files of the one before."""

from sqlalchemy import Connection, func, select

from baton.access.rules import Action, require
from baton.accounts.actor import Actor
from baton.files import commands as files
from baton.files.queries import first_files, totals
from baton.kernel import clock, outbox
from baton.kernel.numbers import next_record_id
from baton.records import rules
from baton.records.commands.drafts import draft_state, insert_version, write_draft
from baton.records.errors import CannotImportFiles, NothingToVersion
from baton.records.events import DraftSaved
from baton.records.models import records
from baton.records.queries import get_state, open_version_of
from baton.records.record import Body, Record
from baton.records.rows import as_draft, as_record


def new_version(connection: Connection, actor: Actor, number: int) -> Record:
    """The draft of the next version of the work that version `number` belongs to; at most one is open at a time.

    It begins as the newest published version without its files, date, version label and DOI.
    """
    state = get_state(connection, number, lock=True)
    require(actor, Action.NEW_VERSION, as_draft(state))
    if state.latest_id is None:
        raise NothingToVersion(number)
    open_id = open_version_of(connection, state.work_id)
    if open_id is None:
        open_id = _open_version(connection, actor, state.work_id, state.latest_id)
    return as_draft(get_state(connection, open_id), *first_files(connection, open_id))


def _open_version(connection: Connection, actor: Actor, work_id: int, latest_id: int) -> int:
    latest: Body = get_state(connection, latest_id).body
    highest = connection.execute(
        select(func.max(records.c.version_index)).where(records.c.work_id == work_id)
    ).scalar_one()
    number = next_record_id(connection, work_id)
    insert_version(connection, number, work_id, highest + 1, rules.next_version_body(latest, clock.today()))
    outbox.emit(connection, DraftSaved(number), actor_id=actor.user_id)
    return number


def new_version_with_files(connection: Connection, actor: Actor, number: int) -> Record:
    """As `new_version`, and with the files of the version before, if it had any."""
    draft = new_version(connection, actor, number)
    if draft.latest_id is None or not (draft.files or totals(connection, draft.latest_id).count):
        return draft
    return import_files(connection, actor, draft.id)


def import_files(connection: Connection, actor: Actor, number: int) -> Record:
    """Give the draft of a new version the files of the newest published one; the bytes are shared, not copied."""
    state = draft_state(connection, actor, number, Action.UPDATE_DRAFT)
    if state.published_at is not None or state.latest_id is None:
        raise CannotImportFiles("Only the draft of a new version can take over files.")
    body: Body = state.draft_body
    if not body["files"]["enabled"]:
        raise CannotImportFiles("This draft is set to have no files.")
    if totals(connection, number).count:
        raise CannotImportFiles("Please remove all files first.")
    previous = as_record(get_state(connection, state.latest_id))
    if not totals(connection, previous.id).count:
        raise CannotImportFiles("The previous version has no files.")
    files.import_files(connection, previous.id, number)
    options = {key: previous.body["files"][key] for key in ("default_preview", "order")}
    return write_draft(connection, actor, state, {**body, "files": {**body["files"], **options}})

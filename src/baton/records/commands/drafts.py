"""Make, save, reopen and discard drafts. Saving is lenient: what is wrong is told, what is right is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from baton.access.rules import Action, require
from baton.accounts.actor import WRITE, Actor
from baton.accounts.rules import require_login
from baton.files.queries import first_files
from baton.identifiers import commands as identifiers
from baton.identifiers.policy import DoiPolicy
from baton.kernel import clock, outbox
from baton.kernel.errors import FieldError
from baton.kernel.ids import new_uuid
from baton.kernel.numbers import next_record_id
from baton.records.errors import DoiCannotChange, NoDraft, RevisionConflict
from baton.records.events import DraftDiscarded, DraftSaved
from baton.records.metadata.check import Checked, check, terms_in
from baton.records.models import drafts, records, works
from baton.records.queries import State, get_state
from baton.records.record import Body, Record
from baton.records.rows import as_draft
from baton.vocabularies.queries import find_many


@dataclass(frozen=True, slots=True)
class Saved:
    """A stored draft, and what must be mended before it can be published."""

    record: Record
    errors: tuple[FieldError, ...]


def create_draft(connection: Connection, actor: Actor, policy: DoiPolicy, raw: object) -> Saved:
    """A new work with its first version, not public, owned by the caller."""
    owner_id = require_login(actor, WRITE)
    checked = check_body(connection, policy, raw)
    work_id = next_record_id(connection)
    number = next_record_id(connection, work_id)
    now = clock.now()
    connection.execute(insert(works).values(id=work_id, owner_id=owner_id, created_at=now))
    body, error = settle_doi(connection, policy, number, None, False, checked.body)
    insert_version(connection, number, work_id, 1, body)
    outbox.emit(connection, DraftSaved(number), actor_id=owner_id)
    return Saved(as_draft(get_state(connection, number)), (*checked.errors, error) if error else checked.errors)


def insert_version(connection: Connection, number: int, work_id: int, version_index: int, body: Body) -> None:
    """The rows of a version that nobody has published yet: its place and its draft."""
    now = clock.now()
    connection.execute(
        insert(records).values(
            id=number,
            work_id=work_id,
            bucket_id=new_uuid(),
            version_index=version_index,
            revision=0,
            is_latest=False,
            record_access="restricted",
            files_access="restricted",
            created_at=now,
            updated_at=now,
        )
    )
    insert_draft(connection, number, body)


def insert_draft(connection: Connection, number: int, body: Body) -> None:
    """Open a draft on an existing version."""
    now = clock.now()
    connection.execute(insert(drafts).values(record_id=number, revision=1, body=body, created_at=now, updated_at=now))


def check_body(connection: Connection, policy: DoiPolicy, raw: object) -> Checked:
    """What of a depositor's JSON can be kept, and what is wrong with the rest."""
    return check(raw, find_many(connection, terms_in(raw)), today=clock.today(), own_prefix=policy.prefix)


def save_draft(
    connection: Connection,
    actor: Actor,
    policy: DoiPolicy,
    number: int,
    raw: Mapping[str, Any],
    if_match: str | None = None,
) -> Saved:
    """Replace the draft's whole content; `if_match` is the revision that the caller has read, if they say so."""
    state = draft_state(connection, actor, number, Action.UPDATE_DRAFT)
    if if_match is not None and if_match.strip('" ') not in {"*", str(state.draft_revision)}:
        raise RevisionConflict(if_match, state.draft_revision)
    checked = check_body(connection, policy, raw)
    body, error = settle_doi(
        connection, policy, number, state.draft_body["pids"].get("doi"), state.published_at is not None, checked.body
    )
    errors = (*checked.errors, error) if error else checked.errors
    return Saved(write_draft(connection, actor, state, body), errors)


def settle_doi(
    connection: Connection, policy: DoiPolicy, number: int, old: Mapping[str, Any] | None, published: bool, body: Body
) -> tuple[Body, FieldError | None]:
    """The body with the DOI that it must have: `old` is the one so far, `body` may ask for another.

    A registered DOI never changes; a reserved one stays until it is released or an external one takes its place; one
    of ours is taken only if it is the record's own.
    """
    new = body["pids"].get("doi")
    managed = old is not None and old["provider"] != "external"
    if new == old or (new is None and not managed):
        return body, None
    if new is None or (new["provider"] != "external" and (managed or not new["identifier"])):
        return _with_pid(body, old), None
    if managed and published:
        return _with_pid(body, old), FieldError("pids.doi", "The DOI of a published record cannot change.")
    if new["provider"] == "external":
        if old is not None and not published:
            identifiers.release(connection, old["identifier"], number)
        return body, None
    if new["identifier"].lower() != policy.mint(number):
        return _with_pid(body, old), FieldError("pids.doi", f"The DOI of this record will be {policy.mint(number)}.")
    identifiers.reserve(connection, policy.mint(number), number)
    return body, None


def _with_pid(body: Body, doi: Mapping[str, Any] | None) -> Body:
    rest = {scheme: pid for scheme, pid in body["pids"].items() if scheme != "doi"}
    return {**body, "pids": {**rest, "doi": doi} if doi else rest}


def write_draft(connection: Connection, actor: Actor, state: State, body: Body) -> Record:
    """Store `body` as the draft's next revision."""
    connection.execute(
        update(drafts)
        .where(drafts.c.record_id == state.id)
        .values(revision=state.draft_revision + 1, body=body, updated_at=clock.now())
    )
    outbox.emit(connection, DraftSaved(state.id), actor_id=actor.user_id)
    return as_draft(get_state(connection, state.id), *first_files(connection, state.id))


def draft_state(connection: Connection, actor: Actor, number: int, action: Action) -> State:
    """The locked row of a version whose open draft the caller may do `action` with."""
    state = get_state(connection, number, lock=True)
    require(actor, action, as_draft(state))
    if state.draft_body is None:
        raise NoDraft(number)
    return state


def edit(connection: Connection, actor: Actor, number: int) -> Record:
    """Open a draft of a published version; if one is open already, that one."""
    state = get_state(connection, number, lock=True)
    require(actor, Action.EDIT, as_draft(state))
    if state.draft_body is None:
        insert_draft(connection, number, state.body)
        outbox.emit(connection, DraftSaved(number), actor_id=actor.user_id)
        state = get_state(connection, number)
    return as_draft(state, *first_files(connection, number))


def discard(connection: Connection, actor: Actor, number: int) -> None:
    """Throw the open draft away; a version that was never published goes with its files and its reserved DOI."""
    state = draft_state(connection, actor, number, Action.DISCARD)
    if state.published_at is not None:
        connection.execute(delete(drafts).where(drafts.c.record_id == number))
    else:
        reserved = state.draft_body["pids"].get("doi")
        if reserved:
            identifiers.release(connection, reserved["identifier"], number)
        connection.execute(delete(records).where(records.c.id == number))
        siblings = select(records.c.id).where(records.c.work_id == state.work_id)
        connection.execute(delete(works).where(works.c.id == state.work_id, ~siblings.exists()))
    outbox.emit(connection, DraftDiscarded(number), actor_id=actor.user_id)


def reserve_doi(connection: Connection, actor: Actor, policy: DoiPolicy, number: int) -> Record:
    """Promise the draft the DOI that it will be published under."""
    state = draft_state(connection, actor, number, Action.UPDATE_DRAFT)
    body: Body = state.draft_body
    if body["pids"].get("doi"):
        raise DoiCannotChange("A DOI is already reserved or given for this draft.")
    doi = policy.mint(number)
    identifiers.reserve(connection, doi, number)
    return write_draft(connection, actor, state, with_doi(body, doi))


def with_doi(body: Body, doi: str) -> Body:
    """The body with a DOI that this repository mints; on the wire its provider is called `datacite`."""
    return _with_pid(body, {"identifier": doi, "provider": "datacite", "client": "datacite"})


def release_doi(connection: Connection, actor: Actor, number: int) -> Record:
    """Give a reserved DOI back."""
    state = draft_state(connection, actor, number, Action.UPDATE_DRAFT)
    body: Body = state.draft_body
    doi = body["pids"].get("doi")
    if state.published_at is not None:
        raise DoiCannotChange("The DOI is registered; it names this record for ever.")
    if not doi:
        raise NoDraft(f"{number} with a reserved DOI")
    identifiers.release(connection, doi["identifier"], number)
    return write_draft(connection, actor, state, _with_pid(body, None))

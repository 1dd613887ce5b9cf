"""Publish: freeze a draft into a public, citable version, or put changed metadata in its place."""

from sqlalchemy import Connection, delete, update

from baton.access.rules import Action
from baton.accounts.actor import Actor
from baton.files.queries import first_files, unfinished
from baton.identifiers import commands as identifiers
from baton.identifiers.policy import DoiPolicy
from baton.kernel import clock, outbox
from baton.kernel.errors import ValidationFailed
from baton.records import rules
from baton.records.commands.drafts import draft_state, with_doi
from baton.records.events import RecordPublished
from baton.records.metadata.check import terms_in
from baton.records.models import drafts, records, works
from baton.records.queries import State, get_state
from baton.records.record import Body, Record
from baton.records.rows import as_draft, as_record
from baton.vocabularies.queries import find_many


def publish(connection: Connection, actor: Actor, policy: DoiPolicy, number: int) -> Record:
    """Make the draft the public state of its version. Raises `ValidationFailed` with everything still missing."""
    state = draft_state(connection, actor, number, Action.PUBLISH)
    files, totals = first_files(connection, number)
    waiting = unfinished(connection, number, rules.NAMED + 1)
    terms = find_many(connection, terms_in(state.draft_body))
    if missing := rules.missing_for_publication(
        state.draft_body, bool(files), waiting, terms, today=clock.today(), own_prefix=policy.prefix
    ):
        raise ValidationFailed(missing)
    body = assign_doi(connection, policy, state, state.draft_body)
    _move_draft(connection, state, as_draft(state), body)
    if state.published_at is None:
        _move_latest(connection, state)
    outbox.emit(
        connection,
        RecordPublished(number, state.work_id, state.revision + 1, _replaced(state)),
        actor_id=actor.user_id,
    )
    return as_record(get_state(connection, number), files, totals)


def assign_doi(connection: Connection, policy: DoiPolicy, state: State, body: Body) -> Body:
    """The body with its DOI held for ever. Records that only some may see get none until they are public."""
    given = body["pids"].get("doi")
    before = state.body["pids"].get("doi") if state.body else None
    if before and before != given and before["provider"] == "external":
        identifiers.release(connection, before["identifier"], state.id)
    if given and given["provider"] == "external":
        identifiers.hold(connection, given["identifier"], identifiers.EXTERNAL, "record", state.id)
        return body
    if body["access"]["record"] != "public":
        return body
    doi = policy.mint(state.id)
    identifiers.hold(connection, doi, identifiers.MANAGED, "record", state.id)
    if state.concept_doi is None:
        concept = policy.mint(state.work_id)
        identifiers.hold(connection, concept, identifiers.MANAGED, "work", state.work_id)
        connection.execute(update(works).where(works.c.id == state.work_id).values(doi=concept))
    return with_doi(body, doi)


def _move_draft(connection: Connection, state: State, draft: Record, body: Body) -> None:
    now = clock.now()
    connection.execute(
        update(records)
        .where(records.c.id == state.id)
        .values(
            body=body,
            revision=state.revision + 1,
            record_access=draft.record_access,
            files_access=draft.files_access,
            embargo_until=draft.embargo_until,
            updated_at=now,
            published_at=state.published_at or now,
        )
    )
    connection.execute(delete(drafts).where(drafts.c.record_id == state.id))


def _move_latest(connection: Connection, state: State) -> None:
    """Let the work's pointer and the flags of its versions say that this one is the newest."""
    connection.execute(
        update(records)
        .where(records.c.id.in_([state.id, _replaced(state) or state.id]))
        .values(is_latest=records.c.id == state.id)
    )
    connection.execute(update(works).where(works.c.id == state.work_id).values(latest_id=state.id))


def _replaced(state: State) -> int | None:
    """The version that was newest until now, if publishing this one replaces it."""
    return state.latest_id if state.latest_id != state.id and state.published_at is None else None

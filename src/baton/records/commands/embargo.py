"""Lift the embargoes whose day has come."""

from typing import Any

from sqlalchemy import Connection, Row, select, update

from baton.access.rules import embargo_is_over
from baton.identifiers.policy import DoiPolicy
from baton.kernel import clock, outbox
from baton.records.commands.publish import assign_doi
from baton.records.events import EmbargoLifted
from baton.records.models import drafts, records
from baton.records.queries import get_state
from baton.records.record import Body


def due_embargoes(connection: Connection) -> list[int]:
    """The published versions whose embargo ends today or ended before."""
    rows = connection.execute(select(records.c.id, records.c.embargo_until).where(records.c.embargo_until.is_not(None)))
    return [row.id for row in rows if embargo_is_over(row.embargo_until, clock.today())]


def lift_embargo(connection: Connection, policy: DoiPolicy, number: int) -> None:
    """Open the record and its files, in the published state and in an open draft of it; safe to repeat."""
    state = get_state(connection, number, lock=True)
    if state.embargo_until is None or not embargo_is_over(state.embargo_until, clock.today()):
        return
    body = assign_doi(connection, policy, state, _opened(state.body))
    connection.execute(
        update(records)
        .where(records.c.id == number)
        .values(
            body=body,
            revision=state.revision + 1,
            record_access="public",
            files_access="public",
            embargo_until=None,
            updated_at=clock.now(),
        )
    )
    if state.draft_body is not None and state.draft_body["access"] == state.body["access"]:
        _open_draft(connection, state, body)
    outbox.emit(connection, EmbargoLifted(number, state.work_id))


def _open_draft(connection: Connection, state: Row[Any], published: Body) -> None:
    draft: Body = state.draft_body
    body: Body = {**draft, "access": published["access"], "pids": published["pids"]}
    connection.execute(
        update(drafts)
        .where(drafts.c.record_id == state.id)
        .values(body=body, revision=state.draft_revision + 1, updated_at=clock.now())
    )


def _opened(body: Body) -> Body:
    embargo = {**body["access"]["embargo"], "active": False}
    return {**body, "access": {**body["access"], "record": "public", "files": "public", "embargo": embargo}}

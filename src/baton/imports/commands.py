"""Make drafts of documents, and fill drafts with them."""

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from baton.accounts.actor import Actor
from baton.identifiers.policy import DoiPolicy
from baton.imports.imported import NOT_CARRIED, Given, Imported
from baton.imports.terms import mentioned, settle
from baton.kernel.errors import FieldError
from baton.records.commands import drafts
from baton.records.commands.drafts import Saved
from baton.vocabularies.queries import find_many


def create_draft_of(connection: Connection, actor: Actor, policy: DoiPolicy, given: Given) -> Saved:
    """A new draft that says the same. Its errors tell what is wrong, then what of a document it does not hold."""
    body, lost = _settled(connection, policy, given)
    saved = drafts.create_draft(connection, actor, policy, body)
    return replace(saved, errors=(*saved.errors, *lost))


def save_draft_of(
    connection: Connection, actor: Actor, policy: DoiPolicy, number: int, given: Given, if_match: str | None = None
) -> Saved:
    """The draft `number` with this in the place of its content."""
    body, lost = _settled(connection, policy, given)
    saved = drafts.save_draft(connection, actor, policy, number, body, if_match)
    return replace(saved, errors=(*saved.errors, *lost))


def _settled(connection: Connection, policy: DoiPolicy, given: Given) -> tuple[dict[str, Any], tuple[FieldError, ...]]:
    """The body, fitted to what is known here, and what it does not hold."""
    if not isinstance(given, Imported):
        return given, ()
    body = given.body
    settle(body, find_many(connection, mentioned(body)).keys())
    doi = body.get("pids", {}).get("doi", {}).get("identifier", "")
    if not policy.is_own(doi):
        return body, given.lost
    # The document is of a record of this repository; the draft is another one, and gets a DOI when it is published.
    own = FieldError("doi", f"{doi} names a record of this repository; the draft gets a DOI of its own.", NOT_CARRIED)
    return {name: part for name, part in body.items() if name != "pids"}, (own, *given.lost)

"""What the registrar should know of a DOI now, read from the database."""

from sqlalchemy import Connection

from baton.accounts.actor import ANONYMOUS
from baton.exports.view import View
from baton.identifiers.queries import Kept
from baton.identifiers.registrar import Entry
from baton.records.queries import latest_of_work, load_many, versions_of
from baton.registration.entries import of_version, of_work, promised


def entry_of(connection: Connection, kept: Kept, view: View, *, tell_drafts: bool) -> Entry | None:
    """The present entry of a DOI that we manage; `None` when the registrar need not know of it (yet)."""
    number = kept.target.id
    if kept.target.names == "record":
        published = load_many(connection, [(number, False)])
        if published:
            return of_version(kept.value, published[0], view)
        return promised(kept.value, number, view) if tell_drafts else None
    public = versions_of(connection, ANONYMOUS, number)
    shown = public[0].id if public else latest_of_work(connection, number)
    newest = load_many(connection, [(shown, False)]) if shown else []
    dois = [version.doi for version in public if version.doi]
    return of_work(kept.value, newest[0], dois, view) if newest else None

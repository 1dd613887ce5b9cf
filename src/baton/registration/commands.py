"""Tell the registrar what it should know of a DOI. Always the present state, so that events may come late and twice."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from baton.exports.view import View
from baton.identifiers.commands import begin_telling, doubt, note_told, stop_telling
from baton.identifiers.queries import Kept, find_managed, list_managed
from baton.identifiers.registrar import Entry, Held, Registrar
from baton.kernel.db import Database
from baton.kernel.outbox import Refused
from baton.registration.entries import out_of_step
from baton.registration.queries import entry_of

MOST_ROUNDS = 20
PAGE = 500


def tell(database: Database, registrar: Registrar, view: View, doi: str) -> None:
    """Bring what the registrar has of this DOI to the present state, if it was told another. Raises what it raises.

    Whoever tells looks again when done, so that what changes meanwhile is told last, and by them: others may leave it
    to them.
    """
    tried = ""
    refusal: Refused | None = None
    for _round in range(MOST_ROUNDS):
        kept, entry = _present(database, registrar, view, doi)
        digest = entry.digest(registrar.name) if entry else ""
        if kept is None or entry is None or kept.told == digest:
            return
        if refusal is not None and digest == tried:
            raise refusal
        with database.write() as connection:
            claim = begin_telling(connection, doi)
        if claim is None:
            return
        refusal = _put(database, registrar, entry, claim)
        tried = digest


def _present(database: Database, registrar: Registrar, view: View, doi: str) -> tuple[Kept | None, Entry | None]:
    with database.read() as connection:
        kept = find_managed(connection, [doi]).get(doi)
        if kept is None:
            return None, None
        return kept, entry_of(connection, kept, view, tell_drafts=registrar.takes_drafts)


def _put(database: Database, registrar: Registrar, entry: Entry, claim: datetime) -> Refused | None:
    """Tell it, and note what came of it."""
    try:
        state = registrar.put(entry)
    except Refused as refusal:
        with database.write() as connection:
            stop_telling(connection, entry.doi, claim, str(refusal))
        return refusal
    except BaseException:
        with database.write() as connection:
            stop_telling(connection, entry.doi, claim, None)
        raise
    with database.write() as connection:
        note_told(connection, entry.doi, claim, entry.digest(registrar.name), state)
    return None


def take_back(database: Database, registrar: Registrar, view: View, doi: str) -> None:
    """Let the registrar forget a DOI that was released, unless it has been promised anew meanwhile."""
    with database.read() as connection:
        is_kept = bool(find_managed(connection, [doi]))
    if not is_kept and registrar.takes_drafts:
        registrar.forget(doi)
    tell(database, registrar, view, doi)


class Outcome(StrEnum):
    """What became of a difference."""

    REPAIRED = "repaired"
    LEFT = "left as it is"
    FOREIGN = "not ours"  # nothing that we know of


@dataclass(frozen=True, slots=True)
class Difference:
    """What the registrar has otherwise than it should."""

    doi: str
    what: str
    outcome: Outcome


def reconcile(
    database: Database, registrar: Registrar, view: View, prefix: str, *, repair: bool
) -> Iterator[Difference]:
    """Compare everything that the registrar has with what it should have, page by page, in both directions.

    Raises `Away` when the registrar does not answer; what was repaired until then stays so.
    """
    seen: set[int] = set()
    for page in registrar.pages(prefix):
        with database.read() as connection:
            ours = find_managed(connection, [held.doi for held in page])
        seen.update(kept.target.id for kept in ours.values())
        for held in page:
            if held.doi not in ours:
                yield Difference(held.doi, f"is {held.state} at the registrar and unknown here", Outcome.FOREIGN)
            elif what := _difference(database, registrar, view, held.doi, held):
                yield _mended(database, registrar, view, held.doi, what, repair=repair)
    last = ""
    while True:
        with database.read() as connection:
            kept_here = list_managed(connection, last, PAGE)
        for kept in kept_here:
            if kept.target.id not in seen and (what := _difference(database, registrar, view, kept.value, None)):
                yield _mended(database, registrar, view, kept.value, what, repair=repair)
        if len(kept_here) < PAGE:
            return
        last = kept_here[-1].value


def _difference(database: Database, registrar: Registrar, view: View, doi: str, held: Held | None) -> str | None:
    kept, entry = _present(database, registrar, view, doi)
    if kept is None or entry is None:
        return None
    if held is None:
        return "is missing at the registrar"
    if what := out_of_step(entry, held):
        return what
    return None if kept.told == entry.digest(registrar.name) else "has changed since the registrar was told"


def _mended(database: Database, registrar: Registrar, view: View, doi: str, what: str, *, repair: bool) -> Difference:
    if not repair:
        return Difference(doi, what, Outcome.LEFT)
    with database.write() as connection:
        doubt(connection, doi)
    try:
        tell(database, registrar, view, doi)
    except Refused as refusal:
        return Difference(doi, f"{what}, and cannot be repaired: {refusal}", Outcome.LEFT)
    return Difference(doi, what, Outcome.REPAIRED)

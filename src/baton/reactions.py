"""What follows from what: each event with its reactions, and the work that comes with the clock."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta

from baton.accounts.commands import remove_expired
from baton.accounts.events import (
    ConfirmationRequested,
    EmailConfirmed,
    PasswordChanged,
    PasswordResetRequested,
    RegistrationRepeated,
    TokenCreated,
    TokenRevoked,
    UserCreated,
    UserRegistered,
)
from baton.accounts.mails import send_letter
from baton.context import Context
from baton.exports.formats import Format
from baton.feeds.commands import note_changes
from baton.feeds.jobs import is_due, make_dump
from baton.files.compact import compact_versions
from baton.files.compactions import queue_compactions
from baton.files.events import ContentFoundBad, ContentHealed
from baton.files.jobs import sweep_contents, sweep_replica
from baton.files.scrub import replicate, scrub
from baton.identifiers.commands import mark_registered
from baton.identifiers.events import DoiReleased, DoiReserved
from baton.identifiers.queries import managed_of
from baton.kernel.events import Event
from baton.kernel.outbox import Reaction, Reactions, Refused
from baton.kernel.worker import Errand, Job
from baton.oai.formats import HARVESTED
from baton.quotas.events import RecordQuotaSet, UserQuotaSet
from baton.records.commands.embargo import due_embargoes, lift_embargo
from baton.records.events import DraftDiscarded, DraftSaved, EmbargoLifted, RecordPublished
from baton.records.queries import count_published, load_states
from baton.registration.commands import take_back, tell
from baton.renditions.commands import render
from baton.renditions.formats import rendered_formats
from baton.renditions.jobs import render_missing
from baton.search.commands import index_records, reindex
from baton.search.errors import SearchUnavailable
from baton.uploads.jobs import expire_uploads

SMALL = 500  # records that are indexed in well under a second


def index(context: Context, events: Sequence[Event]) -> None:
    """Bring the search index to the present state of every record that the events name."""
    index_records(context.database, context.search, load_states, sorted(_numbers(events)))


def _numbers(events: Sequence[Event]) -> set[int]:
    """The versions that look different after these events."""
    numbers: set[int] = set()
    for event in events:
        match event:
            case RecordPublished(record_id=number, replaced_id=replaced):
                numbers |= {number} if replaced is None else {number, replaced}
            case DraftSaved(record_id=number) | DraftDiscarded(record_id=number) | EmbargoLifted(record_id=number):
                numbers.add(number)
    return numbers


def render_records(context: Context, events: Sequence[Event]) -> None:
    """Serialize what has become public, and the version that it replaced, so that reading it is a look-up."""
    with context.database.read() as connection:
        found = load_states(connection, sorted(_numbers(events)))
    render(context.database, found, _rendered(context), context.site.public_view)


def _rendered(context: Context) -> dict[str, Format]:
    return rendered_formats(context.site.records_json) | HARVESTED


def note_order(context: Context, events: Sequence[Event]) -> None:
    """Put what has changed for everybody at the end of the order of changes."""
    numbers = _numbers(events)
    with context.database.write() as connection:
        note_changes(connection, numbers, load_states(connection, sorted(numbers)))


def start_index(context: Context) -> None:
    """Have an index before the first request, where that takes no time; a large one is built while requests come."""
    with context.database.read() as connection:
        is_small = count_published(connection) < SMALL
    if is_small:
        with suppress(SearchUnavailable):  # another process is at it, or the disk is: then `mend_index` goes on
            mend_index(context)


def mend_index(context: Context) -> None:
    """Build the index anew when it is lost, or of an older make."""
    if context.search.needs_rebuild():
        reindex(context.database, context.search, load_states)


def register_dois(context: Context, events: Sequence[Event]) -> None:
    """Let the registrar know the present state of every DOI that the events touch."""
    for event in events:
        match event:
            case RecordPublished(record_id=number, work_id=work) | EmbargoLifted(record_id=number, work_id=work):
                _register(context, [number, work])
            case DoiReserved(doi=doi) if context.registrar is not None:
                tell(context.database, context.registrar, context.site.public_view, doi)
            case DoiReleased(doi=doi) if context.registrar is not None:
                take_back(context.database, context.registrar, context.site.public_view, doi)


def _register(context: Context, targets: list[int]) -> None:
    with context.database.read() as connection:
        dois = managed_of(connection, targets)
    if context.registrar is None:
        with context.database.write() as connection:
            mark_registered(connection, dois)
        return
    refusals = []
    for doi in dois:
        try:
            tell(context.database, context.registrar, context.site.public_view, doi)
        except Refused as refusal:  # of one; the work's DOI may be taken all the same
            refusals.append(refusal)
    if refusals:
        raise refusals[0]


def lift_embargoes(context: Context) -> None:
    """Open what was to be open from today; one transaction each, so that one failure holds up no other."""
    with context.database.read() as connection:
        due = due_embargoes(connection)
    for number in due:
        with context.database.write() as connection:
            lift_embargo(connection, context.dois, number)


def send_mail(context: Context, events: Sequence[Event]) -> None:
    """Write to the person whom the event concerns."""
    for event in events:
        send_letter(context.database, context.mailer, context.site.name, context.site.base_url, event)


def sweep(context: Context) -> None:
    """Remove bytes that nothing names, and uploads that nobody goes on with."""
    grace = timedelta(hours=context.sweep_after_hours)
    expire_uploads(context.uploads, grace)
    sweep_contents(context.database, context.store, grace)
    if context.replica is not None:
        sweep_replica(context.database, context.replica, grace)


def verify_contents(context: Context, is_over: Callable[[], bool]) -> None:
    """Read back what is new, and what was not read for long."""
    scrub(context.database, context.stores, context.care, is_over)


def copy_contents(context: Context, is_over: Callable[[], bool]) -> None:
    """Copy to the second store what it does not have yet."""
    replicate(context.database, context.stores, is_over=is_over)


def queue_new_contents(context: Context, events: Sequence[Event]) -> None:
    """Have what is new in a version compared with the version before."""
    for event in events:
        match event:
            case RecordPublished(record_id=number, replaced_id=int(replaced)):
                with context.database.write() as connection:
                    queue_compactions(connection, number, replaced)


def compact(context: Context, is_over: Callable[[], bool]) -> None:
    """Keep contents that wait as what they share with an earlier version."""
    compact_versions(context.database, context.store, context.most_inflated, is_over)


def fetch(context: Context, is_over: Callable[[], bool]) -> None:
    """Fetch the files that depositors have named by their addresses."""
    context.fetcher.fetch_due(is_over)


def tidy_accounts(context: Context) -> None:
    """Clear away sessions and links that are over."""
    with context.database.write() as connection:
        remove_expired(connection)


def complete_renditions(context: Context, is_over: Callable[[], bool]) -> None:
    """Render what an older version of the program has rendered, or none."""
    render_missing(context.database, _rendered(context), context.site.public_view, is_over)


def dump(context: Context, is_over: Callable[[], bool]) -> None:
    """Make tonight's dump, if it has not been made."""
    if context.dump_hour is not None and is_due(context.dumps, context.database, context.dump_hour):
        make_dump(context.dumps, context.database, context.site.public_view, is_over)


INDEX: Reaction[Context] = Reaction(
    "index", index, ready=lambda context: context.search.can_write(), together=True, tireless=True
)
RENDER: Reaction[Context] = Reaction("render", render_records, together=True)
ORDER: Reaction[Context] = Reaction("note order", note_order, together=True, tireless=True)
COMPACT: Reaction[Context] = Reaction("queue compaction", queue_new_contents)
REGISTER: Reaction[Context] = Reaction("register dois", register_dois, abroad=True)
MAIL: Reaction[Context] = Reaction("mail", send_mail, abroad=True)

REACTIONS: Reactions[Context] = {
    DraftSaved: (INDEX,),
    DraftDiscarded: (INDEX,),
    RecordPublished: (INDEX, RENDER, ORDER, REGISTER, COMPACT),
    EmbargoLifted: (INDEX, RENDER, ORDER, REGISTER),
    DoiReserved: (REGISTER,),
    DoiReleased: (REGISTER,),
    UserRegistered: (MAIL,),
    RegistrationRepeated: (MAIL,),
    ConfirmationRequested: (MAIL,),
    PasswordResetRequested: (MAIL,),
    PasswordChanged: (MAIL,),
    ContentFoundBad: (),  # /health and `baton doctor` tell of it, from the table of contents
    ContentHealed: (),
    RecordQuotaSet: (),
    UserQuotaSet: (),
    EmailConfirmed: (),
    UserCreated: (),
    TokenCreated: (),
    TokenRevoked: (),
}

JOBS: tuple[Job[Context], ...] = (
    Job("mend index", timedelta(seconds=10), mend_index),
    Job("lift embargoes", timedelta(days=1), lift_embargoes),
    Job("sweep contents", timedelta(hours=1), sweep, apart=True),
    Job("tidy accounts", timedelta(days=1), tidy_accounts),
)

ERRANDS: tuple[Errand[Context], ...] = (
    Errand("fetch files", timedelta(seconds=1), fetch),
    Errand("verify contents", timedelta(seconds=2), verify_contents),
    Errand("copy contents", timedelta(seconds=5), copy_contents),
    Errand("compact versions", timedelta(seconds=10), compact),
    Errand("dump", timedelta(minutes=10), dump),
    Errand("complete renditions", timedelta(days=1), complete_renditions),
)

"""`baton jobs`, `baton migrate`, `baton reindex`: what an operator runs by hand or a drill runs on purpose."""

import time
from datetime import UTC, datetime

import click

from baton.app import create_context
from baton.context import Context
from baton.kernel import clock, outbox, worker
from baton.kernel.db import Database
from baton.kernel.heap import tune_heap
from baton.kernel.migrations import is_current, migrate
from baton.kernel.settings import Settings
from baton.reactions import INDEX, JOBS, REACTIONS
from baton.records.queries import load_states
from baton.search.commands import reindex

PATIENCE = 10  # seconds


@click.group()
def jobs() -> None:
    """Deliveries of the outbox and scheduled work."""


@jobs.command("run")
@click.option("--until-idle", is_flag=True, help="Go on until nothing is due any more.")
@click.option("--at", metavar="ISO-TIME", help="Act as if it were this moment, for drills.")
def run_jobs(until_idle: bool, at: str | None) -> None:
    """Do the scheduled work that is due and deliver what waits."""
    if at is not None:
        clock.freeze(_moment(at))
    context = create_context(Settings())
    if until_idle:
        done = worker.run_until_idle(context.database, context, REACTIONS, JOBS)
        _wait_for_server(context)
    else:
        done = worker.run_due_jobs(context.database, context, JOBS)
        done += worker.deliver_everywhere(context.database, context, REACTIONS)
    click.echo(f"{done} done.", err=True)


def _wait_for_server(context: Context) -> None:
    """A running server keeps the index to itself: what only it can deliver, it delivers within seconds."""
    for _attempt in range(PATIENCE * 10):
        with context.database.read() as connection:
            if not outbox.pending(connection, INDEX.name):
                return
        time.sleep(0.1)
    click.echo("The search index is not up to date yet; is a server running that is stuck?", err=True)


@jobs.command("retry")
def retry_jobs() -> None:
    """Give deliveries that were given up another set of attempts."""
    with create_context(Settings()).database.write() as connection:
        click.echo(f"{outbox.retry_dead(connection)} will be tried again.", err=True)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        message = f"{text!r} is no ISO 8601 time such as 2027-01-31 or 2027-01-31T12:00:00Z."
        raise click.BadParameter(message, param_hint="--at") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@click.command("migrate")
def migrate_command() -> None:
    """Bring the database's tables to what this version needs."""
    settings = Settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database)
    was_current = is_current(database)
    migrate(database)
    click.echo("Nothing to do." if was_current else "The database is up to date.", err=True)


@click.command("reindex")
def reindex_command() -> None:
    """Build the search index anew from the database; searches go on meanwhile."""
    tune_heap()
    context = create_context(Settings())
    with click.progressbar(length=0, label="Indexing") as bar:

        def progress(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        done = reindex(context.database, context.search, load_states, progress)
    click.echo(f"{done} versions are indexed.", err=True)

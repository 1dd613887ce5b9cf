"""`baton doi`: what the registrar knows of our DOIs, and putting it right."""

from collections import Counter
from contextlib import closing
from dataclasses import asdict

import click
import orjson

from baton.app import create_context
from baton.context import Context
from baton.identifiers.queries import count_by_state, list_refused
from baton.identifiers.registrar import Registrar
from baton.kernel.errors import Problem
from baton.kernel.outbox import Away, Refused, backlog, last_error
from baton.kernel.settings import Settings
from baton.reactions import REGISTER
from baton.registration.commands import Outcome, reconcile

# What waits longer than this is worth an operator's look.
LONGEST_WAIT = 3600.0
MOST_SHOWN = 1000


class NoRegistrar(Problem):
    """The command needs a registrar, and the settings name none. Set `BATON_DATACITE_URL`."""

    title = "No registrar"


@click.group()
def doi() -> None:
    """DOIs at the registrar."""


@doi.command()
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def status(as_json: bool) -> None:
    """Count DOIs by their state and tell what waits or is refused; exit with 1 when that needs a look."""
    context = create_context(Settings())
    with closing(context.database), context.database.read() as connection:
        counts = count_by_state(connection)
        waiting = backlog(connection, reaction=REGISTER.name)
        refused = list_refused(connection, MOST_SHOWN)
        reason = last_error(connection, REGISTER.name)
    name = context.registrar.name if context.registrar else "none: DOIs resolve at this server only"
    if as_json:
        figures = {"registrar": name, "dois": counts, **asdict(waiting), "last_error": reason, "refused": dict(refused)}
        click.echo(orjson.dumps(figures))
    else:
        click.echo(f"Registrar: {name}")
        for state, number in sorted(counts.items()):
            click.echo(f"  {state}: {number}")
        if waiting.waiting:
            click.echo(f"{waiting.waiting} changes wait, the oldest for {waiting.oldest_seconds:.0f} seconds. {reason}")
        for value, why in refused:
            click.echo(f"{value}: {why}")
        if waiting.dead:
            click.echo(f"{waiting.dead} changes were given up. Mend the records, or try again: baton jobs retry")
    if refused or waiting.dead or waiting.oldest_seconds > LONGEST_WAIT:
        raise SystemExit(1)


@doi.command("reconcile")
@click.option("--dry-run", is_flag=True, help="Only tell what is out of step.")
def reconcile_command(dry_run: bool) -> None:
    """Compare all DOIs with what the registrar has, and tell it what it lacks; exit with 1 when something stays."""
    context = create_context(Settings())
    registrar = _registrar(context)
    view = context.site.public_view
    counted = Counter[Outcome]()
    try:
        with closing(context.database):
            for found in reconcile(context.database, registrar, view, context.dois.prefix, repair=not dry_run):
                counted[found.outcome] += 1
                click.echo(f"{found.doi} {found.what}: {found.outcome}.")
    except (Away, Refused) as trouble:
        done = f"{counted[Outcome.REPAIRED]} repaired so far; run it again to go on."
        raise click.ClickException(f"{trouble} {done}") from None
    click.echo(f"{counted[Outcome.REPAIRED]} repaired, {counted[Outcome.LEFT]} out of step.", err=True)
    if counted[Outcome.LEFT]:
        raise SystemExit(1)


def _registrar(context: Context) -> Registrar:
    if context.registrar is None:
        raise NoRegistrar("No registrar is set, so there is nothing to compare with. Set BATON_DATACITE_URL.")
    return context.registrar

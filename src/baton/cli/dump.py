"""`baton dump`: all public metadata into files, now."""

import click

from baton.app import create_context
from baton.feeds.jobs import make_dump
from baton.kernel.settings import Settings


@click.command()
def dump() -> None:
    """Make the dump of all public metadata now, as the server does each night."""
    context = create_context(Settings())
    made = make_dump(context.dumps, context.database, context.site.public_view)
    if made is None:
        message = "A server or another command is making one at the moment."
        raise click.ClickException(message)
    click.echo(f"{made.records} records are in {context.dumps.folder / made.version_id}")

"""`baton vocabularies`: bring in the lists that registries publish."""

from pathlib import Path

import click

from baton.app import create_context
from baton.kernel.settings import Settings
from baton.vocabularies.commands import import_terms
from baton.vocabularies.importers import IMPORTERS


@click.group()
def vocabularies() -> None:
    """Lists of affiliations, funders, awards, names and subjects."""


@vocabularies.command("import")
@click.argument("vocabulary", type=click.Choice(sorted(IMPORTERS)))
@click.argument("dump", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_vocabulary(vocabulary: str, dump: Path) -> None:
    """Add the terms of DUMP, a file as the registry publishes it, to VOCABULARY; again updates them."""
    context = create_context(Settings())
    with click.progressbar(length=dump.stat().st_size, label=f"Importing {vocabulary}") as bar:
        counts = import_terms(context.database, vocabulary, IMPORTERS[vocabulary](dump, bar.update))
    click.echo(
        f"{counts.added} added, {counts.changed} changed, {counts.unchanged} unchanged, {counts.bad} not understood."
    )
    for row in counts.bad_rows:
        click.echo(f"  line {row.line}: {row.reason}", err=True)

"""`baton doctor`: tells whether everything is where it should be."""

from dataclasses import asdict

import click
import orjson

from baton.app import create_context
from baton.health import examine
from baton.kernel.settings import Settings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print findings as JSON.")
def doctor(as_json: bool) -> None:
    """Check rows against bytes against index; exit with 1 when something is wrong."""
    findings = list(examine(create_context(Settings())))
    if as_json:
        click.echo(orjson.dumps({"ok": not findings, "findings": [asdict(finding) for finding in findings]}))
    for finding in () if as_json else findings:
        click.echo(f"{finding.part}: {finding.what} {finding.advice}")
    if not findings and not as_json:
        click.echo("Everything is where it should be.")
    if findings:
        raise SystemExit(1)

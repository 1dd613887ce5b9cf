"""`baton storage`: what files take, and what is done to take less."""

from dataclasses import asdict

import click
import orjson

from baton.app import create_context
from baton.cli.fixity import copy_command, verify_command
from baton.context import Context
from baton.files.compact import compact_versions
from baton.files.compactions import retry_failed
from baton.files.usage import Usage, usage_of_versions, whole_usage
from baton.kernel.errors import NotFound
from baton.kernel.settings import Settings
from baton.records.queries import list_version_ids, list_work_ids, work_of


@click.group()
def storage() -> None:
    """Where the bytes of files are."""


@storage.command("usage")
@click.option("--record", "number", type=int, metavar="ID", help="One work, version by version.")
@click.option("--each", is_flag=True, help="Every work that has files.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, one line for each row.")
def usage(number: int | None, each: bool, as_json: bool) -> None:
    """Print what files have, what is stored for them, and what that saves, in bytes.

    What versions share is counted for the first of them; what works share, for each of them.
    """
    context = create_context(Settings())
    if not as_json:
        click.echo(f"{'':24}{'files':>9}{'logical':>20}{'stored':>20}{'saved':>20}")
    if number is not None:
        _print_versions(context, number, as_json=as_json)
        return
    if each:
        _print_works(context, as_json=as_json)
    with context.database.read() as connection:
        _print("everything", whole_usage(connection), as_json=as_json)


def _print_versions(context: Context, number: int, *, as_json: bool) -> None:
    with context.database.read() as connection:
        work = work_of(connection, number)
        if work is None:
            raise NotFound(f"There is no record {number}.")
        rows = list(usage_of_versions(connection, list_version_ids(connection, work)))
    for record_id, used in rows:
        _print(f"version {record_id}", used, as_json=as_json)
    _print(f"work {work}", _sum([used for _id, used in rows]), as_json=as_json)


def _print_works(context: Context, *, as_json: bool) -> None:
    with context.database.read() as connection:
        works = list_work_ids(connection)
    for work in works:
        with context.database.read() as connection:
            used = _sum([used for _id, used in usage_of_versions(connection, list_version_ids(connection, work))])
        if used.files:
            _print(f"work {work}", used, as_json=as_json)


def _sum(parts: list[Usage]) -> Usage:
    return Usage(*(sum(getattr(used, name) for used in parts) for name in ("files", "logical", "stored")))


def _print(what: str, used: Usage, *, as_json: bool) -> None:
    if as_json:
        click.echo(orjson.dumps({"of": what, **asdict(used), "saved": used.saved}))
    else:
        click.echo(f"{what:24}{used.files:9,}{used.logical:20,}{used.stored:20,}{used.saved:20,}")


@storage.command("compact")
@click.option("--retry", is_flag=True, help="Also what was given up after several failures.")
def compact(retry: bool) -> None:
    """Compare new versions that wait with the versions before them, now; a server does it by itself."""
    context = create_context(Settings())
    if retry:
        with context.database.write() as connection:
            click.echo(f"{retry_failed(connection)} will be tried again.", err=True)
    kept = compact_versions(context.database, context.store, context.most_inflated)
    click.echo(f"{kept} contents are kept as what changed.", err=True)


storage.add_command(verify_command)
storage.add_command(copy_command)

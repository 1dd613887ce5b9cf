"""`baton storage verify` and `baton storage copy`: reading stored contents again, and taking them elsewhere."""

from collections import Counter

import click

from baton.app import create_context
from baton.context import Context
from baton.files.checks import Fixity, fixity, look_again
from baton.files.scrub import Care, scrub, verify_all
from baton.kernel import clock
from baton.kernel.settings import Settings
from baton.storage import chunking
from baton.storage.errors import StorageFailed, StorageFull
from baton.storage.fixity import State, no_brake
from baton.storage.moving import Moved, copy_notes, copy_objects
from baton.storage.places import open_store
from baton.storage.s3.address import Keys
from baton.storage.versions import recipe as recipes

NOTES = (recipes.NOTES, chunking.NOTES)


@click.command("verify")
@click.option("--all", "everything", is_flag=True, help="Read everything, not only what is due.")
def verify_command(everything: bool) -> None:
    """Read what is due, and what was bad, and compare it with its name; heal from the second store.

    Exits with 1 if a content is bad.
    """
    context = create_context(Settings())
    if everything:
        _verify_all(context)
    else:
        with context.database.write() as connection:
            look_again(connection)
        scrub(context.database, context.stores, Care(context.care.cycle, sampled=False, pace=no_brake))
    found = _figures(context)
    click.echo(f"{found.contents - found.unverified} of {found.contents} contents are verified; {found.bad} are bad.")
    if found.oldest is not None:
        click.echo(f"The verification longest ago was at {found.oldest:%Y-%m-%d %H:%M} UTC.")
    if found.bad:
        raise SystemExit(1)


def _verify_all(context: Context) -> None:
    with click.progressbar(length=_figures(context).contents, label="Verifying") as bar:
        for due, state in verify_all(context.database, context.stores, clock.now()):
            bar.update(1)
            if state != State.WHOLE:
                click.echo(f"The content {due.sha256} is {state}.", err=True)


def _figures(context: Context) -> Fixity:
    with context.database.read() as connection:
        return fixity(connection)


@click.command("copy")
@click.option("--to", "target", required=True, metavar="URL", help="A path, or s3://bucket/prefix.")
@click.option("--from", "source", metavar="URL", help="By default the store of these settings.")
def copy_command(target: str, source: str | None) -> None:
    """Copy all stored contents to another store and read each copy back; the server may run.

    What is there already is read, and copied again only if it is damaged, so a second run brings what came meanwhile.
    Exits with 1 if a content could not be copied, or a store failed.
    """
    settings = Settings()
    keys = Keys(*settings.s3_keys)
    here, there = open_store(source or settings.storage, keys), open_store(target, keys)
    found: Counter[State] = Counter()
    bad = []
    try:
        there.check()
        with click.progressbar(length=sum(size for _name, size in here.walk()), label="Copying") as bar:
            for moved in copy_objects(here, there):
                bar.update(moved.size)
                if moved.state == State.WHOLE:
                    found[moved.found] += 1
                elif here.exists(moved.sha256):
                    bad.append(moved)
        # Once the server works with the target, what is noted there is newer.
        notes = copy_notes(here, there, NOTES, replace=target != settings.storage)
    except (StorageFailed, StorageFull) as problem:
        raise click.ClickException(
            f"A store has failed: {problem.__cause__}\n"
            "What was copied until then stays. When the cause is gone, run the same command again for the rest."
        ) from problem
    copied, mended = found[State.LOST], found[State.DAMAGED]
    click.echo(f"{copied} contents and {notes} notes were copied and read back.")
    click.echo(f"{found[State.WHOLE]} contents were there and verified; {mended} were damaged there and mended.")
    _tell(bad, copied + mended, target)


def _tell(bad: list[Moved], copied: int, target: str) -> None:
    for moved in bad:
        click.echo(f"The content {moved.sha256} is {moved.state} and was not copied.", err=True)
    if bad:
        raise SystemExit(1)
    if copied:
        click.echo("Run this again until nothing is left to be copied.")
    else:
        click.echo(f"Now set BATON_STORAGE_URL={target} and restart the server.")
        click.echo("What is uploaded until then comes with one more run, with --from and the old address.")

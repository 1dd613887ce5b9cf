"""`baton get`: the files of a record into a folder, from any repository that speaks InvenioRDM's interface."""

from collections.abc import Sequence
from pathlib import Path
from threading import Event

import click

from baton.client.addresses import leads_to, parse, record_number, token_for
from baton.client.download import Wish, download
from baton.client.errors import Failure
from baton.client.progress import told
from baton.client.remote import Remote
from baton.client.repository import Repository

RESOLVER = "https://doi.org"


@click.command("get")
@click.argument("record")
@click.argument("names", nargs=-1, metavar="[FILES]...")
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), default=".", help="Folder; this one.")
@click.option("--from", "server", envvar="BATON_SERVER", metavar="URL", help="The repository (BATON_SERVER).")
@click.option("--token", envvar="BATON_TOKEN", help="For what is not public (BATON_TOKEN; ZENODO_TOKEN for Zenodo).")
@click.option("--zenodo-token", envvar="ZENODO_TOKEN", hidden=True)
@click.option("--mirror", "mirrors", multiple=True, metavar="URL", help="Folder that has the files too; asked first.")
@click.option("--update", is_flag=True, help="Get the newest version, and bring files of earlier ones up to date.")
@click.option("--force", is_flag=True, help="Replace local files that have other contents.")
@click.option("--parallel", type=click.IntRange(1, 32), default=4, show_default=True, help="Connections at once.")
@click.option(
    "--patience", type=click.FloatRange(0), default=300, show_default=True, help="Seconds to try again when cut off."
)
@click.option("--quiet", is_flag=True, help="No progress bar.")
def get_command(
    record: str,
    names: Sequence[str],
    folder: Path,
    server: str | None,
    token: str | None,
    zenodo_token: str | None,
    mirrors: Sequence[str],
    update: bool,
    force: bool,
    parallel: int,
    patience: float,
    quiet: bool,
) -> None:
    """Download the files of RECORD: a DOI, a number, or the address of its page.

    FILES may be patterns such as 'raw/*.csv'. What is there already is not fetched again, what broke off goes on, and
    every file is compared with its digests. Of a file that is here in an older version, only what has changed is
    fetched, where the server tells what that is. Exit codes: 0 done, 1 refused, 2 wrong options, 3 no connection,
    4 wrong bytes or dangerous names, 5 a local file is in the way.
    """
    stopped = Event()
    target = parse(record)
    if isinstance(target, str) and server is None:
        resolver = Remote(RESOLVER, patience=patience, tell=told, stopped=stopped)
        record = leads_to(resolver, target)
        target = parse(record)
    if not isinstance(target, str) and target.server is not None:
        server = target.server
    if server is None:
        raise Failure("A number alone names no record: say with --from which repository has it.")
    remote = Remote(server, token_for(server, token, zenodo_token), patience=patience, tell=told, stopped=stopped)
    repository = Repository(remote)
    # The number of a work leads to its newest version.
    found = repository.record(record_number(repository, record))
    older = number = found["id"]
    if update:
        number = repository.latest(older)
    elif isinstance(versions := found.get("versions"), dict) and versions.get("is_latest") is False:
        told("There is a newer version of this record; --update gets it.")
    wish = Wish(names, mirrors, older if update else None, force, parallel, patience, quiet)
    count = download(repository, number, folder, wish, stopped)
    told(f"{count} fetched; the files of {remote.address}/records/{number} are in {folder}.")

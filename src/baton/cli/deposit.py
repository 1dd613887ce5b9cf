"""`baton deposit`: files and their description into any repository that speaks InvenioRDM's interface."""

from collections.abc import Sequence
from pathlib import Path
from threading import Event

import click

from baton.cli.sizes import SIZE
from baton.client.addresses import token_for
from baton.client.deposit import Order, check_described, deposit
from baton.client.journal import Journal, journal_path
from baton.client.local import find_files
from baton.client.metadata.flags import Flags, described
from baton.client.metadata.read import find_metadata, made_for_crate, read_metadata
from baton.client.progress import told
from baton.client.remote import Remote
from baton.client.repository import Repository


@click.command("deposit")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--to", "server", required=True, envvar="BATON_SERVER", metavar="URL", help="The repository (BATON_SERVER)."
)
@click.option("--token", envvar="BATON_TOKEN", help="An access token there (BATON_TOKEN; ZENODO_TOKEN for Zenodo).")
@click.option("--zenodo-token", envvar="ZENODO_TOKEN", hidden=True)
@click.option("--publish", is_flag=True, help="Publish when everything is there; otherwise it stays a draft.")
@click.option(
    "--new-version-of", metavar="RECORD", help="DOI, number or address of a record to which this is the next version."
)
@click.option(
    "--metadata",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="InvenioRDM's form or Zenodo's, CITATION.cff, CodeMeta, RO-Crate, DataCite (JSON or XML), BibTeX.",
)
@click.option("--title", default="", help="Its title.")
@click.option("--description", default="", help="What it is; may hold simple HTML.")
@click.option(
    "--creator",
    "creators",
    multiple=True,
    metavar="TEXT",
    help="'Family, Given; ORCID; Affiliation', or the name of an organisation. Repeatable.",
)
@click.option("--licence", "--license", "licences", multiple=True, metavar="ID", help="Such as cc-by-4.0. Repeatable.")
@click.option(
    "--type", "kind", default="", metavar="ID", help="Such as dataset (the default), software, publication-article."
)
@click.option("--date", "publication_date", default="", metavar="DATE", help="Of publication; today by default.")
@click.option("--version", "version", default="", metavar="TEXT", help="What this version is called.")
@click.option("--keyword", "keywords", multiple=True, metavar="TEXT", help="Repeatable.")
@click.option("--publisher", default="", help="By default, what the repository calls itself.")
@click.option("--access", type=click.Choice(["public", "restricted"]), default=None, help="Who may read the files.")
@click.option("--parallel", type=click.IntRange(1, 32), default=4, show_default=True, help="Requests at once.")
@click.option(
    "--part-size",
    type=SIZE,
    default="64M",
    show_default=True,
    help="Larger files go in parts of this size, where the server takes them.",
)
@click.option(
    "--patience",
    type=click.FloatRange(0),
    default=300,
    show_default=True,
    help="Seconds to try again while the server does not answer.",
)
@click.option("--quiet", is_flag=True, help="No progress bar.")
def deposit_command(
    paths: Sequence[Path],
    server: str,
    token: str | None,
    zenodo_token: str | None,
    publish: bool,
    new_version_of: str | None,
    metadata: Path | None,
    parallel: int,
    part_size: int,
    patience: float,
    quiet: bool,
    **flags: object,
) -> None:
    """Put files and folders into a repository, and describe them.

    A folder's files are named by their path below it. Stopped at any moment, by whatever, the same command goes on
    where it was. Prints the address of the draft or, with --publish, the DOI. Exit codes: 0 done, 1 refused, 2 wrong
    options, 3 no connection, 4 damaged on the way.
    """
    stopped = Event()
    remote = Remote(server, token_for(server, token, zenodo_token), patience=patience, tell=told, stopped=stopped)
    source = metadata or find_metadata(paths)
    made = made_for_crate(source) if source else set()
    files = [file for file in find_files(paths) if file.path not in made]
    body = described(read_metadata(source) if source else {}, Flags.of(flags))
    if new_version_of is None:
        check_described(body)
    journal = Journal(journal_path(remote.address, paths, new_version_of))
    says_nothing_new = metadata is None and not any(flags.values())
    order = Order(publish, new_version_of, says_nothing_new, parallel, part_size, quiet)
    try:
        done = deposit(Repository(remote), files, body, order, journal, stopped)
    except BaseException:
        journal.close()
        raise
    journal.end() if done.is_published else journal.close()
    if done.is_published:
        told(f"Published: {done.url}")
        click.echo(f"https://doi.org/{done.doi}" if done.doi else done.url)
        return
    for lack in done.lacks:
        told(f"To be mended before it can be published: {lack}")
    told("This is a draft, which only you can see. Look at it, then publish it there or with --publish.")
    click.echo(done.url)

"""`baton storage`: what can be done with the bytes of files."""

import click

from baton.cli.fixity import copy_command, verify_command


@click.group()
def storage() -> None:
    """Where the bytes of files are."""


storage.add_command(verify_command)
storage.add_command(copy_command)

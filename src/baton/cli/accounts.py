"""`baton user` and `baton token`: people and their tokens, for operators and scripts."""

import click

from baton.accounts import commands, queries
from baton.accounts.actor import SCOPES
from baton.accounts.passwords import hash_password
from baton.accounts.rules import password_faults
from baton.app import create_context
from baton.kernel.errors import NotFound, ValidationFailed
from baton.kernel.settings import Settings


@click.group()
def user() -> None:
    """Accounts of people."""


@user.command("create")
@click.argument("email")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for if left out.")
@click.option("--admin", is_flag=True, help="May see and do everything.")
@click.option("--exist-ok", is_flag=True, help="Succeed if there is such an account already.")
def create_user(email: str, password: str, admin: bool, exist_ok: bool) -> None:
    """Make an account; its address counts as confirmed at once."""
    if faults := password_faults(password, email):
        raise ValidationFailed(faults)
    secret = hash_password(password)  # slow on purpose, so not while the database waits
    with create_context(Settings()).database.write() as connection:
        commands.create_user(connection, email, secret, admin=admin, exist_ok=exist_ok)
    click.echo(f"{email} can log in.", err=True)


@click.group()
def token() -> None:
    """Access tokens for programs."""


@token.command("create")
@click.argument("email")
@click.option("--name", default="command line", show_default=True, help="What the owner sees in the list of tokens.")
@click.option("--scopes", default=",".join(SCOPES), show_default=True, help="Separated by commas.")
def create_token(email: str, name: str, scopes: str) -> None:
    """Print a new token of EMAIL, alone, on standard output. It cannot be shown again."""
    with create_context(Settings()).database.write() as connection:
        owner = queries.user_by_email(connection, email)
        if owner is None:
            raise NotFound(f"There is no account {email}. Make one with: baton user create {email}")
        chosen = [scope.strip() for scope in scopes.split(",") if scope.strip()]
        secret = commands.create_token(connection, owner.actor, name, chosen)
    click.echo(secret)

"""`baton demo`: a dozen sample records, made through the public interface of a running server."""

import json
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import quote, urlsplit

import click

from baton.accounts import commands, queries
from baton.accounts.passwords import hash_password
from baton.app import create_context
from baton.cli.samples import SAMPLES, Sample
from baton.kernel.ids import new_secret
from baton.kernel.settings import Settings

OWNER = "demo@example.org"


@click.command()
@click.option("--to", metavar="URL", help="A running server; by default the one of these settings.")
@click.option("--token", help="An access token there; by default one of a new demo account.")
def demo(to: str | None, token: str | None) -> None:
    """Fill a running, empty repository with sample records."""
    settings = Settings()
    address = (to or settings.base_url).rstrip("/")
    server = _Server(address, token or _demo_token(settings))
    if server.count() and not click.confirm(f"{address} has records already. Add the samples all the same?"):
        return
    with click.progressbar(SAMPLES, label="Depositing", item_show_func=lambda s: s.title if s else "") as bar:
        for sample in bar:
            server.deposit(sample)
    click.echo(f"{len(SAMPLES)} records are at {address}/search")


def _demo_token(settings: Settings) -> str:
    """A token of an account that nobody can log into, made where the server keeps its accounts."""
    password = hash_password(new_secret())
    with create_context(settings).database.write() as connection:
        commands.create_user(connection, OWNER, password, exist_ok=True)
        owner = queries.user_by_email(connection, OWNER)
        assert owner is not None  # noqa: S101  made on the line above
        return commands.create_token(connection, owner.actor, "baton demo", sorted(owner.actor.scopes))


class _Server:
    """The few calls of the RDM dialect that a deposit takes."""

    def __init__(self, address: str, token: str) -> None:
        parts = urlsplit(address)
        connect = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._connection = connect(parts.netloc, timeout=60)
        self._path = parts.path
        self._headers = {"Authorization": f"Bearer {token}", "Accept": "application/vnd.inveniordm.v1+json"}

    def count(self) -> int:
        """How many records the server has."""
        return int(self._call("GET", "/api/records?size=1")["hits"]["total"])

    def deposit(self, sample: Sample) -> None:
        """Make, fill and publish one record."""
        draft = f"/api/records/{self._call('POST', '/api/records', sample.draft())['id']}/draft"
        self._call("POST", f"{draft}/files", [{"key": key} for key in sample.files])
        for key, make in sample.files.items():
            self._call("PUT", f"{draft}/files/{quote(key)}/content", make())
            self._call("POST", f"{draft}/files/{quote(key)}/commit")
        self._call("POST", f"{draft}/actions/publish")

    def _call(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401  any JSON value
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
        try:
            self._connection.request(method, self._path + path, data, {**self._headers, "Content-Type": kind})
            answer = self._connection.getresponse()
            text = answer.read()
        except (OSError, HTTPException) as error:
            raise click.ClickException(f"The server does not answer ({error}). Start it with: baton serve") from None
        if answer.status >= HTTPStatus.BAD_REQUEST:
            raise click.ClickException(f"{method} {path} was refused with {answer.status}: {text.decode()[:500]}")
        return json.loads(text) if text else None

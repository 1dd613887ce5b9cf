"""The fixtures of every test: a database of its own, the wired program, a client, and the cast.

Alice owns things, Bob is a stranger, root is an administrator. With `BATON_TEST_DATABASE_URL` (a PostgreSQL server) the
same tests run on PostgreSQL; `--database-only` then leaves out those for which that makes no difference.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from http.client import HTTPConnection
from pathlib import Path
from uuid import uuid4

import hypothesis
import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from starlette.testclient import TestClient

from baton.accounts import commands as accounts
from baton.accounts.actor import Actor
from baton.accounts.passwords import hash_password
from baton.accounts.queries import get_user
from baton.app import create_app, create_context
from baton.context import Context
from baton.kernel import clock
from baton.kernel.db import Database
from baton.kernel.migrations import migrate
from baton.kernel.outbox import fan_out
from baton.kernel.settings import Settings
from baton.kernel.worker import run_until_idle
from baton.reactions import REACTIONS
from tests.radosgw import Gateway, gateway, missing_programs

# How long one example takes says nothing on a machine that is busy.
hypothesis.settings.register_profile("baton", deadline=None)
hypothesis.settings.load_profile("baton")

SERVER = os.environ.get("BATON_TEST_DATABASE_URL", "")
PASSWORD = "correct horse battery"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database-only", action="store_true", help="run only tests that use the database of the suite")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--database-only"):
        return
    # Whatever has a database got it from this fixture.
    without = {item for item in items if _template.__name__ not in getattr(item, "fixturenames", ())}
    config.hook.pytest_deselected(items=list(without))
    items[:] = [item for item in items if item not in without]


@dataclass(frozen=True)
class Person:
    """A member of the cast."""

    id: int
    email: str
    token: str
    actor: Actor
    password: str = PASSWORD
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Cast:
    alice: Person
    bob: Person
    root: Person


def _fill(database: Database) -> Cast:
    """The tables and the cast, made once and copied for every test."""
    migrate(database)
    secret = hash_password(PASSWORD)
    people = []
    for name in ("alice", "bob", "root"):
        email = f"{name}@example.org"
        with database.write() as connection:
            number = accounts.create_user(connection, email, secret, admin=name == "root")
            user = get_user(connection, number)
            assert user is not None
            token = accounts.create_token(connection, user.actor, "test", sorted(user.actor.scopes))
        people.append(Person(number, email, token, user.actor, headers={"Authorization": f"Bearer {token}"}))
    with database.write() as connection:
        fan_out(connection, REACTIONS)
    return Cast(*people)


@pytest.fixture(scope="session")
def _template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Cast]]:
    if not SERVER:
        path = tmp_path_factory.mktemp("template") / "baton.db"
        database = Database(f"sqlite:///{path}")
        cast = _fill(database)
        with database.read() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()
        yield str(path), cast
        return
    name = f"baton_template_{uuid4().hex}"
    _on_server(f"CREATE DATABASE {name}")
    database = Database(make_url(SERVER).set(database=name).render_as_string(hide_password=False))
    cast = _fill(database)
    database.close()
    yield name, cast
    _on_server(f"DROP DATABASE {name}")
    _server().dispose()


@cache
def _server() -> Engine:
    return create_engine(SERVER, isolation_level="AUTOCOMMIT")


def _on_server(statement: str) -> None:
    with _server().connect() as connection:
        connection.execute(text(statement))


@pytest.fixture
def cast(_template: tuple[str, Cast]) -> Cast:
    return _template[1]


@pytest.fixture
def settings(_template: tuple[str, Cast], tmp_path: Path) -> Iterator[Settings]:
    """Settings of a repository with tables and the cast, and nothing else."""
    folder = tmp_path / "data"
    folder.mkdir()
    if not SERVER:
        shutil.copy(_template[0], folder / "baton.db")
        yield Settings(data_dir=folder, site_url="http://testserver")
        return
    name = f"baton_test_{uuid4().hex}"
    _on_server(f"CREATE DATABASE {name} TEMPLATE {_template[0]}")
    url = make_url(SERVER).set(database=name).render_as_string(hide_password=False)
    yield Settings(data_dir=folder, site_url="http://testserver", database_url=url)
    _on_server(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def context(settings: Settings) -> Iterator[Context]:
    """The wired parts without a server: for tests of commands, reactions and jobs."""
    context = create_context(settings)
    yield context
    context.search.close()
    context.database.close()


@pytest.fixture
def settle(context: Context) -> object:
    """Deliver everything that waits."""
    return lambda: run_until_idle(context.database, context, REACTIONS, ())


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    """The whole program over HTTP, its worker running."""
    with TestClient(create_app(settings), follow_redirects=False) as client:
        yield client


@dataclass(frozen=True)
class Server:
    """`baton serve` in a process of its own, as operators run it."""

    url: str
    folder: Path
    process: subprocess.Popen[bytes]
    environment: dict[str, str]  # for commands beside it


@pytest.fixture(scope="session")
def start_server(
    _template: tuple[str, Cast], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Server]]:
    """Starts a server on a free port with tables and the cast; `SETTING=value` for each setting that matters.

    `beside`: a server with which it shares all data.
    """
    started: list[tuple[Server, str]] = []

    def start(beside: Server | None = None, **settings: str) -> Server:
        folder = tmp_path_factory.mktemp("server")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        database = ""
        if beside is not None:
            shared = ("BATON_DATA_DIR", "BATON_DATABASE_URL")
            settings |= {name.removeprefix("BATON_"): beside.environment.get(name, "") for name in shared}
        elif SERVER:
            database = f"baton_test_{uuid4().hex}"
            _on_server(f"CREATE DATABASE {database} TEMPLATE {_template[0]}")
            settings["DATABASE_URL"] = make_url(SERVER).set(database=database).render_as_string(hide_password=False)
        else:
            shutil.copy(_template[0], folder / "baton.db")
        given = {"DATA_DIR": str(folder), "PORT": str(port), **settings}
        environment = {**os.environ, **{f"BATON_{name}": value for name, value in given.items()}}
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [Path(sys.executable).with_name("baton"), "serve"],
                env=environment,
                stdout=log,
                stderr=log,
            )
        server = Server(f"http://127.0.0.1:{port}", folder, process, environment)
        started.append((server, database))
        _wait_for(server, port)
        return server

    yield start
    for server, database in reversed(started):
        server.process.terminate()
        server.process.wait(60)
        if database:
            _on_server(f"DROP DATABASE {database} WITH (FORCE)")


def _wait_for(server: Server, port: int) -> None:
    for _attempt in range(600):
        connection = HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connection.request("GET", "/ping")
            if connection.getresponse().status == 200:
                return
        except ConnectionError:
            if server.process.poll() is not None:
                break
        finally:
            connection.close()
        time.sleep(0.1)
    pytest.fail(f"the server does not start: {(server.folder / 'log').read_text()}")


@pytest.fixture(scope="session")
def server(start_server: Callable[..., Server]) -> Server:
    """One server for every test that asks for no special settings; they share its data."""
    return start_server()


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Gateway]:
    """A real S3 server, one for all test processes. Skipped only where its programs are not installed."""
    if missing := missing_programs():
        pytest.skip(f"not installed: {', '.join(missing)} (apt install ceph-mon ceph-osd radosgw ceph-common)")
    base = tmp_path_factory.getbasetemp()
    with gateway((base if worker_id == "master" else base.parent) / "radosgw") as server:
        yield server


@pytest.fixture(autouse=True)
def _running_clock() -> Iterator[None]:
    yield
    clock.freeze(None)

"""The cast as accounts, their database, and a clock that stands still until a test moves it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from baton.accounts.commands import log_in
from baton.accounts.logins import verify_login
from baton.accounts.passwords import PasswordHash, hash_password
from baton.accounts.queries import user_by_email
from baton.accounts.schemas import User
from baton.accounts.throttle import Throttle
from baton.kernel import clock
from baton.kernel.db import Database, metadata
from baton.kernel.settings import Settings

PASSWORD = "correct horse battery"
START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    database = Database(settings.database)
    yield database
    database.close()


@pytest.fixture(autouse=True)
def _standing_clock() -> Iterator[None]:
    clock.freeze(START)
    yield
    clock.freeze(None)


@pytest.fixture
def later() -> Callable[[timedelta], None]:
    """Let the given time pass."""
    return lambda time: clock.freeze(clock.now() + time)


@pytest.fixture(scope="session")
def password_hash() -> PasswordHash:
    """Of PASSWORD; made once, because that is slow on purpose."""
    return hash_password(PASSWORD)


def _person(database: Database, email: str) -> User:
    with database.read() as connection:
        user = user_by_email(connection, email)
    assert user is not None
    return user


@pytest.fixture
def alice(database: Database) -> User:
    """Confirmed; her password is PASSWORD."""
    return _person(database, "alice@example.org")


@pytest.fixture
def bob(database: Database) -> User:
    """A stranger to alice, with the same password."""
    return _person(database, "bob@example.org")


@pytest.fixture
def session_of(database: Database) -> Callable[[User], str]:
    """Log a user in; gives the session's secret."""

    def open_session(user: User) -> str:
        with database.read() as connection:
            login = verify_login(connection, Throttle(), user.email, PASSWORD, "192.0.2.1")
        with database.write() as connection:
            return log_in(connection, login, "Firefox on Linux", "192.0.2.1", timedelta(days=5))

    return open_session


@pytest.fixture
def everything_kept(database: Database, settings: Settings) -> Callable[[], bytes]:
    """All that a copy of the database would show: every row, and on SQLite every byte of its files."""

    def read() -> bytes:
        with database.read() as connection:
            rows = [repr(connection.execute(select(table)).all()) for table in metadata.sorted_tables]
        files = [path.read_bytes() for path in settings.data_dir.glob("baton.db*")]
        return "".join(rows).encode() + b"".join(files)

    return read

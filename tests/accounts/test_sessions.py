"""Browser sessions: found, kept alive, listed, ended."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import event

from baton.accounts.actor import ANONYMOUS, SCOPES, Credentials, CredentialsKind
from baton.accounts.commands import keep_session, log_in, revoke_session
from baton.accounts.logins import verify_login
from baton.accounts.queries import actor_by_session, actor_of, current_session, list_sessions
from baton.accounts.schemas import User
from baton.accounts.throttle import Throttle
from baton.kernel import clock
from baton.kernel.db import Database
from baton.kernel.errors import NotFound, PermissionDenied

LIFETIME = timedelta(days=5)


def test_a_session_may_do_everything(database: Database, alice: User, session_of: Callable[[User], str]) -> None:
    credentials = Credentials(CredentialsKind.SESSION, session_of(alice))
    with database.read() as connection:
        actor = actor_of(connection, credentials)
    assert actor == alice.actor
    assert actor.scopes == set(SCOPES)
    assert credentials.secret not in repr(credentials)


def test_an_unknown_session_is_nobodys(database: Database) -> None:
    with database.read() as connection:
        assert actor_of(connection, Credentials(CredentialsKind.SESSION, "made up")) is ANONYMOUS
        assert actor_of(connection, Credentials()) is ANONYMOUS


def test_a_session_ends_when_it_is_not_used(
    database: Database, alice: User, session_of: Callable[[User], str], later: Callable[[timedelta], None]
) -> None:
    secret = session_of(alice)
    later(LIFETIME)
    with database.write() as connection:
        keep_session(connection, secret, LIFETIME)
        assert actor_by_session(connection, secret) is None
        assert list_sessions(connection, alice.id) == []


def test_a_session_in_use_lives_on_and_is_written_once_an_hour_at_most(
    database: Database, alice: User, session_of: Callable[[User], str], later: Callable[[timedelta], None]
) -> None:
    secret = session_of(alice)

    def keep() -> bool:
        with database.write() as connection:
            before = list_sessions(connection, alice.id)
            session = current_session(connection, secret)
            assert session is not None
            keep_session(connection, secret, LIFETIME)
            moved = list_sessions(connection, alice.id) != before
        assert moved == session.is_stale
        return moved

    assert not keep()
    later(timedelta(minutes=59))
    assert not keep()
    later(timedelta(minutes=1))
    assert keep()
    assert not keep()
    later(LIFETIME - timedelta(seconds=1))
    assert keep()


def test_sessions_are_listed_with_where_and_when(
    database: Database, alice: User, bob: User, session_of: Callable[[User], str], later: Callable[[timedelta], None]
) -> None:
    session_of(alice)
    later(timedelta(minutes=5))
    newest = session_of(alice)
    session_of(bob)
    with database.read() as connection:
        listed = list_sessions(connection, alice.id)
        current = current_session(connection, newest)
    assert current is not None
    assert listed[0].id == current.id
    assert len(listed) == 2
    assert listed[0].user_agent == "Firefox on Linux"
    assert listed[0].address == "192.0.2.1"
    assert listed[0].created_at == listed[0].seen_at == clock.now()
    assert listed[0].expires_at == clock.now() + LIFETIME


def test_own_sessions_can_be_ended_and_nobody_elses(
    database: Database, alice: User, bob: User, session_of: Callable[[User], str]
) -> None:
    secret = session_of(alice)
    with database.write() as connection:
        (session,) = list_sessions(connection, alice.id)
        with pytest.raises(NotFound):
            revoke_session(connection, bob.actor, session.id)
        with pytest.raises(PermissionDenied):
            revoke_session(connection, ANONYMOUS, session.id)
        assert actor_by_session(connection, secret) is not None
        revoke_session(connection, alice.actor, session.id)
        assert actor_by_session(connection, secret) is None
        with pytest.raises(NotFound):
            revoke_session(connection, alice.actor, session.id)


def test_what_a_browser_says_of_itself_is_cut_to_fit(database: Database, alice: User) -> None:
    with database.write() as connection:
        login = verify_login(connection, Throttle(), alice.email, "correct horse battery", "x" * 1000)
        log_in(connection, login, "y" * 1000, "x" * 1000, LIFETIME)
        (session,) = list_sessions(connection, alice.id)
    assert (session.user_agent, session.address) == ("y" * 300, "x" * 64)


def test_finding_out_who_asks_takes_one_statement(
    database: Database, alice: User, session_of: Callable[[User], str]
) -> None:
    secret = session_of(alice)
    statements: list[str] = []
    with database.read() as connection:
        connection.begin()
        event.listen(connection, "before_cursor_execute", lambda *args: statements.append(args[2]))
        actor_by_session(connection, secret)
    assert len(statements) == 1

"""New passwords: by a link from a mail, and by the old one."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from baton.accounts.commands import (
    CONFIRM,
    MOST_LINKS_AN_HOUR,
    RESET,
    change_password,
    create_token,
    drop_link,
    log_in,
    open_link,
    remove_expired,
    request_password_reset,
    reset_password,
)
from baton.accounts.errors import LinkInvalid, LoginFailed
from baton.accounts.logins import verify_login
from baton.accounts.models import mail_links, sessions
from baton.accounts.passwords import hash_password
from baton.accounts.queries import actor_by_session, actor_by_token, list_sessions, user_by_link
from baton.accounts.schemas import Login, User
from baton.accounts.throttle import Throttle
from baton.kernel.db import Database
from baton.kernel.outbox import events

NEW = "a new password"


def proof(database: Database, user: User, password: str) -> Login:
    with database.read() as connection:
        return verify_login(connection, Throttle(), user.email, password, "192.0.2.1")


def reset_link(database: Database, user: User) -> str:
    with database.write() as connection:
        secret = open_link(connection, user.id, RESET)
    assert secret is not None
    return secret


def test_a_reset_link_sets_a_password_once(database: Database, alice: User) -> None:
    secret, new = reset_link(database, alice), hash_password(NEW)
    with database.write() as connection:
        assert user_by_link(connection, secret, RESET) == alice
        assert reset_password(connection, secret, new) == alice.id
    for again in (user_by_link, lambda connection, secret, _purpose: reset_password(connection, secret, new)):
        with database.write() as connection, pytest.raises(LinkInvalid):
            again(connection, secret, RESET)
    assert proof(database, alice, NEW).user_id == alice.id
    with pytest.raises(LoginFailed):
        proof(database, alice, "correct horse battery")


def test_a_reset_link_ends_after_two_hours(database: Database, alice: User, later: Callable[[timedelta], None]) -> None:
    secret, new = reset_link(database, alice), hash_password(NEW)
    later(timedelta(hours=2))
    with database.write() as connection, pytest.raises(LinkInvalid):
        reset_password(connection, secret, new)
    with database.write() as connection:
        remove_expired(connection)
        assert connection.execute(select(mail_links)).all() == []


@pytest.mark.parametrize("secret", ["", "made up", "\ud800"])
def test_a_made_up_link_is_worth_nothing(database: Database, secret: str) -> None:
    with database.write() as connection, pytest.raises(LinkInvalid):
        reset_password(connection, secret, hash_password(NEW))


def test_a_confirmation_link_resets_nothing(database: Database, alice: User) -> None:
    with database.write() as connection:
        secret = open_link(connection, alice.id, CONFIRM)
        assert secret is not None
        with pytest.raises(LinkInvalid):
            reset_password(connection, secret, hash_password(NEW))


def test_a_reset_ends_all_sessions_and_older_links_but_no_tokens(
    database: Database, alice: User, session_of: Callable[[User], str]
) -> None:
    session, older, newer = session_of(alice), reset_link(database, alice), reset_link(database, alice)
    with database.write() as connection:
        token = create_token(connection, alice.actor, "instrument", ["deposit:write"])
        reset_password(connection, newer, hash_password(NEW))
        assert actor_by_session(connection, session) is None
        assert actor_by_token(connection, token) is not None
        with pytest.raises(LinkInvalid):
            user_by_link(connection, older, RESET)


def test_a_change_needs_the_old_password_and_ends_the_other_sessions(
    database: Database, alice: User, bob: User, session_of: Callable[[User], str]
) -> None:
    this, other, strangers = session_of(alice), session_of(alice), session_of(bob)
    link = reset_link(database, alice)
    login = proof(database, alice, "correct horse battery")
    with database.write() as connection:
        change_password(connection, login, hash_password(NEW), keep=this)
        assert actor_by_session(connection, this) is not None
        assert actor_by_session(connection, other) is None
        assert actor_by_session(connection, strangers) is not None
        with pytest.raises(LinkInvalid):
            user_by_link(connection, link, RESET)
        with pytest.raises(LoginFailed):  # the same proof does not work twice
            change_password(connection, login, hash_password("yet another"), keep=this)
        kinds = list(connection.execute(select(events.c.kind)).scalars())
    assert kinds.count("PasswordChanged") == 1


def test_asking_for_a_reset_tells_nothing(database: Database, alice: User) -> None:
    with database.write() as connection:
        for email in ("ALICE@example.org", "nobody@example.org", "no address"):
            request_password_reset(connection, email)
        asked = select(events.c.payload).where(events.c.kind == "PasswordResetRequested").order_by(events.c.id)
        payloads = list(connection.execute(asked).scalars())
    assert payloads == [{"user_id": alice.id}, {"user_id": None}, {"user_id": None}]


def test_nobody_can_fill_a_mailbox(database: Database, alice: User, later: Callable[[timedelta], None]) -> None:
    with database.write() as connection:
        links = [open_link(connection, alice.id, RESET) for _ in range(MOST_LINKS_AN_HOUR + 1)]
        assert links[-1] is None
        assert None not in links[:-1]
        assert open_link(connection, alice.id, CONFIRM) is not None
        drop_link(connection, links[0] or "")
        assert open_link(connection, alice.id, RESET) is not None
        assert open_link(connection, alice.id, RESET) is None
    later(timedelta(hours=1))
    reset_link(database, alice)


def test_what_is_over_is_cleared_away(
    database: Database, alice: User, session_of: Callable[[User], str], later: Callable[[timedelta], None]
) -> None:
    session_of(alice)
    later(timedelta(days=3))
    living = session_of(alice)
    later(timedelta(days=2))
    with database.write() as connection:
        remove_expired(connection)
        assert len(connection.execute(select(sessions)).all()) == 1
        assert actor_by_session(connection, living) is not None
        assert len(list_sessions(connection, alice.id)) == 1
        login = verify_login(connection, Throttle(), alice.email, "correct horse battery", "")
        log_in(connection, login, "", "", timedelta(days=5))

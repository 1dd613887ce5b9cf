"""From a stranger's form to a confirmed account."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from baton.accounts.commands import (
    CONFIRM,
    RESET,
    confirm_email,
    log_in,
    open_link,
    register,
    request_confirmation,
    reset_password,
)
from baton.accounts.errors import EmailNotConfirmed, LinkInvalid, LoginFailed
from baton.accounts.logins import verify_login
from baton.accounts.models import users
from baton.accounts.passwords import PasswordHash, hash_password
from baton.accounts.queries import user_by_email, user_by_link
from baton.accounts.schemas import Login, User
from baton.accounts.throttle import Throttle
from baton.kernel.db import Database
from baton.kernel.errors import ValidationFailed
from baton.kernel.outbox import events

PASSWORD = "correct horse battery"


@pytest.fixture
def dora(database: Database, password_hash: PasswordHash) -> User:
    """Registered, not confirmed."""
    with database.write() as connection:
        register(connection, "Dora@Example.org", password_hash, " Dora Explorer ")
        user = user_by_email(connection, "dora@example.org")
    assert user is not None
    return user


def link(database: Database, user: User, purpose: str) -> str:
    with database.write() as connection:
        secret = open_link(connection, user.id, purpose)
    assert secret is not None
    return secret


def proof(database: Database, email: str, password: str = PASSWORD) -> Login:
    with database.read() as connection:
        return verify_login(connection, Throttle(), email, password, "")


def kinds(database: Database) -> list[str]:
    """Of the events since the cast was made."""
    with database.read() as connection:
        found = select(events.c.kind).where(events.c.kind.not_in(["UserCreated", "TokenCreated"])).order_by(events.c.id)
        return list(connection.execute(found).scalars())


def test_registering_makes_an_unconfirmed_account_and_asks_for_a_mail(database: Database, dora: User) -> None:
    assert (dora.email, dora.full_name, dora.is_confirmed, dora.is_admin) == (
        "dora@example.org",
        "Dora Explorer",
        False,
        False,
    )
    assert kinds(database) == ["UserRegistered"]


def test_the_link_and_the_password_confirm_the_address(database: Database, dora: User) -> None:
    secret = link(database, dora, CONFIRM)
    login = proof(database, dora.email)
    with database.write() as connection:
        assert user_by_link(connection, secret, CONFIRM) == dora
        confirm_email(connection, secret, login)
        log_in(connection, login, "", "", timedelta(days=5))
        with pytest.raises(LinkInvalid):
            confirm_email(connection, secret, login)
    assert kinds(database) == ["UserRegistered", "EmailConfirmed"]


@pytest.mark.usefixtures("alice")
def test_a_link_confirms_nobody_elses_address(database: Database, dora: User) -> None:
    secret = link(database, dora, CONFIRM)
    login = proof(database, "alice@example.org")
    with database.write() as connection, pytest.raises(LinkInvalid):
        confirm_email(connection, secret, login)


def test_a_link_of_another_kind_confirms_nothing(database: Database, dora: User) -> None:
    secret = link(database, dora, RESET)
    login = proof(database, dora.email)
    with database.write() as connection, pytest.raises(LinkInvalid):
        confirm_email(connection, secret, login)


def test_a_confirmation_link_ends(database: Database, dora: User, later: Callable[[timedelta], None]) -> None:
    secret = link(database, dora, CONFIRM)
    login = proof(database, dora.email)
    later(timedelta(days=3))
    with database.write() as connection, pytest.raises(LinkInvalid):
        confirm_email(connection, secret, login)


def test_somebody_who_registers_anothers_address_gets_into_nothing(database: Database, dora: User) -> None:
    secret = link(database, dora, CONFIRM)
    with database.write() as connection:
        register(connection, dora.email, hash_password("the attacker's own"), "Mallory")
    attacker = proof(database, dora.email, "the attacker's own")
    with database.write() as connection, pytest.raises(EmailNotConfirmed):
        log_in(connection, attacker, "", "", timedelta(days=5))
    with pytest.raises(LoginFailed):  # so dora, who follows the link, cannot confirm the attacker's password
        proof(database, dora.email)
    reset = link(database, dora, RESET)
    with database.write() as connection:
        reset_password(connection, reset, hash_password("dora's own again"))
        with pytest.raises(LoginFailed):
            log_in(connection, attacker, "", "", timedelta(days=5))
        with pytest.raises(LinkInvalid):
            confirm_email(connection, secret, attacker)
    assert proof(database, dora.email, "dora's own again").user_id == dora.id


def test_registering_a_confirmed_address_changes_nothing_but_is_told_by_mail(database: Database, alice: User) -> None:
    count = select(func.count()).select_from(users)
    with database.write() as connection:
        before = connection.execute(count).scalar_one()
        register(connection, alice.email, hash_password("somebody else's"), "Mallory")
        assert user_by_email(connection, alice.email) == alice
        assert connection.execute(count).scalar_one() == before
    assert kinds(database)[-1] == "RegistrationRepeated"
    proof(database, alice.email)


def test_the_confirmation_can_be_asked_for_again_and_the_answer_tells_nothing(
    database: Database, alice: User, dora: User
) -> None:
    with database.write() as connection:
        for email in (dora.email, alice.email, "nobody@example.org", "no address"):
            request_confirmation(connection, email)
        asked = select(events.c.payload).where(events.c.kind == "ConfirmationRequested").order_by(events.c.id)
        payloads = list(connection.execute(asked).scalars())
    assert payloads == [{"user_id": dora.id}, *[{"user_id": None}] * 3]


def test_everything_that_is_wrong_is_told_at_once(database: Database, password_hash: PasswordHash) -> None:
    with database.write() as connection, pytest.raises(ValidationFailed) as refusal:
        register(connection, "not an address", password_hash, "two\nlines")
    assert [fault.field for fault in refusal.value.errors] == ["email", "full_name"]

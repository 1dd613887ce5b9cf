"""Logging in and out, and what guessing costs."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from statistics import median
from time import perf_counter

import argon2
import pytest
from sqlalchemy import select

from baton.accounts.commands import log_in, log_out, register
from baton.accounts.errors import EmailNotConfirmed, LoginFailed, TooManyAttempts
from baton.accounts.logins import require_form_pace, verify_login
from baton.accounts.models import users
from baton.accounts.passwords import PasswordHash, hash_password
from baton.accounts.queries import actor_by_session
from baton.accounts.schemas import Login, User
from baton.accounts.throttle import Throttle
from baton.kernel.db import Database

PASSWORD = "correct horse battery"
LIFETIME = timedelta(days=5)


def attempt(database: Database, throttle: Throttle, email: str, password: str, address: str = "192.0.2.1") -> Login:
    with database.read() as connection:
        return verify_login(connection, throttle, email, password, address)


def fail(database: Database, throttle: Throttle, email: str, addresses: Iterator[str]) -> None:
    for address in addresses:
        with pytest.raises(LoginFailed):
            attempt(database, throttle, email, "wrong" * 201, address)  # too long to be hashed, so that this is quick


def test_whoever_knows_the_password_gets_a_session(database: Database, alice: User) -> None:
    login = attempt(database, Throttle(), "  ALICE@example.org ", PASSWORD)
    with database.write() as connection:
        secret = log_in(connection, login, "Firefox", "192.0.2.1", LIFETIME)
    with database.read() as connection:
        assert actor_by_session(connection, secret) == alice.actor
    with database.write() as connection:
        log_out(connection, secret)
        log_out(connection, secret)
        assert actor_by_session(connection, secret) is None


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("alice@example.org", "wrong password"),
        ("alice@example.org", ""),
        ("alice@example.org", "x" * 1001),
        ("nobody@example.org", PASSWORD),
        ("no address", PASSWORD),
    ],
)
@pytest.mark.usefixtures("alice")
def test_every_failure_says_the_same(database: Database, email: str, password: str) -> None:
    with pytest.raises(LoginFailed) as refusal:
        attempt(database, Throttle(), email, password)
    assert refusal.value.detail == LoginFailed().detail


@pytest.mark.usefixtures("alice")
def test_time_does_not_tell_who_has_an_account(database: Database) -> None:
    def took(email: str) -> float:
        start = perf_counter()
        with pytest.raises(LoginFailed):
            attempt(database, Throttle(), email, "wrong password")
        return perf_counter() - start

    known, unknown = [], []
    for _ in range(5):
        known.append(took("alice@example.org"))
        unknown.append(took("nobody@example.org"))
    assert 1 / 4 < median(known) / median(unknown) < 4


def test_an_unconfirmed_account_is_refused_after_the_right_password_only(
    database: Database, password_hash: PasswordHash
) -> None:
    with database.write() as connection:
        register(connection, "new@example.org", password_hash)
    with pytest.raises(LoginFailed):
        attempt(database, Throttle(), "new@example.org", "wrong password")
    login = attempt(database, Throttle(), "new@example.org", PASSWORD)
    with database.write() as connection, pytest.raises(EmailNotConfirmed):
        log_in(connection, login, "", "", LIFETIME)


def test_an_outdated_hash_is_replaced_at_the_next_login(database: Database, alice: User) -> None:
    cheap = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with database.write() as connection:
        connection.execute(users.update().where(users.c.id == alice.id).values(password_hash=cheap))
    login = attempt(database, Throttle(), alice.email, PASSWORD)
    with database.write() as connection:
        log_in(connection, login, "", "", LIFETIME)
        kept = connection.execute(select(users.c.password_hash).where(users.c.id == alice.id)).scalar_one()
    assert kept != cheap
    assert kept == login.rehashed


def test_a_proof_is_worth_nothing_once_the_password_has_changed(database: Database, alice: User) -> None:
    login = attempt(database, Throttle(), alice.email, PASSWORD)
    with database.write() as connection:
        connection.execute(users.update().values(password_hash=hash_password("another password")))
        with pytest.raises(LoginFailed):
            log_in(connection, login, "", "", LIFETIME)


def test_guessing_at_one_account_gets_slow(database: Database, alice: User, later: Callable[[timedelta], None]) -> None:
    throttle = Throttle()
    fail(database, throttle, alice.email, iter(["192.0.2.1"] * 5))
    with pytest.raises(TooManyAttempts):
        attempt(database, throttle, alice.email, PASSWORD)
    later(timedelta(seconds=1))
    attempt(database, throttle, alice.email, PASSWORD)
    fail(database, throttle, alice.email, iter(["192.0.2.1"] * 5))  # success starts the count again


def test_trying_one_password_on_everybody_gets_slow(database: Database) -> None:
    throttle = Throttle()
    for number in range(50):
        fail(database, throttle, f"user{number}@example.org", iter(["2001:db8::1"]))
    with pytest.raises(TooManyAttempts):
        attempt(database, throttle, "user50@example.org", PASSWORD, "2001:db8::2")
    fail(database, throttle, "user50@example.org", iter(["2001:db8:0:1::1"]))


def test_a_botnet_gets_slow_but_does_not_keep_the_owner_out(
    database: Database, alice: User, session_of: Callable[[User], str]
) -> None:
    session_of(alice)  # from 192.0.2.1
    throttle = Throttle()
    fail(database, throttle, alice.email, (f"198.51.100.{number}" for number in range(20)))
    with pytest.raises(TooManyAttempts):
        attempt(database, throttle, alice.email, PASSWORD, "203.0.113.9")
    assert attempt(database, throttle, alice.email, PASSWORD, "192.0.2.1").user_id == alice.id


def test_forms_that_send_mail_have_a_pace(later: Callable[[timedelta], None]) -> None:
    throttle = Throttle()
    for _ in range(60):
        require_form_pace(throttle, "192.0.2.1")
    with pytest.raises(TooManyAttempts):
        require_form_pace(throttle, "192.0.2.1")
    require_form_pace(throttle, "192.0.2.2")
    later(timedelta(minutes=1))
    require_form_pace(throttle, "192.0.2.1")

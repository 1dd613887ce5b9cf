"""The operator's way to an account, and what users change about theirs."""

import pytest

from baton.accounts.actor import ANONYMOUS
from baton.accounts.commands import create_user, register, update_profile
from baton.accounts.errors import EmailTaken
from baton.accounts.logins import verify_login
from baton.accounts.passwords import PasswordHash, hash_password
from baton.accounts.queries import get_user, user_by_email
from baton.accounts.schemas import User
from baton.accounts.throttle import Throttle
from baton.kernel.db import Database
from baton.kernel.errors import PermissionDenied, ValidationFailed

PASSWORD = "correct horse battery"


def test_an_operators_account_is_confirmed_at_once(database: Database, password_hash: PasswordHash) -> None:
    with database.write() as connection:
        user_id = create_user(connection, "Head@Example.org", password_hash, admin=True)
        user = get_user(connection, user_id)
    assert user is not None
    assert (user.email, user.is_admin, user.is_confirmed) == ("head@example.org", True, True)
    assert user.actor.is_admin


def test_a_second_time_is_refused_or_leaves_everything_as_it_is(database: Database, alice: User) -> None:
    other = hash_password("another password")
    with database.write() as connection:
        with pytest.raises(EmailTaken, match=r"alice@example\.org"):
            create_user(connection, "ALICE@example.org", other)
        assert create_user(connection, alice.email, other, exist_ok=True) == alice.id
        assert get_user(connection, alice.id) == alice
        verify_login(connection, Throttle(), alice.email, PASSWORD, "")


def test_an_existing_account_can_be_made_an_administrators(database: Database, alice: User) -> None:
    with database.write() as connection:
        create_user(connection, alice.email, hash_password("another password"), admin=True, exist_ok=True)
        user = get_user(connection, alice.id)
        create_user(connection, alice.email, hash_password("another password"), exist_ok=True)
        assert get_user(connection, alice.id) == user
        verify_login(connection, Throttle(), alice.email, PASSWORD, "")
    assert user is not None
    assert user.is_admin


def test_an_account_that_nobody_confirmed_is_taken_over(database: Database, password_hash: PasswordHash) -> None:
    with database.write() as connection:
        register(connection, "dora@example.org", hash_password("a stranger's"))
        create_user(connection, "dora@example.org", password_hash, exist_ok=True)
        user = user_by_email(connection, "dora@example.org")
        verify_login(connection, Throttle(), "dora@example.org", PASSWORD, "")
    assert user is not None
    assert user.is_confirmed


def test_an_operators_typing_error_is_told(database: Database, password_hash: PasswordHash) -> None:
    with database.write() as connection, pytest.raises(ValidationFailed):
        create_user(connection, "root", password_hash)


def test_users_change_their_own_profile(database: Database, alice: User, bob: User) -> None:
    with database.write() as connection:
        update_profile(connection, alice.actor, " Alice Ångström ", "CERN")
        changed = get_user(connection, alice.id)
        assert get_user(connection, bob.id) == bob
    assert changed is not None
    assert (changed.full_name, changed.affiliation) == ("Alice Ångström", "CERN")


def test_a_profile_is_checked(database: Database, alice: User) -> None:
    with database.write() as connection:
        with pytest.raises(ValidationFailed) as refusal:
            update_profile(connection, alice.actor, "x" * 201, "a\x00b")
        with pytest.raises(PermissionDenied):
            update_profile(connection, ANONYMOUS, "", "")
    assert [fault.field for fault in refusal.value.errors] == ["full_name", "affiliation"]


def test_there_is_nobody_without_an_account(database: Database) -> None:
    with database.read() as connection:
        assert get_user(connection, 12345) is None
        assert user_by_email(connection, "nobody@example.org") is None
        assert user_by_email(connection, "no address") is None

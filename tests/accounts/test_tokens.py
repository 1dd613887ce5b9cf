"""Personal access tokens: made, shown once, used, limited, taken back."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from baton.accounts.actor import ANONYMOUS, SCOPES, Actor, Credentials, CredentialsKind
from baton.accounts.commands import RESET, create_token, open_link, revoke_token
from baton.accounts.errors import ScopeMissing
from baton.accounts.queries import actor_by_token, actor_of, list_tokens
from baton.accounts.schemas import User
from baton.kernel import clock
from baton.kernel.db import Database
from baton.kernel.errors import NotFound, PermissionDenied, ValidationFailed

same_database = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)


def make(database: Database, actor: Actor, scopes: set[str], name: str = "laptop") -> str:
    with database.write() as connection:
        return create_token(connection, actor, name, scopes)


def owner_of(database: Database, secret: str) -> Actor:
    with database.read() as connection:
        return actor_of(connection, Credentials(CredentialsKind.TOKEN, secret))


@same_database
@given(scopes=st.sets(st.sampled_from(sorted(SCOPES))))
def test_a_token_is_its_owner_with_its_scopes_and_no_more(database: Database, alice: User, scopes: set[str]) -> None:
    actor = owner_of(database, make(database, alice.actor, scopes))
    assert (actor.user_id, actor.email, actor.is_admin) == (alice.id, alice.email, False)
    assert actor.scopes == scopes


@same_database
@given(own=st.sets(st.sampled_from(sorted(SCOPES))), asked=st.sets(st.sampled_from(sorted(SCOPES))))
def test_a_token_never_makes_a_stronger_one(database: Database, alice: User, own: set[str], asked: set[str]) -> None:
    actor = owner_of(database, make(database, alice.actor, own))
    if asked <= own:
        assert owner_of(database, make(database, actor, asked)).scopes == asked
        return
    with pytest.raises(ScopeMissing):
        make(database, actor, asked)


@pytest.mark.parametrize("secret", ["", "made up", "\ud800", "x" * 100_000])
def test_an_unknown_token_is_nobodys(database: Database, secret: str) -> None:
    assert owner_of(database, secret) is ANONYMOUS


def test_a_token_ends_at_its_time(database: Database, alice: User, later: Callable[[timedelta], None]) -> None:
    with database.write() as connection:
        secret = create_token(connection, alice.actor, "short", ["user:email"], clock.now() + timedelta(hours=1))
        assert actor_by_token(connection, secret) is not None
    later(timedelta(hours=1))
    with database.read() as connection:
        assert actor_by_token(connection, secret) is None
        assert [token.name for token in list_tokens(connection, alice.id)] == ["short", "test"]


def test_a_revoked_token_is_nobodys_and_only_its_owner_revokes_it(database: Database, alice: User, bob: User) -> None:
    secret, other = make(database, alice.actor, set(SCOPES)), make(database, alice.actor, set())
    with database.write() as connection:
        newest, oldest, older = list_tokens(connection, alice.id)
        assert oldest.scopes == ("deposit:actions", "deposit:write", "user:email")
        for stranger, refusal in ((bob.actor, NotFound), (ANONYMOUS, PermissionDenied)):
            with pytest.raises(refusal):
                revoke_token(connection, stranger, oldest.id)
        revoke_token(connection, alice.actor, oldest.id)
        with pytest.raises(NotFound):
            revoke_token(connection, alice.actor, oldest.id)
        assert list_tokens(connection, alice.id) == [newest, older]
    assert owner_of(database, secret) is ANONYMOUS
    assert owner_of(database, other).user_id == alice.id


def test_everything_that_is_wrong_with_a_token_is_told_at_once(database: Database, alice: User) -> None:
    with database.write() as connection, pytest.raises(ValidationFailed) as refusal:
        create_token(connection, alice.actor, "  ", ["deposit:write", "everything"], clock.now())
    assert [fault.field for fault in refusal.value.errors] == ["scopes", "name", "expires_at"]
    assert "everything" in refusal.value.errors[0].message


def test_nobody_makes_no_token(database: Database) -> None:
    with pytest.raises(PermissionDenied):
        make(database, ANONYMOUS, set())


def test_no_secret_is_kept(
    database: Database, alice: User, session_of: Callable[[User], str], everything_kept: Callable[[], bytes]
) -> None:
    secrets = [make(database, alice.actor, set(SCOPES)), session_of(alice), "correct horse battery"]
    with database.write() as connection:
        secrets.append(open_link(connection, alice.id, RESET) or "")
    kept = everything_kept()
    assert b"alice@example.org" in kept
    for secret in secrets:
        assert len(secret) > 20
        assert secret.encode() not in kept


def test_finding_a_tokens_owner_takes_one_statement(database: Database, alice: User) -> None:
    secret = make(database, alice.actor, set())
    statements: list[str] = []
    with database.read() as connection:
        connection.begin()
        event.listen(connection, "before_cursor_execute", lambda *args: statements.append(args[2]))
        assert actor_by_token(connection, secret) is not None
    assert len(statements) == 1

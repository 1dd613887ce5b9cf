"""Checks an e-mail address and a password, at a pace that makes guessing hopeless and locks nobody out.

Three counts slow failures down, each with its own pace: one account from one network, one network over all accounts
(trying one password on everybody), one account from all networks (a botnet). The last never applies to an address from
which the account is logged in, so somebody else's guessing does not keep people out of their own account.
"""

from sqlalchemy import Connection, Row, exists, select

from baton.accounts.errors import LoginFailed
from baton.accounts.models import sessions, users
from baton.accounts.passwords import PasswordHash, hash_password, is_outdated, is_password
from baton.accounts.rules import LONGEST_PASSWORD, network_of, normal_email
from baton.accounts.schemas import Login
from baton.accounts.throttle import Pace, Throttle
from baton.kernel import clock

ONE_FROM_ONE = Pace(free=5, longest=900)
ALL_FROM_ONE = Pace(free=50, longest=60)
ONE_FROM_ALL = Pace(free=20, longest=10)
FORMS_FROM_ONE = Pace(free=60, longest=60)


def verify_login(connection: Connection, throttle: Throttle, email: str, password: str, address: str) -> Login:
    """Proof that the password is right; raises `LoginFailed` or `TooManyAttempts`.

    Takes about 100 ms, whether or not there is such an account, and only reads: give it a reading connection.
    """
    spelled, network = normal_email(email), network_of(address)
    account = _find(connection, spelled)
    pair, everyone, anywhere = f"login {spelled} {network}", f"login {network}", f"login {spelled}"
    paces = [(pair, ONE_FROM_ONE), (everyone, ALL_FROM_ONE)]
    if account is None or not _is_logged_in_from(connection, account.id, address):
        paces.append((anywhere, ONE_FROM_ALL))
    throttle.require_patience(paces)
    login = _check(account, password)
    if login is None:
        throttle.count(pair, everyone, anywhere)
        raise LoginFailed
    throttle.forget(pair)
    return login


def require_form_pace(throttle: Throttle, address: str) -> None:
    """Count one form that makes us send a mail; raises `TooManyAttempts` when one network sends very many."""
    key = f"form {network_of(address)}"
    throttle.require_patience([(key, FORMS_FROM_ONE)])
    throttle.count(key)


def _check(account: Row[int, str] | None, password: str) -> Login | None:
    if len(password) > LONGEST_PASSWORD:
        return None
    if account is None:
        hash_password(password)  # takes as long as checking one, so the time does not tell who has an account
        return None
    stored = PasswordHash(account.password_hash)
    if not is_password(password, stored):
        return None
    return Login(account.id, stored, hash_password(password) if is_outdated(stored) else None)


def _find(connection: Connection, email: str | None) -> Row[int, str] | None:
    return connection.execute(select(users.c.id, users.c.password_hash).where(users.c.email == email)).first()


def _is_logged_in_from(connection: Connection, user_id: int, address: str) -> bool:
    living = exists().where(
        sessions.c.user_id == user_id, sessions.c.address == address, sessions.c.expires_at > clock.now()
    )
    return bool(connection.execute(select(living)).scalar())

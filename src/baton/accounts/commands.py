"""Every way in which accounts change. Whoever calls commits.

Passwords come in already hashed (`passwords.hash_password`): hashing takes a tenth of a second, and everybody else who
writes would wait for it. What a stranger's form brings about never tells whether an address has an account.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from baton.accounts.actor import Actor
from baton.accounts.errors import EmailNotConfirmed, EmailTaken, LinkInvalid, LoginFailed
from baton.accounts.events import (
    ConfirmationRequested,
    EmailConfirmed,
    PasswordChanged,
    PasswordResetRequested,
    RegistrationRepeated,
    TokenCreated,
    TokenRevoked,
    UserCreated,
    UserRegistered,
)
from baton.accounts.models import mail_links, sessions, tokens, users
from baton.accounts.passwords import PasswordHash
from baton.accounts.queries import KEEP_EVERY
from baton.accounts.rules import (
    email_faults,
    fingerprint,
    normal_email,
    require_login,
    require_scope,
    scope_faults,
    text_faults,
)
from baton.accounts.schemas import Login
from baton.kernel import clock
from baton.kernel.errors import FieldError, NotFound, ValidationFailed
from baton.kernel.ids import new_secret
from baton.kernel.outbox import emit

CONFIRM, RESET = "confirm", "reset"
LINK_LIFETIME = {CONFIRM: timedelta(days=3), RESET: timedelta(hours=2)}
# So that nobody can use our forms to fill somebody else's mailbox.
MOST_LINKS_AN_HOUR = 4


def register(connection: Connection, email: str, password: PasswordHash, full_name: str = "") -> None:
    """Ask for an account. What follows is told by mail, so that the answer is the same for every address.

    An unconfirmed account takes the newest password: whoever registers again knows that one. Confirming needs the
    mailbox and the password, so nobody gets into an account that they registered with somebody else's address.
    """
    address = _require_address(email, text_faults("full_name", full_name))
    user_id = _add(connection, address, password, full_name=full_name.strip())
    if user_id is not None:
        emit(connection, UserRegistered(user_id), actor_id=user_id)
        return
    known = _find(connection, address)
    if known.confirmed_at is not None:
        emit(connection, RegistrationRepeated(known.id))
        return
    _change(connection, known.id, password_hash=password, full_name=full_name.strip())
    emit(connection, ConfirmationRequested(known.id))


def request_confirmation(connection: Connection, email: str) -> None:
    """Ask for the confirmation mail once more."""
    unconfirmed = select(users.c.id).where(users.c.email == normal_email(email), users.c.confirmed_at.is_(None))
    emit(connection, ConfirmationRequested(connection.execute(unconfirmed).scalar()))


def confirm_email(connection: Connection, secret: str, login: Login) -> None:
    """Confirm the address that a link was sent to; `login` proves that it is their account (see `register`)."""
    if _use_link(connection, secret, CONFIRM) != login.user_id:
        raise LinkInvalid
    _require_unchanged(connection, login)
    _confirm(connection, login.user_id)


def request_password_reset(connection: Connection, email: str) -> None:
    """Ask for a mail with a link that sets a new password."""
    user_id = connection.execute(select(users.c.id).where(users.c.email == normal_email(email))).scalar()
    emit(connection, PasswordResetRequested(user_id))


def reset_password(connection: Connection, secret: str, password: PasswordHash) -> int:
    """Set a new password by a link from a mail; returns the user's id.

    Whoever can read the mailbox owns the address, so it counts as confirmed. Every session ends; tokens live on,
    because programs use them and they do not depend on the password.
    """
    user_id = _use_link(connection, secret, RESET)
    _change(connection, user_id, password_hash=password)
    _confirm(connection, user_id)
    connection.execute(delete(sessions).where(sessions.c.user_id == user_id))
    emit(connection, PasswordChanged(user_id), actor_id=user_id)
    return user_id


def change_password(connection: Connection, login: Login, password: PasswordHash, *, keep: str) -> None:
    """Set a new password; `login` proves the present one. Every session ends except that with the secret `keep`."""
    _require_unchanged(connection, login)
    _change(connection, login.user_id, password_hash=password)
    connection.execute(
        delete(sessions).where(sessions.c.user_id == login.user_id, sessions.c.secret_hash != fingerprint(keep))
    )
    _close_links(connection, login.user_id)
    emit(connection, PasswordChanged(login.user_id), actor_id=login.user_id)


def log_in(connection: Connection, login: Login, user_agent: str, address: str, lifetime: timedelta) -> str:
    """Open a session; returns its secret. Raises `EmailNotConfirmed`."""
    if _require_unchanged(connection, login).confirmed_at is None:
        raise EmailNotConfirmed
    if login.rehashed is not None:
        _change(connection, login.user_id, password_hash=login.rehashed)
    secret, now = new_secret(), clock.now()
    connection.execute(
        insert(sessions).values(
            user_id=login.user_id,
            secret_hash=fingerprint(secret),
            user_agent=user_agent[:300],
            address=address[:64],
            created_at=now,
            seen_at=now,
            expires_at=now + lifetime,
        )
    )
    return secret


def keep_session(connection: Connection, secret: str, lifetime: timedelta) -> None:
    """Let a session in use live on. Does nothing when that was done within the last hour."""
    now = clock.now()
    connection.execute(
        update(sessions)
        .where(
            sessions.c.secret_hash == fingerprint(secret),
            sessions.c.expires_at > now,
            sessions.c.seen_at <= now - KEEP_EVERY,
        )
        .values(seen_at=now, expires_at=now + lifetime)
    )


def log_out(connection: Connection, secret: str) -> None:
    """End the session that a secret opens, if there is one."""
    connection.execute(delete(sessions).where(sessions.c.secret_hash == fingerprint(secret)))


def revoke_session(connection: Connection, actor: Actor, session_id: int) -> None:
    """End one of the user's own sessions."""
    own = sessions.c.id == session_id, sessions.c.user_id == require_login(actor)
    if connection.execute(delete(sessions).where(*own)).rowcount == 0:
        raise NotFound("This session has ended already.")


def create_token(
    connection: Connection, actor: Actor, name: str, scopes: Collection[str], expires_at: datetime | None = None
) -> str:
    """Make a personal access token; returns its secret, which nobody can find out again.

    A token never allows more than what its maker is allowed at this moment.
    """
    user_id = require_login(actor)
    faults = [*text_faults("name", name), *scope_faults(scopes)]
    if not name.strip():
        faults.append(FieldError("name", "Give the token a name, so that you know later what it is for."))
    if expires_at is not None and expires_at <= clock.now():
        faults.append(FieldError("expires_at", "Choose a moment in the future, or none."))
    if faults:
        raise ValidationFailed(faults)
    for scope in sorted(scopes):
        require_scope(actor, scope)
    secret = new_secret()
    token_id = connection.execute(
        insert(tokens)
        .values(
            user_id=user_id,
            name=name.strip(),
            secret_hash=fingerprint(secret),
            scopes=sorted(set(scopes)),
            created_at=clock.now(),
            expires_at=expires_at,
        )
        .returning(tokens.c.id)
    ).scalar_one()
    emit(connection, TokenCreated(user_id, token_id), actor_id=user_id)
    return secret


def revoke_token(connection: Connection, actor: Actor, token_id: int) -> None:
    """Take back one of the user's own tokens; it stops to work at once."""
    user_id = require_login(actor)
    gone = connection.execute(delete(tokens).where(tokens.c.id == token_id, tokens.c.user_id == user_id))
    if gone.rowcount == 0:
        raise NotFound("There is no such token; it may have been revoked already.")
    emit(connection, TokenRevoked(user_id, token_id), actor_id=user_id)


def update_profile(connection: Connection, actor: Actor, full_name: str, affiliation: str) -> None:
    """Change what a user says about themselves."""
    user_id = require_login(actor)
    if faults := [*text_faults("full_name", full_name), *text_faults("affiliation", affiliation)]:
        raise ValidationFailed(faults)
    _change(connection, user_id, full_name=full_name.strip(), affiliation=affiliation.strip())


def create_user(
    connection: Connection, email: str, password: PasswordHash, *, admin: bool = False, exist_ok: bool = False
) -> int:
    """The operator's way to an account, confirmed at once; returns its id.

    With `exist_ok` an account that is there stays as it is, password included: a script that runs at each start must
    not undo what its owner changed. But it becomes an administrator if that is asked for, and one that nobody has
    confirmed is taken over with the given password.
    """
    address = _require_address(email)
    user_id = _add(connection, address, password, is_admin=admin, confirmed_at=clock.now())
    if user_id is None:
        known = _find(connection, address)
        if not exist_ok:
            raise EmailTaken(f"There is an account with the address {address} already.")
        user_id = int(known.id)
        raised = {"is_admin": True} if admin and not known.is_admin else {}
        taken = {} if known.confirmed_at else {"password_hash": password, "confirmed_at": clock.now()}
        if not raised and not taken:
            return user_id
        _change(connection, user_id, **raised, **taken)
    emit(connection, UserCreated(user_id))
    return user_id


def open_link(connection: Connection, user_id: int, purpose: str) -> str | None:
    """Make the secret of a link for a mail; `None` when there have been enough of them lately.

    Made while the mail is written and kept as a fingerprint, so it is readable in that mail and nowhere else: neither
    in the events, which are kept for ever, nor in a copy of the database.
    """
    now, lifetime = clock.now(), LINK_LIFETIME[purpose]
    lately = select(func.count()).where(
        mail_links.c.user_id == user_id,
        mail_links.c.purpose == purpose,
        mail_links.c.expires_at > now + lifetime - timedelta(hours=1),
    )
    if connection.execute(lately).scalar_one() >= MOST_LINKS_AN_HOUR:
        return None
    secret = new_secret()
    connection.execute(
        insert(mail_links).values(
            user_id=user_id, purpose=purpose, secret_hash=fingerprint(secret), expires_at=now + lifetime
        )
    )
    return secret


def drop_link(connection: Connection, secret: str) -> None:
    """Forget a link whose mail could not be sent, so that it does not count against the next try."""
    connection.execute(delete(mail_links).where(mail_links.c.secret_hash == fingerprint(secret)))


def remove_expired(connection: Connection) -> None:
    """Clear away sessions and links that are over."""
    for table in (sessions, mail_links):
        connection.execute(delete(table).where(table.c.expires_at <= clock.now()))


def _require_address(email: str, faults: Collection[FieldError] = ()) -> str:
    address = normal_email(email)
    if address is None or faults:
        raise ValidationFailed([*email_faults(email), *faults])
    return address


def _add(connection: Connection, email: str, password: PasswordHash, **values: Any) -> int | None:  # noqa: ANN401
    """A new row's id, or `None` when the address is taken."""
    row = insert(users).values(email=email, password_hash=password, created_at=clock.now(), **values)
    try:
        with connection.begin_nested():
            return int(connection.execute(row.returning(users.c.id)).scalar_one())
    except IntegrityError:
        return None


def _find(connection: Connection, email: str) -> Row[*tuple[Any, ...]]:
    return connection.execute(
        select(users.c.id, users.c.confirmed_at, users.c.is_admin).where(users.c.email == email)
    ).one()


def _change(connection: Connection, user_id: int, **values: Any) -> None:  # noqa: ANN401  columns of any type
    connection.execute(update(users).where(users.c.id == user_id).values(**values))


def _require_unchanged(connection: Connection, login: Login) -> Row[*tuple[Any, ...]]:
    """The account, unless its password changed since it was checked."""
    account = connection.execute(
        select(users.c.confirmed_at).where(users.c.id == login.user_id, users.c.password_hash == login.password_hash)
    ).first()
    if account is None:
        raise LoginFailed
    return account


def _confirm(connection: Connection, user_id: int) -> None:
    newly = update(users).where(users.c.id == user_id, users.c.confirmed_at.is_(None)).values(confirmed_at=clock.now())
    if connection.execute(newly).rowcount:
        emit(connection, EmailConfirmed(user_id), actor_id=user_id)
    _close_links(connection, user_id)


def _use_link(connection: Connection, secret: str, purpose: str) -> int:
    """The user whom a link is about, once: of two who follow it at the same time, one is told that it is used."""
    now = clock.now()
    used = connection.execute(
        update(mail_links)
        .where(
            mail_links.c.secret_hash == fingerprint(secret),
            mail_links.c.purpose == purpose,
            mail_links.c.used_at.is_(None),
            mail_links.c.expires_at > now,
        )
        .values(used_at=now)
        .returning(mail_links.c.user_id)
    ).scalar()
    if used is None:
        raise LinkInvalid
    return int(used)


def _close_links(connection: Connection, user_id: int) -> None:
    """Older links to the same account lose their force with the newest one that is used, and with a new password."""
    connection.execute(
        update(mail_links)
        .where(mail_links.c.user_id == user_id, mail_links.c.used_at.is_(None))
        .values(used_at=clock.now())
    )

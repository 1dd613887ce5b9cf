"""Every look-up of accounts. Never writes."""

from datetime import timedelta

from sqlalchemy import Connection, Row, Select, bindparam, select

from baton.accounts.actor import ANONYMOUS, SCOPES, Actor, Credentials, CredentialsKind
from baton.accounts.errors import LinkInvalid
from baton.accounts.models import mail_links, sessions, tokens, users
from baton.accounts.rules import fingerprint, normal_email
from baton.accounts.schemas import CurrentSession, Session, Token, User
from baton.kernel import clock

# A session's expiry moves on when it is used, but is written at most this often: reading must not mean writing.
KEEP_EVERY = timedelta(hours=1)
ALL_SCOPES = frozenset(SCOPES)

_ACTOR = (users.c.id, users.c.email, users.c.full_name, users.c.is_admin)

# Built once: these two run for every request that says who is asking.
_BY_TOKEN = (
    select(*_ACTOR, tokens.c.scopes, tokens.c.expires_at)
    .select_from(tokens.join(users))
    .where(tokens.c.secret_hash == bindparam("secret_hash"))
)
_BY_SESSION = (
    select(*_ACTOR, sessions.c.id.label("session_id"), sessions.c.seen_at, sessions.c.expires_at)
    .select_from(sessions.join(users))
    .where(sessions.c.secret_hash == bindparam("secret_hash"))
)
_USER: Select[*tuple[object, ...]] = select(*_ACTOR, users.c.affiliation, users.c.confirmed_at, users.c.created_at)


def actor_of(connection: Connection, credentials: Credentials) -> Actor:
    """Who is asking. A token or session that is unknown or over counts as nobody, as on the incumbents."""
    return identify(connection, credentials)[0]


def identify(connection: Connection, credentials: Credentials) -> tuple[Actor, bool]:
    """Who is asking, and whether it is time to let their session live on (`commands.keep_session`)."""
    if credentials.kind is CredentialsKind.TOKEN:
        return actor_by_token(connection, credentials.secret) or ANONYMOUS, False
    if credentials.kind is CredentialsKind.SESSION and (session := current_session(connection, credentials.secret)):
        return session.actor, session.is_stale
    return ANONYMOUS, False


def actor_by_token(connection: Connection, secret: str) -> Actor | None:
    """The owner of a personal access token, limited to its scopes; one statement."""
    row = connection.execute(_BY_TOKEN, {"secret_hash": fingerprint(secret)}).first()
    if row is None or (row.expires_at is not None and row.expires_at <= clock.now()):
        return None
    return _actor(row, frozenset(row.scopes))


def actor_by_session(connection: Connection, secret: str) -> Actor | None:
    """The person behind a browser session, with every scope; one statement."""
    session = current_session(connection, secret)
    return session.actor if session else None


def current_session(connection: Connection, secret: str) -> CurrentSession | None:
    """The living session that a secret opens; one statement."""
    row = connection.execute(_BY_SESSION, {"secret_hash": fingerprint(secret)}).first()
    if row is None or row.expires_at <= clock.now():
        return None
    return CurrentSession(row.session_id, _actor(row, ALL_SCOPES), clock.now() - row.seen_at >= KEEP_EVERY)


def user_by_email(connection: Connection, email: str) -> User | None:
    """The account with an address, however it is spelled."""
    row = connection.execute(_USER.where(users.c.email == normal_email(email))).first()
    return _user(row) if row else None


def get_user(connection: Connection, user_id: int) -> User | None:
    """The account with a number."""
    row = connection.execute(_USER.where(users.c.id == user_id)).first()
    return _user(row) if row else None


def user_by_link(connection: Connection, secret: str, purpose: str) -> User:
    """The account that a link from a mail is about; the link stays unused. Raises `LinkInvalid`."""
    row = connection.execute(
        _USER.join_from(mail_links, users).where(
            mail_links.c.secret_hash == fingerprint(secret),
            mail_links.c.purpose == purpose,
            mail_links.c.used_at.is_(None),
            mail_links.c.expires_at > clock.now(),
        )
    ).first()
    if row is None:
        raise LinkInvalid
    return _user(row)


def list_sessions(connection: Connection, user_id: int) -> list[Session]:
    """Where the user is logged in, the most recently used first."""
    found = (
        select(
            sessions.c.id,
            sessions.c.user_agent,
            sessions.c.address,
            sessions.c.created_at,
            sessions.c.seen_at,
            sessions.c.expires_at,
        )
        .where(sessions.c.user_id == user_id, sessions.c.expires_at > clock.now())
        .order_by(sessions.c.seen_at.desc(), sessions.c.id.desc())
    )
    return [Session(*row) for row in connection.execute(found)]


def list_tokens(connection: Connection, user_id: int) -> list[Token]:
    """The user's personal access tokens, the newest first; expired ones too, until they are revoked."""
    found = (
        select(tokens.c.id, tokens.c.name, tokens.c.scopes, tokens.c.created_at, tokens.c.expires_at)
        .where(tokens.c.user_id == user_id)
        .order_by(tokens.c.id.desc())
    )
    return [
        Token(row.id, row.name, tuple(row.scopes), row.created_at, row.expires_at) for row in connection.execute(found)
    ]


def _actor(row: Row[*tuple[object, ...]], scopes: frozenset[str]) -> Actor:
    return Actor(row.id, row.email, row.full_name, row.is_admin, scopes)


def _user(row: Row[*tuple[object, ...]]) -> User:
    return User(
        row.id, row.email, row.full_name, row.affiliation, row.is_admin, row.confirmed_at is not None, row.created_at
    )

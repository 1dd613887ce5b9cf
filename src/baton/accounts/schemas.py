"""Accounts as the rest of the program sees them: plain frozen data, never a secret."""

from dataclasses import dataclass
from datetime import datetime

from baton.accounts.actor import SCOPES, Actor
from baton.accounts.passwords import PasswordHash


@dataclass(frozen=True, slots=True)
class User:
    """An account."""

    id: int
    email: str
    full_name: str
    affiliation: str
    is_admin: bool
    is_confirmed: bool
    created_at: datetime

    @property
    def actor(self) -> Actor:
        """The user acting in person, with every scope: in a browser, or through the operator's command line."""
        return Actor(self.id, self.email, self.full_name, self.is_admin, frozenset(SCOPES))


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that is logged in."""

    id: int
    user_agent: str
    address: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class CurrentSession:
    """The session that a request came with; `is_stale`: its expiry should be moved on by `commands.keep_session`."""

    id: int
    actor: Actor
    is_stale: bool


@dataclass(frozen=True, slots=True)
class Token:
    """A personal access token, without its secret."""

    id: int
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Login:
    """Proof that somebody knew the password of `user_id`; only `logins.verify_login` makes it.

    `password_hash` is the one that was checked: a command refuses the proof when it has changed since. `rehashed` is
    there when the stored one was made with outdated parameters.
    """

    user_id: int
    password_hash: PasswordHash
    rehashed: PasswordHash | None = None

"""Who is asking. Knows no HTTP: a face makes an `Actor`, everything below only looks at it."""

from dataclasses import dataclass, field
from enum import StrEnum

# What a personal access token may be allowed to do. A browser session may do all of it.
WRITE = "deposit:write"
ACTIONS = "deposit:actions"
EMAIL = "user:email"
SCOPES = {
    WRITE: "Create and change drafts, upload files.",
    ACTIONS: "Publish, discard, open new versions.",
    EMAIL: "Read your e-mail address.",
}


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or nobody, with what their token allows."""

    user_id: int | None = None
    email: str = ""
    full_name: str = ""
    is_admin: bool = False
    scopes: frozenset[str] = frozenset()

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody is logged in."""
        return self.user_id is None


ANONYMOUS = Actor()
# The program itself: scheduled jobs and the command line.
SYSTEM = Actor(is_admin=True, scopes=frozenset(SCOPES))


class CredentialsKind(StrEnum):
    """How a caller says who they are."""

    NONE = "none"
    TOKEN = "token"  # noqa: S105  a kind, not a secret
    SESSION = "session"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request brought along, not yet looked up. The secret stays out of logs and tracebacks."""

    kind: CredentialsKind = CredentialsKind.NONE
    secret: str = field(default="", repr=False)


NO_CREDENTIALS = Credentials()

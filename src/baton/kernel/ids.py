"""Where new names come from that need no database: unguessable secrets, row keys."""

import secrets
from uuid import uuid4

LARGEST_ID = 2**63 - 1


def new_uuid() -> str:
    """A random UUID in its usual text form."""
    return str(uuid4())


def new_secret() -> str:
    """60 characters that nobody can guess: session keys, tokens, links in mails."""
    return secrets.token_urlsafe(45)

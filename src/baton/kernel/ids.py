"""Where new names come from: public integers, unguessable secrets, row keys."""

import secrets
from uuid import uuid4

from sqlalchemy import BigInteger, Column, Connection, Table, insert

from baton.kernel.db import BIG_ID, metadata

# One series of integers for works (concepts) and their versions, as on Zenodo: a DOI ends in one of them.
record_ids = Table(
    "record_ids",
    metadata,
    Column("id", BIG_ID, primary_key=True, autoincrement=True),
    Column("work_id", BigInteger, nullable=True),
    sqlite_autoincrement=True,
)

LARGEST_ID = 2**63 - 1


def next_record_id(connection: Connection, work_id: int | None = None) -> int:
    """The next integer of the public series; `work_id` is the work it is a version of, `None` for a work itself."""
    new: int = connection.execute(insert(record_ids).values(work_id=work_id).returning(record_ids.c.id)).scalar_one()
    return new


def new_uuid() -> str:
    """A random UUID in its usual text form."""
    return str(uuid4())


def new_secret() -> str:
    """60 characters that nobody can guess: session keys, tokens, links in mails."""
    return secrets.token_urlsafe(45)

"""How changes are kept: of every version that was ever public one row, which moves to the end when it changes."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table

from baton.kernel.db import UtcTime, metadata

changes = Table(
    "changes",
    metadata,
    # No foreign key: what is gone must still be told of.
    Column("record_id", BigInteger, primary_key=True, autoincrement=False),
    Column("position", BigInteger, nullable=False, unique=True),  # in the order of commits, without exception
    Column("is_public", Boolean, nullable=False),
    # What it was when it came to this position: another publication, or a newer version beside it, moves it.
    Column("revision", Integer, nullable=False),
    Column("is_latest", Boolean, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    Column("resource_type", String(200)),  # as long as it was public: what is gone stays in the sets that it was in
)
Index("ix_changes_changed_at", changes.c.changed_at, changes.c.position)

signing_keys = Table(
    "signing_keys",
    metadata,
    # Kept with the data, so that what was signed is good after a restart, on another machine and from a back-up.
    Column("name", String(40), primary_key=True),
    Column("secret", String(64), nullable=False),  # hexadecimal
)

"""How exceptions from the limits for all are kept. A record's goes before its owner's."""

from sqlalchemy import BigInteger, Column, ForeignKey, Table, Text

from baton.kernel.db import UtcTime, metadata

# Of a work: each of its versions may hold as much.
record_quotas = Table(
    "record_quotas",
    metadata,
    Column("work_id", BigInteger, ForeignKey("works.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("quota_size", BigInteger, nullable=False),  # bytes of one version
    Column("max_file_size", BigInteger, nullable=False),
    Column("notes", Text, nullable=False),  # why, for administrators
    Column("updated_at", UtcTime, nullable=False),
)

# Of a person: for each record that they own, and for all of them together.
user_quotas = Table(
    "user_quotas",
    metadata,
    Column("user_id", BigInteger, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("quota_size", BigInteger, nullable=False),
    Column("max_file_size", BigInteger, nullable=False),
    Column("total_size", BigInteger),  # null: what holds for all
    Column("notes", Text, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
)

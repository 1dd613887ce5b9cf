"""How DOIs are kept: each value once, with what it names."""

from sqlalchemy import BigInteger, Column, String, Table

from baton.kernel.db import UtcTime, metadata

dois = Table(
    "dois",
    metadata,
    Column("value", String(300), primary_key=True),  # lower case, as DOIs compare
    Column("provider", String(20), nullable=False),  # managed | external
    Column("status", String(20), nullable=False),  # reserved | registered
    Column("names", String(10), nullable=False),  # record | work
    Column("target_id", BigInteger, nullable=False, index=True),
    Column("created_at", UtcTime, nullable=False),
    Column("registered_at", UtcTime),
)

"""How DOIs are kept: each value once, with what it names and what the registrar knows of it."""

from sqlalchemy import BigInteger, Column, String, Table, Text

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
    Column("state", String(12)),  # what the registrar has made of it: draft | registered | findable
    Column("told", String(64)),  # digest of the entry that the registrar has confirmed; null while it may have another
    Column("telling_until", UtcTime),  # somebody is telling the registrar now
    Column("problem", Text),  # why the registrar refuses it
)

"""How people, their sessions and their tokens are kept. Secrets are stored as SHA-256 only."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, String, Table, Text

from baton.kernel.db import BIG_ID, Json, UtcTime, metadata

users = Table(
    "users",
    metadata,
    Column("id", BIG_ID, primary_key=True, autoincrement=True),
    Column("email", String(254), nullable=False, unique=True),  # case folded
    Column("password_hash", Text, nullable=False),  # argon2id
    Column("full_name", Text, nullable=False, default=""),
    Column("affiliation", Text, nullable=False, default=""),
    Column("is_admin", Boolean, nullable=False, default=False),
    Column("confirmed_at", UtcTime),
    Column("created_at", UtcTime, nullable=False),
    sqlite_autoincrement=True,
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", BIG_ID, primary_key=True, autoincrement=True),
    Column("user_id", BigInteger, ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("secret_hash", String(64), nullable=False, unique=True),
    Column("user_agent", String(300), nullable=False, default=""),
    Column("address", String(64), nullable=False, default=""),
    Column("created_at", UtcTime, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    sqlite_autoincrement=True,
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", BIG_ID, primary_key=True, autoincrement=True),
    Column("user_id", BigInteger, ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("secret_hash", String(64), nullable=False, unique=True),
    Column("scopes", Json, nullable=False),  # list of names
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime),
    sqlite_autoincrement=True,
)

# Links in mails: confirm an address, reset a password. Used once.
mail_links = Table(
    "mail_links",
    metadata,
    Column("id", BIG_ID, primary_key=True, autoincrement=True),
    Column("user_id", BigInteger, ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("purpose", String(20), nullable=False),  # confirm | reset
    Column("secret_hash", String(64), nullable=False, unique=True),
    Column("expires_at", UtcTime, nullable=False),
    Column("used_at", UtcTime),
    sqlite_autoincrement=True,
)

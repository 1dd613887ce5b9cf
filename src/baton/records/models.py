"""How works are kept. A work has versions (`records`); a version has at most one open draft.

A version that was never published is a row without `published_at` and with a draft. Publishing moves the draft's body
into the version and removes the draft; editing copies it back. `is_latest` is the pointer that publishing moves.
"""

from sqlalchemy import BigInteger, Boolean, Column, Date, ForeignKey, Index, Integer, String, Table

from baton.kernel.db import Json, UtcTime, metadata

works = Table(
    "works",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # the concept id, from `record_ids`
    Column("owner_id", BigInteger, ForeignKey("users.id"), nullable=False, index=True),
    Column("doi", String(300)),  # the concept DOI, once minted
    Column("latest_id", BigInteger),  # newest published version
    Column("created_at", UtcTime, nullable=False),
)

records = Table(
    "records",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # from `record_ids`
    Column("work_id", BigInteger, ForeignKey("works.id"), nullable=False, index=True),
    Column("bucket_id", String(36), nullable=False, unique=True),  # UUID of the legacy file address
    Column("version_index", Integer, nullable=False),  # 1 for the first version
    Column("revision", Integer, nullable=False),  # grows with each publication
    Column("is_latest", Boolean, nullable=False),
    Column("body", Json),  # the published `Body`; null until then
    Column("record_access", String(10), nullable=False),  # public | restricted, of the published body
    Column("files_access", String(10), nullable=False),
    Column("embargo_until", Date),  # only while an embargo is active
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("published_at", UtcTime),
)
Index("ix_records_embargo", records.c.embargo_until)

drafts = Table(
    "drafts",
    metadata,
    Column("record_id", BigInteger, ForeignKey("records.id", ondelete="CASCADE"), primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("body", Json, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
)

"""How renditions are kept: at most one for each record and format, worthless as soon as the record has moved on."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, LargeBinary, String, Table

from baton.kernel.db import metadata

renditions = Table(
    "renditions",
    metadata,
    Column("record_id", BigInteger, ForeignKey("records.id", ondelete="CASCADE"), primary_key=True),
    Column("format", String(40), primary_key=True),
    # What it was made of and for: it is served only while all three still hold.
    Column("revision", Integer, nullable=False),
    Column("is_latest", Boolean, nullable=False),
    Column("made_for", String(300), nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("etag", String(100), nullable=False),
    Column("body", LargeBinary, nullable=False),
)

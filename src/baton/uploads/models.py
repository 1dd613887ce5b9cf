"""How unfinished uploads are kept: a row says how far one has come, a staged file of the same name holds its bytes."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table

from baton.files.models import Key
from baton.kernel.db import Json, UtcTime, metadata

uploads = Table(
    "uploads",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("record_id", BigInteger, ForeignKey("records.id", ondelete="CASCADE"), nullable=False),
    Column("key", Key),  # null for the pieces that a concatenation is made of
    Column("door", String(10), nullable=False),  # tus | bucket | content | fetch
    Column("state", String(10), nullable=False),  # open | complete | cancelled
    Column("offset", BigInteger, nullable=False),  # acknowledged: on the disk, and never to be sent again
    Column("length", BigInteger),  # null until it is known
    Column("digests", Json, nullable=False),  # of all bytes, as the sender has declared them
    Column("said", Json, nullable=False),  # what the door wants to remember
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False, index=True),
)
Index("ix_uploads_record_id", uploads.c.record_id, uploads.c.key)
# What goes on is little, and looked for with each new upload; what is over is remembered for days.
_open = uploads.c.state == "open"
Index("ix_uploads_open", uploads.c.record_id, postgresql_where=_open, sqlite_where=_open)

"""How files are kept: `contents` are stored bytes, `files` are the names that records give them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from baton.kernel.db import Json, UtcTime, metadata

contents = Table(
    "contents",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("md5", String(32), nullable=False),
    Column("crc32", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("assembled", Boolean, nullable=False, server_default=false()),  # copied or put together, not as it came
    Column("checked_at", UtcTime),  # when somebody began to read it again
    Column("verified_at", UtcTime, index=True),  # when it was last found to be what came
    Column("state", String(10), nullable=False, server_default="whole"),  # whole | damaged | lost
    Column("replicated_at", UtcTime, index=True),  # since when the second store has it too
)

# By code points on every database, so that a folder is a range of names.
Key = Text().with_variant(Text(collation="C"), "postgresql")

files = Table(
    "files",
    metadata,
    Column("id", String(36), primary_key=True),  # UUID: `file_id` on the wire
    Column("record_id", BigInteger, ForeignKey("records.id", ondelete="CASCADE"), nullable=False),
    Column("key", Key, nullable=False),
    Column("status", String(20), nullable=False),  # pending | completed | failed
    Column("sha256", String(64), ForeignKey("contents.sha256")),  # null until content has arrived
    Column("expected", Json, nullable=False),  # what init declared: size, checksum
    Column("reserved", BigInteger, nullable=False, server_default="0"),  # bytes of it that have not come yet
    Column("metadata", Json),
    Column("mimetype", String(200), nullable=False),
    Column("position", Integer, nullable=False, default=0),
    Column("parts", Integer),  # how many, when the content comes in parts; null when it comes in one piece
    Column("part_size", BigInteger),  # bytes of every part but the last, if that was announced
    Column("source", Text),  # the address from which the server fetches the content, while it does
    Column("error", Text),  # why that failed
    Column("version_id", String(36), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    UniqueConstraint("record_id", "key"),
)
Index("ix_files_sha256", files.c.sha256)
Index("ix_files_place", files.c.record_id, files.c.position, files.c.key)

# What the files of a record are together, so that the hundred-thousandth upload costs no more than the first. No row:
# the record never had a file.
file_totals = Table(
    "file_totals",
    metadata,
    Column(
        "record_id", BigInteger, ForeignKey("records.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    ),
    Column("file_count", Integer, nullable=False),
    Column("byte_count", BigInteger, nullable=False),
    Column("reserved_bytes", BigInteger, nullable=False, server_default="0"),  # announced, and not there yet
    Column("next_position", Integer, nullable=False),  # where the next new file goes: behind all that were there
)

# Parts that have come of a file that is not yet complete; left over ones of complete files are swept.
file_parts = Table(
    "file_parts",
    metadata,
    Column("file_id", String(36), ForeignKey("files.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),  # from 1
    Column("size", BigInteger, nullable=False),
    Column("md5", String(32), nullable=False),
    Column("sha256", String(64), ForeignKey("contents.sha256")),  # null: the part is in its place in the staged file
    Column("received_at", UtcTime, nullable=False),
)
Index("ix_file_parts_sha256", file_parts.c.sha256)

# Contents that are kept as recipes: their own objects may go. A row is written when the recipe has been read back.
recipes = Table(
    "recipes",
    metadata,
    Column("sha256", String(64), ForeignKey("contents.sha256", ondelete="CASCADE"), primary_key=True),
    Column("size", BigInteger, nullable=False),  # of the recipe itself
    Column("created_at", UtcTime, nullable=False),
)

# The objects that recipes take bytes from: they stay, whether or not a file still names them.
recipe_objects = Table(
    "recipe_objects",
    metadata,
    Column("sha256", String(64), ForeignKey("recipes.sha256", ondelete="CASCADE"), primary_key=True),
    Column("object_sha256", String(64), primary_key=True, index=True),
    Column("size", BigInteger, nullable=False),  # of the object
)

# Contents that are to be compared with those of an earlier version, and what came of it if they stayed as they are.
compactions = Table(
    "compactions",
    metadata,
    Column("sha256", String(64), ForeignKey("contents.sha256", ondelete="CASCADE"), primary_key=True),
    Column("base_record_id", BigInteger, ForeignKey("records.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("due_at", UtcTime, index=True),  # null when it is settled
    Column("attempts", Integer, nullable=False),
    Column("outcome", Text),  # why it stays as it is, or what went wrong
    Column("failed", Boolean, nullable=False),  # given up: something is wrong, which the operators should know
)

"""Parts of a file know their size, and may be in their place in a staged file instead of a content of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute(
        "CREATE TABLE old_parts AS SELECT file_id, number, file_parts.sha256, size, md5, created_at AS received_at"
        " FROM file_parts JOIN contents ON contents.sha256 = file_parts.sha256"
    )
    _make_anew(
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("md5", sa.String(length=32), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("received_at", MOMENT, nullable=False),
    )
    op.execute(
        "INSERT INTO file_parts (file_id, number, sha256, size, md5, received_at)"
        " SELECT file_id, number, sha256, size, md5, received_at FROM old_parts"
    )
    op.drop_table("old_parts")


def downgrade() -> None:
    op.execute("CREATE TABLE old_parts AS SELECT file_id, number, sha256 FROM file_parts WHERE sha256 IS NOT NULL")
    _make_anew(sa.Column("sha256", sa.String(length=64), nullable=False))
    op.execute("INSERT INTO file_parts (file_id, number, sha256) SELECT file_id, number, sha256 FROM old_parts")
    op.drop_table("old_parts")


def _make_anew(*columns: "sa.Column[object]") -> None:
    op.drop_table("file_parts")
    op.create_table(
        "file_parts",
        sa.Column("file_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name="fk_file_parts_file_id_files", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["sha256"], ["contents.sha256"], name="fk_file_parts_sha256_contents"),
        sa.PrimaryKeyConstraint("file_id", "number", name="pk_file_parts"),
    )
    op.create_index("ix_file_parts_sha256", "file_parts", ["sha256"])

"""Quotas of single records and people, and what is reserved for files that have not come yet."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
OPEN = sa.text("state = 'open'")


def upgrade() -> None:
    op.create_table(
        "record_quotas",
        sa.Column("work_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("quota_size", sa.BigInteger(), nullable=False),
        sa.Column("max_file_size", sa.BigInteger(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["work_id"], ["works.id"], name="fk_record_quotas_work_id_works", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("work_id", name="pk_record_quotas"),
    )
    op.create_table(
        "user_quotas",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("quota_size", sa.BigInteger(), nullable=False),
        sa.Column("max_file_size", sa.BigInteger(), nullable=False),
        sa.Column("total_size", sa.BigInteger(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_user_quotas_user_id_users", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name="pk_user_quotas"),
    )
    op.add_column("files", sa.Column("reserved", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("file_totals", sa.Column("reserved_bytes", sa.BigInteger(), nullable=False, server_default="0"))
    is_postgresql = op.get_context().dialect.name == "postgresql"
    expected = sa.column("expected", sa.Text())
    size: sa.ColumnElement[int] = sa.func.json_extract(expected, "$.size")
    if is_postgresql:
        size = sa.cast(sa.cast(expected, sa.JSON())["size"].as_string(), sa.BigInteger())
    files = sa.table("files", *map(sa.column, ("reserved", "status", "sha256")))
    waiting = sa.update(files).where(files.c.status == "pending", files.c.sha256.is_(None))
    op.execute(waiting.values(reserved=sa.func.coalesce(size, 0)))
    op.execute(
        "UPDATE file_totals SET reserved_bytes ="
        " (SELECT coalesce(sum(reserved), 0) FROM files WHERE files.record_id = file_totals.record_id)"
    )
    op.create_index("ix_uploads_open", "uploads", ["record_id"], postgresql_where=OPEN, sqlite_where=OPEN)
    if is_postgresql:  # as names of files are compared
        op.execute('ALTER TABLE uploads ALTER COLUMN key TYPE text COLLATE "C"')


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute('ALTER TABLE uploads ALTER COLUMN key TYPE text COLLATE "default"')
    op.drop_index("ix_uploads_open", table_name="uploads")
    op.drop_column("file_totals", "reserved_bytes")
    op.drop_column("files", "reserved")
    op.drop_table("user_quotas")
    op.drop_table("record_quotas")

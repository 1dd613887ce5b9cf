"""Records know what their files are together, and names of files are compared by code points."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "file_totals",
        sa.Column("record_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("file_count", sa.Integer(), nullable=False),
        sa.Column("byte_count", sa.BigInteger(), nullable=False),
        sa.Column("next_position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.id"], name="fk_file_totals_record_id_records", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("record_id", name="pk_file_totals"),
    )
    op.execute(
        "INSERT INTO file_totals (record_id, file_count, byte_count, next_position)"
        " SELECT record_id, count(*), coalesce(sum(size), 0), max(position) + 1"
        " FROM files LEFT JOIN contents ON contents.sha256 = files.sha256 GROUP BY record_id"
    )
    if op.get_context().dialect.name == "postgresql":
        op.execute('ALTER TABLE files ALTER COLUMN key TYPE text COLLATE "C"')
    op.create_index("ix_files_place", "files", ["record_id", "position", "key"])


def downgrade() -> None:
    op.drop_index("ix_files_place", table_name="files")
    if op.get_context().dialect.name == "postgresql":
        op.execute('ALTER TABLE files ALTER COLUMN key TYPE text COLLATE "default"')
    op.drop_table("file_totals")

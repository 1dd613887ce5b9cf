"""The order of changes, beginning with the records that are public already."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "changes",
        sa.Column("record_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("is_latest", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("record_id", name="pk_changes"),
        sa.UniqueConstraint("position", name="uq_changes_position"),
    )
    op.execute("""
        INSERT INTO changes (record_id, position, is_public, revision, is_latest, changed_at)
        SELECT id, row_number() OVER (ORDER BY updated_at, id), true, revision, is_latest, updated_at
        FROM records WHERE published_at IS NOT NULL AND record_access = 'public'
    """)


def downgrade() -> None:
    op.drop_table("changes")

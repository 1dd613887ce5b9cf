"""What is known of stored bytes since they came."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    for name in ("checked_at", "verified_at", "replicated_at"):
        op.add_column("contents", sa.Column(name, MOMENT, nullable=True))
    op.add_column("contents", sa.Column("state", sa.String(length=10), nullable=False, server_default="whole"))
    op.create_index("ix_contents_verified_at", "contents", ["verified_at"], unique=False)
    op.create_index("ix_contents_replicated_at", "contents", ["replicated_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_contents_replicated_at", table_name="contents")
    op.drop_index("ix_contents_verified_at", table_name="contents")
    for name in ("state", "replicated_at", "verified_at", "checked_at"):
        op.drop_column("contents", name)

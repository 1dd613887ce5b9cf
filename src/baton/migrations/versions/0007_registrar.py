"""DOIs know what the registrar was told of them."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dois", sa.Column("state", sa.String(length=12), nullable=True))
    op.add_column("dois", sa.Column("told", sa.String(length=64), nullable=True))
    op.add_column("dois", sa.Column("telling_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("dois", sa.Column("problem", sa.Text(), nullable=True))


def downgrade() -> None:
    for name in ("problem", "telling_until", "told", "state"):
        op.drop_column("dois", name)

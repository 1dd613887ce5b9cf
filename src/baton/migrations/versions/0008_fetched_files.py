"""Files that the server fetches by itself."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("files", sa.Column("source", sa.Text(), nullable=True))
    op.add_column("files", sa.Column("error", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("files", "error")
    op.drop_column("files", "source")

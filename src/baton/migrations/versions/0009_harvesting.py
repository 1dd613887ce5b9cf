"""What selective harvesting asks of the order of changes, and the keys that tokens are signed with."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    op.add_column("changes", sa.Column("resource_type", sa.String(length=200), nullable=True))
    op.create_index("ix_changes_changed_at", "changes", ["changed_at", "position"], unique=False)
    kind = "json_extract(records.body, '$.metadata.resource_type.id')"
    if on_postgresql:
        kind = "records.body::json -> 'metadata' -> 'resource_type' ->> 'id'"
    op.execute(f"""
        UPDATE changes SET resource_type = (
            SELECT {kind} FROM records WHERE records.id = changes.record_id AND records.body IS NOT NULL)
    """)  # noqa: S608  one of two constants
    op.create_table(
        "signing_keys",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_signing_keys"),
    )
    # Both draw from the operating system's source of secrets.
    drawn = "lower(hex(randomblob(32)))"
    if on_postgresql:
        drawn = "replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')"
    op.execute(f"INSERT INTO signing_keys (name, secret) VALUES ('harvest', {drawn})")  # noqa: S608


def downgrade() -> None:
    op.drop_table("signing_keys")
    op.drop_index("ix_changes_changed_at", table_name="changes")
    op.drop_column("changes", "resource_type")

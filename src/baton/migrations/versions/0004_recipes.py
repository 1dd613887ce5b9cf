"""Contents that are kept as what they share with earlier ones."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "recipes",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["contents.sha256"], name="fk_recipes_sha256_contents", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("sha256", name="pk_recipes"),
    )
    op.create_table(
        "recipe_objects",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("object_sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sha256"], ["recipes.sha256"], name="fk_recipe_objects_sha256_recipes", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("sha256", "object_sha256", name="pk_recipe_objects"),
    )
    op.create_index("ix_recipe_objects_object_sha256", "recipe_objects", ["object_sha256"])
    op.create_table(
        "compactions",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("base_record_id", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text()),
        sa.Column("failed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sha256"], ["contents.sha256"], name="fk_compactions_sha256_contents", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["base_record_id"], ["records.id"], name="fk_compactions_base_record_id_records", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("sha256", name="pk_compactions"),
    )
    op.create_index("ix_compactions_base_record_id", "compactions", ["base_record_id"])
    op.create_index("ix_compactions_due_at", "compactions", ["due_at"])


def downgrade() -> None:
    op.drop_table("compactions")
    op.drop_table("recipe_objects")
    op.drop_table("recipes")

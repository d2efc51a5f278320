"""DIDs by who controls them, and by the keys that they have for what."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "did_controller",
        sa.Column("entry_index", WHOLE, nullable=False),
        sa.Column("did", sa.Text(), nullable=False),
        sa.Column("controller", sa.Text(), nullable=False),
        sa.Column("added", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("entry_index"),
    )
    op.create_index("ix_did_controller", "did_controller", ["controller", "did", "entry_index"], unique=False)
    op.create_table(
        "key_interval",
        sa.Column("entry_index", WHOLE, nullable=False),
        sa.Column("position", WHOLE, nullable=False),
        sa.Column("did", sa.Text(), nullable=False),
        sa.Column("v_method_id", sa.Text(), nullable=False),
        sa.Column("relationship", sa.Text(), nullable=False),
        sa.Column("not_before", WHOLE, nullable=False),
        sa.Column("not_after", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("entry_index", "position"),
    )
    op.create_index(
        "ix_key_interval_method",
        "key_interval",
        ["v_method_id", "did", "relationship", "entry_index"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("key_interval")
    op.drop_table("did_controller")

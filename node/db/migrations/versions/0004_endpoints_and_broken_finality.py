"""What each endpoint of the ledger last said, and when something final was taken back."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "ledger_endpoint",
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("head", WHOLE, nullable=True),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_table(
        "broken_finality",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.Column("first_block", WHOLE, nullable=False),
        sa.Column("blocks", WHOLE, nullable=False),
        sa.Column("entries", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    op.drop_table("broken_finality")
    op.drop_table("ledger_endpoint")

"""Running counts by month, and what published status lists newly marked."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_COUNTS = (
    *("month", "batches", "credentials", "publications"),
    *("all_issuers", "all_batches", "all_credentials", "all_given", "all_revoked", "all_publications"),
)


def upgrade() -> None:
    op.create_table(
        "tally",
        sa.Column("entry_index", WHOLE, nullable=False),
        sa.Column("did", sa.Text(), nullable=False),
        *(sa.Column(name, WHOLE, nullable=False) for name in _COUNTS),
        sa.PrimaryKeyConstraint("entry_index"),
    )
    op.create_index("ix_tally_did", "tally", ["did", "month", "entry_index"], unique=False)
    op.create_table(
        "list_change",
        sa.Column("entry_index", WHOLE, nullable=False),
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("did", sa.Text(), nullable=False),
        sa.Column("revoked", WHOLE, nullable=True),
        sa.Column("suspended", WHOLE, nullable=True),
        sa.PrimaryKeyConstraint("entry_index"),
        sa.UniqueConstraint("number"),
    )


def downgrade() -> None:
    op.drop_table("list_change")
    op.drop_table("tally")

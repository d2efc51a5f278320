"""Organisations by the words of their names, accreditations by who gave them, entries by DID and kind."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "name_word",
        sa.Column("entry_index", WHOLE, nullable=False),
        sa.Column("position", WHOLE, nullable=False),
        sa.Column("did", sa.Text(), nullable=False),
        sa.Column("word", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("entry_index", "position"),
    )
    op.create_index("ix_name_word", "name_word", ["word", "did"], unique=False)
    op.create_index("ix_revision_tao", "revision", ["tao", "entry_index"], unique=False)
    op.create_index("ix_revision_type", "revision", ["issuer_type", "entry_index"], unique=False)
    op.create_index("ix_entry_did_kind", "entry", ["did", "kind", "entry_index"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_entry_did_kind", "entry")
    op.drop_index("ix_revision_type", "revision")
    op.drop_index("ix_revision_tao", "revision")
    op.drop_table("name_word")

"""List credentials that were handed in and are not published yet."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "status_upload",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("did", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("bits", WHOLE, nullable=False),
        sa.Column("valid_from", WHOLE, nullable=False),
        sa.Column("valid_until", WHOLE, nullable=False),
        sa.Column("expires_at", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_index("ix_status_upload_did", "status_upload", ["did"], unique=False)
    op.create_index("ix_status_upload_expires_at", "status_upload", ["expires_at"], unique=False)


def downgrade() -> None:
    op.drop_table("status_upload")

"""Signing keys of the authorisation server, and the nonces of presentations that it has taken."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "node_key",
        sa.Column("kid", sa.Text(), nullable=False),
        sa.Column("public_jwk", sa.Text(), nullable=False),
        sa.Column("envelope", sa.Text(), nullable=False),
        sa.Column("created_at", WHOLE, nullable=False),
        sa.Column("retires_at", WHOLE, nullable=True),
        sa.PrimaryKeyConstraint("kid"),
    )
    op.create_table(
        "used_nonce",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("ix_used_nonce_expires_at", "used_nonce", ["expires_at"], unique=False)


def downgrade() -> None:
    op.drop_table("used_nonce")
    op.drop_table("node_key")

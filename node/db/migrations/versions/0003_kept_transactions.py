"""Every signed transaction that the node relays in one table; submissions refer to theirs by its hash."""

import rlp
import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_MOVED = sa.text(
    "SELECT s.did, s.sender, s.signed_transaction, s.transaction_hash, s.accepted_at, s.expires_at, "
    "s.last_sent_at, s.last_error, s.failed FROM submission s "
    "WHERE s.signed_transaction IS NOT NULL AND s.transaction_hash IS NOT NULL"
)


def upgrade() -> None:
    kept = op.create_table(
        "kept_transaction",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("sender", sa.LargeBinary(), nullable=False),
        sa.Column("nonce", WHOLE, nullable=False),
        sa.Column("contract", sa.Text(), nullable=False),
        sa.Column("function", sa.Text(), nullable=False),
        sa.Column("did", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("kept_at", WHOLE, nullable=False),
        sa.Column("changed_at", WHOLE, nullable=False),
        sa.Column("sent_at", WHOLE, nullable=True),
        sa.Column("block_number", WHOLE, nullable=True),
        sa.Column("block_hash", sa.LargeBinary(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("expires_at", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("hash"),
    )
    # Why one failed was not kept with the block that says so: all are looked at again, and concluded anew.
    rows = op.get_bind().execute(_MOVED).mappings().all()
    moved = {
        row["transaction_hash"]: {
            "hash": row["transaction_hash"],
            "raw": row["signed_transaction"],
            "sender": row["sender"],
            "nonce": int.from_bytes(rlp.decode(row["signed_transaction"])[0], "big"),
            "contract": "AnchorRegistry",
            "function": "anchorBatch",
            "did": row["did"],
            "state": "submitted",
            "kept_at": row["accepted_at"],
            "changed_at": row["accepted_at"],
            "sent_at": row["last_sent_at"],
            "error": row["last_error"],
            "expires_at": row["expires_at"],
        }
        for row in rows
    }
    if moved:
        op.bulk_insert(kept, list(moved.values()))
    op.create_index("ix_kept_transaction_open", "kept_transaction", ["state", "sender", "nonce"])
    op.create_index("ix_kept_transaction_settled", "kept_transaction", ["state", "changed_at"])
    op.create_index("ix_kept_transaction_block_number", "kept_transaction", ["block_number"])
    op.create_index("ix_entry_transaction_hash", "entry", ["transaction_hash"])
    with op.batch_alter_table("submission") as submission:
        for name in ("signed_transaction", "last_sent_at", "last_error", "failed"):
            submission.drop_column(name)


def downgrade() -> None:
    with op.batch_alter_table("submission") as submission:
        submission.add_column(sa.Column("signed_transaction", sa.LargeBinary(), nullable=True))
        submission.add_column(sa.Column("last_sent_at", WHOLE, nullable=True))
        submission.add_column(sa.Column("last_error", sa.Text(), nullable=True))
        submission.add_column(sa.Column("failed", sa.Boolean(), nullable=False, server_default=sa.false()))
    for name, kept in (("signed_transaction", "raw"), ("last_sent_at", "sent_at"), ("last_error", "error")):
        op.execute(
            f"UPDATE submission SET {name} = (SELECT {kept} FROM kept_transaction "  # noqa: S608 - our names
            "WHERE hash = submission.transaction_hash)"
        )
    op.execute(
        "UPDATE submission SET failed = EXISTS (SELECT 1 FROM kept_transaction "
        "WHERE hash = submission.transaction_hash AND state IN ('failed', 'expired'))"
    )
    op.execute("UPDATE submission SET transaction_hash = NULL WHERE signed_transaction IS NULL")
    op.drop_index("ix_entry_transaction_hash", "entry")
    op.drop_table("kept_transaction")

"""Projection, cursor and blobs."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "batch",
        sa.Column("entry_index", WHOLE, nullable=False),
        sa.Column("did", sa.Text(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("size", WHOLE, nullable=False),
        sa.Column("attribute_id", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("entry_index"),
        sa.UniqueConstraint("did", "root", "size", name="uq_batch"),
    )
    op.create_index("ix_batch_root", "batch", ["root", "size"], unique=False)
    op.create_table(
        "batch_blob",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("size", WHOLE, nullable=False),
        sa.Column("count", WHOLE, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("root", "size", name="uq_batch_blob"),
    )
    op.create_table(
        "batch_leaf",
        sa.Column("prefix", WHOLE, nullable=False),
        sa.Column("blob_id", WHOLE, nullable=False),
        sa.Column("position", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("prefix", "blob_id", "position"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "block",
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("parent_hash", sa.LargeBinary(), nullable=False),
        sa.Column("time", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "cursor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chain_id", WHOLE, nullable=False),
        sa.Column("log_address", sa.LargeBinary(), nullable=False),
        sa.Column("block_number", WHOLE, nullable=False),
        sa.Column("block_hash", sa.LargeBinary(), nullable=False),
        sa.Column("block_time", WHOLE, nullable=False),
        sa.Column("size", WHOLE, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "did",
        sa.Column("did", sa.Text(), nullable=False),
        sa.Column("entry_index", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("did"),
        sa.UniqueConstraint("entry_index"),
    )
    op.create_table(
        "entry",
        sa.Column("entry_index", WHOLE, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("time", WHOLE, nullable=False),
        sa.Column("actor", sa.LargeBinary(), nullable=False),
        sa.Column("parent", sa.LargeBinary(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("payload_hash", sa.LargeBinary(), nullable=False),
        sa.Column("did", sa.Text(), nullable=True),
        sa.Column("block_number", WHOLE, nullable=False),
        sa.Column("block_hash", sa.LargeBinary(), nullable=False),
        sa.Column("transaction_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("entry_index"),
        sa.UniqueConstraint("hash"),
    )
    op.create_index("ix_entry_block_number", "entry", ["block_number"], unique=False)
    op.create_index("ix_entry_did", "entry", ["did", "entry_index"], unique=False)
    op.create_index("ix_entry_kind", "entry", ["kind", "entry_index"], unique=False)
    op.create_index("ix_entry_payload_hash", "entry", ["payload_hash"], unique=False)
    op.create_index("ix_entry_subject", "entry", ["subject", "entry_index"], unique=False)
    op.create_index("ix_entry_time", "entry", ["time"], unique=False)
    op.create_table(
        "follower",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=True),
        sa.Column("lease_until", WHOLE, nullable=False),
        sa.Column("ledger_reachable", sa.Boolean(), nullable=False),
        sa.Column("ledger_head", WHOLE, nullable=True),
        sa.Column("ledger_seen_at", WHOLE, nullable=True),
        sa.Column("alarm", sa.Text(), nullable=True),
        sa.Column("alarm_sentence", sa.Text(), nullable=True),
        sa.Column("updated_at", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "payload",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_table(
        "policy",
        sa.Column("entry_index", WHOLE, nullable=False),
        sa.Column("policy_name", sa.Text(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("entry_index"),
    )
    op.create_index("ix_policy_name", "policy", ["policy_name", "entry_index"], unique=False)
    op.create_table(
        "proxy",
        sa.Column("entry_index", WHOLE, nullable=False),
        sa.Column("did", sa.Text(), nullable=False),
        sa.Column("proxy_id", sa.LargeBinary(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("proxy_data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("entry_index"),
    )
    op.create_index("ix_proxy_did", "proxy", ["did", "proxy_id", "entry_index"], unique=False)
    op.create_table(
        "revision",
        sa.Column("entry_index", WHOLE, nullable=False),
        sa.Column("did", sa.Text(), nullable=False),
        sa.Column("attribute_id", sa.LargeBinary(), nullable=False),
        sa.Column("revision_id", sa.LargeBinary(), nullable=False),
        sa.Column("issuer_type", sa.Integer(), nullable=False),
        sa.Column("tao", sa.Text(), nullable=False),
        sa.Column("attribute_id_tao", sa.LargeBinary(), nullable=False),
        sa.Column("root_tao", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("entry_index"),
    )
    op.create_index("ix_revision_attribute", "revision", ["did", "attribute_id", "entry_index"], unique=False)
    op.create_index("ix_revision_revision_id", "revision", ["revision_id"], unique=False)
    op.create_table(
        "schema_revision",
        sa.Column("entry_index", WHOLE, nullable=False),
        sa.Column("schema_id", sa.LargeBinary(), nullable=False),
        sa.Column("schema_revision_id", sa.LargeBinary(), nullable=False),
        sa.Column("metadata_id", sa.LargeBinary(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("entry_index"),
    )
    op.create_index(
        "ix_schema_revision_schema", "schema_revision", ["schema_id", "entry_index"], unique=False
    )
    op.create_index(
        "ix_schema_revision_schema_revision_id", "schema_revision", ["schema_revision_id"], unique=False
    )
    op.create_table(
        "status_publication",
        sa.Column("entry_index", WHOLE, nullable=False),
        sa.Column("did", sa.Text(), nullable=False),
        sa.Column("attribute_id", sa.LargeBinary(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("bits", WHOLE, nullable=False),
        sa.Column("credential_digest", sa.LargeBinary(), nullable=False),
        sa.Column("valid_from", WHOLE, nullable=False),
        sa.Column("valid_until", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("entry_index"),
    )
    op.create_index(
        "ix_status_publication_credential_digest", "status_publication", ["credential_digest"], unique=False
    )
    op.create_index("ix_status_publication_did", "status_publication", ["did", "entry_index"], unique=False)
    op.create_table(
        "submission",
        sa.Column("did", sa.Text(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("size", WHOLE, nullable=False),
        sa.Column("attribute_id", sa.LargeBinary(), nullable=False),
        sa.Column("sender", sa.LargeBinary(), nullable=False),
        sa.Column("jws", sa.Text(), nullable=False),
        sa.Column("unsigned_transaction", sa.Text(), nullable=False),
        sa.Column("signed_transaction", sa.LargeBinary(), nullable=True),
        sa.Column("transaction_hash", sa.LargeBinary(), nullable=True),
        sa.Column("accepted_at", WHOLE, nullable=False),
        sa.Column("expires_at", WHOLE, nullable=False),
        sa.Column("last_sent_at", WHOLE, nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("failed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("did", "root", "size"),
    )
    op.create_index("ix_submission_expires_at", "submission", ["expires_at"], unique=False)
    op.create_index("ix_submission_transaction_hash", "submission", ["transaction_hash"], unique=False)
    op.create_table(
        "user_grant",
        sa.Column("entry_index", WHOLE, nullable=False),
        sa.Column("position", WHOLE, nullable=False),
        sa.Column("account", sa.LargeBinary(), nullable=False),
        sa.Column("attribute", sa.Text(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("entry_index", "position"),
    )
    op.create_index("ix_user_grant_account", "user_grant", ["account", "entry_index"], unique=False)
    op.create_table(
        "batch_tile",
        sa.Column("blob_id", WHOLE, nullable=False),
        sa.Column("level", WHOLE, nullable=False),
        sa.Column("position", WHOLE, nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["blob_id"], ["batch_blob.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("blob_id", "level", "position"),
    )


def downgrade() -> None:
    op.drop_table("batch_tile")
    op.drop_table("user_grant")
    op.drop_table("submission")
    op.drop_table("status_publication")
    op.drop_table("schema_revision")
    op.drop_table("revision")
    op.drop_table("proxy")
    op.drop_table("policy")
    op.drop_table("payload")
    op.drop_table("follower")
    op.drop_table("entry")
    op.drop_table("did")
    op.drop_table("cursor")
    op.drop_table("block")
    op.drop_table("batch_leaf")
    op.drop_table("batch_blob")
    op.drop_table("batch")

"""Members of EBSI's collections by number; hash algorithms, records, their versions and owners."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "listed",
        sa.Column("entry_index", WHOLE, nullable=False),
        sa.Column("position", WHOLE, nullable=False),
        sa.Column("collection", sa.Text(), nullable=False),
        sa.Column("ordinal", WHOLE, nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("entry_index", "position"),
        sa.UniqueConstraint("collection", "ordinal", name="uq_listed"),
    )
    op.create_index("ix_listed_name", "listed", ["collection", "name"], unique=False)
    op.create_table(
        "hash_algorithm",
        sa.Column("entry_index", WHOLE, nullable=False),
        sa.Column("hash_algorithm_id", WHOLE, nullable=False),
        sa.Column("output_length", WHOLE, nullable=False),
        sa.Column("iana_name", sa.Text(), nullable=False),
        sa.Column("oid", sa.Text(), nullable=False),
        sa.Column("status", WHOLE, nullable=False),
        sa.Column("multi_hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("entry_index"),
    )
    op.create_index(
        "ix_hash_algorithm_id", "hash_algorithm", ["hash_algorithm_id", "entry_index"], unique=False
    )
    op.create_table(
        "record_change",
        sa.Column("entry_index", WHOLE, nullable=False),
        sa.Column("record_id", sa.LargeBinary(), nullable=False),
        sa.Column("version_id", WHOLE, nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("entry_index"),
    )
    op.create_index(
        "ix_record_change_version", "record_change", ["record_id", "version_id", "entry_index"], unique=False
    )
    op.create_table(
        "first_version_hash",
        sa.Column("entry_index", WHOLE, nullable=False),
        sa.Column("position", WHOLE, nullable=False),
        sa.Column("record_id", sa.LargeBinary(), nullable=False),
        sa.Column("hash_digest", sa.LargeBinary(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("entry_index", "position"),
    )
    op.create_index(
        "ix_first_version_hash",
        "first_version_hash",
        ["hash_digest", "record_id", "entry_index"],
        unique=False,
    )
    op.create_table(
        "record_owner",
        sa.Column("entry_index", WHOLE, nullable=False),
        sa.Column("record_id", sa.LargeBinary(), nullable=False),
        sa.Column("owner", sa.LargeBinary(), nullable=False),
        sa.Column("not_before", WHOLE, nullable=False),
        sa.Column("not_after", WHOLE, nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("entry_index"),
    )
    op.create_index("ix_record_owner_record", "record_owner", ["record_id", "entry_index"], unique=False)
    op.create_index(
        "ix_record_owner_owner", "record_owner", ["owner", "record_id", "entry_index"], unique=False
    )


def downgrade() -> None:
    for table in ("record_owner", "first_version_hash", "record_change", "hash_algorithm", "listed"):
        op.drop_table(table)

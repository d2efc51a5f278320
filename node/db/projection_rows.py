"""The projection's tables: append-only, every row made by one log entry, which it names as `entry_index`."""

from sqlalchemy import Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from node.db.column_types import WHOLE


class EntryRow(SQLModel, table=True):
    """One entry of the log, its hash, and the block it was found in."""

    __tablename__ = "entry"
    __table_args__ = (
        Index("ix_entry_subject", "subject", "entry_index"),
        Index("ix_entry_did", "did", "entry_index"),
        Index("ix_entry_did_kind", "did", "kind", "entry_index"),
        Index("ix_entry_kind", "kind", "entry_index"),
    )

    entry_index: int = Field(primary_key=True, sa_type=WHOLE)
    kind: str = Field(sa_type=Text)
    subject: bytes
    previous: bytes
    time: int = Field(sa_type=WHOLE, index=True)
    actor: bytes
    parent: bytes
    payload: bytes
    hash: bytes = Field(unique=True)
    payload_hash: bytes = Field(index=True)
    did: str | None = Field(sa_type=Text)  # the DID the entry is about, if it is about one
    block_number: int = Field(sa_type=WHOLE, index=True)
    block_hash: bytes
    transaction_hash: bytes = Field(index=True)


class DidRow(SQLModel, table=True):
    """A registered DID and the `did.inserted` entry that began it."""

    __tablename__ = "did"

    did: str = Field(primary_key=True, sa_type=Text)
    entry_index: int = Field(sa_type=WHOLE, unique=True)


class RevisionRow(SQLModel, table=True):
    """One revision of an accreditation; what a data entry does not say is taken from the revision before."""

    __tablename__ = "revision"
    __table_args__ = (
        Index("ix_revision_attribute", "did", "attribute_id", "entry_index"),
        Index("ix_revision_tao", "tao", "entry_index"),
        Index("ix_revision_type", "issuer_type", "entry_index"),
    )

    entry_index: int = Field(primary_key=True, sa_type=WHOLE)
    did: str = Field(sa_type=Text)
    attribute_id: bytes
    revision_id: bytes = Field(index=True)
    issuer_type: int  # 1 RootTAO, 2 TAO, 3 TI, 4 Revoked
    tao: str = Field(sa_type=Text)
    attribute_id_tao: bytes
    root_tao: str = Field(sa_type=Text)
    body: bytes | None  # the accreditation's JWT; None for a revision of metadata alone


class ProxyRow(SQLModel, table=True):
    """One change of an issuer's status list proxy."""

    __tablename__ = "proxy"
    __table_args__ = (Index("ix_proxy_did", "did", "proxy_id", "entry_index"),)

    entry_index: int = Field(primary_key=True, sa_type=WHOLE)
    did: str = Field(sa_type=Text)
    proxy_id: bytes
    change: str = Field(sa_type=Text)  # added, updated, removed
    proxy_data: str = Field(sa_type=Text)


class SchemaRow(SQLModel, table=True):
    """One revision of a schema, or new metadata for one; the bytes stay in the entry's payload."""

    __tablename__ = "schema_revision"
    __table_args__ = (Index("ix_schema_revision_schema", "schema_id", "entry_index"),)

    entry_index: int = Field(primary_key=True, sa_type=WHOLE)
    schema_id: bytes
    schema_revision_id: bytes = Field(index=True)
    metadata_id: bytes
    change: str = Field(sa_type=Text)  # inserted, updated, metadata


class BatchRow(SQLModel, table=True):
    """An anchored batch; (did, root, size) is its identity."""

    __tablename__ = "batch"
    __table_args__ = (
        UniqueConstraint("did", "root", "size", name="uq_batch"),
        Index("ix_batch_root", "root", "size"),
    )

    entry_index: int = Field(primary_key=True, sa_type=WHOLE)
    did: str = Field(sa_type=Text)
    root: bytes
    size: int = Field(sa_type=WHOLE)
    attribute_id: bytes


class StatusPublicationRow(SQLModel, table=True):
    """One publication of a status list; numbers above 2^63 - 1 are kept as 2^63 - 1."""

    __tablename__ = "status_publication"
    __table_args__ = (Index("ix_status_publication_did", "did", "entry_index"),)

    entry_index: int = Field(primary_key=True, sa_type=WHOLE)
    did: str = Field(sa_type=Text)
    attribute_id: bytes
    url: str = Field(sa_type=Text)
    purpose: str = Field(sa_type=Text)
    bits: int = Field(sa_type=WHOLE)
    credential_digest: bytes = Field(index=True)
    valid_from: int = Field(sa_type=WHOLE)
    valid_until: int = Field(sa_type=WHOLE)


class PolicyRow(SQLModel, table=True):
    """One change of a policy."""

    __tablename__ = "policy"
    __table_args__ = (Index("ix_policy_name", "policy_name", "entry_index"),)

    entry_index: int = Field(primary_key=True, sa_type=WHOLE)
    policy_name: str = Field(sa_type=Text)
    change: str = Field(sa_type=Text)  # inserted, updated, activated, deactivated
    description: str = Field(sa_type=Text)


class UserGrantRow(SQLModel, table=True):
    """One attribute granted to, or withdrawn from, an account; `position` is its place in the list."""

    __tablename__ = "user_grant"
    __table_args__ = (Index("ix_user_grant_account", "account", "entry_index"),)

    entry_index: int = Field(primary_key=True, sa_type=WHOLE)
    position: int = Field(primary_key=True, sa_type=WHOLE)
    account: bytes
    attribute: str = Field(sa_type=Text)
    granted: bool


class ListedRow(SQLModel, table=True):
    """A member of a collection that EBSI's paths list, numbered from 0 in the order of the ledger."""

    __tablename__ = "listed"
    __table_args__ = (
        UniqueConstraint("collection", "ordinal", name="uq_listed"),
        Index("ix_listed_name", "collection", "name"),
    )

    entry_index: int = Field(primary_key=True, sa_type=WHOLE)
    position: int = Field(primary_key=True, sa_type=WHOLE)
    collection: str = Field(sa_type=Text)  # did, issuer, schema, policy, user, timestamp, record
    ordinal: int = Field(sa_type=WHOLE)
    name: bytes

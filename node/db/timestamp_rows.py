"""The projection's tables of timestamps: hash algorithms, records, their versions, hashes and owners.

A timestamp itself has no table: its entry is found by its subject, and `listed` numbers it.
"""

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from node.db.column_types import WHOLE


class HashAlgorithmRow(SQLModel, table=True):
    """One statement about a hash algorithm; the last one counts."""

    __tablename__ = "hash_algorithm"
    __table_args__ = (Index("ix_hash_algorithm_id", "hash_algorithm_id", "entry_index"),)

    entry_index: int = Field(primary_key=True, sa_type=WHOLE)
    hash_algorithm_id: int = Field(sa_type=WHOLE)
    output_length: int = Field(sa_type=WHOLE)  # bits
    iana_name: str = Field(sa_type=Text)
    oid: str = Field(sa_type=Text)
    status: int = Field(sa_type=WHOLE)  # 1 active, 2 revoked
    multi_hash: str = Field(sa_type=Text)


class RecordChangeRow(SQLModel, table=True):
    """One change of a version of a record; the hashes and the information are in the entry's payload."""

    __tablename__ = "record_change"
    __table_args__ = (Index("ix_record_change_version", "record_id", "version_id", "entry_index"),)

    entry_index: int = Field(primary_key=True, sa_type=WHOLE)
    record_id: bytes
    version_id: int = Field(sa_type=WHOLE)
    change: str = Field(sa_type=Text)  # versioned, appended, detached, info


class FirstVersionHashRow(SQLModel, table=True):
    """A hash that a record's first version took up, or let go: by it the record is found."""

    __tablename__ = "first_version_hash"
    __table_args__ = (Index("ix_first_version_hash", "hash_digest", "record_id", "entry_index"),)

    entry_index: int = Field(primary_key=True, sa_type=WHOLE)
    position: int = Field(primary_key=True, sa_type=WHOLE)
    record_id: bytes
    hash_digest: bytes  # SHA-256 of the hash value
    held: bool


class RecordOwnerRow(SQLModel, table=True):
    """An owner of a record came or was revoked; who recorded the first version is its first owner."""

    __tablename__ = "record_owner"
    __table_args__ = (
        Index("ix_record_owner_record", "record_id", "entry_index"),
        Index("ix_record_owner_owner", "owner", "record_id", "entry_index"),
    )

    entry_index: int = Field(primary_key=True, sa_type=WHOLE)
    record_id: bytes
    owner: bytes
    not_before: int = Field(sa_type=WHOLE)
    not_after: int = Field(sa_type=WHOLE)  # 0: without an end
    change: str = Field(sa_type=Text)  # added, revoked

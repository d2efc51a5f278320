"""The tables: projection (append-only, every row made by one log entry), the follower's place, and blobs.

A row of a projection table carries `entry_index`, the log entry that made it, and is never updated: taking
the log back to size n is `DELETE … WHERE entry_index >= n` in each of `PROJECTION`. Classes with `table=True`
do not validate; values are validated in the rooms before they become rows; no table class leaves `node.db`.

Hashes, roots, subjects and addresses are raw bytes; ledger times are integer seconds since 1970. Text that
strangers wrote on the ledger is kept in a form every database takes (`row_making.readable`); identity is the
subject.
"""

from sqlalchemy import Index, Table, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from node.db.authorisation_rows import NodeKeyRow, UsedNonceRow
from node.db.column_types import WHOLE, Sentence
from node.db.did_rows import DidControllerRow, KeyIntervalRow
from node.db.name_rows import NameWordRow
from node.db.peer_rows import PeerRow
from node.db.projection_rows import (
    BatchRow,
    DidRow,
    EntryRow,
    ListedRow,
    PolicyRow,
    ProxyRow,
    RevisionRow,
    SchemaRow,
    StatusPublicationRow,
    UserGrantRow,
)
from node.db.statistics_rows import ListChangeRow, TallyRow
from node.db.timestamp_rows import (
    FirstVersionHashRow,
    HashAlgorithmRow,
    RecordChangeRow,
    RecordOwnerRow,
)

# --- the follower's place -----------------------------------------------------------------------------------


class CursorRow(SQLModel, table=True):
    """How far the ledger has been followed: one row, moved by compare-and-swap on `block_hash`."""

    __tablename__ = "cursor"

    id: int = Field(primary_key=True)  # always 1
    chain_id: int = Field(sa_type=WHOLE)
    log_address: bytes
    block_number: int = Field(sa_type=WHOLE)
    block_hash: bytes
    block_time: int = Field(sa_type=WHOLE)
    size: int = Field(sa_type=WHOLE)
    root: bytes


class BlockRow(SQLModel, table=True):
    """A followed block among the last few: what a reorg is measured against."""

    __tablename__ = "block"

    number: int = Field(primary_key=True, sa_type=WHOLE)
    hash: bytes
    parent_hash: bytes
    time: int = Field(sa_type=WHOLE)


class FollowerRow(SQLModel, table=True):
    """Who follows (a lease) and what was last seen: one row; times in milliseconds of the clock."""

    __tablename__ = "follower"

    id: int = Field(primary_key=True)  # always 1
    holder: str | None = Field(sa_type=Text)
    lease_until: int = Field(sa_type=WHOLE)
    ledger_reachable: bool
    ledger_head: int | None = Field(sa_type=WHOLE)
    ledger_seen_at: int | None = Field(sa_type=WHOLE)
    alarm: str | None = Field(sa_type=Text)
    alarm_sentence: str | None = Field(sa_type=Sentence)
    updated_at: int = Field(sa_type=WHOLE)


class LedgerEndpointRow(SQLModel, table=True):
    """One endpoint of the ledger at the follower's last look; all rows are written together."""

    __tablename__ = "ledger_endpoint"

    position: int = Field(primary_key=True)
    name: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text)
    head: int | None = Field(sa_type=WHOLE)


class BrokenFinalityRow(SQLModel, table=True):
    """Blocks that had been called final were taken back; time in seconds of the clock."""

    __tablename__ = "broken_finality"

    id: int | None = Field(default=None, primary_key=True, sa_type=WHOLE)
    at: int = Field(sa_type=WHOLE)
    first_block: int = Field(sa_type=WHOLE)
    blocks: int = Field(sa_type=WHOLE)
    entries: int = Field(sa_type=WHOLE)


# --- blobs --------------------------------------------------------------------------------------------------


class BlobRow(SQLModel, table=True):
    """Leaves held for (root, size); `count` of them, which equals `size` unless the batch is malformed."""

    __tablename__ = "batch_blob"
    __table_args__ = (UniqueConstraint("root", "size", name="uq_batch_blob"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=WHOLE)
    root: bytes
    size: int = Field(sa_type=WHOLE)
    count: int = Field(sa_type=WHOLE)
    state: str = Field(sa_type=Text)  # held, malformed


class TileRow(SQLModel, table=True):
    """Up to 256 hashes of a batch's tree: leaves at level 0, roots of the tiles below at each next level."""

    __tablename__ = "batch_tile"

    blob_id: int = Field(primary_key=True, sa_type=WHOLE, foreign_key="batch_blob.id", ondelete="CASCADE")
    level: int = Field(primary_key=True, sa_type=WHOLE)
    position: int = Field(primary_key=True, sa_type=WHOLE)
    hashes: bytes


class LeafRow(SQLModel, table=True):
    """Where a digest lies: `prefix` is its first 64 bits less 2^63, so that order is kept."""

    __tablename__ = "batch_leaf"
    __table_args__ = {"sqlite_with_rowid": False}

    prefix: int = Field(primary_key=True, sa_type=WHOLE)
    blob_id: int = Field(primary_key=True, sa_type=WHOLE)
    position: int = Field(primary_key=True, sa_type=WHOLE)


class SubmissionRow(SQLModel, table=True):
    """A batch handed in by its issuer, and the transaction offered to anchor it; times in seconds."""

    __tablename__ = "submission"

    did: str = Field(primary_key=True, sa_type=Text)
    root: bytes = Field(primary_key=True)
    size: int = Field(primary_key=True, sa_type=WHOLE)
    attribute_id: bytes
    sender: bytes
    jws: str = Field(sa_type=Text)
    unsigned_transaction: str = Field(sa_type=Text)  # JSON, as given to the issuer
    transaction_hash: bytes | None = Field(index=True)  # of a kept transaction, which may be forgotten by now
    accepted_at: int = Field(sa_type=WHOLE)
    expires_at: int = Field(sa_type=WHOLE, index=True)


class KeptTransactionRow(SQLModel, table=True):
    """A signed transaction that the node relays, kept until what it does is final; times in seconds.

    A state that was concluded from a block carries that block, and goes back with it.
    """

    __tablename__ = "kept_transaction"
    __table_args__ = (
        Index("ix_kept_transaction_open", "state", "sender", "nonce"),
        Index("ix_kept_transaction_settled", "state", "changed_at"),
    )

    hash: bytes = Field(primary_key=True)
    raw: bytes
    sender: bytes
    nonce: int = Field(sa_type=WHOLE)
    contract: str = Field(sa_type=Text)
    function: str = Field(sa_type=Text)
    did: str | None = Field(sa_type=Text)
    state: str = Field(sa_type=Text)  # submitted, anchored, final, failed, expired
    kept_at: int = Field(sa_type=WHOLE)
    changed_at: int = Field(sa_type=WHOLE)
    sent_at: int | None = Field(sa_type=WHOLE)
    block_number: int | None = Field(sa_type=WHOLE, index=True)
    block_hash: bytes | None
    error: str | None = Field(sa_type=Sentence)
    expires_at: int = Field(sa_type=WHOLE)


class PayloadRow(SQLModel, table=True):
    """Any other content kept by its SHA-256."""

    __tablename__ = "payload"

    hash: bytes = Field(primary_key=True)
    media_type: str = Field(sa_type=Text)
    body: bytes


class StatusUploadRow(SQLModel, table=True):
    """A list credential that its issuer handed in, kept as a payload until it is published; times in seconds.

    `url` to `valid_until` are what its publication has to say of it.
    """

    __tablename__ = "status_upload"

    hash: bytes = Field(primary_key=True)
    did: str = Field(sa_type=Text, index=True)
    url: str = Field(sa_type=Text)
    purpose: str = Field(sa_type=Text)
    bits: int = Field(sa_type=WHOLE)
    valid_from: int = Field(sa_type=WHOLE)
    valid_until: int = Field(sa_type=WHOLE)
    expires_at: int = Field(sa_type=WHOLE, index=True)


METADATA = SQLModel.metadata


def _table(row: type[SQLModel]) -> Table:
    return METADATA.tables[str(row.__tablename__)]


ENTRY = _table(EntryRow)
DID = _table(DidRow)
REVISION = _table(RevisionRow)
PROXY = _table(ProxyRow)
SCHEMA_REVISION = _table(SchemaRow)
BATCH = _table(BatchRow)
STATUS_PUBLICATION = _table(StatusPublicationRow)
POLICY = _table(PolicyRow)
USER_GRANT = _table(UserGrantRow)
LISTED = _table(ListedRow)
HASH_ALGORITHM = _table(HashAlgorithmRow)
RECORD_CHANGE = _table(RecordChangeRow)
FIRST_VERSION_HASH = _table(FirstVersionHashRow)
RECORD_OWNER = _table(RecordOwnerRow)
DID_CONTROLLER = _table(DidControllerRow)
KEY_INTERVAL = _table(KeyIntervalRow)
NAME_WORD = _table(NameWordRow)
TALLY = _table(TallyRow)
LIST_CHANGE = _table(ListChangeRow)
CURSOR = _table(CursorRow)
BLOCK = _table(BlockRow)
FOLLOWER = _table(FollowerRow)
LEDGER_ENDPOINT = _table(LedgerEndpointRow)
PEER = _table(PeerRow)
BROKEN_FINALITY = _table(BrokenFinalityRow)
BATCH_BLOB = _table(BlobRow)
BATCH_TILE = _table(TileRow)
BATCH_LEAF = _table(LeafRow)
SUBMISSION = _table(SubmissionRow)
KEPT_TRANSACTION = _table(KeptTransactionRow)
PAYLOAD = _table(PayloadRow)
STATUS_UPLOAD = _table(StatusUploadRow)
NODE_KEY = _table(NodeKeyRow)
USED_NONCE = _table(UsedNonceRow)

PROJECTION: tuple[Table, ...] = (
    ENTRY, DID, REVISION, PROXY, SCHEMA_REVISION, BATCH, STATUS_PUBLICATION, POLICY, USER_GRANT,
    LISTED, HASH_ALGORITHM, RECORD_CHANGE, FIRST_VERSION_HASH, RECORD_OWNER, DID_CONTROLLER,
    KEY_INTERVAL, NAME_WORD, TALLY,
)  # fmt: skip

"""Anchored batches, as the ledger has them; their leaves are `leaves.py`'s."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from node.db.leaves import find_digest
from node.db.tables import BATCH, BATCH_BLOB, ENTRY

UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class AnchoredBatch:
    """A batch on the ledger; `time` in seconds; `leaves` is held, malformed or unavailable."""

    entry_index: int
    did: str
    root: bytes
    size: int
    attribute_id: bytes
    time: int
    block_number: int
    transaction_hash: bytes
    leaves: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """A digest's place in an anchored batch; `count` leaves are held, `size` of them unless malformed."""

    batch: AnchoredBatch
    position: int
    count: int


def anchored_batch(connection: Connection, *, did: str, root: bytes, size: int) -> AnchoredBatch | None:
    """The batch of this identity, if it is anchored."""
    query = _batches().where(BATCH.c.did == did).where(BATCH.c.root == root).where(BATCH.c.size == size)
    row = connection.execute(query).first()
    return _batch(row) if row else None


def batches_of(
    connection: Connection, did: str, *, start: int = 0, stop: int | None = None, limit: int = 1_000
) -> list[AnchoredBatch]:
    """The issuer's batches with start <= entry index < stop, in log order."""
    query = _batches().where(BATCH.c.did == did).where(BATCH.c.entry_index >= start)
    if stop is not None:
        query = query.where(BATCH.c.entry_index < stop)
    return [_batch(row) for row in connection.execute(query.order_by(BATCH.c.entry_index).limit(limit))]


def batches_of_root(connection: Connection, root: bytes, *, limit: int) -> list[AnchoredBatch]:
    """The first batches of this root, whoever anchored them and of whatever size."""
    query = _batches().where(BATCH.c.root == root).order_by(BATCH.c.entry_index).limit(limit)
    return [_batch(row) for row in connection.execute(query)]


def unavailable_batches(
    connection: Connection, *, did: str | None = None, start: int = 0, limit: int = 1_000
) -> list[AnchoredBatch]:
    """Batches whose leaves are not held here, in log order."""
    # Asked as a question of its own: batches that are held then cost one look at an index each.
    blob = BATCH_BLOB.alias()
    held = select(blob.c.id).where(blob.c.root == BATCH.c.root).where(blob.c.size == BATCH.c.size).exists()
    query = _batches().where(~held).where(BATCH.c.entry_index >= start)
    if did is not None:
        query = query.where(BATCH.c.did == did)
    return [_batch(row) for row in connection.execute(query.order_by(BATCH.c.entry_index).limit(limit))]


def find_anchors(connection: Connection, digest: bytes) -> list[Anchor]:
    """Every anchored batch in whose held leaves the digest lies, in log order."""
    anchors = []
    for found in find_digest(connection, digest):
        query = _batches().where(BATCH.c.root == found.blob.root).where(BATCH.c.size == found.blob.size)
        anchors += [
            Anchor(_batch(row), found.position, found.blob.count) for row in connection.execute(query)
        ]
    return sorted(anchors, key=lambda anchor: (anchor.batch.entry_index, anchor.position))


def _batches() -> Select[Any]:
    return (
        select(BATCH, ENTRY.c.time, ENTRY.c.block_number, ENTRY.c.transaction_hash, BATCH_BLOB.c.state)
        .join(ENTRY, ENTRY.c.entry_index == BATCH.c.entry_index)
        .outerjoin(BATCH_BLOB, (BATCH_BLOB.c.root == BATCH.c.root) & (BATCH_BLOB.c.size == BATCH.c.size))
    )


def _batch(row: Row[Any]) -> AnchoredBatch:
    return AnchoredBatch(
        entry_index=row.entry_index,
        did=row.did,
        root=row.root,
        size=row.size,
        attribute_id=row.attribute_id,
        time=row.time,
        block_number=row.block_number,
        transaction_hash=row.transaction_hash,
        leaves=row.state or UNAVAILABLE,
    )

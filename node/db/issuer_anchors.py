"""What one issuer anchored: a digest's places in its batches, and how complete a search among them can be.

Statements are made once: each verification asks them, and making one takes longer than asking.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, select

from node.db.leaves import HELD, Blob, position_in, prefix
from node.db.tables import BATCH, BATCH_BLOB, BATCH_LEAF, ENTRY


@dataclass(frozen=True, slots=True)
class IssuerBatch:
    """A batch as its entry has it; `time` in ledger seconds."""

    entry_index: int
    time: int
    did: str
    attribute_id: bytes
    root: bytes
    size: int
    block_number: int


@dataclass(frozen=True, slots=True)
class Place:
    """A digest's place among the leaves held for a batch."""

    batch: IssuerBatch
    blob: Blob
    position: int


@dataclass(frozen=True, slots=True)
class Completeness:
    """How many batches there are, how many are malformed, and how many have no leaves here."""

    count: int
    malformed: int
    unavailable: int


def _batches(*more: Any) -> Select[Any]:
    return (
        select(BATCH, ENTRY.c.time, ENTRY.c.block_number, *more)
        .join(ENTRY, ENTRY.c.entry_index == BATCH.c.entry_index)
        .where(BATCH.c.did == bindparam("did"))
        .order_by(BATCH.c.entry_index)
    )


_BLOB_OF_BATCH = (BATCH_BLOB.c.root == BATCH.c.root) & (BATCH_BLOB.c.size == BATCH.c.size)
_PLACES = (
    _batches(
        BATCH_BLOB.c.id,
        BATCH_BLOB.c.count.label("held"),
        BATCH_BLOB.c.state,
        func.min(BATCH_LEAF.c.position).label("first"),
        func.max(BATCH_LEAF.c.position).label("last"),
    )
    .join(BATCH_BLOB, _BLOB_OF_BATCH)
    .join(BATCH_LEAF, BATCH_LEAF.c.blob_id == BATCH_BLOB.c.id)
    .where(BATCH_LEAF.c.prefix == bindparam("prefix"))
    .group_by(BATCH.c.entry_index, ENTRY.c.entry_index, BATCH_BLOB.c.id)  # what every column hangs on
)
_ONE = _batches().where(BATCH.c.root == bindparam("root")).where(BATCH.c.size == bindparam("size"))
_UNAVAILABLE = (
    _batches()
    .outerjoin(BATCH_BLOB, _BLOB_OF_BATCH)
    .where(BATCH_BLOB.c.id.is_(None))
    .where(BATCH.c.entry_index < bindparam("stop"))
    .limit(bindparam("limit"))
)
_COMPLETENESS = (
    select(
        func.count(),
        func.count().filter(BATCH_BLOB.c.state != HELD),
        func.count().filter(BATCH_BLOB.c.id.is_(None)),
    )
    .select_from(BATCH.outerjoin(BATCH_BLOB, _BLOB_OF_BATCH))
    .where(BATCH.c.did == bindparam("did"))
    .where(BATCH.c.entry_index < bindparam("stop"))
)
_LAST_UNTIL = (
    select(ENTRY.c.entry_index)
    .where(ENTRY.c.time <= bindparam("until"))
    .order_by(ENTRY.c.time.desc(), ENTRY.c.entry_index.desc())
    .limit(1)
)


def places_of(connection: Connection, *, did: str, digest: bytes) -> Iterator[Place]:
    """Where the digest lies, if it does, among held leaves of the issuer's batches, in log order.

    A place is one by the digest's prefix; only its path shows that it is the digest's.
    """
    for row in connection.execute(_PLACES, {"did": did, "prefix": prefix(digest)}).all():
        blob, position = Blob(row.id, row.root, row.size, row.held, row.state), row.first
        if row.first != row.last:
            position = position_in(connection, blob, digest, first=row.first, last=row.last)
        if position is not None:
            yield Place(_batch(row), blob, position)


def issuer_batch(connection: Connection, *, did: str, root: bytes, size: int) -> IssuerBatch | None:
    """The issuer's batch of this root and size; None if it is not anchored."""
    row = connection.execute(_ONE, {"did": did, "root": root, "size": size}).first()
    return _batch(row) if row else None


def completeness(connection: Connection, *, did: str, stop: int) -> Completeness:
    """How completely the issuer's batches of entries with index < `stop` are held."""
    count, malformed, unavailable = connection.execute(_COMPLETENESS, {"did": did, "stop": stop}).one()
    return Completeness(int(count), int(malformed), int(unavailable))


def batches_without_leaves(
    connection: Connection, *, did: str, stop: int, limit: int
) -> tuple[IssuerBatch, ...]:
    """The issuer's first `limit` batches of entries with index < `stop` whose leaves are not held here."""
    rows = connection.execute(_UNAVAILABLE, {"did": did, "stop": stop, "limit": limit})
    return tuple(_batch(row) for row in rows)


def size_until(connection: Connection, time: int) -> int:
    """How many entries the log had at the end of the second `time` (since 1970)."""
    last = connection.execute(_LAST_UNTIL, {"until": time}).scalar()
    return 0 if last is None else int(last) + 1


def _batch(row: Row[Any]) -> IssuerBatch:
    return IssuerBatch(
        entry_index=row.entry_index,
        time=row.time,
        did=row.did,
        attribute_id=row.attribute_id,
        root=row.root,
        size=row.size,
        block_number=row.block_number,
    )

"""Timestamps and hash algorithms; what was stamped, and with what beside it, is in the entries' payloads."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from anchoring.entry import subject
from node.db.entries import StoredEntry, find_entries
from node.db.tables import ENTRY, HASH_ALGORITHM


@dataclass(frozen=True, slots=True)
class HashAlgorithm:
    """The newest statement about a hash algorithm; `time` in ledger seconds, `output_length` in bits."""

    hash_algorithm_id: int
    output_length: int
    iana_name: str
    oid: str
    status: int  # 1 active, 2 revoked
    multi_hash: str
    time: int


def count_hash_algorithms(connection: Connection) -> int:
    """How many there are; the contract numbers them from 0 without a gap."""
    last: int | None = connection.execute(select(func.max(HASH_ALGORITHM.c.hash_algorithm_id))).scalar()
    return 0 if last is None else last + 1


def hash_algorithm(
    connection: Connection, hash_algorithm_id: int, *, before: int | None = None
) -> HashAlgorithm | None:
    """The algorithm as it was last described, below entry `before` where given; None if there is none."""
    query = (
        select(HASH_ALGORITHM, ENTRY.c.time)
        .join(ENTRY, ENTRY.c.entry_index == HASH_ALGORITHM.c.entry_index)
        .where(HASH_ALGORITHM.c.hash_algorithm_id == hash_algorithm_id)
        .order_by(HASH_ALGORITHM.c.entry_index.desc())
        .limit(1)
    )
    if before is not None:
        query = query.where(HASH_ALGORITHM.c.entry_index < before)
    row = connection.execute(query).first()
    if row is None:
        return None
    return HashAlgorithm(
        hash_algorithm_id=row.hash_algorithm_id,
        output_length=row.output_length,
        iana_name=row.iana_name,
        oid=row.oid,
        status=row.status,
        multi_hash=row.multi_hash,
        time=row.time,
    )


def first_timestamp(connection: Connection, hash_digest: bytes) -> StoredEntry | None:
    """The first entry that stamped a hash whose SHA-256 is `hash_digest`: the earliest proves most."""
    found = find_entries(connection, limit=1, subject=subject("timestamp", hash_digest))
    return found[0] if found else None

"""The log as this node has followed it: entries by index, subject, issuer and time."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select, union_all

from anchoring.entry import Entry
from node.db.tables import ENTRY

_CHUNK = 5_000
_LATEST = 2**63 - 1  # no time is later for a database
_SUBJECTS = 500  # asked for in one statement


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry, its hash as kept, the DID it is about (if any), and where on the ledger it was found."""

    entry: Entry
    hash: bytes
    did: str | None
    block_number: int
    block_hash: bytes
    transaction_hash: bytes


def log_size(connection: Connection) -> int:
    """How many entries are kept: the index of the next one."""
    last = connection.execute(select(func.max(ENTRY.c.entry_index))).scalar()
    return 0 if last is None else last + 1


def entry_at(connection: Connection, index: int) -> StoredEntry | None:
    """The entry at `index`, if the node has followed that far."""
    row = connection.execute(select(ENTRY).where(ENTRY.c.entry_index == index)).first()
    return stored(row) if row else None


def entry_by_payload(connection: Connection, payload_hash: bytes) -> StoredEntry | None:
    """The first entry whose payload has this SHA-256."""
    query = select(ENTRY).where(ENTRY.c.payload_hash == payload_hash).order_by(ENTRY.c.entry_index).limit(1)
    row = connection.execute(query).first()
    return stored(row) if row else None


def entry_by_hash(connection: Connection, entry_hash: bytes) -> StoredEntry | None:
    """The entry that hashes to these 32 bytes."""
    row = connection.execute(select(ENTRY).where(ENTRY.c.hash == entry_hash)).first()
    return stored(row) if row else None


def find_entries(
    connection: Connection,
    *,
    start: int = 0,
    stop: int | None = None,
    limit: int,
    did: str | None = None,
    subject: bytes | None = None,
    kinds: Sequence[str] = (),
    newest_first: bool = False,
) -> list[StoredEntry]:
    """At most `limit` entries with start <= index < stop that meet every filter given."""
    order = ENTRY.c.entry_index.desc() if newest_first else ENTRY.c.entry_index
    if len(kinds) <= 1 or subject is not None:
        query = _filtered(start, stop, did, subject, kinds)
    else:
        # One look along an index for each kind: asked for all at once, a database reads all that there are.
        each = [
            select(
                _filtered(start, stop, did, None, (kind,))
                .with_only_columns(ENTRY.c.entry_index)
                .order_by(order)
                .limit(limit)
                .subquery()
            )
            for kind in kinds
        ]
        query = select(ENTRY).where(ENTRY.c.entry_index.in_(union_all(*each)))
    return [stored(row) for row in connection.execute(query.order_by(order).limit(limit))]


def page_of_subject(connection: Connection, subject: bytes, *, offset: int, limit: int) -> list[StoredEntry]:
    """At most `limit` entries of a subject in log order, after its first `offset`."""
    places = (
        select(ENTRY.c.entry_index)
        .where(ENTRY.c.subject == subject)
        .order_by(ENTRY.c.entry_index)
        .offset(offset)
        .limit(limit)
    )
    query = select(ENTRY).where(ENTRY.c.entry_index.in_(places)).order_by(ENTRY.c.entry_index)
    return [stored(row) for row in connection.execute(query)]


def entries_at(connection: Connection, indexes: Iterable[int]) -> dict[int, StoredEntry]:
    """The entries at these indexes that the node has followed to, by index."""
    wanted, found = list(indexes), dict[int, StoredEntry]()
    for start in range(0, len(wanted), _SUBJECTS):
        query = select(ENTRY).where(ENTRY.c.entry_index.in_(wanted[start : start + _SUBJECTS]))
        found.update((row.entry_index, stored(row)) for row in connection.execute(query))
    return found


def entry_rows(connection: Connection) -> Iterator[Row[Any]]:
    """Every row of `entry` in log order, a few at a time, whether it holds an entry or is damaged."""
    yield from connection.execute(
        select(ENTRY).order_by(ENTRY.c.entry_index), execution_options={"yield_per": _CHUNK}
    )


def leaf_hashes(connection: Connection, *, start: int = 0, stop: int | None = None) -> list[bytes]:
    """The hashes of the entries with start <= index < stop, in log order: leaves of the log's tree."""
    query = select(ENTRY.c.hash).where(ENTRY.c.entry_index >= start)
    if stop is not None:
        query = query.where(ENTRY.c.entry_index < stop)
    return list(connection.execute(query.order_by(ENTRY.c.entry_index)).scalars())


def heads_of(connection: Connection, subjects: Iterable[bytes]) -> dict[bytes, bytes]:
    """The hash of the newest entry of each of these subjects that has one."""
    wanted, heads = list(subjects), dict[bytes, bytes]()
    for start in range(0, len(wanted), _SUBJECTS):
        newest = (
            select(func.max(ENTRY.c.entry_index))
            .where(ENTRY.c.subject.in_(wanted[start : start + _SUBJECTS]))
            .group_by(ENTRY.c.subject)
        )
        query = select(ENTRY.c.subject, ENTRY.c.hash).where(ENTRY.c.entry_index.in_(newest))
        heads.update((row.subject, row.hash) for row in connection.execute(query))
    return heads


def size_at_block(connection: Connection, block_number: int) -> int:
    """The log's size at the end of a followed block."""
    query = select(func.max(ENTRY.c.entry_index)).where(ENTRY.c.block_number <= block_number)
    last = connection.execute(query).scalar()
    return 0 if last is None else last + 1


def size_at_time(connection: Connection, seconds: int) -> int:
    """The log's size by the entries recorded at or before a time; ledger seconds."""
    query = (
        select(ENTRY.c.entry_index)
        .where(ENTRY.c.time <= min(seconds, _LATEST))
        .order_by(ENTRY.c.time.desc(), ENTRY.c.entry_index.desc())
    )
    last: int | None = connection.execute(query.limit(1)).scalar()
    return 0 if last is None else last + 1


def stored(row: Row[Any]) -> StoredEntry:
    """The value that a row of `entry` holds.

    Raises:
        MalformedEntry: the row has been damaged.
    """
    return StoredEntry(
        entry=Entry(
            index=row.entry_index,
            kind=row.kind,
            subject=row.subject,
            previous=row.previous,
            time=row.time,
            actor=row.actor,
            parent=row.parent,
            payload=row.payload,
        ),
        hash=row.hash,
        did=row.did,
        block_number=row.block_number,
        block_hash=row.block_hash,
        transaction_hash=row.transaction_hash,
    )


def _filtered(
    start: int, stop: int | None, did: str | None, subject: bytes | None, kinds: Sequence[str]
) -> Select[Any]:
    query = select(ENTRY).where(ENTRY.c.entry_index >= start)
    if stop is not None:
        query = query.where(ENTRY.c.entry_index < stop)
    if did is not None:
        query = query.where(ENTRY.c.did == did)
    if subject is not None:
        query = query.where(ENTRY.c.subject == subject)
    if len(kinds) == 1:
        query = query.where(ENTRY.c.kind == kinds[0])
    elif kinds:
        query = query.where(ENTRY.c.kind.in_(kinds))
    return query

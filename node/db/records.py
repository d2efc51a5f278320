"""Records: their versions, their owners, and by whom or by which hash they are found."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, and_, exists, func, select

from anchoring.entry import subject
from node.db.entries import StoredEntry, find_entries, stored
from node.db.tables import ENTRY, FIRST_VERSION_HASH, RECORD_CHANGE, RECORD_OWNER


@dataclass(frozen=True, slots=True)
class VersionSize:
    """How much was recorded about a version: changes, and octets of their payloads."""

    changes: int
    octets: int


@dataclass(frozen=True, slots=True)
class OwnerChange:
    """An account came to own a record, or its ownership was revoked."""

    owner: bytes
    added: bool


def count_versions(connection: Connection, record_id: bytes, *, before: int | None = None) -> int:
    """How many versions the record has, below entry `before` where given; 0 if there is no such record."""
    query = select(func.max(RECORD_CHANGE.c.version_id)).where(RECORD_CHANGE.c.record_id == record_id)
    if before is not None:
        query = query.where(RECORD_CHANGE.c.entry_index < before)
    last: int | None = connection.execute(query).scalar()
    return 0 if last is None else last + 1


def version_size(
    connection: Connection, record_id: bytes, version_id: int, *, before: int | None = None
) -> VersionSize:
    """How much was recorded about a version, below entry `before` where given; no payload is read for it."""
    query = _changes(record_id, version_id, before).with_only_columns(
        func.count(), func.coalesce(func.sum(func.length(ENTRY.c.payload)), 0)
    )
    changes, octets = connection.execute(query).one()
    return VersionSize(changes, int(octets))


def version_entries(
    connection: Connection, record_id: bytes, version_id: int, *, before: int | None = None
) -> list[StoredEntry]:
    """Every entry about a version, oldest first, below index `before` where given."""
    query = _changes(record_id, version_id, before).order_by(ENTRY.c.entry_index)
    return [stored(row) for row in connection.execute(query)]


def owner_changes(
    connection: Connection, record_id: bytes, *, before: int | None = None, limit: int
) -> list[OwnerChange]:
    """Who came to own the record and whose ownership was revoked, oldest first, at most `limit` of them."""
    query = (
        select(RECORD_OWNER.c.owner, RECORD_OWNER.c.change)
        .where(RECORD_OWNER.c.record_id == record_id)
        .order_by(RECORD_OWNER.c.entry_index)
        .limit(limit)
    )
    if before is not None:
        query = query.where(RECORD_OWNER.c.entry_index < before)
    return [OwnerChange(row.owner, row.change == "added") for row in connection.execute(query)]


def last_change(connection: Connection, record_id: bytes, *, before: int | None = None) -> StoredEntry | None:
    """The newest entry about the record, its owners included, below index `before` where given."""
    about = subject("record", record_id)
    found = find_entries(connection, stop=before, limit=1, subject=about, newest_first=True)
    return found[0] if found else None


def owned_records(
    connection: Connection, owner: bytes, *, hash_digests: tuple[bytes, ...] = (), offset: int, limit: int
) -> tuple[list[bytes], int]:
    """Records that the account owns, in the order in which it came to own them, and how many it owns.

    Nobody is added a second time, so whoever was revoked stays so.

    Args:
        connection: to read.
        owner: 20 bytes.
        hash_digests: SHA-256 of hash values, of which the first version must hold one; empty: any.
        offset: how many of them to leave out.
        limit: how many at most.
    """
    added, revoked, taken = RECORD_OWNER.alias(), RECORD_OWNER.alias(), FIRST_VERSION_HASH.alias()
    same = and_(revoked.c.owner == added.c.owner, revoked.c.record_id == added.c.record_id)
    query = (
        select(added.c.record_id)
        .where(added.c.owner == owner)
        .where(added.c.change == "added")
        .where(~exists().where(same, revoked.c.change == "revoked"))
    )
    if hash_digests:
        query = query.where(
            exists().where(taken.c.record_id == added.c.record_id, _held(taken, hash_digests))
        )
    return _page(connection, query, added.c.entry_index, offset=offset, limit=limit)


def records_by_hash(
    connection: Connection, hash_digests: tuple[bytes, ...], *, offset: int, limit: int
) -> tuple[list[bytes], int]:
    """Records whose first version holds a hash of one of these SHA-256, oldest first, and how many."""
    taken = FIRST_VERSION_HASH.alias()
    query = select(taken.c.record_id).where(_held(taken, hash_digests)).group_by(taken.c.record_id)
    return _page(connection, query, func.min(taken.c.entry_index), offset=offset, limit=limit)


def _held(taken: FromClause, hash_digests: tuple[bytes, ...]) -> ColumnElement[bool]:
    """The row of `first_version_hash` took up one of the hashes, and none after it let go of that hash."""
    let_go = FIRST_VERSION_HASH.alias()
    later = and_(
        let_go.c.hash_digest == taken.c.hash_digest,
        let_go.c.record_id == taken.c.record_id,
        let_go.c.entry_index > taken.c.entry_index,
        ~let_go.c.held,
    )
    return and_(taken.c.hash_digest.in_(hash_digests), taken.c.held, ~exists().where(later))


def _page(
    connection: Connection, query: Select[Any], order: ColumnElement[Any], *, offset: int, limit: int
) -> tuple[list[bytes], int]:
    total = connection.execute(select(func.count()).select_from(query.subquery())).scalar() or 0
    return list(connection.execute(query.order_by(order).offset(offset).limit(limit)).scalars()), total


def _changes(record_id: bytes, version_id: int, before: int | None) -> Select[Any]:
    query = (
        select(ENTRY)
        .join(RECORD_CHANGE, RECORD_CHANGE.c.entry_index == ENTRY.c.entry_index)
        .where(RECORD_CHANGE.c.record_id == record_id)
        .where(RECORD_CHANGE.c.version_id == version_id)
    )
    return query if before is None else query.where(RECORD_CHANGE.c.entry_index < before)

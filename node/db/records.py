"""Records: their versions, their owners, and by whom or by which hash they are found."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, select

from anchoring.entry import subject
from node.db.entries import StoredEntry, find_entries, stored
from node.db.row_making import RECORDS
from node.db.tables import ENTRY, FIRST_VERSION_HASH, LISTED, RECORD_CHANGE, RECORD_OWNER


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


def count_versions(connection: Connection, record_id: bytes) -> int:
    """How many versions the record has; 0 if there is no such record."""
    query = select(func.max(RECORD_CHANGE.c.version_id)).where(RECORD_CHANGE.c.record_id == record_id)
    last: int | None = connection.execute(query).scalar()
    return 0 if last is None else last + 1


def version_size(connection: Connection, record_id: bytes, version_id: int) -> VersionSize:
    """How much was recorded about a version; payloads are not read for it."""
    query = _changes(record_id, version_id).with_only_columns(
        func.count(), func.coalesce(func.sum(func.length(ENTRY.c.payload)), 0)
    )
    changes, octets = connection.execute(query).one()
    return VersionSize(changes, int(octets))


def version_entries(connection: Connection, record_id: bytes, version_id: int) -> list[StoredEntry]:
    """Every entry about a version, oldest first."""
    query = _changes(record_id, version_id).order_by(ENTRY.c.entry_index)
    return [stored(row) for row in connection.execute(query)]


def owner_changes(connection: Connection, record_id: bytes, *, limit: int) -> list[OwnerChange]:
    """Who came to own the record and whose ownership was revoked, oldest first, at most `limit` of them."""
    query = (
        select(RECORD_OWNER.c.owner, RECORD_OWNER.c.change)
        .where(RECORD_OWNER.c.record_id == record_id)
        .order_by(RECORD_OWNER.c.entry_index)
        .limit(limit)
    )
    return [OwnerChange(row.owner, row.change == "added") for row in connection.execute(query)]


def last_change(connection: Connection, record_id: bytes) -> StoredEntry | None:
    """The newest entry about the record, its owners included."""
    found = find_entries(connection, limit=1, subject=subject("record", record_id), newest_first=True)
    return found[0] if found else None


def found_records(
    connection: Connection,
    *,
    owner: bytes | None,
    hash_digests: tuple[bytes, ...],
    offset: int,
    limit: int,
) -> tuple[list[bytes], int]:
    """Records that meet the filters given, in the order of the ledger, and how many do.

    Args:
        connection: to read.
        owner: 20 bytes; records that this account owns and whose ownership was not revoked.
        hash_digests: SHA-256 of hash values; records whose first version holds one of them. Empty: any.
        offset: how many of them to leave out.
        limit: how many at most.
    """
    conditions: list[ColumnElement[bool]] = [LISTED.c.collection == RECORDS]
    if owner is not None:
        conditions.append(LISTED.c.name.in_(_owned(owner)))
    if hash_digests:
        conditions.append(LISTED.c.name.in_(_first_holding(hash_digests)))
    query = select(LISTED.c.name).where(*conditions).order_by(LISTED.c.ordinal)
    total = connection.execute(select(func.count()).select_from(LISTED).where(*conditions)).scalar() or 0
    return list(connection.execute(query.offset(offset).limit(limit)).scalars()), total


def _owned(owner: bytes) -> Select[Any]:
    """Records the account owns: nobody is added a second time, so whoever was revoked stays so."""
    added, revoked = RECORD_OWNER.alias(), RECORD_OWNER.alias()
    same = and_(revoked.c.owner == added.c.owner, revoked.c.record_id == added.c.record_id)
    return (
        select(added.c.record_id)
        .where(added.c.owner == owner)
        .where(added.c.change == "added")
        .where(~exists().where(same, revoked.c.change == "revoked"))
    )


def _first_holding(hash_digests: tuple[bytes, ...]) -> Select[Any]:
    taken, let_go = FIRST_VERSION_HASH.alias(), FIRST_VERSION_HASH.alias()
    later = and_(
        let_go.c.hash_digest == taken.c.hash_digest,
        let_go.c.record_id == taken.c.record_id,
        let_go.c.entry_index > taken.c.entry_index,
    )
    return (
        select(taken.c.record_id)
        .where(taken.c.hash_digest.in_(hash_digests))
        .where(taken.c.held)
        .where(~exists().where(later, ~let_go.c.held))
    )


def _changes(record_id: bytes, version_id: int) -> Select[Any]:
    return (
        select(ENTRY)
        .join(RECORD_CHANGE, RECORD_CHANGE.c.entry_index == ENTRY.c.entry_index)
        .where(RECORD_CHANGE.c.record_id == record_id)
        .where(RECORD_CHANGE.c.version_id == version_id)
    )

"""Accreditations: issuers, their attributes and the revisions of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from node.db.row_making import Standing
from node.db.tables import ENTRY, REVISION

_CHUNK = 500  # asked for in one statement


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision of an attribute; `time` (seconds) and `entry_index` say when it was recorded."""

    entry_index: int
    time: int
    did: str
    attribute_id: bytes
    revision_id: bytes
    issuer_type: int  # 1 RootTAO, 2 TAO, 3 TI, 4 Revoked
    tao: str
    attribute_id_tao: bytes
    root_tao: str
    body: bytes | None

    @property
    def standing(self) -> Standing:
        """What it leaves in force."""
        return Standing(self.issuer_type, self.tao, self.attribute_id_tao, self.root_tao)


def attributes(
    connection: Connection,
    did: str,
    *,
    before: int | None = None,
    offset: int = 0,
    limit: int | None = None,
) -> list[bytes]:
    """Ids of the DID's attributes, in the order of their first revisions; begun below entry `before`."""
    query = (
        select(REVISION.c.attribute_id)
        .where(REVISION.c.did == did)
        .group_by(REVISION.c.attribute_id)
        .order_by(func.min(REVISION.c.entry_index))
    )
    if before is not None:
        query = query.where(REVISION.c.entry_index < before)
    return list(connection.execute(query.offset(offset).limit(limit)).scalars())


def attributes_of(connection: Connection, dids: Sequence[str]) -> dict[str, list[bytes]]:
    """Ids of the attributes of each of these DIDs, in the order of their first revisions."""
    found: dict[str, list[bytes]] = {did: [] for did in dids}
    for start in range(0, len(dids), _CHUNK):
        query = (
            select(REVISION.c.did, REVISION.c.attribute_id)
            .where(REVISION.c.did.in_(dids[start : start + _CHUNK]))
            .group_by(REVISION.c.did, REVISION.c.attribute_id)
            .order_by(func.min(REVISION.c.entry_index))
        )
        for did, attribute_id in connection.execute(query):
            found[did].append(attribute_id)
    return found


def count_attributes(connection: Connection, did: str, *, before: int | None = None) -> int:
    """How many attributes the DID has, begun below entry `before` where given."""
    query = select(func.count(func.distinct(REVISION.c.attribute_id))).where(REVISION.c.did == did)
    if before is not None:
        query = query.where(REVISION.c.entry_index < before)
    return connection.execute(query).scalar() or 0


def attribute_named(connection: Connection, did: str, any_id: bytes) -> bytes | None:
    """The DID's attribute of this id, or that has a revision of this id; None if neither is there."""
    own = select(REVISION.c.attribute_id).where(REVISION.c.did == did)
    for named in (REVISION.c.attribute_id == any_id, REVISION.c.revision_id == any_id):
        found: bytes | None = connection.execute(own.where(named).limit(1)).scalar()
        if found is not None:
            return found
    return None


def revision_named(
    connection: Connection, did: str, attribute_id: bytes, revision_id: bytes
) -> Revision | None:
    """One revision of an attribute by its id."""
    query = _revisions().where(REVISION.c.did == did).where(REVISION.c.attribute_id == attribute_id)
    row = connection.execute(query.where(REVISION.c.revision_id == revision_id).limit(1)).first()
    return _revision(row) if row else None


def revisions_named(connection: Connection, revision_id: bytes, *, limit: int) -> list[Revision]:
    """The first revisions of this id, of whichever attributes; an attribute has its first revision's id."""
    query = _revisions().where(REVISION.c.revision_id == revision_id).order_by(REVISION.c.entry_index)
    return [_revision(row) for row in connection.execute(query.limit(limit))]


def revision_page(
    connection: Connection, did: str, attribute_id: bytes, *, offset: int, limit: int
) -> tuple[list[Revision], int]:
    """Some revisions of an attribute in log order, and how many it has."""
    its = (REVISION.c.did == did, REVISION.c.attribute_id == attribute_id)
    query = _revisions().where(*its).order_by(REVISION.c.entry_index).offset(offset).limit(limit)
    total = connection.execute(select(func.count()).select_from(REVISION).where(*its)).scalar() or 0
    return [_revision(row) for row in connection.execute(query)], total


def latest_revisions(
    connection: Connection, did: str, *, before: int | None = None, limit: int | None = None
) -> list[Revision]:
    """The newest revision of each of the DID's attributes, in the order in which these began."""
    last, first = func.max(REVISION.c.entry_index), func.min(REVISION.c.entry_index)
    each = select(last.label("last"), first.label("first")).where(REVISION.c.did == did)
    if before is not None:
        each = each.where(REVISION.c.entry_index < before)
    newest = each.group_by(REVISION.c.attribute_id).order_by(first).limit(limit).subquery()
    query = _revisions().join(newest, newest.c.last == REVISION.c.entry_index).order_by(newest.c.first)
    return [_revision(row) for row in connection.execute(query)]


def has_credential(connection: Connection, did: str, *, before: int | None = None) -> bool:
    """Whether any revision of the DID holds a credential, of those below entry `before` where given."""
    query = (
        select(REVISION.c.entry_index).where(REVISION.c.did == did).where(func.length(REVISION.c.body) > 0)
    )
    if before is not None:
        query = query.where(REVISION.c.entry_index < before)
    return connection.execute(query.limit(1)).first() is not None


def last_recorded(connection: Connection, did: str, *, before: int | None = None) -> int | None:
    """Time of the DID's newest revision, of those below entry `before` where given; None if it has none."""
    query = (
        select(ENTRY.c.time)
        .join(REVISION, ENTRY.c.entry_index == REVISION.c.entry_index)
        .where(REVISION.c.did == did)
    )
    if before is not None:
        query = query.where(REVISION.c.entry_index < before)
    time: int | None = connection.execute(query.order_by(REVISION.c.entry_index.desc()).limit(1)).scalar()
    return time


def revisions(
    connection: Connection,
    did: str,
    attribute_id: bytes | None = None,
    *,
    before: int | None = None,
) -> list[Revision]:
    """Revisions of one attribute of the DID, or of all, in log order, below entry `before` where given."""
    query = _revisions().where(REVISION.c.did == did)
    if attribute_id is not None:
        query = query.where(REVISION.c.attribute_id == attribute_id)
    if before is not None:
        query = query.where(REVISION.c.entry_index < before)
    return [_revision(row) for row in connection.execute(query.order_by(REVISION.c.entry_index))]


def latest_revision(
    connection: Connection, did: str, attribute_id: bytes, *, before: int | None = None
) -> Revision | None:
    """The attribute's newest revision, of those below entry `before` where given."""
    query = _revisions().where(REVISION.c.did == did).where(REVISION.c.attribute_id == attribute_id)
    if before is not None:
        query = query.where(REVISION.c.entry_index < before)
    row = connection.execute(query.order_by(REVISION.c.entry_index.desc()).limit(1)).first()
    return _revision(row) if row else None


def latest_credential(connection: Connection, did: str, *, before: int | None = None) -> Revision | None:
    """The DID's newest revision that holds a credential, of those below entry `before` where given."""
    query = _revisions().where(REVISION.c.did == did).where(func.length(REVISION.c.body) > 0)
    if before is not None:
        query = query.where(REVISION.c.entry_index < before)
    row = connection.execute(query.order_by(REVISION.c.entry_index.desc()).limit(1)).first()
    return _revision(row) if row else None


def latest_credentials(
    connection: Connection, dids: Sequence[str], *, before: int | None = None
) -> dict[str, int]:
    """The entry of each DID's newest revision with a credential, of those below `before` where given."""
    found: dict[str, int] = {}
    for start in range(0, len(dids), _CHUNK):
        query = (
            select(REVISION.c.did, func.max(REVISION.c.entry_index))
            .where(REVISION.c.did.in_(dids[start : start + _CHUNK]))
            .where(func.length(REVISION.c.body) > 0)
            .group_by(REVISION.c.did)
        )
        if before is not None:
            query = query.where(REVISION.c.entry_index < before)
        found.update((did, index) for did, index in connection.execute(query))
    return found


def revisions_at(connection: Connection, indexes: Sequence[int]) -> dict[int, Revision]:
    """The revisions that these entries made, by entry."""
    found: dict[int, Revision] = {}
    for start in range(0, len(indexes), _CHUNK):
        query = _revisions().where(REVISION.c.entry_index.in_(indexes[start : start + _CHUNK]))
        found.update((row.entry_index, _revision(row)) for row in connection.execute(query))
    return found


def _revisions() -> Select[Any]:
    return select(REVISION, ENTRY.c.time).join(ENTRY, ENTRY.c.entry_index == REVISION.c.entry_index)


def _revision(row: Row[Any]) -> Revision:
    return Revision(
        entry_index=row.entry_index,
        time=row.time,
        did=row.did,
        attribute_id=row.attribute_id,
        revision_id=row.revision_id,
        issuer_type=row.issuer_type,
        tao=row.tao,
        attribute_id_tao=row.attribute_id_tao,
        root_tao=row.root_tao,
        body=row.body,
    )

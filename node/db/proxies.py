"""Issuers' status list proxies, as the ledger has them."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from node.db.tables import ENTRY, PROXY

_REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy that is not removed.

    Attributes:
        proxy_id: 32 bytes.
        proxy_data: the JSON text that was recorded last.
        time: when that was, in ledger seconds.
    """

    proxy_id: bytes
    proxy_data: str
    time: int


def proxies_of(connection: Connection, did: str, *, before: int | None = None) -> list[Proxy]:
    """The issuer's proxies that are not removed, in the order in which they were first added.

    Args:
        connection: to the database.
        did: the issuer's.
        before: as they were when the log had so many entries; as they are if None.
    """
    changes = select(
        func.min(PROXY.c.entry_index).label("first"), func.max(PROXY.c.entry_index).label("last")
    ).where(PROXY.c.did == did)
    if before is not None:
        changes = changes.where(PROXY.c.entry_index < before)
    spans = changes.group_by(PROXY.c.proxy_id).subquery()
    query = (
        select(PROXY.c.proxy_id, PROXY.c.proxy_data, ENTRY.c.time)
        .join(spans, spans.c.last == PROXY.c.entry_index)
        .join(ENTRY, ENTRY.c.entry_index == PROXY.c.entry_index)
        .where(PROXY.c.change != _REMOVED)
        .order_by(spans.c.first)
    )
    return [Proxy(row.proxy_id, row.proxy_data, row.time) for row in connection.execute(query)]


def last_changed(connection: Connection, did: str, *, before: int | None = None) -> int | None:
    """When one of the issuer's proxies was last added, updated or removed; None if it never had one.

    Args:
        connection: to the database.
        did: the issuer's.
        before: only what was recorded below this entry counts; all if None.
    """
    query = (
        select(ENTRY.c.time)
        .join(PROXY, PROXY.c.entry_index == ENTRY.c.entry_index)
        .where(PROXY.c.did == did)
        .order_by(PROXY.c.entry_index.desc())
    )
    if before is not None:
        query = query.where(PROXY.c.entry_index < before)
    time: int | None = connection.execute(query.limit(1)).scalar()
    return time


def find_proxy(
    connection: Connection, did: str, proxy_id: bytes, *, before: int | None = None
) -> Proxy | None:
    """The issuer's proxy of this id, if there is one that is not removed.

    Args:
        connection: to the database.
        did: the issuer's.
        proxy_id: 32 bytes.
        before: as it was when the log had so many entries; as it is if None.
    """
    query = (
        select(PROXY.c.change, PROXY.c.proxy_data, ENTRY.c.time)
        .join(ENTRY, ENTRY.c.entry_index == PROXY.c.entry_index)
        .where(PROXY.c.did == did)
        .where(PROXY.c.proxy_id == proxy_id)
        .order_by(PROXY.c.entry_index.desc())
    )
    if before is not None:
        query = query.where(PROXY.c.entry_index < before)
    row = connection.execute(query.limit(1)).first()
    return None if row is None or row.change == _REMOVED else Proxy(proxy_id, row.proxy_data, row.time)

"""Issuers' status list proxies, as the ledger has them."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from node.db.tables import PROXY

_REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy that is not removed: its id (32 bytes) and its data, the JSON text that was recorded last."""

    proxy_id: bytes
    proxy_data: str


def proxies_of(connection: Connection, did: str) -> list[Proxy]:
    """The issuer's proxies that are not removed, in the order in which they were first added."""
    spans = (
        select(func.min(PROXY.c.entry_index).label("first"), func.max(PROXY.c.entry_index).label("last"))
        .where(PROXY.c.did == did)
        .group_by(PROXY.c.proxy_id)
        .subquery()
    )
    query = (
        select(PROXY.c.proxy_id, PROXY.c.proxy_data)
        .join(spans, spans.c.last == PROXY.c.entry_index)
        .where(PROXY.c.change != _REMOVED)
        .order_by(spans.c.first)
    )
    return [Proxy(row.proxy_id, row.proxy_data) for row in connection.execute(query)]


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
        select(PROXY.c.change, PROXY.c.proxy_data)
        .where(PROXY.c.did == did)
        .where(PROXY.c.proxy_id == proxy_id)
        .order_by(PROXY.c.entry_index.desc())
    )
    if before is not None:
        query = query.where(PROXY.c.entry_index < before)
    row = connection.execute(query.limit(1)).first()
    return None if row is None or row.change == _REMOVED else Proxy(proxy_id, row.proxy_data)

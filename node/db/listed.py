"""The members of EBSI's collections by their numbers: any page costs what the first one costs."""

from sqlalchemy import Connection, func, select

from node.db.tables import ENTRY, LISTED


def count_listed(connection: Connection, collection: str) -> int:
    """How many members the collection has; they are numbered from 0 without a gap."""
    query = select(func.max(LISTED.c.ordinal)).where(LISTED.c.collection == collection)
    last: int | None = connection.execute(query).scalar()
    return 0 if last is None else last + 1


def listed_names(connection: Connection, collection: str, *, offset: int, limit: int) -> list[bytes]:
    """The members numbered from `offset`, at most `limit` of them, in the order of the ledger."""
    query = (
        select(LISTED.c.name)
        .where(LISTED.c.collection == collection)
        .where(LISTED.c.ordinal >= offset)
        .order_by(LISTED.c.ordinal)
        .limit(limit)
    )
    return list(connection.execute(query).scalars())


def last_listed_at(connection: Connection, collection: str) -> int | None:
    """When the newest member came, in ledger seconds; None if the collection has none."""
    newest = (
        select(LISTED.c.entry_index)
        .where(LISTED.c.collection == collection)
        .order_by(LISTED.c.ordinal.desc())
        .limit(1)
        .scalar_subquery()
    )
    time: int | None = connection.execute(select(ENTRY.c.time).where(ENTRY.c.entry_index == newest)).scalar()
    return time


def ordinal_of(connection: Connection, collection: str, name: bytes) -> int | None:
    """The member's number; None if the collection has no such member."""
    query = select(LISTED.c.ordinal).where(LISTED.c.collection == collection).where(LISTED.c.name == name)
    ordinal: int | None = connection.execute(query.limit(1)).scalar()
    return ordinal


def name_at(connection: Connection, collection: str, ordinal: int) -> bytes | None:
    """The member of that number; None if there are not as many."""
    found = listed_names(connection, collection, offset=ordinal, limit=1)
    return found[0] if found else None

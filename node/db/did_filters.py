"""DIDs by their controllers and by their keys, in the order of their registration."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, case, func, select

from did.document import RELATIONSHIPS
from node.db.row_making import LARGEST, KeyInterval
from node.db.tables import DID, DID_CONTROLLER, ENTRY, KEY_INTERVAL


@dataclass(frozen=True, slots=True)
class FoundDids:
    """Some DIDs that a filter names.

    Attributes:
        dids: of one page.
        total: how many there are.
        last_index: the newest entry about whatever the filter looks at; None if there is none.
        since: from when on the filter names these, in seconds.
        until: from when on it names others if nothing is recorded; None: never.
    """

    dids: list[str]
    total: int
    last_index: int | None
    since: int = 0
    until: int | None = None


def dids_of_controller(connection: Connection, controller: str, *, offset: int, limit: int) -> FoundDids:
    """DIDs that the controller controls by the newest entry known."""
    later = DID_CONTROLLER.alias("later")
    superseded = (
        select(later.c.entry_index)
        .where(later.c.controller == DID_CONTROLLER.c.controller)
        .where(later.c.did == DID_CONTROLLER.c.did)
        .where(later.c.entry_index > DID_CONTROLLER.c.entry_index)
    )
    of_controller = DID_CONTROLLER.c.controller == controller
    held = (of_controller, DID_CONTROLLER.c.added, ~superseded.exists())
    last: int | None = connection.execute(
        select(func.max(DID_CONTROLLER.c.entry_index)).where(of_controller)
    ).scalar()
    dids, total = _page(connection, DID_CONTROLLER, held, offset=offset, limit=limit)
    return FoundDids(dids, total, last)


def dids_of_key(
    connection: Connection, v_method_id: str, *, relationship: str, at: int, offset: int, limit: int
) -> FoundDids:
    """DIDs with a verification method of this id that stands under the relationship at a time.

    Args:
        connection: of a reading transaction.
        v_method_id: what stands behind the `#` of the method's DID URL.
        relationship: a name of DID Core section 5.3.
        at: ledger seconds.
        offset: DIDs to skip.
        limit: DIDs at most.
    """
    at = min(at, LARGEST)
    later = KEY_INTERVAL.alias("later")
    superseded = (
        select(later.c.entry_index)
        .where(later.c.v_method_id == KEY_INTERVAL.c.v_method_id)
        .where(later.c.did == KEY_INTERVAL.c.did)
        .where(later.c.relationship == KEY_INTERVAL.c.relationship)
        .where(later.c.entry_index > KEY_INTERVAL.c.entry_index)
    )
    begin, end = KEY_INTERVAL.c.not_before, KEY_INTERVAL.c.not_after
    current = (
        KEY_INTERVAL.c.v_method_id == v_method_id,
        KEY_INTERVAL.c.relationship == relationship,
        ~superseded.exists(),
    )
    turns = select(
        func.max(KEY_INTERVAL.c.entry_index),
        func.max(case((begin <= at, begin))),
        func.max(case((end <= at, end))),
        func.min(case((begin > at, begin))),
        func.min(case((end > at, end))),
    ).where(*current)
    last, began, ended, begins, ends = connection.execute(turns).one()
    held = (*current, begin <= at, end > at)
    dids, total = _page(connection, KEY_INTERVAL, held, offset=offset, limit=limit)
    return FoundDids(
        dids,
        total,
        last,
        since=max((one for one in (began, ended) if one is not None), default=0),
        until=min((one for one in (begins, ends) if one is not None), default=None),
    )


def dids_ever_of_key(
    connection: Connection, v_method_id: str, *, relationship: str, limit: int
) -> tuple[str, ...]:
    """DIDs that ever had a verification method of this id under the relationship, those first recorded."""
    first = func.min(KEY_INTERVAL.c.entry_index)
    found = (
        select(KEY_INTERVAL.c.did)
        .where(KEY_INTERVAL.c.v_method_id == v_method_id)
        .where(KEY_INTERVAL.c.relationship == relationship)
        .group_by(KEY_INTERVAL.c.did)
        .order_by(first, KEY_INTERVAL.c.did)
        .limit(limit)
    )
    return tuple(connection.execute(found).scalars())


def key_intervals(connection: Connection, did: str, v_method_id: str) -> list[KeyInterval]:
    """The intervals of a DID's verification method by the newest entry known, one for each relationship."""
    found = []
    for name in RELATIONSHIPS:
        newest = (
            select(KEY_INTERVAL.c.not_before, KEY_INTERVAL.c.not_after)
            .where(KEY_INTERVAL.c.v_method_id == v_method_id)
            .where(KEY_INTERVAL.c.did == did)
            .where(KEY_INTERVAL.c.relationship == name)
            .order_by(KEY_INTERVAL.c.entry_index.desc())
        )
        row = connection.execute(newest.limit(1)).first()
        if row is not None:
            found.append(KeyInterval(name, row.not_before, row.not_after))
    return found


def time_of_entry(connection: Connection, index: int | None) -> int | None:
    """The time at which an entry was recorded, in ledger seconds; None for None."""
    time: int | None = connection.execute(select(ENTRY.c.time).where(ENTRY.c.entry_index == index)).scalar()
    return time


def _page(
    connection: Connection,
    table: FromClause,
    held: Sequence[ColumnElement[bool]],
    *,
    offset: int,
    limit: int,
) -> tuple[list[str], int]:
    query: Select[Any] = select(DID.c.did).join(table, table.c.did == DID.c.did).where(*held)
    total = connection.execute(select(func.count()).select_from(query.subquery())).scalar() or 0
    paged = query.order_by(DID.c.entry_index).offset(offset).limit(limit)
    return list(connection.execute(paged).scalars()), total

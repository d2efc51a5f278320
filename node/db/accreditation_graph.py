"""Accreditations from above: whom an attribute accredited, who stands at the top, and how each stood when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, exists, func, select, tuple_, union_all

from node.db.tables import ENTRY, REVISION

ROOT_TAO, REVOKED = 1, 4
_PARENTS = 50  # asked for in one statement
_ATTRIBUTES = 200  # likewise

Attribute = tuple[str, bytes]
"""A DID and the id of one of its attributes."""


@dataclass(frozen=True, slots=True)
class Given:
    """An attribute, and the first entry that put it under a parent (or made it a Root TAO's)."""

    entry_index: int
    did: str
    attribute_id: bytes
    tao: str
    attribute_id_tao: bytes

    @property
    def attribute(self) -> Attribute:
        """Its name."""
        return self.did, self.attribute_id


@dataclass(frozen=True, slots=True)
class Stand:
    """One revision without its credential; `time` in seconds, `bare` if it recorded none."""

    entry_index: int
    time: int
    did: str
    attribute_id: bytes
    revision_id: bytes
    issuer_type: int
    tao: str
    attribute_id_tao: bytes
    bare: bool


def given_by(
    connection: Connection, tao: str, *, start: int, stop: int, limit: int, newest_first: bool = False
) -> list[Given]:
    """What a DID first accredited in entries with start <= index < stop, by whichever of its attributes."""
    query = _given().where(REVISION.c.tao == tao, REVISION.c.did != tao)
    return _found(connection, query, start=start, stop=stop, limit=limit, newest_first=newest_first)


def given_under(
    connection: Connection,
    parent: Attribute,
    *,
    start: int,
    stop: int,
    limit: int,
    newest_first: bool = False,
) -> list[Given]:
    """What was put under one attribute first in entries with start <= index < stop."""
    query = _given().where(_under(parent))
    return _found(connection, query, start=start, stop=stop, limit=limit, newest_first=newest_first)


def given_under_each(
    connection: Connection, parents: Sequence[Attribute], *, stop: int, limit: int
) -> list[Given]:
    """The newest `limit` that were put under each of these attributes below entry `stop`, newest first."""
    found: list[Given] = []
    for begin in range(0, len(parents), _PARENTS):
        each = [
            select(
                _given()
                .where(_under(parent))
                .where(REVISION.c.entry_index < stop)
                .order_by(REVISION.c.entry_index.desc())
                .limit(limit)
                .subquery()
            )
            for parent in parents[begin : begin + _PARENTS]
        ]
        found += [_one(row) for row in connection.execute(union_all(*each))]
    return sorted(found, key=lambda one: -one.entry_index)


def roots(
    connection: Connection, *, start: int, stop: int, limit: int, newest_first: bool = False
) -> list[Given]:
    """Attributes that became a Root TAO's first in entries with start <= index < stop."""
    query = (
        select(*_COLUMNS)
        .where(REVISION.c.issuer_type == ROOT_TAO)
        .where(~_earlier(_unindexed(_EARLIER.c.issuer_type) == ROOT_TAO))
    )
    return _found(connection, query, start=start, stop=stop, limit=limit, newest_first=newest_first)


def stands_of(connection: Connection, attributes: Iterable[Attribute], *, stop: int) -> list[Stand]:
    """Every revision of these attributes below entry `stop`, in log order; no credential is read for it."""
    wanted, found = list(attributes), []
    for begin in range(0, len(wanted), _ATTRIBUTES):
        query = (
            select(*_STAND)
            .join(ENTRY, ENTRY.c.entry_index == REVISION.c.entry_index)
            .where(
                tuple_(REVISION.c.did, REVISION.c.attribute_id).in_(wanted[begin : begin + _ATTRIBUTES]),
                REVISION.c.entry_index < stop,
            )
            .order_by(REVISION.c.entry_index)
        )
        found += [Stand(*row) for row in connection.execute(query)]
    return found


_COLUMNS = (
    REVISION.c.entry_index,
    REVISION.c.did,
    REVISION.c.attribute_id,
    REVISION.c.tao,
    REVISION.c.attribute_id_tao,
)
_STAND = (
    REVISION.c.entry_index,
    ENTRY.c.time,
    REVISION.c.did,
    REVISION.c.attribute_id,
    REVISION.c.revision_id,
    REVISION.c.issuer_type,
    REVISION.c.tao,
    REVISION.c.attribute_id_tao,
    REVISION.c.body.is_(None),
)
_EARLIER = REVISION.alias()


def _earlier(*same: ColumnElement[bool]) -> ColumnElement[bool]:
    """An earlier revision of the same attribute is so already."""
    return exists().where(
        _EARLIER.c.did == REVISION.c.did,
        _EARLIER.c.attribute_id == REVISION.c.attribute_id,
        _EARLIER.c.entry_index < REVISION.c.entry_index,
        *same,
    )


def _unindexed(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The same value, with no index of its own: an attribute has few revisions, and a TAO or a type many."""
    return func.coalesce(column, column)


def _given() -> Select[Any]:
    # A revocation may name another parent, who revoked: it gave nothing.
    return (
        select(*_COLUMNS)
        .where(REVISION.c.issuer_type < REVOKED)
        .where(
            ~_earlier(
                _unindexed(_EARLIER.c.tao) == REVISION.c.tao,
                _EARLIER.c.attribute_id_tao == REVISION.c.attribute_id_tao,
                _unindexed(_EARLIER.c.issuer_type) < REVOKED,
            )
        )
    )


def _under(parent: Attribute) -> ColumnElement[bool]:
    did, attribute_id = parent
    return (
        (REVISION.c.tao == did)
        & (REVISION.c.attribute_id_tao == attribute_id)
        & ((REVISION.c.did != did) | (REVISION.c.attribute_id != attribute_id))
    )


def _found(
    connection: Connection, query: Select[Any], *, start: int, stop: int, limit: int, newest_first: bool
) -> list[Given]:
    index = REVISION.c.entry_index
    bounded = query.where(index >= start, index < stop).order_by(index.desc() if newest_first else index)
    return [_one(row) for row in connection.execute(bounded.limit(limit))]


def _one(row: Row[Any]) -> Given:
    return Given(row.entry_index, row.did, row.attribute_id, row.tao, row.attribute_id_tao)

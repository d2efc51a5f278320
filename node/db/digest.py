"""The projection digest: one line by which two nodes compare everything that they read off the ledger.

SHA-256 over the tables of `PROJECTION` in that order. A table: its name. A row: its columns in the order of
`tables.py`; rows in the order of entry index (and position). Every value is written as one letter for its
type and, for texts and bytes, the length in eight bytes, big-endian, before the content: `n` nothing, `b`
bytes, `t` text in UTF-8, `i` a whole number in eight bytes, `f` or `y` for no or yes.
"""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Table, select

from node.db.tables import PROJECTION

_CHUNK = 5_000


def projection_digest(connection: Connection, *, size: int) -> bytes:
    """SHA-256 over every projection row of entries with index < `size`, the same on every database."""
    digest = sha256()
    for table in PROJECTION:
        digest.update(_written(table.name))
        for row in projection_rows(connection, table, size=size):
            digest.update(b"".join(_written(value) for value in row))
    return digest.digest()


def projection_rows(connection: Connection, table: Table, *, size: int) -> Iterator[tuple[Any, ...]]:
    """A table's rows of entries with index < `size`, in log order, few at a time."""
    query = select(table).where(table.c.entry_index < size).order_by(*order(table))
    streamed = connection.execute(query, execution_options={"yield_per": _CHUNK})
    yield from (tuple(row) for row in streamed)


def order(table: Table) -> Iterable[Any]:
    """The columns by which a projection table is in log order."""
    return [table.c.entry_index, *([table.c.position] if "position" in table.c else [])]


def _written(value: object) -> bytes:
    match value:
        case None:
            return b"n"
        case bool():
            return b"y" if value else b"f"
        case int():
            return b"i" + value.to_bytes(8, "big", signed=True)
        case bytes():
            return b"b" + len(value).to_bytes(8, "big") + value
        case str():
            text = value.encode("utf-8")
            return b"t" + len(text).to_bytes(8, "big") + text
    raise TypeError(f"no projection column holds a {type(value).__name__}")

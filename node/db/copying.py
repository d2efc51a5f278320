"""Many rows into a table of PostgreSQL: COPY in its binary form (its manual, COPY, File Formats)."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from operator import itemgetter
from struct import Struct
from typing import Any

import psycopg
from sqlalchemy import Connection, Table
from sqlalchemy.exc import DBAPIError

from node.db.postgresql import driver_of, leave_out_values

_BEGIN, _END = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
_WHOLE_SIZE = 8  # bytes of a BIGINT


def copy_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """The rows are in the table; each has every column.

    Raises:
        DBAPIError: the server refused them or is away, as sqlalchemy tells it.
    """
    names = [column.name for column in table.columns if column.name in rows[0]]
    dialect = connection.dialect
    types = [table.c[name].type.compile(dialect=dialect).lower() for name in names]
    quoted = [dialect.identifier_preparer.quote(name) for name in (table.name, *names)]
    statement = f"COPY {quoted[0]} ({', '.join(quoted[1:])}) FROM STDIN (FORMAT BINARY)"
    picked = itemgetter(*names) if len(names) > 1 else lambda row: (row[names[0]],)
    try:
        with driver_of(connection).cursor() as cursor, cursor.copy(statement.encode()) as copy:
            if set(types) == {"bigint"}:
                copy.write(b"".join(_whole_numbers(len(names), map(picked, rows))))
                return
            copy.set_types(types)
            for row in rows:
                copy.write_row(picked(row))
    except psycopg.Error as error:
        leave_out_values(error)
        raise DBAPIError.instance(
            statement, None, error, psycopg.Error, hide_parameters=True, dialect=dialect
        ) from error


def _whole_numbers(count: int, rows: Iterator[tuple[int, ...]]) -> Iterator[bytes]:
    """A file of rows of BIGINTs: packed at once, since a batch has a million of them."""
    pack = Struct(">h" + "iq" * count).pack
    sizes = (_WHOLE_SIZE,) * count
    yield _BEGIN
    for row in rows:
        yield pack(count, *chain.from_iterable(zip(sizes, row, strict=True)))
    yield _END

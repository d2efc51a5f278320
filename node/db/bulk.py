"""Many rows into one table, past the statement compiler: it costs more than the databases do."""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Table, insert


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """The rows are in the table; each has every column, with values as the driver takes them."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        from node.db.copying import copy_rows

        copy_rows(connection, table, rows)
        return
    compiled = insert(table).compile(dialect=connection.dialect)
    parameters: Any = rows
    if compiled.positional and compiled.positiontup:
        parameters = _tuples(rows, compiled.positiontup)
    connection.exec_driver_sql(str(compiled), parameters)


def _tuples(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> list[tuple[Any, ...]]:
    if len(names) == 1:
        return [(row[names[0]],) for row in rows]
    pick = itemgetter(*names)
    return [pick(row) for row in rows]

"""Many rows into one table, past the statement compiler: it costs more than SQLite does."""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Table, insert


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """The rows are in the table; each has every column, with values as the driver takes them."""
    if not rows:
        return
    compiled = insert(table).compile(dialect=connection.dialect)
    parameters: Any = rows
    if compiled.positional and compiled.positiontup:
        names = compiled.positiontup
        if len(names) > 1:
            pick = itemgetter(*names)
            parameters = [pick(row) for row in rows]
        else:
            parameters = [(row[names[0]],) for row in rows]
    connection.exec_driver_sql(str(compiled), parameters)

"""Many rows into one table, past the statement compiler: it costs more than the databases do."""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Table, insert
from sqlalchemy.exc import DBAPIError


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """The rows are in the table; each has every column, with values as the driver takes them."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        _copy(connection, table, rows)
        return
    compiled = insert(table).compile(dialect=connection.dialect)
    parameters: Any = rows
    if compiled.positional and compiled.positiontup:
        parameters = _tuples(rows, compiled.positiontup)
    connection.exec_driver_sql(str(compiled), parameters)


def _copy(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    import psycopg

    names = [column.name for column in table.columns if column.name in rows[0]]
    dialect = connection.dialect
    quoted = [dialect.identifier_preparer.quote(name) for name in (table.name, *names)]
    driver: psycopg.Connection[Any] = connection.connection.driver_connection  # type: ignore[assignment] # its driver's
    statement = f"COPY {quoted[0]} ({', '.join(quoted[1:])}) FROM STDIN (FORMAT BINARY)"
    try:
        with driver.cursor() as cursor, cursor.copy(statement.encode()) as copy:
            copy.set_types([table.c[name].type.compile(dialect=dialect).lower() for name in names])
            for row in _tuples(rows, names):
                copy.write_row(row)
    except psycopg.Error as error:
        raise DBAPIError.instance(
            statement, None, error, psycopg.Error, hide_parameters=True, dialect=dialect
        ) from error


def _tuples(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> list[tuple[Any, ...]]:
    if len(names) == 1:
        return [(row[names[0]],) for row in rows]
    pick = itemgetter(*names)
    return [pick(row) for row in rows]

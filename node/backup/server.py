"""A PostgreSQL database copied into an SQLite file and back: streamed, each way in one transaction.

A backup is then one form whatever the node stores in, and is restored into either.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Engine, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError

from node.backup.errors import AlreadyThere, BackupError, NodeServing, NothingToBackUp
from node.config import Settings
from node.db.postgresql import FOLLOWER, LOCKS
from node.db.session import migrate, open_engine, reading, shown, writing
from node.db.tables import METADATA
from node.errors import ConfigurationError
from node.progress import Progress

_REVISIONS = "alembic_version"
_ROWS = 5_000  # in memory at once
_COPIED = "rows copied"
Row = tuple[Any, ...]
Driver = psycopg.Connection[Any]


def is_server(settings: Settings) -> bool:
    """Whether the node stores in PostgreSQL.

    Raises:
        ConfigurationError: the setting is no URL of a database.
    """
    try:
        return make_url(settings.database).get_backend_name() in {"postgresql", "postgres"}
    except ArgumentError as error:
        raise ConfigurationError(f"setting database_url: {error}") from None


def name_of(settings: Settings) -> str:
    """The database as people are told of it: its URL without a password."""
    return shown(make_url(settings.database))


def copy_to_file(settings: Settings, file: Path, progress: Progress) -> None:
    """`file` is an SQLite database of the same tables and rows, as they were at one moment.

    Args:
        settings: whose database; a server may be at work on it.
        file: there and empty.
        progress: told how many rows are copied.

    Raises:
        NothingToBackUp: there are no tables of a node.
        ConfigurationError: the setting names no server that can be used.
        DatabaseUnavailable: it does not answer.
    """
    with _opened(settings) as engine, reading(engine) as source:
        if not inspect(source).has_table(_REVISIONS):
            raise NothingToBackUp(f"{name_of(settings)} holds no tables of a node")
        revision = source.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        _make_tables(file, revision)
        source.execute(text("SET LOCAL statement_timeout = 0"))
        with closing(sqlite3.connect(file, isolation_level=None)) as target:
            target.execute("PRAGMA journal_mode = OFF")  # one that is not finished is thrown away
            target.execute("PRAGMA synchronous = OFF")
            target.execute("BEGIN")
            names = _tables(target)
            counted = (f'SELECT count(*) FROM "{name}"' for name in names)  # noqa: S608 - our own names
            total = sum(source.execute(text(query)).scalar_one() for query in counted)
            done = 0
            for name in names:
                columns, keys = _columns(target, name)
                places = ", ".join("?" * len(columns))
                insert = f'INSERT INTO "{name}" ({_listed(columns)}) VALUES ({places})'  # noqa: S608 - likewise
                for rows in _rows_of_server(_driver(source), name, columns, keys):
                    target.executemany(insert, rows)
                    done += len(rows)
                    progress.reach(_COPIED, done, total)
            target.execute("COMMIT")


def check_room(settings: Settings, *, force: bool) -> None:
    """Return if the database has no tables of a node, or may be emptied since nobody serves from it.

    Raises:
        NodeServing: a process follows into it.
        AlreadyThere: there are tables, and `force` was not given.
        ConfigurationError: the setting names no server that can be used.
        DatabaseUnavailable: it does not answer.
    """
    with _opened(settings) as engine, writing(engine) as connection:
        _check_alone(connection, settings)
        _check_empty(connection, settings, force=force)


def copy_from_file(
    settings: Settings, file: Path, *, now: datetime, force: bool, progress: Progress
) -> str | None:
    """The server's tables are those of `file`; the schema in which older ones are kept, if there were any.

    All of it becomes true at once, or nothing does.

    Args:
        settings: whose database; no process may follow into it.
        file: an SQLite database with the newest tables.
        now: the present, aware UTC.
        force: whether tables that are there are set aside.
        progress: told how many rows are copied.

    Raises:
        NodeServing: a process follows into the database.
        AlreadyThere: there are tables, and `force` was not given.
        BackupError: the server does not take what the file holds.
        DatabaseUnavailable: it does not answer.
    """
    with _opened(settings) as engine, closing(_read(file)) as source, writing(engine) as target:
        target.execute(text("SET LOCAL statement_timeout = 0"))
        _check_alone(target, settings)
        found = _check_empty(target, settings, force=force)
        try:
            aside = _set_aside(target, found, now) if found else None
            migrate(target)
        except DBAPIError as error:
            raise BackupError(f"{name_of(settings)}: {error.orig}") from None
        tables = METADATA.sorted_tables
        counted = (f'SELECT count(*) FROM "{table.name}"' for table in tables)  # noqa: S608 - our own names
        total = sum(source.execute(query).fetchone()[0] for query in counted)
        done = 0
        for table in tables:
            columns, _ = _columns(source, table.name)
            for copied in _copy_rows(_driver(target), source, table.name, columns):
                done += copied
                progress.reach(_COPIED, done, total)
        _go_on_counting(target)
        target.execute(text("ANALYZE"))
        return aside


@contextmanager
def _opened(settings: Settings) -> Iterator[Engine]:
    engine = open_engine(settings.database)
    try:
        yield engine
    finally:
        engine.dispose()


def _make_tables(file: Path, revision: str) -> None:
    engine = open_engine(f"sqlite:///{file.resolve()}")
    try:
        with writing(engine) as connection:
            migrate(connection, to=revision)
    finally:
        engine.dispose()


def _read(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)


def _tables(connection: sqlite3.Connection) -> list[str]:
    found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    return [name for (name,) in found if name != _REVISIONS and not name.startswith("sqlite_")]


def _columns(connection: sqlite3.Connection, table: str) -> tuple[list[str], list[str]]:
    """All columns, and those of the primary key in its order."""
    found = connection.execute(f'PRAGMA table_info("{table}")').fetchall()
    keys = sorted((key, name) for _, name, _, _, _, key in found if key)
    return [name for _, name, *_ in found], [name for _, name in keys]


def _rows_of_server(
    driver: Driver, table: str, columns: Sequence[str], keys: Sequence[str]
) -> Iterator[list[Row]]:
    """Rows in the order in which SQLite keeps them: they are then appended and not sorted in."""
    asked = sql.SQL("SELECT {} FROM {} ORDER BY {}").format(
        _composed(columns), sql.Identifier(table), _composed(keys)
    )
    types = _types(driver, table, columns)
    with (
        driver.cursor() as cursor,
        cursor.copy(sql.SQL("COPY ({}) TO STDOUT (FORMAT BINARY)").format(asked)) as copy,
    ):
        copy.set_types(types)
        rows = copy.rows()
        while page := list(islice(rows, _ROWS)):
            yield page


def _copy_rows(
    driver: Driver, source: sqlite3.Connection, table: str, columns: Sequence[str]
) -> Iterator[int]:
    """How many rows are copied, now and then."""
    types = _types(driver, table, columns)
    truths = [at for at, kind in enumerate(types) if kind == psycopg.adapters.types["bool"].oid]
    asked = source.execute(f'SELECT {_listed(columns)} FROM "{table}"')  # noqa: S608 - our own names
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
        sql.Identifier(table), _composed(columns)
    )
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            copy.set_types(types)
            while page := asked.fetchmany(_ROWS):
                for row in page:
                    copy.write_row(_with_truths(row, truths) if truths else row)
                yield len(page)
    except (psycopg.DataError, psycopg.IntegrityError, TypeError, ValueError, OverflowError) as error:
        reason = error.diag.message_primary if isinstance(error, psycopg.Error) else None
        raise BackupError(
            f"table {table} holds what PostgreSQL does not take ({reason or type(error).__name__})"
        ) from None


def _with_truths(row: Row, places: Sequence[int]) -> Row:
    """SQLite keeps no and yes as 0 and 1."""
    return tuple(bool(value) if at in places and value is not None else value for at, value in enumerate(row))


def _types(driver: Driver, table: str, columns: Sequence[str]) -> list[int]:
    asked = sql.SQL("SELECT {} FROM {} LIMIT 0").format(_composed(columns), sql.Identifier(table))
    description = driver.execute(asked).description
    assert description is not None, "a query describes its columns"
    return [column.type_code for column in description]


def _check_alone(connection: Connection, settings: Settings) -> None:
    free = connection.execute(text(f"SELECT pg_try_advisory_xact_lock({LOCKS}, {FOLLOWER})")).scalar_one()
    if not free:
        raise NodeServing(name_of(settings))


def _check_empty(connection: Connection, settings: Settings, *, force: bool) -> list[str]:
    """The node's tables that are there."""
    there = set(inspect(connection).get_table_names())
    found = sorted(there & {_REVISIONS, *METADATA.tables})
    if found and not force:
        raise AlreadyThere(name_of(settings), hint="its tables; with --force they are set aside, and kept")
    return found


def _set_aside(connection: Connection, tables: Sequence[str], now: datetime) -> str:
    """The tables are in a schema of their own, with their indexes and sequences."""
    taken, number = set(inspect(connection).get_schema_names()), 1
    name = first = f"before_{now.astimezone(UTC):%Y%m%dt%H%M%Sz}"
    while name in taken:
        number += 1
        name = f"{first}_{number}"
    connection.execute(text(f"CREATE SCHEMA {name}"))
    for table in tables:
        connection.execute(text(f'ALTER TABLE "{table}" SET SCHEMA {name}'))
    return name


def _go_on_counting(connection: Connection) -> None:
    """Keys that the server hands out go on behind those that were copied."""
    for table in METADATA.sorted_tables:
        for column in table.primary_key:
            asked = text("SELECT pg_get_serial_sequence(:table, :column)")
            sequence = connection.execute(asked, {"table": table.name, "column": column.name}).scalar()
            if sequence is not None:
                last, of = f'max("{column.name}")', f'FROM "{table.name}"'
                behind = f"setval(:sequence, greatest({last}, 1), coalesce({last} >= 1, false))"
                connection.execute(text(f"SELECT {behind} {of}"), {"sequence": sequence})


def _driver(connection: Connection) -> Driver:
    found: Any = connection.connection.driver_connection
    assert isinstance(found, psycopg.Connection)
    return found


def _composed(names: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(name) for name in names)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)

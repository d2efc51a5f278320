"""SQLite: one file beside the node, with write-ahead logging; a writer takes the lock when it begins."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from node.errors import ConfigurationError

BUSY_TIMEOUT = 60_000  # milliseconds a writer waits for another; storing a full batch takes several seconds
_WRITES = "ankyra_writes"
_OUT_OF_ORDER = {
    sqlite3.SQLITE_BUSY: "another writer has held the database for too long",
    sqlite3.SQLITE_LOCKED: "another writer has held the database for too long",
    sqlite3.SQLITE_FULL: "no space is left where the database lies",
    sqlite3.SQLITE_IOERR: "the disk under the database does not work",
    sqlite3.SQLITE_CANTOPEN: "the database file cannot be opened",
    sqlite3.SQLITE_READONLY: "the database file cannot be written",
}


def open_file(url: URL) -> Engine:
    """An engine for a file, whose folder is made.

    Raises:
        ConfigurationError: the folder cannot be made.
    """
    if url.database and url.database != ":memory:":
        try:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigurationError(f"folder of the database: {error}") from None
    engine = create_engine(
        url,
        connect_args={"timeout": BUSY_TIMEOUT / 1000, "check_same_thread": False},
        hide_parameters=True,  # errors are logged, and what a statement was given may be personal
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


@contextmanager
def reads(connection: Connection) -> Iterator[None]:
    """A transaction that reads; write-ahead logging shows it one state throughout."""
    with connection.begin():
        yield


@contextmanager
def writes(connection: Connection) -> Iterator[None]:
    """A transaction that writes, begun when no other one does."""
    connection.execution_options(**{_WRITES: True})
    with connection.begin():
        yield


def out_of_order(error: DBAPIError) -> str | None:
    """What keeps the database from answering at present; None for an error of the statement's own."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    return None if code is None else _OUT_OF_ORDER.get(code & 0xFF)


def _prepare(connection: Any, _record: object) -> None:
    # The driver would begin transactions late and commit them before DDL; BEGIN is sent by `_begin`.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")  # what was answered as kept survives a power cut too
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA cache_size = -65536")  # KiB
    cursor.close()


def _begin(connection: Connection) -> None:
    # A writer takes the lock at once: one that began by reading would be refused without waiting.
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

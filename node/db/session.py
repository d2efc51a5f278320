"""Engines and transactions: the one place that knows that it is SQLite."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError

from node.errors import ConfigurationError

BUSY_TIMEOUT = 60_000  # milliseconds a writer waits for another; storing a full batch takes several seconds
_WRITES = "ankyra_writes"


def open_engine(database_url: str) -> Engine:
    """An engine for the URL; SQLite files get write-ahead logging and their folder.

    Raises:
        ConfigurationError: the URL is none of SQLite, or the folder cannot be made.
    """
    try:
        url = make_url(database_url)
        if url.get_backend_name() != "sqlite":
            raise ConfigurationError(
                "setting database_url (ANKYRA_DATABASE_URL): this version stores in SQLite only, "
                f"not in {url.get_backend_name()}"
            )
        if url.database and url.database != ":memory:":
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(
            url,
            connect_args={"timeout": BUSY_TIMEOUT / 1000, "check_same_thread": False},
            hide_parameters=True,  # errors are logged, and what a statement was given may be personal
        )
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise ConfigurationError(f"setting database_url: {error}") from None
    except OSError as error:
        raise ConfigurationError(f"folder of the database: {error}") from None
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one state of the database throughout."""
    with engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A connection whose work becomes true as one when the block ends, or not at all when it raises."""
    with engine.connect() as connection:
        connection.execution_options(**{_WRITES: True})
        with connection.begin():
            yield connection


def upgrade(engine: Engine) -> None:
    """The database has the newest tables; safe to call from several processes at once.

    Raises:
        ConfigurationError: the database cannot be opened or written, or is of a newer version.
    """
    configuration = Config()
    configuration.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    try:
        with writing(engine) as connection:
            configuration.attributes["connection"] = connection
            command.upgrade(configuration, "head")
    except DatabaseError as error:
        raise ConfigurationError(f"database {engine.url.render_as_string()}: {error.orig}") from None
    except CommandError as error:
        raise ConfigurationError(f"database {engine.url.render_as_string()}: {error}") from None


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver would begin transactions late and commit them before DDL; BEGIN is sent by `_begin_sqlite`.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA cache_size = -65536")  # KiB
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes the lock at once: one that began by reading would be refused without waiting.
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

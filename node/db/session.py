"""Engines and transactions: the one door to the database, whichever it is."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.util import CommandError
from sqlalchemy import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from node.db import sqlite
from node.db.deriving import derive_again
from node.errors import ConfigurationError, DatabaseUnavailable

_SETTING = "setting database_url (ANKYRA_DATABASE_URL)"
_SECRETS = frozenset({"password", "sslpassword"})


class _Database(Protocol):
    """What differs from one kind of database to another."""

    def reads(self, connection: Connection) -> AbstractContextManager[None]:
        """A transaction that reads one state throughout."""

    def writes(self, connection: Connection) -> AbstractContextManager[None]:
        """A transaction that writes while no other one does."""

    def out_of_order(self, error: DBAPIError) -> str | None:
        """What keeps the database from answering at present; None for an error of the statement's own."""


def open_engine(database_url: str) -> Engine:
    """An engine for the URL of a SQLite file or of a PostgreSQL database.

    Raises:
        ConfigurationError: the URL is of neither, or a file's folder cannot be made.
    """
    try:
        url = make_url(database_url)
        match url.get_backend_name():
            case "sqlite":
                return sqlite.open_file(url)
            case "postgresql" | "postgres":
                from node.db import postgresql

                return postgresql.open_server(url)
            case other:
                raise ConfigurationError(
                    f"{_SETTING}: {other}:// is none of sqlite:/// and postgresql://, which nodes store in"
                )
    except (ArgumentError, NoSuchModuleError, ImportError, TypeError) as error:
        raise ConfigurationError(f"{_SETTING}: {error}") from None
    except ValueError:
        raise ConfigurationError(f"{_SETTING}: it is no URL of a database (is the port a number?)") from None


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one state of the database throughout.

    Raises:
        DatabaseUnavailable: it does not answer, or the connection broke.
    """
    database = _database(engine)
    with told(engine), engine.connect() as connection, database.reads(connection):
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A connection whose work becomes true as one when the block ends, or not at all when it raises.

    No other writer is at work meanwhile, in any process.

    Raises:
        DatabaseUnavailable: it does not answer, or the connection broke; if that was while what was written
            became true, nobody here knows whether it did.
    """
    database = _database(engine)
    with told(engine), engine.connect() as connection, database.writes(connection):
        yield connection


def upgrade(engine: Engine) -> None:
    """The database has the newest tables; safe to call from several processes at once.

    What the entries make is made again after a migration: an older version made other rows of them.

    Raises:
        ConfigurationError: the database cannot be written, or is of a newer version.
        DatabaseUnavailable: it does not answer.
    """
    try:
        with writing(engine) as connection:
            before = MigrationContext.configure(connection).get_current_revision()
            migrate(connection)
            if before not in {None, MigrationContext.configure(connection).get_current_revision()}:
                derive_again(connection)
    except DBAPIError as error:
        reason = " ".join(str(error.orig).split())
        raise ConfigurationError(f"database {shown(engine.url)}: {reason}") from None
    except (CommandError, ConfigurationError) as error:
        raise ConfigurationError(f"database {shown(engine.url)}: {error}") from None
    except DatabaseUnavailable as error:
        raise DatabaseUnavailable(f"database {shown(engine.url)}: {error}") from None


def migrate(connection: Connection, *, to: str = "head") -> None:
    """The database has the tables of the revision `to`, as part of the connection's transaction."""
    configuration = Config()
    configuration.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    configuration.attributes["connection"] = connection
    command.upgrade(configuration, to)


def shown(url: URL) -> str:
    """The URL as it may be printed and logged: without passwords."""
    hidden = {name: "***" if name in _SECRETS else value for name, value in url.query.items()}
    named = url.drivername.partition("+")[0]  # as operators write it
    return url.set(drivername=named, query=hidden).render_as_string(hide_password=True)


@contextmanager
def told(engine: Engine) -> Iterator[None]:
    """What keeps the database from answering leaves the block as one error.

    Raises:
        DatabaseUnavailable: it does not answer, or the connection broke.
    """
    try:
        yield
    except DBAPIError as error:
        sentence = _database(engine).out_of_order(error)
        if sentence is None:
            raise
        raise DatabaseUnavailable(sentence) from error
    except PendingRollbackError as error:  # the block took the loss for an answer of its own, and went on
        raise DatabaseUnavailable("the connection to the database broke") from error
    except NoConnectionFree as error:
        raise DatabaseUnavailable("every connection to the database is in use") from error


def _database(engine: Engine) -> _Database:
    if engine.dialect.name == "postgresql":
        from node.db import postgresql

        return postgresql
    return sqlite

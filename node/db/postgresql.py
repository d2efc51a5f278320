"""PostgreSQL by psycopg 3: one writer at a time as on SQLite, by an advisory lock that a transaction holds.

A transaction that writes is READ COMMITTED and takes that lock first, so each of its statements sees all that
was committed before. Locks are per database: 1 is the writer's, 2 the follower's (`node.db.follower_lock`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import URL, Connection, Engine, Pool, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from node.errors import ConfigurationError

OLDEST = 13
DRIVER = "postgresql+psycopg"
LOCKS = 0x616E6B79  # "anky": the first key of every lock of ours
WRITER, FOLLOWER = 1, 2
POOL_SIZE, POOL_OVERFLOW = 8, 16  # kept open, and more at most: threads of the API wait for one another's
_SECONDS_FOR_A_CONNECTION = 30
_KEEPALIVES = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}  # seconds; lost probes
_SERVER_SIDE = {
    "timezone": "UTC",
    "lock_timeout": "60s",  # as long as a writer waits on SQLite
    "statement_timeout": "75s",
    "idle_in_transaction_session_timeout": "10min",
    **{f"tcp_{name}": str(value) for name, value in _KEEPALIVES.items()},  # a lost client's locks are free
}
_WRITE_MILLISECONDS = "1800000"  # a rewritten projection is one statement for each table
_TAKE_LOCK = (
    f"SELECT set_config('statement_timeout', '{_WRITE_MILLISECONDS}', true), "
    f"pg_advisory_xact_lock({LOCKS}, {WRITER})"
)
# SQLSTATEs, or their first two letters, of what is not the statement's own fault (PostgreSQL appendix A).
_OUT_OF_ORDER = ("08", "53", "57", "58", "25P03", "40001", "40P01", "55P03", "XX000")


def open_server(url: URL, *, poolclass: type[Pool] = QueuePool, **given: Any) -> Engine:
    """An engine for a server; nothing is asked of it yet.

    Args:
        url: of a database; its query part wins over what is set here.
        poolclass: how connections are kept.
        given: arguments of libpq.

    Raises:
        ConfigurationError: another driver is named, or no database: libpq would take one by the user's name.
    """
    if url.drivername not in {"postgres", "postgresql", DRIVER}:
        raise ConfigurationError(
            f"setting database_url (ANKYRA_DATABASE_URL): no driver for {url.drivername}: write postgresql://"
        )
    own = dict(url.query)
    if not url.database and not own.get("dbname"):
        raise ConfigurationError(
            "setting database_url (ANKYRA_DATABASE_URL): it names no database: "
            "write postgresql://user:password@host/database"
        )
    options = " ".join(f"-c {name}={value}" for name, value in _SERVER_SIDE.items())
    arguments = {
        "application_name": "ankyra",
        "client_encoding": "utf8",
        "connect_timeout": 10,  # seconds
        "keepalives": 1,
        **_KEEPALIVES,
        "tcp_user_timeout": 30_000,  # milliseconds
        **given,
        **own,
        "options": " ".join([options, *_texts(own.get("options"))]),
    }
    kept: dict[str, Any] = {}
    if poolclass is QueuePool:
        kept = {
            "pool_size": POOL_SIZE,
            "max_overflow": POOL_OVERFLOW,
            "pool_timeout": _SECONDS_FOR_A_CONNECTION,
            "pool_pre_ping": True,
        }
    engine = create_engine(
        url.set(drivername=DRIVER),
        connect_args={
            name: value for name, value in arguments.items() if name == "options" or name not in own
        },
        hide_parameters=True,  # errors are logged, and what a statement was given may be personal
        poolclass=poolclass,
        **kept,
    )
    event.listen(engine, "connect", _refuse_unfit)
    event.listen(engine, "handle_error", _retell)
    return engine


@contextmanager
def reads(connection: Connection) -> Iterator[None]:
    """A transaction that reads one state throughout, and cannot write."""
    driver = driver_of(connection)
    driver.isolation_level, driver.read_only = psycopg.IsolationLevel.REPEATABLE_READ, True
    with connection.begin():
        yield


@contextmanager
def writes(connection: Connection) -> Iterator[None]:
    """A transaction that writes, begun when no other one does; it sees all that was committed before."""
    driver = driver_of(connection)
    driver.isolation_level, driver.read_only = psycopg.IsolationLevel.READ_COMMITTED, False
    with connection.begin():
        connection.exec_driver_sql(_TAKE_LOCK)
        yield


def out_of_order(error: DBAPIError) -> str | None:
    """What keeps the server from answering at present; None for an error of the statement's own."""
    cause = error.orig
    if not isinstance(cause, psycopg.Error):
        return None
    if cause.sqlstate is not None:
        return _primary(cause) if cause.sqlstate.startswith(_OUT_OF_ORDER) else None
    if error.connection_invalidated or isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError):
        return " ".join(str(cause).split())
    return None


def driver_of(connection: Connection) -> "psycopg.Connection[Any]":
    """The driver's own connection."""
    driver: psycopg.Connection[Any] = connection.connection.driver_connection  # type: ignore[assignment] # it is
    return driver


def leave_out_values(error: psycopg.Error) -> None:
    """The error tells its sentence alone: DETAIL and CONTEXT repeat values, and errors are logged."""
    if error.sqlstate is not None:
        error.args = (_primary(error),)


def _refuse_unfit(connection: "psycopg.Connection[Any]", _record: object) -> None:
    version = connection.info.server_version // 10_000
    if version < OLDEST:
        raise ConfigurationError(f"the database is PostgreSQL {version}: {OLDEST} is the oldest that serves")
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise ConfigurationError(f"the database's encoding is {encoding}: make it with ENCODING 'UTF8'")


def _retell(context: Any) -> None:
    cause = context.original_exception
    if isinstance(cause, psycopg.Error) and cause.sqlstate is not None:
        leave_out_values(cause)
        if context.sqlalchemy_exception is not None:
            context.sqlalchemy_exception.args = (f"({type(cause).__name__}) {cause}",)


def _primary(error: psycopg.Error) -> str:
    return error.diag.message_primary or type(error).__name__


def _texts(value: str | tuple[str, ...] | None) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else value

"""The follower's lock on PostgreSQL: held by a connection of its own, so it is free when its process is gone.

One connection for each database and holder, whoever of this process asks; it is checked each time, for the
server forgets the lock with the connection.
"""

from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, NullPool, event, text

from node.db.postgresql import FOLLOWER, LOCKS, open_server
from node.db.session import told

_TRY = text(f"SELECT pg_try_advisory_lock({LOCKS}, {FOLLOWER})")
_CHECK = text("SELECT true")
_held: WeakKeyDictionary[Engine, dict[str, Connection]] = WeakKeyDictionary()
_one_at_a_time = Lock()


class FollowerLock:
    """The lock by which one of all processes follows for a database."""

    def __init__(self, engine: Engine, holder: str) -> None:
        """Nothing is taken yet.

        Args:
            engine: the database.
            holder: a name that no other process uses.
        """
        self._engine, self._holder = engine, holder

    def hold(self) -> bool:
        """True if the holder has the lock, now or already; False while another has.

        Raises:
            DatabaseUnavailable: the server does not answer; the lock is another's as soon as it asks.
        """
        with _one_at_a_time:
            connections = _of(self._engine)
            known = connections.pop(self._holder, None)
            has = False
            with told(self._engine):
                connection = known or _connect(self._engine)
                try:
                    has = bool(connection.execute(_CHECK if known else _TRY).scalar())
                finally:
                    if has:
                        connections[self._holder] = connection
                    else:
                        _close(connection)
            return has

    def let_go(self) -> None:
        """The holder has no lock; nothing is asked of a server that may not answer."""
        with _one_at_a_time:
            connection = _of(self._engine).pop(self._holder, None)
            if connection is not None:
                _close(connection)


def _of(engine: Engine) -> dict[str, Connection]:
    if engine not in _held:
        _held[engine] = {}
        event.listen(engine, "engine_disposed", _let_all_go)
    return _held[engine]


def _connect(engine: Engine) -> Connection:
    own = open_server(engine.url, poolclass=NullPool, application_name="ankyra follower")
    return own.connect().execution_options(isolation_level="AUTOCOMMIT")


def _close(connection: Connection) -> None:
    connection.invalidate()  # in place of giving it back: the lock goes with the socket
    connection.close()


def _let_all_go(engine: Engine) -> None:
    with _one_at_a_time:
        for connection in _held.pop(engine, {}).values():
            _close(connection)

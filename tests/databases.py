"""Where tests store: a SQLite file, or (pytest --database postgresql) a database of a PostgreSQL of our own.

A test asks by a folder and a name, and gets the same database for the same two as long as it runs. On
PostgreSQL each is a copy of one that has the newest tables already, and is dropped with the test, or with
the module, that made it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from devnet.databases import POSTGRESQL, SQLITE

if TYPE_CHECKING:
    from devnet.postgres import Cluster

_TEMPLATE = "migrated"


class _Chosen:
    """What this pytest process stores in; the server runs from the first question to the end."""

    def __init__(self) -> None:
        self.kind = SQLITE
        self.cluster: Cluster | None = None
        self.made: dict[tuple[Path, str], str] = {}
        self.count = 0
        self.migrated = False


_chosen = _Chosen()


def choose(kind: str) -> None:
    """Tests of this process store in `kind` from now on."""
    _chosen.kind = kind


def on_postgresql() -> bool:
    """Whether they store in PostgreSQL."""
    return _chosen.kind == POSTGRESQL


def database_url(folder: Path, name: str = "node", *, empty: bool = False) -> str:
    """The URL of the database of this folder and name.

    Args:
        folder: of the test.
        name: of one of its databases.
        empty: True for one without any table (a file is so in any case).
    """
    if not on_postgresql():
        return f"sqlite:///{folder / name}.sqlite3"
    key = folder.resolve(), name
    if key not in _chosen.made:
        template = None if empty else _template()
        _chosen.count += 1
        _chosen.made[key] = f"test_{_chosen.count}"
        cluster().create(_chosen.made[key], template=template)
    return cluster().url(_chosen.made[key])


def database_setting(folder: Path) -> str:
    """The setting `database_url` of a node in the folder: empty, which means a file there, or the URL."""
    return database_url(folder) if on_postgresql() else ""


def cluster() -> "Cluster":
    """The PostgreSQL of this process, started now if it does not run."""
    from devnet.postgres import Cluster

    if _chosen.cluster is None:
        _chosen.cluster = Cluster().__enter__()
    _chosen.cluster.start()
    return _chosen.cluster


def end() -> None:
    """Nothing is left of it."""
    if _chosen.cluster is not None:
        _chosen.cluster.__exit__()
        _chosen.cluster, _chosen.migrated = None, False
        _chosen.made.clear()


@contextmanager
def dropped_afterwards() -> Iterator[None]:
    """What databases are made in the block are gone after it."""
    before = set(_chosen.made)
    try:
        yield
    finally:
        for key in [key for key in _chosen.made if key not in before]:
            cluster().drop(_chosen.made.pop(key))


def _template() -> str:
    from node.db.session import open_engine, upgrade

    if not _chosen.migrated:
        engine = open_engine(cluster().create(_TEMPLATE))
        upgrade(engine)
        engine.dispose()
        _chosen.migrated = True
    return _TEMPLATE

"""What a benchmark is run on: a SQLite file, and a PostgreSQL server that writes through to the disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from devnet.postgres import Cluster

New = Callable[[Path], str]
"""Makes an empty database, in the folder if it is a file, and returns its URL."""

_numbers = count(1)


@contextmanager
def databases() -> Iterator[dict[str, New]]:
    """Yield, by the database's name, how one is made; the server ends with the block."""

    def sqlite(folder: Path) -> str:
        return f"sqlite:///{folder / f'bench-{next(_numbers)}.sqlite3'}"

    with Cluster(durable=True) as cluster:

        def postgresql(_folder: Path) -> str:
            return cluster.create(f"bench_{next(_numbers)}")

        yield {"SQLite": sqlite, "PostgreSQL": postgresql}

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from node.db.session import open_engine, upgrade


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path / 'node.sqlite3'}")
    upgrade(engine)
    yield engine
    engine.dispose()

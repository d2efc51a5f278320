from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from node.db.session import open_engine, upgrade
from tests.databases import database_url


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(database_url(tmp_path))
    upgrade(engine)
    yield engine
    engine.dispose()

"""How a database file is opened: what its readers and its owner may rely on."""

from pathlib import Path

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from node.db.session import open_engine, reading, upgrade, writing
from node.db.tables import BATCH_TILE
from tests.databases import database_url


@pytest.mark.databases("sqlite")
def test_a_file_is_opened_with_write_ahead_logging_and_its_folder_is_made(tmp_path: Path) -> None:
    path = tmp_path / "data" / "node.sqlite3"
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    with reading(engine) as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
    engine.dispose()
    assert path.is_file()


@pytest.mark.databases("sqlite")
def test_what_is_committed_is_on_the_disk(tmp_path: Path) -> None:
    engine = open_engine(database_url(tmp_path))
    full = 2  # anything less may lose the last commits with the power, and what was promised by them
    with reading(engine) as connection:
        assert connection.execute(text("PRAGMA synchronous")).scalar() == full
    engine.dispose()


def test_an_error_does_not_tell_what_its_statement_was_given(tmp_path: Path) -> None:
    engine = open_engine(database_url(tmp_path))
    with pytest.raises(DBAPIError) as caught, reading(engine) as connection:
        connection.execute(text("SELECT * FROM nowhere WHERE did = :did"), {"did": "did:ebsi:zsomebody"})
    assert "zsomebody" not in str(caught.value)
    engine.dispose()


def test_a_row_that_names_no_blob_is_refused_by_the_database(tmp_path: Path) -> None:
    engine = open_engine(database_url(tmp_path))
    upgrade(engine)
    with pytest.raises(IntegrityError), writing(engine) as connection:
        connection.execute(insert(BATCH_TILE).values(blob_id=99, level=0, position=0, hashes=b"\0"))
    engine.dispose()

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, insert, inspect, text

from node.db.session import open_engine, reading, upgrade, writing
from node.db.tables import BLOCK, METADATA, PROJECTION
from node.errors import ConfigurationError
from tests.databases import database_url


def insert_block(connection: Connection) -> None:
    connection.execute(insert(BLOCK).values(number=1, hash=b"\1", parent_hash=b"\0", time=5))


def test_tables_and_migrations_agree(tmp_path: Path) -> None:
    engine = open_engine(database_url(tmp_path, empty=True))
    upgrade(engine)
    with reading(engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
        assert set(inspect(connection).get_table_names()) == set(METADATA.tables) | {"alembic_version"}


def test_a_second_upgrade_changes_nothing(tmp_path: Path) -> None:
    engine = open_engine(database_url(tmp_path, empty=True))
    upgrade(engine)
    with writing(engine) as connection:
        insert_block(connection)
    upgrade(engine)
    with reading(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM block")).scalar() == 1


def test_every_projection_row_names_its_entry() -> None:
    for table in PROJECTION:
        assert "entry_index" in table.c


def test_a_write_that_raises_leaves_nothing(tmp_path: Path) -> None:
    engine = open_engine(database_url(tmp_path, empty=True))
    upgrade(engine)

    def write_and_raise() -> None:
        with writing(engine) as connection:
            insert_block(connection)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_raise()
    with reading(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM block")).scalar() == 0


def test_a_reader_sees_one_state_while_another_writes(tmp_path: Path) -> None:
    engine = open_engine(database_url(tmp_path, empty=True))
    upgrade(engine)
    with reading(engine) as reader:
        assert reader.execute(text("SELECT count(*) FROM block")).scalar() == 0
        with writing(engine) as writer:
            insert_block(writer)
        assert reader.execute(text("SELECT count(*) FROM block")).scalar() == 0
    with reading(engine) as reader:
        assert reader.execute(text("SELECT count(*) FROM block")).scalar() == 1


@pytest.mark.parametrize("url", ["nonsense", "mysterydb://x/y", "sqlite:////proc/none/node.sqlite3"])
def test_a_wrong_database_url_is_one_clear_line(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        upgrade(open_engine(url))
    assert "database" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "mysql://user:secret@host/name",
        "postgresql+asyncpg://user:secret@host/name",
        "postgresql://u:secret@h:secret/x",
    ],
)
def test_another_kind_of_database_is_refused_without_telling_its_password(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        open_engine(url)
    assert "ANKYRA_DATABASE_URL" in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("url", ["postgresql://user:secret@host", "postgres://user:secret@host/"])
def test_a_server_without_the_name_of_a_database_is_refused(url: str) -> None:
    """The server would take one named after the user: an empty node elsewhere, and nobody would notice."""
    with pytest.raises(ConfigurationError, match="names no database") as caught:
        open_engine(url)
    assert "secret" not in str(caught.value)


def test_processes_that_upgrade_at_once_do_it_once(tmp_path: Path) -> None:
    url = database_url(tmp_path, empty=True)
    program = f"from node.db.session import open_engine, upgrade; upgrade(open_engine({url!r}))"
    started = [
        subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True) for _ in range(3)
    ]
    for process in started:
        _, said = process.communicate(timeout=60)
        assert (process.returncode, said) == (0, "")
    with reading(open_engine(url)) as connection:
        assert set(inspect(connection).get_table_names()) == set(METADATA.tables) | {"alembic_version"}

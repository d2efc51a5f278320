"""What is PostgreSQL's own: who writes, what a lost connection becomes, what an error may tell."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, make_url, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from node.db import bulk, postgresql
from node.db.session import open_engine, reading, shown, upgrade, writing
from node.db.tables import BLOCK, METADATA
from node.errors import ConfigurationError, DatabaseUnavailable
from tests.databases import cluster, database_url

pytestmark = pytest.mark.databases("postgresql")
BLOCKS = [{"number": at, "hash": b"%d" % at, "parent_hash": b"\0", "time": at} for at in range(3)]


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Engine]:
    """Another process's engine for the database of `engine`."""
    opened = open_engine(database_url(tmp_path))
    yield opened
    opened.dispose()


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_way_to_write_its_url_means_the_same_driver(tmp_path: Path, scheme: str) -> None:
    url = database_url(tmp_path).replace("postgresql", scheme, 1)
    engine = open_engine(url)
    with reading(engine) as connection:
        named = connection.execute(text("SELECT current_setting('application_name')")).scalar()
    assert (engine.dialect.driver, named) == ("psycopg", "ankyra")
    engine.dispose()


def test_what_the_url_says_wins_over_what_the_node_would_choose(tmp_path: Path) -> None:
    chosen = "&application_name=Kaunas&options=-c%20lock_timeout%3D7s"
    engine = open_engine(database_url(tmp_path) + chosen)
    with reading(engine) as connection:
        name, waits, idle = connection.execute(
            text(
                "SELECT current_setting('application_name'), current_setting('lock_timeout'), "
                "current_setting('statement_timeout')"
            )
        ).one()
    assert (name, waits, idle) == ("Kaunas", "7s", "75s")
    engine.dispose()


def test_a_writer_waits_for_the_other_and_sees_what_it_wrote(engine: Engine, other: Engine) -> None:
    began, seen = threading.Event(), list[int]()

    def write_second() -> None:
        began.set()
        with writing(other) as connection:
            seen.append(len(connection.execute(select(BLOCK)).all()))

    with writing(engine) as connection:
        second = threading.Thread(target=write_second)
        second.start()
        assert began.wait(30)
        bulk.insert_rows(connection, BLOCK, BLOCKS)
        second.join(0.2)
        assert second.is_alive()
    second.join(30)
    assert seen == [3]


def test_who_reads_cannot_write(engine: Engine) -> None:
    with pytest.raises(DBAPIError, match="read-only"), reading(engine) as connection:
        connection.execute(insert(BLOCK), BLOCKS)


def test_a_connection_that_is_ended_is_told_as_a_database_away_and_the_next_one_works(
    engine: Engine, tmp_path: Path
) -> None:
    name = str(make_url(database_url(tmp_path)).database)

    def lose() -> None:
        with writing(engine) as connection:
            connection.execute(insert(BLOCK), BLOCKS)
            cluster().disconnect(name)
            connection.execute(select(BLOCK))

    with pytest.raises(DatabaseUnavailable):
        lose()
    with reading(engine) as connection:
        assert connection.execute(select(BLOCK)).all() == []
    cluster().disconnect(name)  # those that wait in the pool
    with reading(engine) as connection:
        assert connection.execute(select(BLOCK)).all() == []


def test_a_connection_lost_while_rows_are_copied_is_told_alike(engine: Engine, tmp_path: Path) -> None:
    def lose() -> None:
        with writing(engine) as connection:
            cluster().disconnect(str(make_url(database_url(tmp_path)).database))
            bulk.insert_rows(connection, BLOCK, BLOCKS)

    with pytest.raises(DatabaseUnavailable):
        lose()
    with writing(engine) as connection:
        bulk.insert_rows(connection, BLOCK, BLOCKS)


def test_a_server_that_is_down_is_told_in_one_line_and_comes_back(engine: Engine) -> None:
    cluster().stop("immediate")
    try:
        with pytest.raises(DatabaseUnavailable) as caught, reading(engine):
            pass
    finally:
        cluster().start()
    assert "\n" not in str(caught.value)
    with reading(engine) as connection:
        assert connection.execute(select(BLOCK)).all() == []


@pytest.mark.parametrize("copied", [True, False])
def test_an_error_repeats_no_values(engine: Engine, *, copied: bool) -> None:
    with writing(engine) as connection:
        bulk.insert_rows(connection, BLOCK, BLOCKS)
    secret = {"number": 1, "hash": b"secret", "parent_hash": b"secret", "time": 7777777}
    put = bulk.insert_rows if copied else lambda made, table, rows: made.execute(insert(table), rows)
    with pytest.raises(IntegrityError) as caught, writing(engine) as connection:
        put(connection, BLOCK, [secret])
    told = f"{caught.value} {caught.value.orig} {caught.value.__cause__}"
    assert "duplicate key" in told
    assert "already exists" not in told
    assert "7777777" not in told


def test_a_url_is_shown_without_its_passwords() -> None:
    url = make_url("postgresql://node:secret@host/name?password=secret&sslpassword=secret&sslmode=require")
    assert "secret" not in shown(url)
    assert "host/name" in shown(url)
    assert "sslmode=require" in shown(url)


def test_a_password_that_is_refused_is_told_without_it() -> None:
    url = make_url(cluster().url(tcp=True)).set(password="secret", query={"sslpassword": "secret"})
    with pytest.raises(DatabaseUnavailable) as caught:
        upgrade(open_engine(url.render_as_string(hide_password=False)))
    assert "password authentication failed" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_database_of_another_encoding_is_refused_in_one_line() -> None:
    cluster().execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    with pytest.raises(ConfigurationError, match="LATIN1: make it with ENCODING 'UTF8'") as caught:
        upgrade(open_engine(cluster().url("latin")))
    assert "\n" not in str(caught.value)
    cluster().drop("latin")


def test_a_server_too_old_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql, "OLDEST", 99)
    with pytest.raises(ConfigurationError, match="99 is the oldest that serves"):
        upgrade(open_engine(cluster().url()))


def test_rows_copied_are_those_that_were_given(engine: Engine) -> None:
    with writing(engine) as connection:
        for table in (METADATA.tables[name] for name in ("entry", "follower", "batch_leaf")):
            row = {column.name: _some(column.type.python_type) for column in table.columns} | {"did": None}
            row = {name: value for name, value in row.items() if name in table.c}
            bulk.insert_rows(connection, table, [row])
            assert dict(connection.execute(select(table)).mappings().one()) == row


def _some(kind: type) -> object:
    return {int: 2**31 - 1, str: "Λ\\N\t'\"", bytes: b"\0\\x\xff", bool: True}[kind]

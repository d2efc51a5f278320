"""A backup of a PostgreSQL database is one state of it; either kind takes it, whole or not at all."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import inspect, make_url, text

from node.backup.errors import AlreadyThere, BackupError, NodeServing, NothingToBackUp
from node.backup.making import back_up_node
from node.backup.restoring import RestoreReport, restore_node
from node.config import Settings
from node.db.session import open_engine, reading, writing
from node.upkeep import check_node
from tests.databases import cluster, database_url
from tests.ledger import DeployedState, resume
from tests.node.api.conftest import KAUNAS, TRENTO, people
from tests.node.api.world import digests, world
from tests.node.backup.conftest import LEAVES, Kept, kept_in, names, settings_on
from tests.node.told import Interrupting, Told

pytestmark = [pytest.mark.enable_socket, pytest.mark.databases("postgresql")]


def on_server(kept: Kept, folder: Path) -> Settings:
    """Settings of a machine that has an empty database on the server."""
    return settings_on(kept, folder).model_copy(
        update={"database_url": database_url(folder, "restored", empty=True)}
    )


def in_file(kept: Kept, folder: Path) -> Settings:
    """Settings of a machine that stores in a file."""
    return settings_on(kept, folder).model_copy(update={"database_url": ""})


def restored(settings: Settings, kept: Kept, **given: Any) -> RestoreReport:
    return restore_node(settings, given.pop("file", kept.file), clock=kept.made.clock, **given)


def tables(settings: Settings) -> list[str]:
    engine = open_engine(settings.database)
    with reading(engine) as connection:
        found = inspect(connection).get_table_names()
    engine.dispose()
    return sorted(found)


def rows(settings: Settings, query: str) -> list[Any]:
    engine = open_engine(settings.database)
    with reading(engine) as connection:
        found = [tuple(row) for row in connection.execute(text(query))]
    engine.dispose()
    return found


@pytest.mark.parametrize("place", [on_server, in_file])
def test_on_another_machine_the_node_catches_up_and_checks_clean(
    deployed_state: DeployedState, tmp_path: Path, place: Any
) -> None:
    with kept_in(deployed_state, tmp_path) as kept:
        later = digests("after the backup")
        kept.made.anchor(TRENTO, later)
        kept.made.background._follower.release()
        there = place(kept, tmp_path / "two")
        assert restored(there, kept).replaced is None
        peers = (kept.made.url,)
        with world(kept.made.ledger, tmp_path / "two", peers=peers, database_url=there.database_url) as other:
            kept.made.follow()
            for leaf in (LEAVES[3], later[0]):
                path = f"/v1/anchors/{leaf.hex()}"
                assert other.ok(path)["anchors"] == kept.made.ok(path)["anchors"] != []
            other.anchor(TRENTO, digests("by the restored node"))  # its keys go on behind the copied ones
            kept.made.follow()
            checks = [check_node(each.node.settings, clock=each.clock) for each in (kept.made, other)]
            assert [check.differences for check in checks] == [(), ()]
            assert checks[0].digest == checks[1].digest


def test_from_a_file_to_a_server(deployed_state: DeployedState, tmp_path: Path) -> None:
    with (
        resume(deployed_state, tmp_path / "ledger.json") as ledger,
        world(ledger, tmp_path / "one", database_url=f"sqlite:///{tmp_path / 'one.sqlite3'}") as made,
    ):
        people(made)
        made.anchor(KAUNAS, LEAVES)
        back_up_node(made.node.settings, tmp_path / "file.backup", clock=made.clock)
        kept = Kept(made, tmp_path / "file.backup")
        there = on_server(kept, tmp_path / "two")
        told = Told()
        report = restored(there, kept, progress=told)
        assert told.parts["rows copied"][0] == told.parts["rows copied"][1]
        assert report.database.startswith("postgresql")
        checks = [check_node(each, clock=made.clock) for each in (made.node.settings, there)]
        assert [check.differences for check in checks] == [(), ()]
        assert checks[0].digest == checks[1].digest


@pytest.fixture(scope="module")
def shared(deployed_state: DeployedState, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    """For tests that leave the node and its backup as they are."""
    with kept_in(deployed_state, tmp_path_factory.mktemp("shared")) as found:
        yield found


def test_tables_that_are_there_are_kept_in_a_schema_of_their_own(shared: Kept, tmp_path: Path) -> None:
    there = on_server(shared, tmp_path)
    restored(there, shared)
    before = rows(there, "select count(*) from entry")
    with pytest.raises(AlreadyThere, match="--force"):
        restored(there, shared)
    kept = [restored(there, shared, force=True).replaced for _ in range(2)]  # in one second
    assert len(set(kept)) == 2
    for replaced in kept:
        assert replaced
        assert rows(there, f"select count(*) from {replaced.removeprefix('schema ')}.entry") == before  # noqa: S608 - our own name
    assert check_node(there, clock=shared.made.clock).differences == ()


def test_a_node_that_follows_is_not_restored_under(shared: Kept) -> None:
    shared.made.follow()
    for force in (False, True):
        with pytest.raises(NodeServing, match="stop the node first"):
            restored(shared.made.node.settings, shared, force=force)
    assert shared.made.ok("/v1/history")["items"]


@pytest.mark.parametrize("times", [1, 5])
def test_an_interrupted_restore_leaves_nothing(shared: Kept, tmp_path: Path, times: int) -> None:
    there = on_server(shared, tmp_path)
    before = names(there.data_dir)
    with pytest.raises(KeyboardInterrupt):
        restored(there, shared, progress=Interrupting("rows copied", times=times))
    assert tables(there) == []
    assert names(there.data_dir) == before
    restored(there, shared)
    with pytest.raises(KeyboardInterrupt):
        restored(there, shared, force=True, progress=Interrupting("rows copied", times=times))
    assert check_node(there, clock=shared.made.clock).differences == ()


def test_an_interrupted_backup_leaves_nothing(shared: Kept, tmp_path: Path) -> None:
    for part in ("rows copied", "bytes written"):
        with pytest.raises(KeyboardInterrupt):
            back_up_node(shared.made.node.settings, tmp_path / "file", progress=Interrupting(part))
    assert names(tmp_path) == set()


def test_what_the_server_does_not_take_is_named_and_nothing_is_restored(shared: Kept, tmp_path: Path) -> None:
    first = in_file(shared, tmp_path / "first")
    restored(first, shared)
    with closing(sqlite3.connect(first.data_dir / "node.sqlite3")) as connection, connection:
        connection.execute("update follower set alarm_sentence = 'a' || char(0) || 'b'")
    file = tmp_path / "nul.backup"
    back_up_node(first, file, clock=shared.made.clock)
    there = on_server(shared, tmp_path / "there")
    with pytest.raises(BackupError, match="table follower holds what PostgreSQL does not take"):
        restored(there, shared, file=file)
    assert tables(there) == []


def test_an_empty_database_holds_nothing_to_back_up(shared: Kept, tmp_path: Path) -> None:
    with pytest.raises(NothingToBackUp, match="no tables of a node"):
        back_up_node(on_server(shared, tmp_path / "empty"), tmp_path / "file")
    assert not (tmp_path / "file").exists()


def test_no_password_is_told(shared: Kept, tmp_path: Path) -> None:
    there = on_server(shared, tmp_path)
    by_tcp = cluster().url(make_url(there.database_url).database or "", tcp=True)
    password = by_tcp.partition("//")[2].partition("@")[0].partition(":")[2]
    named = there.model_copy(update={"database_url": by_tcp})
    report = restored(named, shared)
    assert password
    assert password not in report.sentence + str(report.to_json())
    with pytest.raises(AlreadyThere) as refused:
        restored(named, shared)
    assert password not in str(refused.value)


def test_a_backup_is_one_state_while_a_writer_writes(deployed_state: DeployedState, tmp_path: Path) -> None:
    with kept_in(deployed_state, tmp_path) as kept:
        stop, engine = Event(), kept.made.node.engine

        def write() -> None:
            number = 1_000_000
            while not stop.is_set():
                number += 1
                with writing(engine) as connection:  # both rows, or neither
                    for column in (number, -number):
                        connection.execute(
                            text("insert into block values (:n, '\\x01', '\\x00', 5)"), {"n": column}
                        )

        writer = Thread(target=write)
        writer.start()
        try:
            files = [tmp_path / f"{number}.backup" for number in range(3)]
            for file in files:
                back_up_node(kept.made.node.settings, file, clock=kept.made.clock)
        finally:
            stop.set()
            writer.join()
        counts = []
        for number, file in enumerate(files):
            there = in_file(kept, tmp_path / f"there-{number}")
            restored(there, kept, file=file)
            with closing(sqlite3.connect(there.data_dir / "node.sqlite3")) as connection:
                query = "select total(number < 0), total(number > 1000000) from block"
                counts.append(connection.execute(query).fetchone())
        assert all(below == above for below, above in counts)
        assert counts[-1][0] > 0
        assert counts == sorted(counts)

"""A database comes back whole, and takes no other's place."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text

from node.backup.errors import (
    AlreadyThere,
    DamagedBackup,
    NodeServing,
)
from node.backup.making import back_up_node
from node.backup.restoring import restore_node
from node.config import Settings
from node.db import migrations
from node.db.digest import projection_digest
from node.db.session import open_engine, reading, upgrade, writing
from node.upkeep import check_node
from tests.ledger import DeployedState
from tests.node.api.conftest import TRENTO
from tests.node.api.world import digests, world
from tests.node.backup.conftest import LEAVES, Kept, kept_in, refused, settings_on

pytestmark = [pytest.mark.enable_socket, pytest.mark.databases("sqlite")]


def test_on_another_machine_the_node_catches_up_and_checks_clean(
    deployed_state: DeployedState, tmp_path: Path
) -> None:
    with kept_in(deployed_state, tmp_path) as kept:
        later = digests("after the backup")
        kept.made.anchor(TRENTO, later)
        kept.made.background._follower.release()
        report = restore_node(settings_on(kept, tmp_path / "two"), kept.file, clock=kept.made.clock)
        assert report.replaced is None
        peers = (kept.made.url,)
        with world(kept.made.ledger, tmp_path / "two", peers=peers) as other:
            kept.made.follow()  # to the block with which the other began
            for leaf in (LEAVES[3], later[0]):
                path = f"/v1/anchors/{leaf.hex()}"
                assert other.ok(path)["anchors"] == kept.made.ok(path)["anchors"] != []
            checks = [check_node(each.node.settings, clock=each.clock) for each in (kept.made, other)]
            assert [check.differences for check in checks] == [(), ()]
            assert all(check.ledger_compared for check in checks)
            assert checks[0].digest == checks[1].digest


def test_leaves_and_submissions_come_back_without_any_peer(kept: Kept, elsewhere: Settings) -> None:
    restore_node(elsewhere, kept.file, clock=kept.made.clock)
    engines = [kept.made.node.engine, open_engine(elsewhere.database)]
    tables = (
        *("entry", "batch_blob", "batch_tile", "batch_leaf", "submission", "kept_transaction"),
        *("payload", "block", "cursor"),
    )
    found = []
    for engine in engines:
        with reading(engine) as connection:
            found.append([connection.execute(text(f"select * from {name}")).all() for name in tables])  # noqa: S608 - the names above
    engines[1].dispose()
    assert found[0] == found[1]
    assert found[0][tables.index("batch_tile")]
    assert found[0][tables.index("kept_transaction")]


def test_who_followed_when_it_was_made_does_not_hold_up_the_restored_node(
    kept: Kept, elsewhere: Settings, tmp_path: Path
) -> None:
    kept.made.follow()
    file = tmp_path / "followed.backup"
    back_up_node(kept.made.node.settings, file, clock=kept.made.clock)
    restore_node(elsewhere, file, clock=kept.made.clock)
    with closing(sqlite3.connect(elsewhere.data_dir / "node.sqlite3")) as connection:
        assert connection.execute("select holder, lease_until from follower").fetchone() == (None, 0)


def test_a_node_that_never_followed_is_backed_up_too(kept: Kept, tmp_path: Path) -> None:
    fresh = settings_on(kept, tmp_path / "fresh")
    engine = open_engine(fresh.database)
    upgrade(engine)
    engine.dispose()
    report = back_up_node(fresh, tmp_path / "fresh.backup", clock=kept.made.clock)
    assert report.header.log_size == 0
    restored = restore_node(settings_on(kept, tmp_path / "other"), report.file, clock=kept.made.clock)
    assert restored.header == report.header


def test_tables_of_an_earlier_version_are_brought_to_the_newest(kept: Kept, tmp_path: Path) -> None:
    there = settings_on(kept, tmp_path / "early")
    restore_node(there, kept.file, clock=kept.made.clock)
    engine = open_engine(there.database)
    configuration = Config()
    configuration.set_main_option("script_location", str(Path(migrations.__file__).parent))
    with writing(engine) as connection:
        configuration.attributes["connection"] = connection
        command.downgrade(configuration, "0001")
    engine.dispose()
    early = back_up_node(there, tmp_path / "early.backup", clock=kept.made.clock)
    assert early.header.schema == "0001"
    other = settings_on(kept, tmp_path / "other")
    restore_node(other, early.file, clock=kept.made.clock)
    assert check_node(other, clock=kept.made.clock).differences == ()


def test_a_database_that_is_there_is_kept(kept: Kept, elsewhere: Settings) -> None:
    restore_node(elsewhere, kept.file, clock=kept.made.clock)
    database = elsewhere.data_dir / "node.sqlite3"
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript("delete from entry")
    refused(AlreadyThere, elsewhere, kept.file)
    for number in (1, 2):  # in one second, and nothing is overwritten
        report = restore_node(elsewhere, kept.file, force=True, clock=kept.made.clock)
        assert report.replaced
        with closing(sqlite3.connect(report.replaced)) as connection:
            assert connection.execute("select count(*) > 0 from entry").fetchone() == (number - 1,)
    assert check_node(elsewhere, clock=kept.made.clock).differences == ()


def test_a_damaged_database_is_set_aside(kept: Kept, elsewhere: Settings) -> None:
    (elsewhere.data_dir / "node.sqlite3").write_bytes(b"no database" * 1000)
    refused(AlreadyThere, elsewhere, kept.file)
    report = restore_node(elsewhere, kept.file, force=True, clock=kept.made.clock)
    assert report.replaced
    assert Path(report.replaced).read_bytes() == b"no database" * 1000
    assert check_node(elsewhere, clock=kept.made.clock).differences == ()


def test_what_an_old_database_left_is_not_taken_for_the_new_ones(kept: Kept, elsewhere: Settings) -> None:
    left = elsewhere.data_dir / "node.sqlite3-wal"
    left.write_bytes(b"of another database")
    refused(AlreadyThere, elsewhere, kept.file)
    report = restore_node(elsewhere, kept.file, force=True, clock=kept.made.clock)
    assert report.replaced
    assert not left.exists()
    assert Path(report.replaced + "-wal").read_bytes() == b"of another database"
    assert check_node(elsewhere, clock=kept.made.clock).differences == ()


@pytest.mark.parametrize("force", [False, True])
def test_a_node_that_serves_is_not_restored_under(kept: Kept, force: bool) -> None:  # noqa: FBT001 - a case
    said = refused(NodeServing, kept.made.node.settings, kept.file, force=force)
    assert "stop the node first" in said
    assert kept.made.ok("/v1/history")["items"]


def test_a_damaged_backup_leaves_the_old_database_alone(
    kept: Kept, elsewhere: Settings, tmp_path: Path
) -> None:
    restore_node(elsewhere, kept.file, clock=kept.made.clock)
    before = (elsewhere.data_dir / "node.sqlite3").read_bytes()
    short = tmp_path / "short.backup"
    short.write_bytes(kept.file.read_bytes()[:-1])
    refused(DamagedBackup, elsewhere, short, force=True)
    engine = open_engine(elsewhere.database)
    with reading(engine) as connection:
        assert projection_digest(connection, size=1)
    engine.dispose()
    assert len((elsewhere.data_dir / "node.sqlite3").read_bytes()) == len(before)

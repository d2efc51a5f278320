"""A backup is one state of a database that is at work, whole, or it is not made."""

import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Event, Thread
from time import sleep

import pytest
from sqlalchemy import text

from node.backup import making
from node.backup.errors import (
    AlreadyThere,
    BackupError,
    NothingToBackUp,
)
from node.backup.making import back_up_node
from node.backup.restoring import restore_node
from node.config import Settings
from node.db.session import reading, writing
from node.errors import ConfigurationError
from tests.ledger import DeployedState
from tests.node.backup.conftest import Kept, kept_in, names, settings_on
from tests.node.told import Interrupting, Told

pytestmark = [pytest.mark.enable_socket, pytest.mark.databases("sqlite")]


def test_the_backup_names_its_log_and_only_its_owner_reads_it(kept: Kept) -> None:
    with reading(kept.made.node.engine) as connection:
        size, root = connection.execute(text("select size, root from cursor")).one()
    with kept.file.open("rb") as file:
        first, second = file.readline(), file.readline()
        content = file.read()
    deployment = kept.made.ledger.deployment
    said = json.loads(second)
    assert (said["chainId"], said["logAddress"]) == (deployment.chain_id, deployment.registry_log.lower())
    assert (said["logSize"], said["logRoot"], said["length"]) == (size, root.hex(), len(content))
    assert first == b"ankyra-backup/1 " + hashlib.sha256(second + content).hexdigest().encode() + b"\n"
    assert kept.file.stat().st_mode & 0o777 == 0o600


def test_a_backup_is_one_state_while_a_writer_writes(deployed_state: DeployedState, tmp_path: Path) -> None:
    with kept_in(deployed_state, tmp_path) as kept:
        stop, engine, written = Event(), kept.made.node.engine, [0]

        def write() -> None:
            number = 1_000_000
            while not stop.is_set():
                number += 1
                with writing(engine) as connection:  # both rows, or neither
                    for column in (number, -number):
                        connection.execute(
                            text("insert into block values (:n, x'01', x'00', 5)"), {"n": column}
                        )
                written.append(number)

        writer = Thread(target=write)
        writer.start()
        try:
            files = [tmp_path / f"{number}.backup" for number in range(5)]
            for file in files:
                before = written[-1]
                back_up_node(kept.made.node.settings, file, clock=kept.made.clock)
                while written[-1] == before and writer.is_alive():
                    sleep(0.001)
        finally:
            stop.set()
            writer.join()
        counts = []
        for number, file in enumerate(files):
            there = settings_on(kept, tmp_path / f"there-{number}")
            restore_node(there, file, clock=kept.made.clock)
            with closing(sqlite3.connect(there.data_dir / "node.sqlite3")) as connection:
                query = "select total(number < 0), total(number > 1000000) from block"
                counts.append(connection.execute(query).fetchone())
        assert all(below == above for below, above in counts)
        assert len(set(counts)) > 1, "nothing was written between the backups"
        assert counts == sorted(counts)


def test_what_was_deleted_is_not_in_the_backup(deployed_state: DeployedState, tmp_path: Path) -> None:
    with kept_in(deployed_state, tmp_path) as kept:
        with writing(kept.made.node.engine) as connection:
            connection.execute(text("insert into payload values (x'07', x'07', :b)"), {"b": b"forget me" * 9})
            connection.execute(text("delete from payload where hash = x'07'"))
        report = back_up_node(kept.made.node.settings, tmp_path / "after", clock=kept.made.clock)
        assert b"forget me" not in report.file.read_bytes()


def test_both_tell_how_far_they_are(kept: Kept, elsewhere: Settings, tmp_path: Path) -> None:
    told = Told()
    made = back_up_node(kept.made.node.settings, tmp_path / "told", progress=told, clock=kept.made.clock)
    restored = restore_node(elsewhere, made.file, progress=told, clock=kept.made.clock)
    assert {"bytes written", "bytes read"} <= set(told.parts)
    assert {told.parts[name] for name in ("bytes written", "bytes read")} == {(made.header.length,) * 2}
    assert made.to_json()["sha256"] in made.sentence
    assert restored.to_json()["replaced"] is None
    assert restored.header.log_root.hex() in restored.sentence


def test_a_file_is_not_overwritten_unless_that_is_wanted(kept: Kept, tmp_path: Path) -> None:
    file = tmp_path / "here"
    file.write_bytes(b"mine")
    settings = kept.made.node.settings
    with pytest.raises(AlreadyThere, match="--force"):
        back_up_node(settings, file)
    assert file.read_bytes() == b"mine"
    back_up_node(settings, file, force=True, clock=kept.made.clock)
    assert file.read_bytes().startswith(b"ankyra-backup/1 ")
    assert names(tmp_path) == {"here"}


@pytest.mark.parametrize("side", ["", "-wal"])
def test_the_database_is_no_place_for_its_backup(kept: Kept, side: str) -> None:
    database = kept.made.node.settings.data_dir / f"node.sqlite3{side}"
    with pytest.raises(AlreadyThere, match="the database itself"):
        back_up_node(kept.made.node.settings, database, force=True)


def test_without_a_database_there_is_nothing_to_back_up(elsewhere: Settings, tmp_path: Path) -> None:
    with pytest.raises(NothingToBackUp, match="no database"):
        back_up_node(elsewhere, tmp_path / "file")
    with closing(sqlite3.connect(elsewhere.data_dir / "node.sqlite3")) as connection:
        connection.executescript("create table another (program)")
    with pytest.raises(NothingToBackUp, match="not one of a node"):
        back_up_node(elsewhere, tmp_path / "file")
    assert not (tmp_path / "file").exists()
    with pytest.raises(ConfigurationError, match="database_url"):
        back_up_node(elsewhere.model_copy(update={"database_url": "sqlite://"}), tmp_path / "file")


def test_a_database_that_cannot_be_read_leaves_no_backup(elsewhere: Settings, tmp_path: Path) -> None:
    (elsewhere.data_dir / "node.sqlite3").write_bytes(b"no database" * 1000)
    before = names(tmp_path)
    with pytest.raises(BackupError, match="cannot be copied"):
        back_up_node(elsewhere, tmp_path / "file")
    assert names(tmp_path) == before


def test_an_interrupt_leaves_nothing_behind(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "_STEPS_BETWEEN_LOOKS", 1)
    for part in ("bytes copied", "bytes written"):
        with pytest.raises(KeyboardInterrupt):
            back_up_node(kept.made.node.settings, tmp_path / "file", progress=Interrupting(part))
    assert names(tmp_path) == set()


def test_the_disks_refusal_leaves_nothing_behind(kept: Kept, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        back_up_node(kept.made.node.settings, tmp_path / "absent" / "file")
    assert names(tmp_path) == set()

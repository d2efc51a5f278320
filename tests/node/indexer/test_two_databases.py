"""One ledger, followed into a SQLite file and into PostgreSQL: the same projection, by one digest."""

from pathlib import Path

import pytest

from node.db.check import check_database
from node.db.session import open_engine, reading, upgrade
from tests.node.indexer.conftest import Desk
from tests.node.indexer.test_follower import digest
from tests.node.registrations import some_leaves

pytestmark = [pytest.mark.enable_socket, pytest.mark.databases("postgresql")]


def test_both_kinds_of_database_hold_the_same_projection(desk: Desk, tmp_path: Path) -> None:
    file = open_engine(f"sqlite:///{tmp_path / 'beside.sqlite3'}")
    upgrade(file)
    university = desk.registrar.issuer()
    desk.registrar.anchor(university, some_leaves(10))
    desk.registrar.insert_policies(3)
    desk.follow()
    desk.follow(desk.follower("beside", file))
    assert digest(desk)[0] > 0
    assert digest(desk) == digest(desk, file)
    desk.deployed.ledger.reorg(2)
    desk.registrar.insert_policies(4, start=3)  # of those before, some may stand in a block that stayed
    desk.follow()
    desk.follow(desk.follower("beside", file))
    assert digest(desk) == digest(desk, file)
    for engine in (desk.engine, file):
        with reading(engine) as connection:
            assert list(check_database(connection)) == []
    file.dispose()

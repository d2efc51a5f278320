"""A look at the ledger is written whole or not at all: rows, cursor and remembered blocks are one."""

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from node.db.cursor import read_cursor, read_window
from node.db.digest import projection_digest
from node.db.entries import log_size
from node.db.session import reading
from node.indexer.follower import Step
from tests.node.db.refusing import REASON, refusing
from tests.node.indexer.conftest import Desk

pytestmark = pytest.mark.enable_socket

LAST_WRITTEN = ("cursor", "block")
"""Tables that a look writes after the projection's rows."""


def _state(desk: Desk, engine: Engine | None = None) -> tuple[object, ...]:
    with reading(engine or desk.engine) as connection:
        size = log_size(connection)
        return (
            size,
            projection_digest(connection, size=size),
            read_cursor(connection),
            read_window(connection),
        )


@pytest.mark.parametrize("table", [*LAST_WRITTEN, "did", "entry"])
def test_a_write_that_fails_anywhere_moves_neither_rows_nor_cursor(desk: Desk, table: str) -> None:
    follower = desk.follower()
    desk.follow(follower)
    before = _state(desk)
    desk.registrar.actor("university")
    with refusing(desk.engine, table), pytest.raises(DBAPIError, match=REASON):
        desk.follow(follower)
    assert _state(desk) == before
    # the same follower goes on by itself, and raises no alarm about an honest ledger
    assert desk.follow(follower) is Step.IDLE
    assert _state(desk) != before
    other = desk.database("other")
    desk.follow(desk.follower("other", other))
    assert _state(desk) == _state(desk, other)

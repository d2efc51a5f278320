import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, delete, insert

from anchoring.inclusion import verify_inclusion
from anchoring.merkle import AppendOnlyTree
from node.db.cursor import Cursor
from node.db.session import open_engine, reading, upgrade, writing
from node.db.tables import ENTRY
from node.services.errors import ProjectionDamaged
from node.services.log_tree import LogTree
from tests.databases import database_url


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(database_url(tmp_path, "log"))
    upgrade(engine)
    yield engine
    engine.dispose()


def entry_hash(index: int, branch: int) -> bytes:
    return hashlib.sha256(b"%d/%d" % (index, branch)).digest()


def write(connection: Connection, hashes: list[bytes]) -> Cursor:
    """Make the database hold entries with these hashes, and return the cursor of that state."""
    connection.execute(delete(ENTRY))
    rows = [
        {
            "entry_index": index,
            "kind": "log.mark",
            "subject": bytes(32),
            "previous": bytes(32),
            "time": 0,
            "actor": bytes(20),
            "parent": bytes(32),
            "payload": b"",
            "hash": value,
            "payload_hash": bytes(32),
            "did": None,
            "block_number": 0,
            "block_hash": bytes(32),
            "transaction_hash": bytes(32),
        }
        for index, value in enumerate(hashes)
    ]
    if rows:
        connection.execute(insert(ENTRY), rows)
    return Cursor(1, bytes(20), 0, bytes(32), 0, len(hashes), AppendOnlyTree(hashes).root())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=5))
def test_the_tree_follows_every_growth_and_every_reorganisation(
    engine: Engine, steps: list[tuple[int, int]]
) -> None:
    tree, hashes = LogTree(), list[bytes]()
    for branch, (kept, added) in enumerate(steps):
        hashes = hashes[:kept]
        hashes += [entry_hash(index, branch) for index in range(len(hashes), len(hashes) + added)]
        with writing(engine) as connection:
            cursor = write(connection, hashes)
        with reading(engine) as connection:
            assert tree.root(connection, size=cursor.size, cursor=cursor) == cursor.root
            for index in range(len(hashes)):
                path = tree.inclusion_path(connection, index=index, size=cursor.size, cursor=cursor)
                verify_inclusion(
                    leaf_hash=hashes[index], index=index, tree_size=cursor.size, path=path, root=cursor.root
                )


def test_entries_that_do_not_hash_to_the_cursor_give_no_proof(engine: Engine) -> None:
    with writing(engine) as connection:
        cursor = write(connection, [entry_hash(index, 0) for index in range(5)])
        connection.execute(ENTRY.update().where(ENTRY.c.entry_index == 2).values(hash=entry_hash(2, 9)))
    tree = LogTree()
    with reading(engine) as connection, pytest.raises(ProjectionDamaged):
        tree.root(connection, size=5, cursor=cursor)


def test_a_missing_entry_gives_no_proof_and_a_mended_database_gives_it_again(engine: Engine) -> None:
    hashes = [entry_hash(index, 0) for index in range(5)]
    tree = LogTree()
    with writing(engine) as connection:
        cursor = write(connection, hashes)
        connection.execute(delete(ENTRY).where(ENTRY.c.entry_index == 4))
    with reading(engine) as connection, pytest.raises(ProjectionDamaged):
        tree.root(connection, size=5, cursor=cursor)
    with writing(engine) as connection:
        write(connection, hashes)
    with reading(engine) as connection:
        assert tree.root(connection, size=5, cursor=cursor) == cursor.root

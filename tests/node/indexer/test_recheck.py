"""One changed byte in any class of the database is found, named and mended."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, Table, delete, func, insert, select, update

from anchoring.merkle import MerkleTree
from node.db.check import Difference, check_database
from node.db.cursor import drop_projection
from node.db.digest import projection_digest
from node.db.entries import log_size
from node.db.leaves import find_blob, store_leaves
from node.db.mending import mend_blob
from node.db.session import reading, writing
from node.db.tables import (
    BATCH,
    BATCH_BLOB,
    BATCH_LEAF,
    BATCH_TILE,
    CURSOR,
    DID,
    ENTRY,
    POLICY,
    PROJECTION,
    REVISION,
    SCHEMA_REVISION,
    USER_GRANT,
)
from node.indexer.recheck import recheck
from tests.node.indexer.conftest import Desk
from tests.node.registrations import some_leaves

pytestmark = pytest.mark.enable_socket

LEAVES = some_leaves(700)
ROOT = MerkleTree.from_leaves(LEAVES).root
SIZE = 700


@pytest.fixture
def full(desk: Desk) -> Desk:
    """Every table has rows; two batches' leaves are held."""
    university = desk.registrar.issuer()
    desk.registrar.anchor(university, LEAVES)
    desk.registrar.insert_schema(b"\x07" * 32, b"{}")
    desk.follow()
    other = some_leaves(3, "other")
    with writing(desk.engine) as connection:
        store_leaves(connection, root=ROOT, size=SIZE, leaves=LEAVES)
        store_leaves(connection, root=MerkleTree.from_leaves(other).root, size=3, leaves=other)
    return desk


def differences(desk: Desk) -> list[Difference]:
    with reading(desk.engine) as connection:
        return list(check_database(connection))


def test_a_sound_database_has_no_differences(full: Desk) -> None:
    assert differences(full) == []
    assert list(recheck(full.engine, full.client, full.deployed.deployment)) == []


def flip(table: Table, column: str) -> Callable[[Connection], None]:
    """Change one value of the table's last row."""

    def damage(connection: Connection) -> None:
        keys = list(table.primary_key)
        row = connection.execute(select(table).order_by(*(key.desc() for key in keys))).mappings().first()
        assert row is not None
        value: Any = row[column]
        changed = value[:-1] + bytes([value[-1] ^ 1]) if isinstance(value, bytes) else value
        if isinstance(value, str):
            changed = value[:-1] + chr(ord(value[-1]) ^ 1)
        elif isinstance(value, int):
            changed = not value if isinstance(value, bool) else value ^ 1 << 20
        query = update(table).values({column: changed})
        for key in keys:
            query = query.where(key == row[key.name])
        connection.execute(query)

    return damage


DAMAGE = {
    f"{table.name}.{column}": (table.name, flip(table, column))
    for table, columns in {
        ENTRY: ["kind", "subject", "previous", "time", "actor", "parent", "payload", "hash", "payload_hash"],
        DID: ["did", "entry_index"],
        REVISION: ["did", "attribute_id", "revision_id", "issuer_type", "tao", "root_tao"],
        SCHEMA_REVISION: ["schema_id", "schema_revision_id", "metadata_id", "change"],
        BATCH: ["did", "root", "size", "attribute_id"],
        POLICY: ["policy_name", "description", "change"],
        USER_GRANT: ["account", "attribute", "granted"],
        CURSOR: ["size", "root"],
        BATCH_BLOB: ["count", "size", "root", "state"],
        BATCH_TILE: ["hashes"],
        BATCH_LEAF: ["prefix", "position"],
    }.items()
    for column in columns
}


@pytest.mark.parametrize("name", list(DAMAGE))
def test_one_changed_value_is_found_and_named(full: Desk, name: str) -> None:
    table, damage = DAMAGE[name]
    with writing(full.engine) as connection:
        damage(connection)
    found = differences(full)
    assert found
    assert table in {difference.table for difference in found} or table.startswith("batch_")


@pytest.mark.parametrize("column", ["block_number", "block_hash", "transaction_hash"])
def test_where_an_entry_was_found_is_compared_with_the_ledger(full: Desk, column: str) -> None:
    with writing(full.engine) as connection:
        flip(ENTRY, column)(connection)
        last = connection.execute(select(func.max(ENTRY.c.entry_index))).scalar()
    found = list(recheck(full.engine, full.client, full.deployed.deployment))
    assert [difference.entry_index for difference in found] == [last]


@pytest.mark.parametrize(
    "table", [table for table in PROJECTION if table.name in {"entry", "did", "batch"}], ids=str
)
def test_a_missing_row_is_found_and_named(full: Desk, table: Table) -> None:
    with writing(full.engine) as connection:
        last = connection.execute(select(func.max(table.c.entry_index))).scalar()
        connection.execute(delete(table).where(table.c.entry_index == last))
    assert (table.name if table is not ENTRY else "cursor") in {found.table for found in differences(full)}


def test_a_row_that_no_entry_made_is_found_and_named(full: Desk) -> None:
    with writing(full.engine) as connection:
        connection.execute(insert(DID).values(did="did:ebsi:zInvented", entry_index=1))
    (found,) = differences(full)
    assert (found.table, found.key, found.what) == ("did", "1", "no entry makes this row")


def test_each_level_of_a_batchs_tiles_is_hashed_again(full: Desk) -> None:
    with reading(full.engine) as connection:
        blob = find_blob(connection, root=ROOT, size=SIZE)
        assert blob is not None
        tiles = [
            (row.level, row.position)
            for row in connection.execute(select(BATCH_TILE).where(BATCH_TILE.c.blob_id == blob.id))
        ]
    assert len(tiles) == 4
    for level, position in tiles:
        chosen = (
            (BATCH_TILE.c.blob_id == blob.id)
            & (BATCH_TILE.c.level == level)
            & (BATCH_TILE.c.position == position)
        )
        with writing(full.engine) as connection:
            sound = connection.execute(select(BATCH_TILE.c.hashes).where(chosen)).scalar_one()
            connection.execute(
                update(BATCH_TILE).where(chosen).values(hashes=sound[:-1] + bytes([sound[-1] ^ 1]))
            )
        found = differences(full)
        assert {(difference.root, difference.size) for difference in found} == {(ROOT, SIZE)}
        with writing(full.engine) as connection:
            connection.execute(update(BATCH_TILE).where(chosen).values(hashes=sound))
    assert differences(full) == []


def test_a_damaged_database_is_mended_from_the_ledger_and_sound_blobs_stay(full: Desk) -> None:
    with reading(full.engine) as connection:
        size = log_size(connection)
        before = projection_digest(connection, size=size)
    for _, damage in (DAMAGE["revision.root_tao"], DAMAGE["entry.payload"]):
        with writing(full.engine) as connection:
            damage(connection)
    with writing(full.engine) as connection:
        connection.execute(update(BATCH_TILE).where(BATCH_TILE.c.blob_id == 2).values(hashes=bytes(96)))
    damaged = {(found.root, found.size) for found in differences(full) if found.root and found.size}
    with writing(full.engine) as connection:
        drop_projection(connection)
        assert [mend_blob(connection, root=root, size=size) for root, size in damaged] == [False]
    full.gone()
    full.follow(full.follower("mender"))
    assert differences(full) == []
    with reading(full.engine) as connection:
        assert projection_digest(connection, size=size) == before
        assert find_blob(connection, root=ROOT, size=SIZE) is not None
        assert connection.execute(select(func.count()).select_from(BATCH_BLOB)).scalar() == 1

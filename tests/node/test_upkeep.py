"""A byte changed in each class of the database is found, named and mended."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, select, text, update

from node.db.session import reading, writing
from node.db.tables import BATCH_BLOB, BATCH_LEAF, BATCH_TILE, PROJECTION
from node.errors import ConfigurationError, LedgerUnavailable, MalformedLedgerAnswer
from node.upkeep import DatabaseUnreadable, FollowerAtWork, check_node, rebuild_node
from tests.databases import on_postgresql
from tests.ledger import DeployedState, resume
from tests.node.api.conftest import KAUNAS, people
from tests.node.api.world import World, digests, world
from tests.node.told import Told

pytestmark = pytest.mark.enable_socket
LEAVES = digests(*range(700))


@contextmanager
def two_nodes(saved: DeployedState, folder: Path) -> Iterator[tuple[World, World]]:
    """A node with a batch; and its peer, which has copied the batch and does not follow any more."""
    with resume(saved, folder / "ledger.json") as ledger, world(ledger, folder / "one") as one:
        people(one)
        one.anchor(KAUNAS, LEAVES)
        one.background._follower.release()
        with world(ledger, folder / "two", peers=(one.url,)) as other:
            other.background._follower.release()
            yield one, other


@pytest.fixture(scope="module")
def two(
    deployed_state: DeployedState, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[World, World]]:
    """Two nodes for tests that leave them mended."""
    with two_nodes(deployed_state, tmp_path_factory.mktemp("two")) as made:
        yield made


@pytest.fixture
def fresh(deployed_state: DeployedState, tmp_path: Path) -> Iterator[tuple[World, World]]:
    """Two nodes for a test that does not."""
    with two_nodes(deployed_state, tmp_path) as made:
        yield made


def spoil(made: World, table: Table, column: str) -> dict[str, Any]:
    """Change one byte of the table's last row and return the row as it was."""
    with writing(made.node.engine) as connection:
        key = list(table.primary_key.columns)
        row = connection.execute(select(table).order_by(*(part.desc() for part in key))).mappings().first()
        assert row is not None, f"{table.name} has no row to spoil"
        value = row[column]
        spoilt: Any
        if value is None:
            spoilt = b"x"
        elif isinstance(value, bytes):
            spoilt = bytes([value[0] ^ 1]) + value[1:]
        elif isinstance(value, str):
            spoilt = "x" + value[1:]
        else:
            spoilt = value + 1
        matches = [part == row[part.name] for part in key]
        connection.execute(update(table).where(*matches).values({column: spoilt}))
        return dict(row)


def check(made: World) -> Any:
    return check_node(made.node.settings, clock=made.clock)


def rebuild(made: World) -> Any:
    return rebuild_node(made.node.settings, clock=made.clock)


def test_a_sound_database_shows_no_difference_and_the_same_digest_as_its_peer(
    two: tuple[World, World],
) -> None:
    reports = [check(made) for made in two]
    assert [report.differences for report in reports] == [(), ()]
    assert reports[0].digest == reports[1].digest
    assert all(report.ledger_compared for report in reports)


SPOILT = [
    ("entry", "payload"),
    ("entry", "hash"),
    ("entry", "time"),
    ("did", "did"),
    ("revision", "tao"),
    ("revision", "body"),
    ("batch", "attribute_id"),
    ("policy", "description"),
    ("user_grant", "attribute"),
    ("listed", "ordinal"),
    ("listed", "name"),
    ("cursor", "root"),
]


@pytest.mark.parametrize(("name", "column"), SPOILT)
def test_a_byte_changed_in_the_projection_is_named_and_mended(
    two: tuple[World, World], name: str, column: str
) -> None:
    one, made = two
    table = next(
        table for table in (*PROJECTION, *PROJECTION[0].metadata.tables.values()) if table.name == name
    )
    row = spoil(made, table, column)
    found = check(made).differences
    assert name in {each.difference.table for each in found}
    if "entry_index" in row:
        assert row["entry_index"] in {each.difference.entry_index for each in found}
    report = rebuild(made)
    assert report.whole, report.sentence
    assert report.check.digest == check(one).digest


@pytest.mark.parametrize(
    ("table", "column"), [(BATCH_TILE, "hashes"), (BATCH_LEAF, "prefix"), (BATCH_BLOB, "count")]
)
def test_a_byte_changed_in_a_blob_is_named_and_mended(
    two: tuple[World, World], table: Table, column: str
) -> None:
    one, made = two
    spoil(made, table, column)
    found = check(made).differences
    assert {each.difference.root for each in found} == {one_root(one)}
    report = rebuild(made)
    assert report.whole, report.sentence
    assert check(made).differences == ()
    path = f"/v1/batches/{KAUNAS.did}/{one_root(one).hex()}/{len(LEAVES)}/leaves"
    assert made.get(path).content == b"".join(LEAVES)


LOOSE = pytest.mark.databases("sqlite")  # which alone takes a value of another type
DAMAGED = [
    "update batch_tile set hashes = cast(hashes || x'00' as blob) where level = 0 and position = 0",
    "update batch_tile set hashes = cast(hashes || x'00' as blob) where level = 0 and position = 2",
    "update batch_tile set hashes = cast(substr(hashes, 2) as blob) where level = 0 and position = 1",
    pytest.param("update batch_blob set count = 'x'", marks=LOOSE),
    "update entry set subject = x'00' where entry_index = 5",
    "update entry set kind = 'nonsense' where entry_index = 5",
    pytest.param("update entry set time = 'late' where entry_index = 5", marks=LOOSE),
    pytest.param(
        "update did set entry_index = 'x' where entry_index = (select max(entry_index) from did)", marks=LOOSE
    ),
    "update cursor set block_hash = x'00'",
    "update cursor set block_number = block_number + 1",
    "delete from cursor",
    "delete from block",
    "update block set hash = x'00' where number = (select min(number) from block)",
    "update block set time = time + 1 where number = (select min(number) from block)",
]


@pytest.mark.parametrize("damage", DAMAGED)
def test_what_no_writer_would_leave_is_named_and_mended(two: tuple[World, World], damage: str) -> None:
    one, made = two
    if on_postgresql():
        damage = damage.replace("x'00'", "'\\x00'::bytea").replace("as blob", "as bytea")
    with writing(made.node.engine) as connection:
        assert connection.exec_driver_sql(damage).rowcount
    found = check(made)
    named = {each.difference.table for each in found.differences}
    assert named & {"cursor", *damage.split()}, found.sentence
    report = rebuild(made)
    assert report.whole, report.sentence
    assert report.check.digest == check(one).digest


@pytest.mark.databases("sqlite")
def test_a_file_that_is_no_database_is_named_in_one_line(fresh: tuple[World, World]) -> None:
    _, made = fresh
    with writing(made.node.engine) as connection:
        connection.execute(text("update batch_tile set hashes = cast(x'ff' as text)"))
    with pytest.raises(DatabaseUnreadable, match="move it away"):
        check(made)
    made.node.engine.dispose()
    (made.node.settings.data_dir / "node.sqlite3").write_bytes(b"no database" * 1000)
    with pytest.raises(ConfigurationError, match="not a database"):
        check(made)


def one_root(made: World) -> bytes:
    items = made.ok("/v1/history", params={"kind": "anchor"})["items"]
    return bytes.fromhex(items[0]["fields"]["root"])


def test_leaves_that_no_peer_has_are_reported_as_missing(fresh: tuple[World, World]) -> None:
    one, _ = fresh
    spoil_leaves(one)
    report = rebuild(one)
    assert not report.whole
    assert [batch.root for batch in report.unavailable] == [one_root(one)]
    assert one.ok(f"/v1/anchors/{LEAVES[0].hex()}")["batchesUnavailable"] != []


def test_what_is_derived_from_leaves_is_mended_without_any_peer(fresh: tuple[World, World]) -> None:
    one, _ = fresh
    with writing(one.node.engine) as connection:
        connection.execute(BATCH_TILE.delete().where(BATCH_TILE.c.level == 1))
        connection.execute(BATCH_LEAF.delete())
    assert check(one).differences
    assert rebuild(one).whole
    assert len(one.ok(f"/v1/anchors/{LEAVES[0].hex()}")["anchors"]) == 1


def spoil_leaves(made: World) -> None:
    with writing(made.node.engine) as connection:
        tile = connection.execute(select(BATCH_TILE).where(BATCH_TILE.c.level == 0)).mappings().first()
        assert tile is not None
        changed = bytes([tile["hashes"][0] ^ 1]) + tile["hashes"][1:]
        connection.execute(
            update(BATCH_TILE)
            .where(BATCH_TILE.c.level == 0, BATCH_TILE.c.position == tile["position"])
            .values(hashes=changed)
        )


def test_a_rebuild_beside_a_running_server_is_refused(fresh: tuple[World, World]) -> None:
    one, _ = fresh
    one.follow()
    with pytest.raises(FollowerAtWork, match="stop it first"):
        rebuild(one)
    assert check(one).differences == ()


def test_without_the_ledger_a_check_says_so_and_a_rebuild_drops_nothing(fresh: tuple[World, World]) -> None:
    _, made = fresh
    made.ledger.ledger.kill()
    report = check(made)
    assert (report.differences, report.ledger_compared) == ((), False)
    assert "does not answer" in report.sentence
    with pytest.raises(LedgerUnavailable):
        rebuild(made)
    with reading(made.node.engine) as connection:
        assert connection.execute(text("select count(*) from entry")).scalar_one() > 0


def test_reports_are_readable_by_machines_and_people(two: tuple[World, World]) -> None:
    _, made = two
    spoil(made, PROJECTION[0], "payload")
    report = check(made)
    assert report.to_json()["differences"][0]["table"] == "entry"
    assert report.differences[0].sentence.startswith("entry ")
    told = Told()
    rebuilt = rebuild_node(made.node.settings, progress=told, clock=made.clock)
    assert rebuilt.to_json()["whole"] is True
    assert {"entries", "look-up rows", "leaves hashed", "blocks followed"} <= set(told.parts)
    assert all(done == total for done, total in told.parts.values())
    assert any("digests of 0 batches" in sentence for sentence in told.sentences)


def test_a_rebuild_that_cannot_follow_says_so_and_goes_on_afterwards(fresh: tuple[World, World]) -> None:
    _, made = fresh
    spoil(made, PROJECTION[0], "payload")
    hasty = made.node.settings.model_copy(update={"ledger_quorum": 2})
    with pytest.raises(LedgerUnavailable, match="run `ankyra node rebuild` again"):
        rebuild_node(hasty, clock=made.clock)
    other_headers = made.node.settings.model_copy(update={"consensus": "qbft"})
    with pytest.raises(MalformedLedgerAnswer, match="consensus"):
        rebuild_node(other_headers, clock=made.clock)
    assert rebuild(made).whole

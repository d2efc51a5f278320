"""Reorganisations of every depth that is followed, the first that is not, and what was called final."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from node.db.broken_finality import broken_finality
from node.db.cursor import Cursor, drop_projection, read_cursor
from node.db.digest import projection_digest
from node.db.entries import log_size
from node.db.session import reading, writing
from node.indexer.blocks import MAX_DEPTH
from node.indexer.follower import Step
from tests.node.indexer.conftest import Desk
from tests.node.indexer.network import Network, network
from tests.node.registrations import some_leaves


@pytest.fixture
def net(tmp_path: Path) -> Iterator[Network]:
    with network(tmp_path, endpoints=1) as made:
        yield made


def broken(net: Network) -> tuple[int, int | None]:
    with reading(net.engine) as connection:
        times, last = broken_finality(connection)
    return times, last.blocks if last else None


def test_every_depth_up_to_64_is_followed(net: Network) -> None:
    follower = net.follower()
    for depth in range(1, MAX_DEPTH + 1):
        net.write(1, blocks=1 + depth // 2)
        net.write(1)
        assert net.follow(follower) is Step.IDLE
        net.ledger.reorganise(depth, blocks=depth + 1)
        assert net.follow(follower) is Step.IDLE
        cursor = net.cursor()
        assert (cursor.block_hash, cursor.size) == (net.ledger.head.hash, net.ledger.head.registries.size)
        assert cursor.root == net.ledger.head.registries.root
    assert net.digest() == net.newcomers_digest()


def test_one_of_65_stops_the_follower_until_the_operator_decides(net: Network) -> None:
    follower = net.follower()
    net.write(2, blocks=10)
    net.follow(follower)
    before = net.digest()
    net.ledger.reorganise(MAX_DEPTH + 1, blocks=MAX_DEPTH + 2)
    for _ in range(2):
        assert net.follow(follower) is Step.ALARMED
    assert net.sighting().alarm == "reorg-too-deep"
    assert net.digest() == before
    with writing(net.engine) as connection:
        drop_projection(connection)
    assert net.follow(follower) is Step.IDLE
    assert net.sighting().alarm is None
    assert net.digest() == net.newcomers_digest()


@pytest.mark.parametrize(
    ("finality_depth", "depth", "blocks"),
    [(2, 1, 0), (2, 2, 0), (2, 3, 1), (2, 20, 18), (0, 1, 1), (64, 64, 0)],
)
def test_what_was_final_and_is_taken_back_is_kept_and_told(
    net: Network, caplog: pytest.LogCaptureFixture, finality_depth: int, depth: int, blocks: int
) -> None:
    follower = net.follower(finality_depth=finality_depth)
    net.write(1)
    net.ledger.mine(depth - 1)
    net.follow(follower)
    net.ledger.reorganise(depth, blocks=depth + 1)
    assert net.follow(follower) is Step.IDLE, "the ledger is followed all the same"
    assert broken(net) == ((1, blocks) if blocks else (0, None))
    assert ("finality-broken" in caplog.text) == bool(blocks)
    if blocks:
        with reading(net.engine) as connection:
            last = broken_finality(connection)[1]
        assert last is not None
        assert (last.first_block, last.entries, last.at) == (
            net.ledger.head.number - depth,
            1,
            net.clock(),
        )


def test_a_ledger_that_stays_shorter_than_what_was_followed_is_told_of_after_a_minute(net: Network) -> None:
    follower = net.follower()
    net.follow(follower)
    before = net.cursor()
    seen = net.sighting().ledger_seen_at
    net.endpoints[0].freeze(behind=5)
    for seconds, step in ((1, Step.IDLE), (30, Step.IDLE), (31, Step.ALARMED)):
        net.clock.walk(seconds)
        assert net.follow(follower) is step
    sighting = net.sighting()
    assert (sighting.alarm, net.cursor()) == ("old-head", before)
    assert sighting.ledger_seen_at == seen, "since when answers may be out of date"
    net.endpoints[0].mend()
    assert net.follow(follower) is Step.IDLE
    assert net.sighting().alarm is None


def test_a_projection_dropped_under_a_running_follower_is_followed_again_without_an_alarm(
    net: Network,
) -> None:
    follower = net.follower()
    net.follow(follower)
    with writing(net.engine) as connection:
        drop_projection(connection)
    assert follower.step() is Step.MOVED
    assert net.follow(follower) is Step.IDLE
    assert net.digest() == net.newcomers_digest()


def newcomer(desk: Desk) -> Engine:
    engine = desk.database("newcomer")
    desk.follow(desk.follower("newcomer", engine))
    return engine


def digest_of(engine: Engine) -> tuple[Cursor | None, bytes]:
    with reading(engine) as connection:
        return read_cursor(connection), projection_digest(connection, size=log_size(connection))


@pytest.mark.enable_socket
@pytest.mark.parametrize("depth", [1, 63, 64])
def test_the_real_engine_reorganises_and_is_followed_up_to_64(desk: Desk, depth: int) -> None:
    university = desk.registrar.issuer()
    follower = desk.follower()
    desk.deployed.ledger.mine(66)
    desk.registrar.anchor(university, some_leaves(3))
    desk.follow(follower)
    desk.deployed.ledger.reorg(depth)
    desk.deployed.ledger.mine()
    assert desk.follow(follower) is Step.IDLE
    assert digest_of(desk.engine) == digest_of(newcomer(desk))

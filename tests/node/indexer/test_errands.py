"""Only who follows copies and sends."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread

import pytest

from node.db.lease import read_sighting
from node.db.session import reading
from node.indexer.errands import Errands
from node.indexer.leaves import LeafCopier
from tests.node.indexer.conftest import Desk
from tests.node.indexer.test_leaves import peer, serving
from tests.node.registrations import some_leaves

pytestmark = pytest.mark.enable_socket

LEAVES = some_leaves(10)


@contextmanager
def copying(desk: Desk, holder: str, url: str) -> Iterator[Errands]:
    copier = LeafCopier(desk.engine, [url])
    yield Errands(desk.engine, holder, copier, desk.clock)
    copier.close()


def test_only_the_holder_of_the_lease_runs_errands(desk: Desk) -> None:
    university = desk.registrar.issuer()
    desk.registrar.anchor(university, LEAVES)
    with (
        peer(serving(LEAVES)) as (url, asked),
        copying(desk, "one", url) as one,
        copying(desk, "two", url) as two,
    ):
        assert not one.step()  # nobody has followed yet
        desk.follow(desk.follower("one"))
        assert not two.step()
        assert asked == []
        assert one.step()
        assert len(asked) == 1


def test_errands_end_when_their_lease_has_run_out(desk: Desk) -> None:
    university = desk.registrar.issuer()
    desk.registrar.anchor(university, LEAVES)
    desk.follow(desk.follower("one"))
    desk.clock.time += timedelta(seconds=16)
    with peer(serving(LEAVES)) as (url, asked), copying(desk, "one", url) as one:
        assert not one.step()
    assert asked == []


def test_a_follower_in_a_thread_follows_until_told_to_stop_and_frees_its_lease(desk: Desk) -> None:
    follower, stop = desk.follower("one"), Event()
    thread = Thread(target=follower.run, args=(stop,), kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        university = desk.registrar.issuer()
        for _ in range(1_000):
            with reading(desk.engine) as connection:
                sighting = read_sighting(connection)
            if sighting and sighting.ledger_head == desk.deployed.ledger.height():
                break
            stop.wait(0.02)
    finally:
        stop.set()
        thread.join()
    with reading(desk.engine) as connection:
        sighting = read_sighting(connection)
    assert sighting is not None
    assert sighting.holder is None
    assert university.did

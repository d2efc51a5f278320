"""A node whose clock jumps by hours, forwards and backwards, while fifty clients submit."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from node.app import application
from node.background import Background
from node.clock import wall_clock
from node.config import load_settings
from node.db.cursor import read_cursor
from node.db.lease import Lease
from node.db.session import open_engine, reading, upgrade
from node.services.node import open_node
from tests.databases import database_url
from tests.faults.afterwards import found_after
from tests.faults.conftest import MakeWorld
from tests.faults.crowd import submitting
from tests.faults.template import World
from tests.faults.watcher import asking
from tests.node.api.world import served

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(600)]
_HOURS = timedelta(hours=5)


class Wall:
    """The wall's clock, set wrong."""

    def __init__(self) -> None:
        self.wrong_by = timedelta(0)

    def __call__(self) -> datetime:
        return wall_clock() + self.wrong_by


@contextmanager
def serving(world: World, clock: Wall, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The world's node in this process, by that clock."""
    for name, value in world.stage.settings.items():
        monkeypatch.setenv(name, value)
    node = open_node(load_settings(), clock=clock, holder="clock")
    background = Background(node)
    try:
        with served(application(node)) as url:
            world.stage.url = url
            background.start()
            yield
    finally:
        background.stop()
        node.close()


def test_a_clock_that_jumps_spoils_no_batch_and_no_verdict(
    a_world: MakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Wall()
    with a_world(start=False) as world, serving(world, clock, monkeypatch):
        with asking(world) as watch, submitting(world.stage, world.clients, batches=1) as crowd:
            for wrong_by in (_HOURS, -_HOURS, timedelta(0), _HOURS, timedelta(0)):
                time.sleep(0.7)
                clock.wrong_by = wrong_by
        assert found_after(world, crowd) == []
        assert watch.wrong == []
        assert watch.verdicts("good") >= {"valid"}
        assert "invalid" in watch.verdicts("revoked")


@pytest.mark.databases("sqlite")  # on PostgreSQL a dead process has no lock, whatever the clock says
def test_a_follower_that_died_by_a_clock_set_forward_is_followed_within_seconds(tmp_path: Path) -> None:
    """Its lease seems to last for hours once the clock is right again."""
    engine = open_engine(database_url(tmp_path))
    upgrade(engine)
    lasts, now = timedelta(seconds=15), wall_clock()
    assert Lease(engine, "dead").take(now + _HOURS, lasts=lasts)
    other = Lease(engine, "next")
    assert other.take(now, lasts=lasts)
    assert not Lease(engine, "third").take(now + timedelta(seconds=1), lasts=lasts)
    with reading(engine) as connection:
        assert read_cursor(connection) is None
    engine.dispose()

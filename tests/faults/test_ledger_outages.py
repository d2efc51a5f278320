"""The ledger stops, slows down or refuses while fifty clients submit: nothing lost, nothing doubled."""

import os
import signal
import time

import pytest

from tests.faults.afterwards import found_after
from tests.faults.conftest import MakeWorld
from tests.faults.crowd import submitting
from tests.faults.proxy import Fault, another_answer, garbage, hang_up, limit_exceeded, status
from tests.faults.watcher import asking

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(600)]
_SOON = 0.7  # seconds into the work of the clients


def test_a_ledger_that_stops_and_goes_on(a_world: MakeWorld) -> None:
    with a_world() as world:
        with asking(world) as watch, submitting(world.stage, world.clients, batches=1, spread=4) as crowd:
            time.sleep(_SOON)
            with world.stage.mining:
                os.kill(world.stage.ledger.pid, signal.SIGSTOP)
                time.sleep(3)
                os.kill(world.stage.ledger.pid, signal.SIGCONT)
        assert found_after(world, crowd) == []
        assert watch.wrong == []
        assert watch.verdicts("good") == {"valid"}


def test_a_slow_ledger(a_world: MakeWorld) -> None:
    with a_world() as world:
        with asking(world) as watch, submitting(world.stage, world.clients, batches=1) as crowd:
            time.sleep(_SOON)
            with world.proxy.troubled_by(None, delay=0.4):
                time.sleep(4)
        assert found_after(world, crowd) == []
        assert watch.wrong == []
        assert watch.verdicts("good") == {"valid"}


def test_a_ledger_that_refuses_talks_nonsense_and_hangs_up(a_world: MakeWorld) -> None:
    faults: list[Fault] = [status(503), status(429), garbage, another_answer, limit_exceeded, hang_up]
    with a_world() as world:
        with asking(world) as watch, submitting(world.stage, world.clients, batches=1, spread=4) as crowd:
            for fault in faults:
                time.sleep(0.3)
                with world.proxy.troubled_by(fault):
                    time.sleep(0.7)
        assert world.proxy.troubled > 2 * len(faults)
        assert found_after(world, crowd) == []
        assert watch.wrong == []
        assert watch.verdicts("good") == {"valid"}

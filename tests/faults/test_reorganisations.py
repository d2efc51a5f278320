"""The ledger takes blocks back while fifty clients submit: above finality, below it, and with its memory."""

import re
import time

import pytest

from devnet.chain import start_ledger
from devnet.sender import Sender
from node.client.api import Node
from tests.faults.afterwards import found_after
from tests.faults.conftest import MakeWorld
from tests.faults.crowd import submitting
from tests.faults.proxy import status
from tests.faults.watcher import asking

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(600)]
BELOW_FINALITY = 8


def test_blocks_above_finality_are_taken_back_again_and_again(a_world: MakeWorld) -> None:
    with a_world() as world:
        with asking(world) as watch, submitting(world.stage, world.clients, batches=1) as crowd:
            for depth in (1, 2, 1, 2, 2):
                time.sleep(0.6)
                world.stage.reorganise(depth)
        assert found_after(world, crowd) == []
        assert watch.wrong == []
        assert watch.verdicts("good") == {"valid"}


def test_what_was_called_final_is_taken_back_and_comes_again(a_world: MakeWorld) -> None:
    """The worst that a ledger can do: its word is followed, it is told, and what was lost is sent again."""
    with a_world() as world:
        with asking(world) as watch, submitting(world.stage, world.clients, batches=1) as crowd:
            time.sleep(3)
            with world.stage.mining:
                before = world.stage.ledger.height()
                _await_followed(world.stage.url, before)  # else nothing of it is final there yet
                world.stage.ledger.reorg(BELOW_FINALITY)
                assert world.stage.ledger.height() == before
        assert found_after(world, crowd) == []
        assert watch.wrong == []
        with Node(world.stage.url) as node:
            metrics = node.request("GET", "/metrics").content.decode()
    told = re.search(r"^ankyra_finality_broken (\S+)$", metrics, re.MULTILINE)
    assert told is not None
    assert float(told[1]) >= 1


def test_a_ledger_that_is_killed_and_comes_back_with_an_older_memory(a_world: MakeWorld) -> None:
    with a_world() as world:
        stage = world.stage
        with asking(world) as watch, submitting(stage, world.clients, batches=1) as crowd:
            time.sleep(1)
            stage.ledger.save()
            time.sleep(0.8)
            with stage.mining, world.proxy.troubled_by(status(502)):
                stage.ledger.kill()
                time.sleep(1)
                stage.ledger = start_ledger(
                    state=stage.ledger.state, timestamp=int(time.time()), automine=False
                )
                stage.operator = Sender(stage.ledger.rpc, stage.operator.account)
                world.proxy.upstream = stage.ledger.url
        assert found_after(world, crowd) == []
        assert watch.wrong == []
        assert watch.verdicts("good") == {"valid"}


def _await_followed(url: str, block: int) -> None:
    deadline = time.monotonic() + 30
    with Node(url) as node:
        while (node.get("/v1/issuers", params={"limit": "1"})["asOf"]["block"] or 0) < block:
            assert time.monotonic() < deadline, f"block {block} is not followed"
            time.sleep(0.05)

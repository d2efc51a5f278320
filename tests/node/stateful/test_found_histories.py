"""Histories that led astray once, each as short as it can be told."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from node.indexer.follower import Step
from tests.node.stateful.lies import LIES
from tests.node.stateful.test_follower_machine import FollowerMachine


@pytest.fixture
def machine() -> Iterator[FollowerMachine]:
    machine = FollowerMachine()
    machine.begin(endpoints=1)
    yield machine
    machine.teardown()


def test_a_projection_that_was_dropped_is_followed_anew_by_a_process_that_knew_it(
    machine: FollowerMachine,
) -> None:
    machine.settle()
    machine.rebuild()
    machine.settle()


@pytest.mark.parametrize("requests", range(1, 10))
def test_who_is_overtaken_in_the_middle_of_a_look_raises_no_alarm(
    machine: FollowerMachine, requests: int
) -> None:
    machine.look_while_another_takes_over(who=0, requests=requests)
    machine.write(count=2, quiet=1, kind=4)
    machine.look_while_another_takes_over(who=1, requests=requests)
    machine.what_is_kept_is_a_true_chain_up_to_some_block()


def test_an_alarm_of_a_process_that_died_is_taken_back_by_the_one_before_it(machine: FollowerMachine) -> None:
    machine.settle()
    machine.write(count=1, quiet=0, kind=4)
    machine.world.clock.walk(60)
    machine.corrupt(which=0, lie="another root")
    assert machine.processes[1].step() is Step.ALARMED
    assert machine.sighting().alarm == "root-mismatch"
    machine.settle()
    assert machine.sighting().alarm is None


@pytest.mark.parametrize("lie", sorted(LIES))
def test_no_lie_is_followed_and_the_truth_is_after_it(machine: FollowerMachine, lie: str) -> None:
    machine.settle()
    machine.write(count=3, quiet=1, kind=2)
    machine.corrupt(which=0, lie=lie)
    machine.look(who=0, times=3)
    machine.what_is_kept_is_a_true_chain_up_to_some_block()
    machine.settle()


def test_entries_withheld_where_no_state_is_kept_are_read_again(machine: FollowerMachine) -> None:
    """Far behind the head nothing shows at once that the last event of a range is missing."""
    for _ in range(6):
        machine.write(count=2, quiet=5, kind=4)
    machine.mine(60)
    endpoint = machine.world.endpoints[0]

    def withhold(method: str, params: Any, result: Any) -> Any:
        if method != "eth_getLogs":
            return result
        if int(params[0]["toBlock"], 16) - int(params[0]["fromBlock"], 16) > 9:
            error = {"code": -32005, "message": "range"}
            return httpx.Response(200, json={"jsonrpc": "2.0", "id": None, "error": error})
        return result[:-1]

    endpoint.tamper, endpoint.state_kept = withhold, 8
    for _ in range(40):
        if machine.processes[0].step() is Step.ALARMED:
            break
    assert machine.sighting().alarm == "log-gap"
    endpoint.tamper = None
    machine.settle()
    assert machine.sighting().alarm is None
    machine.what_is_kept_is_a_true_chain_up_to_some_block()

"""Documents that nobody here made go the whole way: anchored among others, then checked abroad."""

import time
from pathlib import Path

import pytest

from devnet.content import samples
from devnet.members import chosen_members
from devnet.node_process import free_ports
from devnet.scenarios import STEPS, play
from devnet.world import Plan, open_world

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(600)]


def test_the_commissions_samples_are_anchored_and_checked_abroad(vectors: Path, tmp_path: Path) -> None:
    others = samples({"ANKYRA_VECTORS": str(vectors)})
    plan = Plan(
        present=int(time.time()),
        members=chosen_members(2),
        credentials=len(others) + 5,
        samples=others,
        scrypt_n=2,
    )
    first, second = free_ports(2)
    with open_world(plan, tmp_path, ports=(first, second)) as world:
        outcomes = list(play(world, steps=STEPS[:3]))
    assert [(outcome.step.id, outcome.observed) for outcome in outcomes] == [
        (outcome.step.id, outcome.expected) for outcome in outcomes
    ]
    anchored, abroad = outcomes[1].observed, outcomes[2].observed
    assert anchored["from_others"] == sorted(path.name for path in others)
    assert anchored["anchored_as"]["salted"] == 1 + sum("unsigned" in path.name for path in others)
    assert {path.name for path in others} <= abroad.keys()
    exits = {path.name: abroad[path.name]["exit"] for path in others}
    assert exits == {name: 0 if "unsigned" in name else 3 for name in exits}

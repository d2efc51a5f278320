"""A verdict by a node's database, beside the clocks of the node and of the ledger."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from node.services.verification import verify_credential
from tests.credentials.world import country
from tests.node.projected import node_of


def test_a_clock_behind_the_ledger_does_not_make_what_it_recorded_the_future(tmp_path: Path) -> None:
    home = country()
    with node_of(home.world, tmp_path) as node:
        present = node.clock()
        punctual = verify_credential(node, home.credential, at=None)
        late = replace(node, clock=lambda: present - timedelta(days=2))
        behind = verify_credential(late, home.credential, at=None)
    assert punctual.verdict.outcome == behind.verdict.outcome == "valid"

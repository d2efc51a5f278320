"""A world made once for a module's reading tests, and one of its own for each test that breaks things."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ledger import DeployedState, resume
from tests.node.api.world import ROOT_TAO, TAO, TI, Actor, World, accredit, register, world

COUNCIL, ACADEMY, KAUNAS, TRENTO, STRANGER = (
    Actor(number, name) for number, name in enumerate(("Council", "Academy", "Kaunas", "Trento", "Stranger"))
)


def people(made: World) -> None:
    """Register everybody but the stranger, and accredit: council → academy → Kaunas and Trento."""
    for actor in (COUNCIL, ACADEMY, KAUNAS, TRENTO):
        register(made.ledger, actor)
    accredit(made.ledger, None, COUNCIL, ROOT_TAO, name="European Council (example)")
    accredit(made.ledger, COUNCIL, ACADEMY, TAO, name="Academy")
    accredit(made.ledger, ACADEMY, KAUNAS, TI, name="Kaunas University of Technology")
    accredit(made.ledger, ACADEMY, TRENTO, TI)
    made.follow()


@pytest.fixture(scope="module")
def small(deployed_state: DeployedState, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world for tests that only read, or whose writes disturb no other."""
    folder = tmp_path_factory.mktemp("small")
    with resume(deployed_state, folder / "ledger.json") as ledger, world(ledger, folder / "node") as made:
        people(made)
        yield made


@pytest.fixture
def own(deployed_state: DeployedState, tmp_path: Path) -> Iterator[World]:
    """A world of one test's own."""
    with resume(deployed_state, tmp_path / "ledger.json") as ledger, world(ledger, tmp_path / "node") as made:
        people(made)
        yield made

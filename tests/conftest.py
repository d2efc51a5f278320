"""Profiles and fixtures that every room's tests share."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from eth_account import Account
from hypothesis import settings

from devnet.chain import Ledger, start_ledger
from devnet.deploy import deploy, take_office
from devnet.sender import Sender
from node.config import Deployment

settings.register_profile("dev", max_examples=100, deadline=None)
settings.register_profile("pr", max_examples=1_000, deadline=None)
settings.register_profile("nightly", max_examples=10_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))

DEPLOYED_AT = 1_790_000_000
"""Ledger time of the deployment, in seconds since 1970 (September 2026)."""


@dataclass(frozen=True, slots=True)
class DeployedLedger:
    """A ledger of one test's own with the six contracts on it, and the operator who holds the policies."""

    ledger: Ledger
    deployment: Deployment
    operator: Sender

    def sender(self, seed: bytes) -> Sender:
        """Return another account, the same for the same seed of 32 bytes."""
        return Sender(self.ledger.rpc, Account.from_key(seed))


@pytest.fixture(scope="session")
def vectors() -> Path:
    """Other people's test vectors, a checkout apart."""
    named = os.environ.get("ANKYRA_VECTORS")
    if not named:
        pytest.skip("ANKYRA_VECTORS is unset: other people's vectors are not at hand")
    folder = Path(named)
    if not folder.is_dir():
        pytest.fail(f"ANKYRA_VECTORS names {folder}, which is no folder")
    return folder


@pytest.fixture(scope="session")
def deployed_state(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Deployment, bytes]:
    """The six contracts deployed once: the saved ledger, where they are, the operator's key."""
    state = tmp_path_factory.mktemp("ledger") / "deployed.json"
    key = bytes(range(1, 33))
    with start_ledger(timestamp=DEPLOYED_AT) as ledger:
        operator = Sender(ledger.rpc, Account.from_key(key))
        deployment = deploy(operator)
        take_office(operator, deployment)
        ledger.save(state)
    return state, deployment, key


@pytest.fixture
def deployed(deployed_state: tuple[Path, Deployment, bytes], tmp_path: Path) -> Iterator[DeployedLedger]:
    """A ledger of this test's own, resumed from the deployed state; its clock starts at DEPLOYED_AT + 60."""
    saved, deployment, key = deployed_state
    state = tmp_path / "ledger-state.json"
    shutil.copy(saved, state)
    ledger = start_ledger(state=state, timestamp=DEPLOYED_AT + 60)
    try:
        yield DeployedLedger(ledger, deployment, Sender(ledger.rpc, Account.from_key(key)))
    finally:
        ledger.kill()  # nothing to save

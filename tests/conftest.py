"""Profiles and fixtures that every room's tests share. Nothing of the rooms is imported before it is used."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from tests.ledger import DeployedLedger, DeployedState

settings.register_profile("dev", max_examples=100, deadline=None)
settings.register_profile("pr", max_examples=1_000, deadline=None)
settings.register_profile("nightly", max_examples=10_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


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
def deployed_state(tmp_path_factory: pytest.TempPathFactory) -> "DeployedState":
    """The six contracts deployed once, saved to a file."""
    from tests.ledger import deploy_once

    return deploy_once(tmp_path_factory.mktemp("ledger") / "deployed.json")


@pytest.fixture
def deployed(deployed_state: "DeployedState", tmp_path: Path) -> "Iterator[DeployedLedger]":
    """A ledger of this test's own with the contracts on it; its clock a minute after their deployment."""
    from tests.ledger import resume

    with resume(deployed_state, tmp_path / "ledger-state.json") as ledger:
        yield ledger

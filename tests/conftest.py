"""Profiles and fixtures that every room's tests share. Nothing of the rooms is imported before it is used."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from devnet.databases import DATABASES, SQLITE
from tests import databases

if TYPE_CHECKING:
    from tests.ledger import DeployedLedger, DeployedState

# Examples of `make test` come from each test's own text: a change is judged by what the one before it was
# judged by. New ones are drawn by `make fuzz`, whose findings become tests.
settings.register_profile("same", max_examples=100, deadline=None, derandomize=True)
settings.register_profile("dev", max_examples=100, deadline=None)
settings.register_profile("pr", max_examples=1_000, deadline=None)
settings.register_profile("nightly", max_examples=10_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=DATABASES,
        default=SQLITE,
        help="where tests of what stores in a database store (PostgreSQL is started for them)",
    )


def pytest_configure(config: pytest.Config) -> None:
    databases.choose(config.getoption("--database"))


def pytest_unconfigure() -> None:
    databases.end()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests that are about another kind of database than the one they would run on."""
    chosen = config.getoption("--database")
    left_out = [
        item for item in items if any(chosen not in mark.args for mark in item.iter_markers("databases"))
    ]
    if left_out:
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


@pytest.fixture(scope="module", autouse=True)
def _databases_of_the_module() -> Iterator[None]:
    with databases.dropped_afterwards():
        yield


@pytest.fixture(autouse=True)
def _databases_of_the_test(_databases_of_the_module: None) -> Iterator[None]:
    with databases.dropped_afterwards():
        yield


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

"""What `make fuzz` runs is there, generates as much as it says, and can be played again."""

import tomllib
from itertools import islice

import pytest

from tests.fuzz.__main__ import _steps
from tests.fuzz.steps import CALLS, PROPERTIES, ROOT, for_a_while, whole


def test_the_invariants_are_played_with_a_million_calls() -> None:
    profile = tomllib.loads((ROOT / "contracts" / "foundry.toml").read_text())["profile"]
    nightly = profile["nightly"]["invariant"]
    text = (ROOT / "contracts" / "test" / "Invariants.t.sol").read_text()
    assert nightly["runs"] * nightly["depth"] * text.count("function invariant_") == CALLS >= 1_000_000
    assert nightly["fail_on_revert"] is True


def test_everything_that_is_named_is_there() -> None:
    assert [path for path in PROPERTIES if not (ROOT / path).exists()] == []


def test_a_step_says_how_it_is_played_again() -> None:
    contracts, properties, api = whole(seed=7, workers=2)
    assert contracts.replay.startswith("cd contracts && FOUNDRY_PROFILE=nightly python -m devnet.toolchain")
    assert contracts.replay.endswith("--fuzz-seed 7 --match-contract InvariantsTest")
    assert "HYPOTHESIS_PROFILE=nightly" in properties.replay
    assert "--hypothesis-seed=7" in api.replay
    assert api.environment["OPENAPI_EXAMPLES"] == "500"


def test_a_short_time_is_shared_out() -> None:
    contracts, *_ = for_a_while(seed=1, seconds=120, workers=2)
    assert contracts.variables["FOUNDRY_INVARIANT_TIMEOUT"] == "10"


@pytest.mark.parametrize(("minutes", "names"), [(0.0, []), (60.0, ["contracts' invariants", "properties"])])
def test_rounds_last_as_long_as_asked(minutes: float, names: list[str]) -> None:
    assert [step.name for step, _ in islice(_steps(minutes, 5, 2), 2)] == names

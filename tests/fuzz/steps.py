"""What `make fuzz` runs: contracts, parsers and API, with generated input, and how to play it again."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
CALLS = 1_020_000
"""Of the invariants in `foundry.toml`, profile nightly: three times 8,500 runs of 40 calls."""
OPENAPI = 500
"""Generated requests for each operation, well-formed and again malformed."""
PROPERTIES = (
    *("tests/did", "tests/anchoring", "tests/credentials"),
    *(
        "tests/node/test_outside_bytes.py",
        "tests/node/test_reverts.py",
        "tests/node/chain",
        "tests/node/indexer",
    ),
    *(
        "tests/node/api/test_json_body.py",
        "tests/node/api/test_pagination.py",
        "tests/node/api/test_clients.py",
    ),
    *(
        "tests/node/api/test_rate.py",
        "tests/node/client/test_nonces.py",
        "tests/node/client/test_transactions.py",
    ),
)
"""Where hypothesis has something to vary; tests without it are left out."""
_PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--timeout", "0")


@dataclass(frozen=True, slots=True)
class Step:
    """One program to run.

    Attributes:
        name: for the table.
        amount: how much it generates, in words.
        command: program and arguments.
        folder: where it runs.
        variables: laid over the environment.
    """

    name: str
    amount: str
    command: tuple[str, ...]
    folder: Path = ROOT
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def replay(self) -> str:
        """The step as it can be typed, from the folder of the checkout."""
        set_ = " ".join(f"{name}={value}" for name, value in self.variables.items())
        program = " ".join(self.command).replace(sys.executable, "python")
        where = "" if self.folder == ROOT else f"cd {self.folder.relative_to(ROOT)} && "
        return f"{where}{set_} {program}"

    @property
    def environment(self) -> dict[str, str]:
        """The whole environment that the program gets."""
        return os.environ | {"PYTHONPATH": str(ROOT)} | dict(self.variables)


def whole(*, seed: int, workers: int) -> list[Step]:
    """Everything, as long as it takes: a million calls, 10,000 examples of each property."""
    return [
        _contracts(seed, amount=f"{CALLS:,} calls"),
        _properties(seed, profile="nightly", amount="10,000 examples each", workers=workers),
        _openapi(seed, examples=OPENAPI),
    ]


def for_a_while(*, seed: int, seconds: float, workers: int) -> list[Step]:
    """A round of about so many seconds at least: to be played again with other seeds while time is left."""
    third = max(10, int(seconds / 3))
    return [
        _contracts(seed, amount=f"{third} seconds", timeout=third // 4),
        _properties(seed, profile="dev", amount="100 examples each", workers=workers),
        _openapi(seed, examples=20),
    ]


def _contracts(seed: int, *, amount: str, timeout: int | None = None) -> Step:
    """Args: timeout: seconds for each of the three invariants and each fuzzed test."""
    program = (sys.executable, "-m", "devnet.toolchain", "run", "forge", "test", "--fuzz-seed", str(seed))
    variables = {"FOUNDRY_PROFILE": "nightly"}
    if timeout is not None:
        variables |= dict.fromkeys(("FOUNDRY_INVARIANT_TIMEOUT", "FOUNDRY_FUZZ_TIMEOUT"), str(timeout))
    only = ("--match-contract", "InvariantsTest")
    return Step("contracts' invariants", amount, (*program, *only), ROOT / "contracts", variables)


def _properties(seed: int, *, profile: str, amount: str, workers: int) -> Step:
    chosen = ("-n", str(workers), "-m", "hypothesis", f"--hypothesis-seed={seed}", *PROPERTIES)
    return Step("properties", amount, (*_PYTEST, *chosen), variables={"HYPOTHESIS_PROFILE": profile})


def _openapi(seed: int, *, examples: int) -> Step:
    chosen = ("-n0", f"--hypothesis-seed={seed}", "tests/node/api/test_openapi.py")
    return Step(
        "API", f"{examples} requests each", (*_PYTEST, *chosen), variables={"OPENAPI_EXAMPLES": str(examples)}
    )

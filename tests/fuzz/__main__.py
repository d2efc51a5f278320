"""`python -m tests.fuzz`: generated input for contracts, parsers and API, for MINUTES or to the end."""

import argparse
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

from tests.fuzz.steps import Step, for_a_while, whole


@dataclass(frozen=True, slots=True)
class Played:
    """A step and how it ended."""

    step: Step
    seed: int
    seconds: float
    code: int

    @property
    def row(self) -> str:
        """Its line of the table."""
        told = "nothing found" if self.code == 0 else f"FOUND (exit code {self.code})"
        return f"{self.step.name:<24}{self.step.amount:<24}{self.seed:>12}{self.seconds:>10.0f} s  {told}"


def main() -> int:
    """The exit code: 0 if nothing was found."""
    options = _options()
    seed = random.SystemRandom().randrange(1 << 31) if options.seed is None else options.seed
    _tell(f"seed {seed}")
    played = []
    for step, used in _steps(options.minutes, seed, options.workers):
        _tell(f"--- {step.name}, {step.amount}, seed {used}: {step.replay}")
        began = time.monotonic()
        code = subprocess.run(step.command, cwd=step.folder, env=step.environment, check=False).returncode
        played.append(Played(step, used, time.monotonic() - began, code))
        if code:
            break
    _tell(f"\n{'':<24}{'generated':<24}{'seed':>12}{'took':>12}")
    for one in played:
        _tell(one.row)
    return 0 if all(one.code == 0 for one in played) else 1


def _steps(minutes: float | None, seed: int, workers: int) -> Iterator[tuple[Step, int]]:
    """The steps with their seeds; for so many minutes in rounds, each with the next seed."""
    if minutes is None:
        yield from ((step, seed) for step in whole(seed=seed, workers=workers))
        return
    until = time.monotonic() + minutes * 60
    while (left := until - time.monotonic()) > 0:
        for step in for_a_while(seed=seed, seconds=left, workers=workers):
            if time.monotonic() < until:
                yield step, seed
        seed += 1


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, help="rounds for so long; everything if not given")
    parser.add_argument("--seed", type=int, help="of the first round; any if not given")
    parser.add_argument("--workers", type=int, default=2, help="processes for properties")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

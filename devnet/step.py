"""What a step of the scenario is, and how one ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from devnet.world import World

Facts = Mapping[str, Any]
"""What is expected, or seen: names to values that JSON can hold."""


def _stay(_world: World) -> None:
    return


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the scenario.

    Attributes:
        id: stable name.
        title: for people, in one line.
        act: what is done.
        expected: what must be seen, by the plan.
        observe: what is seen by who was not there: over HTTP, by replay, or by the `ankyra` command.
        leave: puts the world back where the next step begins, if the step held and left it otherwise.
    """

    id: str
    title: str
    act: Callable[[World], None]
    expected: Callable[[World], Facts]
    observe: Callable[[World], Facts]
    leave: Callable[[World], None] = _stay


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a step ended; `seconds` is how long it took."""

    step: Step
    expected: Facts
    observed: Facts
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether all was seen that had to be, and nothing else."""
        return bool(self.expected) and self.expected == self.observed

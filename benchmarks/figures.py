"""What a benchmark reports: figures, each with the limit it must keep where there is one."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value. `limit` is what it is held to: at most, or at least where `floor` is set."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    floor: bool = False

    @property
    def kept(self) -> bool:
        """Whether the limit holds; a figure without a limit always does."""
        if self.limit is None:
            return True
        return self.value >= self.limit if self.floor else self.value <= self.limit

    def line(self) -> str:
        """The figure as one line of the report."""
        bound = ""
        if self.limit is not None:
            bound = f"  ({'at least' if self.floor else 'at most'} {self.limit:g})"
            bound += "" if self.kept else "  MISSED"
        return f"  {self.name:<72} {self.value:>12,.3f} {self.unit}{bound}"


def best_of(rounds: int, *actions: Callable[[], object]) -> list[float]:
    """Return the least CPU seconds of each action over interleaved rounds.

    Interleaving lets a busy neighbour disturb all of them alike; CPU time is what a neighbour changes least.
    """
    least = [float("inf")] * len(actions)
    for _ in range(rounds):
        for place, action in enumerate(actions):
            gc.collect()
            started = time.process_time()
            action()
            least[place] = min(least[place], time.process_time() - started)
    return least


def quickest(rounds: int, *actions: Callable[[], object]) -> list[float]:
    """Return the least seconds of each action, a few milliseconds long, over many interleaved rounds.

    Some of many short goes fall into moments that no neighbour disturbs. Garbage is not collected between
    them: that would empty the processor's caches, and what stands in them is part of being warm.
    """
    for action in actions:
        action()
    least = [float("inf")] * len(actions)
    for _ in range(rounds):
        for place, action in enumerate(actions):
            started = time.perf_counter()
            action()
            least[place] = min(least[place], time.perf_counter() - started)
    return least

"""Which kills a run has, in which order: drawn from a seed, so that the same seed gives the same list."""

import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from node.failpoints import FAILPOINTS

Where = Literal["node", "client"]
RANDOM = "random"
_LONGEST = {"node": 1.2, "client": 0.6}
"""Seconds from the start of a process to its end at a random moment, at most."""
_OFTEN = 3  # times that a place is passed before the process dies there, at most


@dataclass(frozen=True, slots=True)
class Kill:
    """One kill: at a place of `node.failpoints`, or `after` seconds."""

    number: int
    where: Where
    place: str
    times: int = 1
    after: float = 0.0

    @property
    def failpoint(self) -> str:
        """The value of `ANKYRA_FAILPOINT`; empty for a random moment."""
        return "" if self.place == RANDOM else f"{self.place}:{self.times}"


def draw(count: int, seed: int, *, at_random: float = 0.5) -> tuple[deque[Kill], deque[Kill]]:
    """The kills of the node and those of clients; every place comes once before any comes twice.

    Args:
        count: kills in all.
        seed: of the order, the moments and the counts.
        at_random: the part of the kills that are at random moments.
    """
    rng = random.Random(seed)
    places = _places(rng)
    moments = round(count * at_random)
    kinds = [RANDOM] * moments + [next(places) for _ in range(count - moments)]
    rng.shuffle(kinds)
    node: deque[Kill] = deque()
    client: deque[Kill] = deque()
    for number, place in enumerate(kinds):
        where: Where = "client" if place.startswith("client-") else "node"
        if place == RANDOM:
            where = "client" if rng.random() < 0.3 else "node"
        often = 1 if number < len(FAILPOINTS) or place == RANDOM else rng.randint(1, _OFTEN)
        kill = Kill(number, where, place, times=often, after=rng.uniform(0, _LONGEST[where]))
        (node if where == "node" else client).append(kill)
    return node, client


def _places(rng: random.Random) -> Iterator[str]:
    while True:
        names = list(FAILPOINTS)
        rng.shuffle(names)
        yield from names

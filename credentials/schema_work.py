"""How much work a JSON Schema asks for, bounded before any of it is done.

The library that evaluates it cannot be interrupted: what applies twice to the same value at each of thirty
levels would hold the process for hours. Here every part that reaches a value is counted, not evaluated.
"""

from collections import Counter
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from heapq import heapify, heappop, heappush
from typing import Any, Final

from credentials.errors import UnusableSchema
from credentials.schema_graph import Part

MAX_UNFOLDED: Final = 10_000
"""Parts that apply to one and the same value, each counted as often as it does."""
MAX_CHAINED: Final = 64
"""Parts of which each applies the next to one and the same value."""
MAX_WORK: Final = 10_000_000
"""Simple comparisons for one document: some tenths of a second."""
MAX_STEPS: Final = 100_000
"""What is counted for one document before it is given up."""
_TEXT: Final = 64
"""Characters that weigh as much as one value."""


@dataclass(frozen=True, slots=True)
class Work:
    """What one document takes: parts that are evaluated, and what they weigh."""

    evaluations: int
    weight: int


@dataclass(frozen=True, slots=True)
class Bounds:
    """The work that a schema asks for.

    Attributes:
        parts: of the schema, itself the first.
        order: their numbers; what a part applies to the same value comes after it.
        ranks: the place of each in `order`.
        unfolded: what they weigh, each counted as often as there are ways to it; None if there is no end.
    """

    parts: tuple[Part, ...]
    order: tuple[int, ...]
    ranks: tuple[int, ...]
    unfolded: int | None

    def is_light(self, size: int) -> bool:
        """Whether no document of `size` bytes is too much work, whatever it holds."""
        return self.unfolded is not None and self.unfolded * size <= MAX_WORK

    def work(self, document: Any) -> Work | None:
        """What `document` takes; None if it is too much, or too much to count."""
        evaluations = weight = steps = 0
        waiting = [(document, Counter({0: 1}))]
        while waiting:
            value, arriving = waiting.pop()
            applied = self._applied(arriving)
            steps += len(applied) * (1 + len(value) if isinstance(value, dict | list) else 1)
            for number, times in applied.items():
                evaluations += times
                weight += times * self.parts[number].weight * _length(value)
            if weight > MAX_WORK or steps > MAX_STEPS:
                return None
            if isinstance(value, dict):
                waiting += self._members(value, applied)
            elif isinstance(value, list):
                waiting += self._elements(value, applied)
        return Work(evaluations, weight)

    def _applied(self, arriving: Counter[int]) -> Counter[int]:
        """The parts that apply to a value, given those that it is handed to."""
        applied = Counter(arriving)
        waiting = [self.ranks[number] for number in arriving]
        heapify(waiting)
        while waiting:
            number = self.order[heappop(waiting)]
            for target, times in self.parts[number].here.items():
                if target not in applied:
                    heappush(waiting, self.ranks[target])
                applied[target] += applied[number] * times
        return applied

    def _members(self, value: dict[str, Any], applied: Counter[int]) -> list[tuple[Any, Counter[int]]]:
        found = []
        for name, member in value.items():
            arriving: Counter[int] = Counter()
            names: Counter[int] = Counter()
            for number, times in applied.items():
                part = self.parts[number]
                named = part.members.get(name)
                for target in part.other_members if named is None else [named]:
                    arriving[target] += times
                for target in part.all_members:
                    arriving[target] += times
                for target in part.names:
                    names[target] += times
            found += [(one, numbers) for one, numbers in ((member, arriving), (name, names)) if numbers]
        return found

    def _elements(self, value: list[Any], applied: Counter[int]) -> list[tuple[Any, Counter[int]]]:
        found = []
        for place, element in enumerate(value):
            arriving: Counter[int] = Counter()
            for number, times in applied.items():
                part = self.parts[number]
                for target in part.rest if place >= len(part.prefix) else [part.prefix[place]]:
                    arriving[target] += times
                for target in part.all_elements:
                    arriving[target] += times
            if arriving:
                found.append((element, arriving))
        return found


def bound_work(parts: tuple[Part, ...]) -> Bounds:
    """The bounds of a schema, none of whose parts applies to one value without end.

    Args:
        parts: of the schema, itself the first.

    Raises:
        UnusableSchema: a part applies itself to the same value, or too many apply to one.
    """
    try:
        upwards = tuple(
            TopologicalSorter({n: part.here.keys() for n, part in enumerate(parts)}).static_order()
        )
    except CycleError as error:
        raise UnusableSchema("it leads back to itself without end") from error
    unfolded, chained = [0] * len(parts), [0] * len(parts)
    for number in upwards:
        here = parts[number].here
        unfolded[number] = 1 + sum(unfolded[target] * times for target, times in here.items())
        chained[number] = 1 + max((chained[target] for target in here), default=0)
        if unfolded[number] > MAX_UNFOLDED or chained[number] > MAX_CHAINED:
            raise UnusableSchema(
                f"more than {MAX_UNFOLDED} of its parts, or {MAX_CHAINED} in a row, apply to one value"
            )
    order = upwards[::-1]
    ranks = [0] * len(parts)
    for rank, number in enumerate(order):
        ranks[number] = rank
    return Bounds(parts, order, tuple(ranks), _all_unfolded(parts))


def _all_unfolded(parts: tuple[Part, ...]) -> int | None:
    graph = {n: {*part.here, *part.inside()} for n, part in enumerate(parts)}
    weights = [0] * len(parts)
    try:
        for number in TopologicalSorter(graph).static_order():
            part = parts[number]
            weights[number] = part.weight + sum(weights[target] for target in part.inside())
            weights[number] += sum(weights[target] * times for target, times in part.here.items())
            if weights[number] > MAX_WORK:
                return None
    except CycleError:
        return None
    return weights[0]


def _length(value: Any) -> int:
    return 1 + len(value) // _TEXT if isinstance(value, str) else 1

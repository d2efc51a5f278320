"""Sums of credits: by level, and for each learner by itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .microcredential_values import shown_number


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelSum:
    """Credits of one level: all, and how many of them were learnt formally, non-formally, or unsaid how."""

    eqf_level: int | None
    formal: Decimal
    non_formal: Decimal
    unstated: Decimal
    credentials: tuple[int, ...]

    @property
    def ects(self) -> Decimal:
        """All of them."""
        return self.formal + self.non_formal + self.unstated


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerSum:
    """What counts of one learner: credits of several people have no sum that anybody could use.

    Attributes:
        learner: the identifier; None for those credentials together that name nobody.
        levels: by rising EQF level, those without one last.
    """

    learner: str | None
    levels: tuple[LevelSum, ...]

    @property
    def ects(self) -> Decimal:
        """At all levels together."""
        return total_of(self.levels)


def total_of(levels: Iterable[LevelSum]) -> Decimal:
    """The credits of all levels together."""
    return sum((level.ects for level in levels), Decimal(0))


def levels_json(levels: Iterable[LevelSum]) -> list[dict[str, Any]]:
    """The levels as `byEqfLevel` of the JSON form has them."""
    return [
        {
            "eqfLevel": level.eqf_level,
            "ects": shown_number(level.ects),
            "formal": shown_number(level.formal),
            "nonFormal": shown_number(level.non_formal),
            "unstated": shown_number(level.unstated),
            "credentials": list(level.credentials),
        }
        for level in levels
    ]

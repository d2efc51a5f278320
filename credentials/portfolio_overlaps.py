"""What several credentials of one learner name: an outcome learnt twice is no more than one."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from .microcredential import MicroCredential

Kind = Literal["activity", "learning_outcome", "skill"]
Counted = tuple[int, MicroCredential, Decimal, str | None]
"""A credential's place in the portfolio, what it says, the credits of it that are counted, whose they are."""

MOST_OVERLAPS: Final = 256
"""Those listed; credentials that agree in more are one programme, and the first ones tell it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """Something that several credentials of one learner name.

    Attributes:
        kind: the same activity (title and awarding body), learning outcome (its words) or skill (its URI).
        name: of what is the same, as the first of them has it.
        credentials: their places in the portfolio.
        ects: credits that may be counted twice: of all of them but the one with the most.
        learner: whose they are; None if they do not name anybody.
    """

    kind: Kind
    name: str
    credentials: tuple[int, ...]
    ects: Decimal
    learner: str | None


def overlaps_of(credentials: Iterable[Counted]) -> tuple[Overlap, ...]:
    """What at least two credentials of one learner name: activities first, then outcomes, then skills."""
    named: dict[tuple[Kind, str, str | None], tuple[str, dict[int, Decimal]]] = {}
    for place, says, ects, learner in credentials:
        for kind, key, name in _names(says):
            named.setdefault((kind, key, learner), (name, {}))[1][place] = ects
    found = (
        Overlap(
            kind=kind,
            name=name,
            credentials=tuple(places),
            ects=_twice([*places.values()]),
            learner=learner,
        )
        for (kind, _, learner), (name, places) in sorted(named.items(), key=lambda item: item[0][0])
        if len(places) > 1
    )
    return tuple(overlap for _, overlap in zip(range(MOST_OVERLAPS), found, strict=False))


def _twice(ects: Sequence[Decimal]) -> Decimal:
    return sum(ects, Decimal(0)) - max(ects)


def _names(says: MicroCredential) -> Iterator[tuple[Kind, str, str]]:
    if says.title:
        yield "activity", _same(f"{says.title}\n{says.awarding_body or ''}"), says.title
    for text in says.element("learning_outcomes").values:
        yield "learning_outcome", _same(text), text
    for skill in says.skills:
        yield "skill", skill.id, skill.label or skill.id


def _same(text: str) -> str:
    """The text by which two are taken for the same: white space and case apart."""
    return " ".join(text.split()).casefold()

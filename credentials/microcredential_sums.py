"""Credits and hours of a credential, summed over its claims; none where it says two things of one claim."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from . import microcredential_badges as badges
from . import microcredential_concepts as concepts
from . import microcredential_values as values
from .microcredential_concepts import Ects
from .microcredential_elements import MANDATORY
from .microcredential_paths import MAX_BREADTH, Finding, Survey
from .microcredential_places import CLAIMS, Place
from .microcredential_values import Hours, Reading, Unreadable

_RANKS: Final[Mapping[Place, int]] = {
    place: rank
    for rank, place in enumerate(next(element.places for element in MANDATORY if element.name == "workload"))
}
_CREDITS: Final = frozenset(
    {
        concepts.read_ects,
        concepts.read_credit_point,
        badges.read_credits_available,
        badges.read_credits_earned,
    }
)
_ACHIEVEMENT: Final = "LearningAchievement"

_Amount = tuple[Finding, Decimal]


def ects_of(survey: Survey, remarks: list[str]) -> Decimal | None:
    """The ECTS credits of all claims together; None if there are none, or one cannot be read.

    Args:
        survey: of a credential.
        remarks: get a sentence where there are credits and no sum.
    """
    found = [one for one in survey.findings if one.place in _RANKS and one.place.read in _CREDITS]
    amounts = [
        (one, one.read.value.points)
        for one in found
        if isinstance(one.read, Reading) and isinstance(one.read.value, Ects)
    ]
    return _total(survey, found, amounts, "ECTS credits", remarks)


def hours_of(survey: Survey, remarks: list[str]) -> Decimal | None:
    """The hours of learning of all claims together; None if there are none, or one cannot be read.

    Args:
        survey: of a credential.
        remarks: get a sentence where there are hours and no sum.
    """
    found = [one for one in survey.findings if one.place in _RANKS and one.place.read is values.read_hours]
    amounts = [
        (one, one.read.value.hours)
        for one in found
        if isinstance(one.read, Reading) and isinstance(one.read.value, Hours)
    ]
    return _total(survey, found, amounts, "hours of learning", remarks)


def _total(
    survey: Survey, found: list[Finding], amounts: list[_Amount], what: str, remarks: list[str]
) -> Decimal | None:
    if not amounts or any(isinstance(one.read, Unreadable) for one in found):
        return None
    if survey.cut:
        remarks.append(f"Of a list in it only the first {MAX_BREADTH} were looked at: {what} are not summed.")
        return None
    counted = _of_achievements(survey, amounts)
    total = Decimal(0)
    for subject in {one.subject for one, _ in counted}:
        number = _of_subject([amount for amount in counted if amount[0].subject == subject])
        if number is None:
            remarks.append(f"It names several numbers of {what} for one achievement: none is taken.")
            return None
        total += number
    return total


def _of_achievements(survey: Survey, amounts: list[_Amount]) -> list[_Amount]:
    """Without what activities count that stand beside the achievements they led to."""
    achievements = {
        one.claim
        for one in survey.findings
        if one.place is CLAIMS[0] and isinstance(one.read, Reading) and one.read.value == _ACHIEVEMENT
    }
    kept = [amount for amount in amounts if amount[0].claim in {0, *achievements}]
    return kept if achievements and kept else amounts


def _of_subject(amounts: list[_Amount]) -> Decimal | None:
    """The sum of a subject's claims, or what it says of itself; None if these differ."""
    numbers: dict[int, Decimal] = {}
    for claim in {one.claim for one, _ in amounts}:
        own = [(_RANKS[one.place], number) for one, number in amounts if one.claim == claim]
        best = min(rank for rank, _ in own)
        stated = {number for rank, number in own if rank == best}
        if len(stated) != 1:
            return None
        numbers[claim] = stated.pop()
    whole = numbers.pop(0, None)
    if whole is None:
        return sum(numbers.values(), Decimal(0))
    earned = any(one.place.read is badges.read_credits_earned for one, _ in amounts)
    return whole if earned or not numbers or sum(numbers.values()) == whole else None

"""The European standard elements of a micro-credential, and whether a credential has them.

The elements are those of the annex to the Council Recommendation of 16 June 2022 (2022/C 243/02).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from .microcredential_places import CLAIMS, NEED_WHAT_HOLDS_THEM, ROWS, Place

Group = Literal["mandatory", "optional", "beside"]
State = Literal["present", "missing", "malformed"]

Found = tuple[Place, str | None]
"""A place that something stands at, and what is wrong with it; None if it can be read."""


@dataclass(frozen=True, slots=True)
class StandardElement:
    """An element by a stable name, and the places of which one has to say something.

    Attributes:
        name: stable, for machines.
        label: for people.
        group: whether the annex asks for it, allows it, or it is read beside the elements.
        places: the first that says something is the element's path.
        every: whether what stands at further places belongs to it too, as hours beside credits.
    """

    name: str
    label: str
    group: Group
    places: tuple[Place, ...]
    every: bool = True

    def found_at(self, present: frozenset[Found]) -> str | None:
        """The path of the first of its places that says something, readable or not; None if none does."""
        found = {place for place, _ in present}
        return next((place.path for place in self.places if place in found), None)

    def state(self, present: frozenset[Found]) -> tuple[State, str | None, str | None]:
        """Its state, the path that decides, and what is wrong there."""
        problems: dict[Place, str | None] = {}
        for place, problem in present:
            problems[place] = problems.get(place) or problem
        found = [place for place in self.places if place in problems]
        for place in found if self.every else found[:1]:
            if problems[place] is not None:
                return "malformed", place.path, problems[place]
        return ("present", found[0].path, None) if found else ("missing", None, None)


def _element(name: str, label: str, group: Group, *, every: bool = True) -> StandardElement:
    places = tuple(
        Place(before + path, shape, read, above=read in NEED_WHAT_HOLDS_THEM)
        for shape, before, rows in ROWS
        for element, path, read in rows
        if element == name
    )
    return StandardElement(name, label, group, places, every)


MANDATORY: Final = (
    _element("learner", "identification of the learner", "mandatory"),
    _element("title", "title", "mandatory", every=False),
    _element("country", "country of the issuer", "mandatory", every=False),
    _element("awarding_body", "awarding body", "mandatory", every=False),
    _element("date_of_issuing", "date of issuing", "mandatory", every=False),
    _element("learning_outcomes", "learning outcomes", "mandatory"),
    _element("workload", "notional workload", "mandatory"),
    _element("level", "level of the learning experience", "mandatory"),
    _element("assessment", "type of assessment", "mandatory"),
    _element("participation", "form of participation", "mandatory", every=False),
    _element("quality_assurance", "quality assurance", "mandatory"),
)
"""What a micro-credential has to say, in the order of the annex."""

OPTIONAL: Final = (
    _element("prerequisites", "prerequisites needed to enrol", "optional"),
    _element("supervision", "supervision and identity verification during assessment", "optional"),
    _element("grade", "grade achieved", "optional"),
    _element("stackability", "integration and stackability options", "optional"),
    _element("further", "further information", "optional"),
)
"""What it may say where relevant, in the order of the annex."""

BESIDE: Final = (
    _element("skills", "skills of ESCO", "beside"),
    _element("fields", "fields of ISCED-F", "beside"),
    _element("setting", "setting, formal or non-formal", "beside"),
)
"""What is read beside the elements of the annex, for those who compare and sum."""

ALL: Final = (*MANDATORY, *OPTIONAL, *BESIDE)


def places_of(elements: Iterable[StandardElement]) -> tuple[Place, ...]:
    """All places of some elements, those of claims first."""
    return (*CLAIMS, *(place for element in elements for place in element.places))

"""The European standard elements of a micro-credential, where the European Learning Model 3 has them.

The elements are those of the annex to the Council Recommendation of 16 June 2022 (2022/C 243/02). Whether an
element says something true or complete is for people; here it is present or missing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

_MICRO: Final = frozenset({"MicroCredential", "EuropeanDigitalCredential"})
_CLAIM: Final = "credentialSubject.hasClaim"
_CLAIM_STEPS: Final = tuple(_CLAIM.split("."))
_BODY: Final = f"{_CLAIM}.awardedBy.awardingBody"
_MAX_BREADTH: Final = 64
"""Elements looked at of one list."""


@dataclass(frozen=True, slots=True)
class StandardElement:
    """An element by a stable name, and the paths of which one has to lead to a value."""

    name: str
    label: str
    paths: tuple[str, ...]


MANDATORY: Final = (
    StandardElement(
        "learner",
        "identification of the learner",
        ("credentialSubject.id", "credentialSubject.fullName", "credentialSubject.familyName"),
    ),
    StandardElement("title", "title", (f"{_CLAIM}.title", f"{_CLAIM}.specifiedBy.title")),
    StandardElement(
        "country",
        "country of the issuer",
        (f"{_BODY}.location.address.countryCode", f"{_BODY}.location.spatialCode"),
    ),
    StandardElement("awarding_body", "awarding body", (f"{_BODY}.legalName", f"{_BODY}.prefLabel")),
    StandardElement(
        "date_of_issuing",
        "date of issuing",
        (f"{_CLAIM}.awardedBy.awardingDate", "issued", "issuanceDate", "validFrom"),
    ),
    StandardElement(
        "learning_outcomes", "learning outcomes", (f"{_CLAIM}.specifiedBy.learningOutcome.title",)
    ),
    StandardElement(
        "workload",
        "notional workload",
        (f"{_CLAIM}.specifiedBy.creditPoint.point", f"{_CLAIM}.specifiedBy.volumeOfLearning"),
    ),
    StandardElement(
        "level",
        "level of the learning experience",
        (f"{_CLAIM}.specifiedBy.eqfLevel", f"{_CLAIM}.specifiedBy.nqfLevel"),
    ),
    StandardElement(
        "assessment",
        "type of assessment",
        (f"{_CLAIM}.provenBy.specifiedBy.dcType", f"{_CLAIM}.provenBy.specifiedBy.title"),
    ),
    StandardElement(
        "participation",
        "form of participation",
        (f"{_CLAIM}.specifiedBy.mode", f"{_CLAIM}.influencedBy.specifiedBy.mode"),
    ),
    StandardElement(
        "quality_assurance",
        "quality assurance",
        (f"{_BODY}.accreditation", f"{_CLAIM}.specifiedBy.accreditation"),
    ),
)
"""What a micro-credential has to say, in the order of the annex."""

_STEPS: Final = tuple(
    tuple((path, tuple(path.split("."))) for path in element.paths) for element in MANDATORY
)


def is_micro_credential(members: Mapping[str, Any], types: Sequence[str]) -> bool:
    """Whether a credential says by its types, or by the shape of its subject, that it is one."""
    return not _MICRO.isdisjoint(types) or _leads(members, _CLAIM_STEPS, 0)


def standard_elements(members: Mapping[str, Any]) -> tuple[str | None, ...]:
    """For each of `MANDATORY`, the first of its paths that leads to a value; None if none does.

    Args:
        members: of the credential. Where it has several subjects or claims, one with the element counts.
    """
    return tuple([_first(members, paths) for paths in _STEPS])


def _first(members: Mapping[str, Any], paths: Sequence[tuple[str, tuple[str, ...]]]) -> str | None:
    for path, steps in paths:
        if _leads(members, steps, 0):
            return path
    return None


def _leads(value: Any, steps: Sequence[str], at: int) -> bool:
    """Whether the steps from `at` on lead to a value that says something; a list stands for its elements."""
    for place in range(at, len(steps)):
        if isinstance(value, list):
            return any(_leads(element, steps, place) for element in value[:_MAX_BREADTH])
        if not isinstance(value, dict):
            return False
        value = value.get(steps[place])
    return bool(value) or value == 0

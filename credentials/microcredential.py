"""The European standard elements of a micro-credential, where the European Learning Model 3 has them.

The elements are those of the annex to the Council Recommendation of 16 June 2022 (2022/C 243/02). Whether an
element says something true or complete is for people; here it is present or missing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

_MICRO: Final = frozenset({"MicroCredential", "EuropeanDigitalCredential"})
_CLAIM: Final = "credentialSubject.hasClaim"
_BODY: Final = f"{_CLAIM}.awardedBy.awardingBody"
_MAX_BREADTH: Final = 64
"""Elements looked at of one list."""


@dataclass(frozen=True, slots=True)
class StandardElement:
    """An element by a stable name, and the paths of which one has to lead to a value."""

    name: str
    label: str
    paths: tuple[str, ...]

    def found_at(self, present: frozenset[str]) -> str | None:
        """The first of its paths that leads to a value; None if none does."""
        return next((path for path in self.paths if path in present), None)


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


@dataclass(slots=True)
class _Node:
    """A step of some paths: the one that ends here, and the steps after it."""

    ends: str | None = None
    steps: dict[str, "_Node"] = field(default_factory=dict)


def _tree(paths: Iterable[str]) -> _Node:
    root = _Node()
    for path in paths:
        node = root
        for step in path.split("."):
            node = node.steps.setdefault(step, _Node())
        node.ends = path
    return root


_TREE: Final = _tree((_CLAIM, *(path for element in MANDATORY for path in element.paths)))


def is_micro_credential(types: Sequence[str], present: frozenset[str]) -> bool:
    """Whether a credential says by its types, or by claims in its subject, that it is one."""
    return not _MICRO.isdisjoint(types) or _CLAIM in present


def paths_present(members: Mapping[str, Any]) -> frozenset[str]:
    """The paths of standard elements that lead to a value that says something.

    Args:
        members: of the credential. Where it has several subjects or claims, one with the element counts.
    """
    present: set[str] = set()
    _follow(members, _TREE, present)
    return frozenset(present)


def _follow(value: Any, node: _Node, present: set[str]) -> None:
    if isinstance(value, list):
        for element in value[:_MAX_BREADTH]:
            _follow(element, node, present)
        return
    if node.ends is not None and (value or value == 0):
        present.add(node.ends)
    if isinstance(value, dict):
        for name, following in node.steps.items():
            if (inner := value.get(name)) is not None:
                _follow(inner, following, present)

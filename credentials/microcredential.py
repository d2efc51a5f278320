"""The European standard elements of a micro-credential, as far as a credential of a known shape has them.

The elements are those of the annex to the Council Recommendation of 16 June 2022 (2022/C 243/02). Whether an
element says something true or complete is for people; here it is present, missing or malformed. Nothing of
this is ever a reason why a credential would be invalid.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, TypeVar

from . import microcredential_elements as elements
from . import microcredential_states as states
from .microcredential_concepts import Concept, Cycle
from .microcredential_elements import ALL, Found, Group, StandardElement, State
from .microcredential_learner import learner_of
from .microcredential_paths import Finding, survey
from .microcredential_places import CLAIMS, Place, Shape
from .microcredential_sums import ects_of, hours_of
from .microcredential_values import (
    DEFAULT_LANGUAGE,
    Reading,
    Unreadable,
    shown_number,
)
from .model import Credential

MANDATORY: Final = elements.MANDATORY
"""What a micro-credential has to say, in the order of the annex."""

_TYPES: Final = frozenset(
    {"MicroCredential", "EuropeanDigitalCredential", "OpenBadgeCredential", "AchievementCredential"}
)
_MAX_VALUES: Final = 16
"""Values of one element that are kept."""
_MAX_LISTED: Final = 64
"""Types looked at."""
_PLACES: Final[Mapping[str, tuple[Place, ...]]] = {element.name: element.places for element in ALL}
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Element:
    """A standard element as one credential has it.

    Attributes:
        name: of the standard element, stable.
        label: for people.
        group: `mandatory` or `optional` in the annex, or `beside` it.
        state: `malformed` if anything that stands at its places cannot be read, even beside what can.
        values: in plain text, at most 16.
        path: where it was found, or where it is malformed; None if it is missing.
        problem: what is wrong; None unless it is malformed.
    """

    name: str
    label: str
    group: Group
    state: State
    values: tuple[str, ...]
    path: str | None
    problem: str | None

    def to_json(self) -> dict[str, Any]:
        """The members as JSON has them."""
        return {
            "name": self.name,
            "group": self.group,
            "state": self.state,
            "values": list(self.values),
            "path": self.path,
            "problem": self.problem,
        }


@dataclass(frozen=True, slots=True)
class MicroCredential:
    """A micro-credential's elements, and their values as far as one value can be read.

    Attributes:
        shape: of the vocabulary it is written in.
        elements: all elements, in the order of the annex, then those beside it.
        ects: credits of all its claims together; None if it names none, or one of them cannot be read.
        hours: of learning, of all its claims together; None likewise.
        eqf_level: 1 to 8; None if it names none, several, or one that cannot be read.
        qf_ehea: `short cycle`, `first cycle`, `second cycle` or `third cycle`.
        skills: of ESCO, each with its URI.
        isced: fields of ISCED-F 2013, each with its code.
        title: of the achievement, in the language asked for.
        learner: the name in the credential; None if it has none.
        learner_id: the identifier of the first subject that has one.
        awarding_body: its name, else its identifier.
        awarded_on: when it was awarded, else issued; aware UTC.
        formal: whether learning was formal; None if the credential does not say.
        stackable: whether it stacks towards something larger; None if it does not say.
        remarks: sentences on values that are None because the credential says too much of them.
    """

    shape: Shape
    elements: tuple[Element, ...]
    ects: Decimal | None
    hours: Decimal | None
    eqf_level: int | None
    qf_ehea: str | None
    skills: tuple[Concept, ...]
    isced: tuple[Concept, ...]
    title: str | None
    learner: str | None
    learner_id: str | None
    awarding_body: str | None
    awarded_on: datetime | None
    formal: bool | None
    stackable: bool | None
    remarks: tuple[str, ...] = ()

    def element(self, name: str) -> Element:
        """The element of that name, which is one of the code's own."""
        return next(element for element in self.elements if element.name == name)

    def to_json(self) -> dict[str, Any]:
        """The members as JSON has them: numbers of credits and hours as texts, since they are decimals."""
        return {
            "shape": self.shape,
            "title": self.title,
            "learner": {"id": self.learner_id, "name": self.learner},
            "awardingBody": self.awarding_body,
            "awardedOn": self.awarded_on and self.awarded_on.isoformat().replace("+00:00", "Z"),
            "ects": None if self.ects is None else shown_number(self.ects),
            "hours": None if self.hours is None else shown_number(self.hours),
            "eqfLevel": self.eqf_level,
            "qfEhea": self.qf_ehea,
            "skills": [{"id": one.id, "label": one.label or None} for one in self.skills],
            "iscedF": [{"code": one.code, "label": one.label or None} for one in self.isced],
            "formal": self.formal,
            "stackable": self.stackable,
            "elements": [element.to_json() for element in self.elements],
            "remarks": list(self.remarks),
        }


def is_micro_credential(types: Sequence[str], present: frozenset[Found]) -> bool:
    """Whether a credential says by its types, or by claims in its subject, that it is one."""
    return not _TYPES.isdisjoint(types) or any(place in CLAIMS for place, _ in present)


def paths_present(members: Mapping[str, Any]) -> frozenset[Found]:
    """The places of mandatory elements at which something stands, each with what is wrong there, if anything.

    Args:
        members: of the credential. Where it has several subjects or claims, one with the element counts.
    """
    return states.paths_present(members)


def members_of(credential: Credential) -> Mapping[str, Any]:
    """The members of a credential, with a subject also where its claims stand for one (SD-JWT VC)."""
    members = credential.members
    if "credentialSubject" in members:
        return members
    issued = {"issued": credential.issued.isoformat()} if credential.issued is not None else {}
    subjects = [dict(subject) for subject in credential.subjects]
    return {**issued, **members, "credentialSubject": subjects, "type": list(credential.types)}


def read_micro_credential(
    credential: Credential | Mapping[str, Any], language: str = DEFAULT_LANGUAGE
) -> MicroCredential | None:
    """The elements of a micro-credential and their values; None if the credential is none.

    Args:
        credential: parsed, or its members as parsed from JSON, of which no rule needs to hold.
        language: of the texts where there are several: else English, else the first.
    """
    members = members_of(credential) if isinstance(credential, Credential) else credential
    surveyed = survey(members, language)
    present = frozenset(
        (finding.place, finding.read.problem if isinstance(finding.read, Unreadable) else None)
        for finding in surveyed.findings
    )
    if not is_micro_credential(_types(members), present):
        return None
    at: dict[Place, list[Finding]] = {}
    for finding in surveyed.findings:
        at.setdefault(finding.place, []).append(finding)
    read = {element.name: _element(element, present, at) for element in ALL}
    remarks: list[str] = []
    levels, cycles = _values("level", int, at), _values("level", Cycle, at)
    learner, learner_id = learner_of(members, language)
    return MicroCredential(
        shape=next((place.shape for place in CLAIMS if place in at), "ebsi"),
        elements=tuple(read.values()),
        ects=ects_of(surveyed, remarks),
        hours=hours_of(surveyed, remarks),
        eqf_level=_one(levels, "EQF levels", remarks) if read["level"].state == "present" else None,
        qf_ehea=_one([cycle.name for cycle in cycles], "cycles of the QF-EHEA", remarks),
        skills=_distinct(_values("skills", Concept, at)),
        isced=_distinct(_values("fields", Concept, at)),
        title=_first(read["title"]),
        learner=learner or None,
        learner_id=learner_id or None,
        awarding_body=_first(read["awarding_body"]),
        awarded_on=_awarded_on(at),
        formal=_one(_values("setting", bool, at), "learning settings", remarks),
        stackable=max(_values("stackability", bool, at), default=None),
        remarks=tuple(remarks),
    )


def _types(members: Mapping[str, Any]) -> list[str]:
    named = members.get("type")
    listed = named if isinstance(named, list) else [named]
    return [name for name in listed[:_MAX_LISTED] if isinstance(name, str)]


def _element(
    element: StandardElement, present: frozenset[Found], at: Mapping[Place, list[Finding]]
) -> Element:
    state, path, problem = element.state(present)
    places = [place for place in element.places if place in at]
    reads = [finding.read for place in (places if element.every else places[:1]) for finding in at[place]]
    texts = dict.fromkeys(read.text for read in reads if isinstance(read, Reading))
    refused = next((read for read in reads if isinstance(read, Unreadable)), None)
    if refused is not None and refused.shown:
        problem = f"“{refused.shown}” {refused.problem}"
    return Element(
        name=element.name,
        label=element.label,
        group=element.group,
        state=state,
        values=tuple(texts)[:_MAX_VALUES],
        path=path,
        problem=problem,
    )


def _values(name: str, kind: type[_Value], at: Mapping[Place, list[Finding]]) -> list[_Value]:
    """The values of a kind at an element's places, in the order of the places."""
    return [
        finding.read.value
        for place in _PLACES[name]
        for finding in at.get(place, ())
        if isinstance(finding.read, Reading) and type(finding.read.value) is kind
    ]


def _one(values: Sequence[_Value], what: str, remarks: list[str]) -> _Value | None:
    """The one value; None and a remark where there are several that differ."""
    distinct = _distinct(values)
    if len(distinct) > 1:
        remarks.append(f"It names several {what}: none is taken.")
    return distinct[0] if len(distinct) == 1 else None


def _distinct(values: Sequence[_Value]) -> tuple[_Value, ...]:
    return tuple(dict.fromkeys(values))


def _first(element: Element) -> str | None:
    return element.values[0] if element.values else None


def _awarded_on(at: Mapping[Place, list[Finding]]) -> datetime | None:
    """The latest day at the first place that names any: of several claims, when all had been awarded."""
    first = next((place for place in _PLACES["date_of_issuing"] if place in at), None)
    if first is None:
        return None
    return max(_values("date_of_issuing", datetime, {first: at[first]}), default=None)

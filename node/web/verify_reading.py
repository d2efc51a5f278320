"""A credential as a person reads it: who achieved what, where and when, and what it does not say."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from credentials.microcredential import Element, MicroCredential
from credentials.microcredential_values import shown_number
from node.client.credential_summary import Achievement, Summary
from node.web.pages import marked

LABELS: Final[Mapping[str, str]] = {
    "learner": marked("Learner"),
    "title": marked("Title"),
    "awarding_body": marked("Awarding body"),
    "country": marked("Country of the issuer"),
    "date_of_issuing": marked("Date of issuing"),
    "learning_outcomes": marked("Learning outcomes"),
    "workload": marked("Notional workload"),
    "level": marked("Level of the learning experience"),
    "assessment": marked("Type of assessment"),
    "participation": marked("Form of participation"),
    "quality_assurance": marked("Quality assurance"),
    "prerequisites": marked("Prerequisites needed to enrol"),
    "supervision": marked("Supervision and identity verification during assessment"),
    "grade": marked("Grade achieved"),
    "stackability": marked("Integration and stackability"),
    "further": marked("Further information"),
    "skills": marked("Skills (ESCO)"),
    "fields": marked("Field of study (ISCED-F)"),
    "setting": marked("Learning setting"),
}
"""The elements in the order in which a person asks."""
STATES: Final[Mapping[str, str]] = {
    "present": marked("present"),
    "missing": marked("missing"),
    "malformed": marked("cannot be read"),
}
_ESCO: Final = "http://data.europa.eu/esco/"
_APART: Final = frozenset({"title", "skills"})  # shown in places of their own


@dataclass(frozen=True, slots=True)
class Skill:
    """One skill: its words, and its page at ESCO if it names one."""

    label: str
    address: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """One element with all its values; `label` stands in the catalogues."""

    label: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a credential says.

    Attributes:
        summary: all of it.
        rows: the standard elements of a micro-credential that it has.
        skills: of ESCO.
        missing: labels of mandatory elements that it lacks.
        malformed: labels of elements that cannot be read, each with what is wrong.
    """

    summary: Summary
    rows: tuple[Row, ...]
    skills: tuple[Skill, ...]
    missing: tuple[str, ...]
    malformed: tuple[tuple[str, str], ...]

    @property
    def micro(self) -> MicroCredential | None:
        """Its standard elements; None if it is no micro-credential."""
        return self.summary.micro

    @property
    def achievements(self) -> tuple[Achievement, ...]:
        """What the subject achieved, of a credential that is no micro-credential."""
        return () if self.micro else self.summary.achievements

    @property
    def title(self) -> str | None:
        """Of what was achieved; else the types of the credential."""
        if self.micro is not None and self.micro.title:
            return self.micro.title
        named = next((one.title for one in self.summary.achievements if one.title), None)
        return named or ", ".join(self.summary.types) or None

    @property
    def awarding_body(self) -> str | None:
        """Its name, else what the credential calls its issuer."""
        named = None if self.micro is None else self.micro.awarding_body
        return named or self.summary.issuer_name or self.summary.issuer_id or None

    @property
    def ects(self) -> str | None:
        """Credits, as a number is written; None if it names none."""
        return shown_number(self.micro.ects) if self.micro and self.micro.ects is not None else None

    @property
    def awarded_on(self) -> datetime | None:
        """When it was awarded, else issued."""
        if self.micro is not None and self.micro.awarded_on is not None:
            return self.micro.awarded_on
        return None if self.summary.secured is None else self.summary.secured.credential.issued


def reading_of(summary: Summary) -> Reading:
    """Return what a credential says, as a page shows it."""
    micro = summary.micro
    if micro is None:
        return Reading(summary, (), (), (), ())
    elements = {element.name: element for element in micro.elements}
    return Reading(
        summary=summary,
        rows=tuple(
            Row(label, values)
            for name, label in LABELS.items()
            if name not in _APART and (values := _values(elements[name], micro))
        ),
        skills=tuple(_skills(micro)),
        missing=tuple(
            LABELS[one.name] for one in micro.elements if (one.state, one.group) == ("missing", "mandatory")
        ),
        malformed=tuple(
            (LABELS[one.name], one.problem or "") for one in micro.elements if one.state == "malformed"
        ),
    )


def _values(element: Element, micro: MicroCredential) -> tuple[str, ...]:
    """Its values; of the learner the name first, and nothing that only repeats a part of it."""
    if element.name != "learner" or micro.learner is None:
        return element.values
    known = {micro.learner_id, micro.learner}
    others = (value for value in element.values if value not in known and value not in micro.learner)
    return (*filter(None, (micro.learner, micro.learner_id)), *others)


def _skills(micro: MicroCredential) -> Iterator[Skill]:
    for skill in micro.skills:
        secure = skill.id.replace("https://", "http://", 1)
        yield Skill(skill.label or skill.id, skill.id if secure.startswith(_ESCO) else None)

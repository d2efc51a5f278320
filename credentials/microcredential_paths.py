"""Many paths followed at once into a credential: each object is looked at once, and so many of a list."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from .microcredential_elements import ALL, places_of
from .microcredential_places import ACHIEVED, ACHIEVEMENT, CLAIM, Place
from .microcredential_values import Reading, Unreadable

MAX_BREADTH: Final = 64
"""Elements looked at of one list."""

_SUBJECT: Final = "credentialSubject"
_CLAIMS: Final = frozenset({CLAIM, ACHIEVED, ACHIEVEMENT})


@dataclass(slots=True)
class _Node:
    """A step of some paths: the places that end here, the steps after it, and what begins here."""

    ends: list[Place] = field(default_factory=list)
    steps: dict[str, "_Node"] = field(default_factory=dict)
    claim: bool = False
    subject: bool = False
    within: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """What was read at a place, and in which subject and claim of the credential it stands, counted from 1.

    Both are 0 outside of them; claims are counted through all subjects.
    """

    place: Place
    read: Reading | Unreadable
    subject: int
    claim: int


@dataclass(slots=True)
class Survey:
    """What stands at the places of a credential.

    Attributes:
        language: asked for.
        findings: in the order of the credential.
        subjects: how many were looked at.
        claims: how many were looked at.
        cut: whether a list was longer than is looked at.
    """

    language: str
    findings: list[Finding] = field(default_factory=list)
    subjects: int = 0
    claims: int = 0
    cut: bool = False

    def follow(self, value: Any, node: _Node, *, claim: int = 0) -> None:
        """Everything that stands where the paths through `node` lead from `value`."""
        if isinstance(value, list) and not is_one_text(value):
            self.cut = self.cut or len(value) > MAX_BREADTH
            for element in value[:MAX_BREADTH]:
                if not isinstance(element, list):
                    self._enter(element, node, claim)
            return
        self._enter(value, node, claim)

    def _enter(self, value: Any, node: _Node, claim: int) -> None:
        if node.subject:
            self.subjects += 1
        elif node.claim:
            self.claims += 1
            claim = self.claims
        for place in node.ends:
            if (read := place.read(value, self.language)) is not None:
                self.findings.append(Finding(place, read, self.subjects if node.within else 0, claim))
        if node.steps and isinstance(value, dict):
            for name, following in node.steps.items():
                if (inner := value.get(name)) is not None:
                    self.follow(inner, following, claim=claim)


def is_one_text(value: list[Any]) -> bool:
    """Whether a list is one text in several languages, as JSON-LD writes them without a language map."""
    first = value[0] if value else None
    if not isinstance(first, dict) or "@language" not in first:
        return False
    return all(isinstance(one, dict) and "@language" in one for one in value[:MAX_BREADTH])


def _tree(places: Iterable[Place]) -> _Node:
    root = _Node()
    for place in places:
        node, path = root, ""
        for step in place.path.split(".")[: -1 if place.above else None]:
            node = node.steps.setdefault(step, _Node())
            path = f"{path}.{step}" if path else step
            node.claim, node.subject = path in _CLAIMS, path == _SUBJECT
            node.within = path.startswith(_SUBJECT)
        node.ends.append(place)
    return root


_ALL: Final = _tree(places_of(ALL))


def survey(members: Mapping[str, Any], language: str) -> Survey:
    """What stands at the places of all elements, and of claims."""
    found = Survey(language)
    found.follow(dict(members), _ALL)
    return found

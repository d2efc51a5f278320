"""The members of a course template: what each says, which are needed, and what is wrong with a template.

docs/issuing.md has the same table; a test compares them. `[]` after a name says that it is a list of tables.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from node.client import course_concepts as concepts
from node.client import course_kinds as kinds
from node.client import course_vocabularies as vocabularies
from node.client.course_kinds import Kind, Wrong

MOST_LISTED: Final = 32
"""Learning outcomes of a course, and skills or fields of one."""
_ALIKE: Final = 0.6
"""How alike two names are of which one may be meant by the other, as difflib measures it."""


@dataclass(frozen=True, slots=True)
class Member:
    """One member: its path with dots, what it says, its kind, and whether each template needs it."""

    path: str
    says: str
    kind: Kind
    needed: bool = False


MEMBERS: Final[tuple[Member, ...]] = (
    Member(
        "language",
        "the language of what a learner's row says",
        kinds.choice(*vocabularies.LANGUAGE_CODES),
        needed=True,
    ),
    Member("title", "title of the micro-credential", kinds.texts(), needed=True),
    Member("awarding_body", "who awards it", kinds.GROUP, needed=True),
    Member("awarding_body.legal_name", "its legal name", kinds.texts(), needed=True),
    Member("awarding_body.country", "its country", kinds.COUNTRY, needed=True),
    Member("awarding_body.id", "its DID or another URI", kinds.IDENTIFIER),
    Member("awarding_body.eidas_identifier", "its legal identifier as eIDAS has it", kinds.text()),
    Member("awarding_body.registration", "its number in the register of its country", kinds.text()),
    Member("awarding_body.homepage", "its web site", kinds.ADDRESS),
    Member("learning_outcomes[]", "what learners know and can do", kinds.GROUPS, needed=True),
    Member("learning_outcomes[].title", "the outcome", kinds.texts(), needed=True),
    Member(
        "learning_outcomes[].skills",
        "skills of ESCO that belong to it",
        kinds.listed(concepts.skill(), most=MOST_LISTED),
    ),
    Member("workload", "notional workload; `ects`, `hours`, or both", kinds.GROUP, needed=True),
    Member("workload.ects", "ECTS credits", kinds.number(1000, "credits")),
    Member("workload.hours", "hours of learning", kinds.number(100_000, "hours")),
    Member("level", "level; `eqf`, `qf_ehea`, or both", kinds.GROUP, needed=True),
    Member("level.eqf", "level of the European Qualifications Framework", kinds.level(8)),
    Member(
        "level.qf_ehea",
        "cycle of the framework of the European Higher Education Area",
        kinds.choice(*vocabularies.CYCLES),
    ),
    Member("assessment", "how the outcomes are assessed", kinds.GROUP, needed=True),
    Member("assessment.type", "type of assessment", concepts.concept(vocabularies.ASSESSMENT), needed=True),
    Member("assessment.title", "what the assessment is called; else its type", kinds.texts()),
    Member("mode", "form of participation", concepts.concept(vocabularies.MODE), needed=True),
    Member("quality_assurance", "what assures the quality", kinds.GROUP, needed=True),
    Member("quality_assurance.title", "its name", kinds.texts(), needed=True),
    Member("quality_assurance.type", "its type", concepts.concept(vocabularies.ACCREDITATION), needed=True),
    Member("quality_assurance.agency", "who assures it", kinds.GROUP, needed=True),
    Member("quality_assurance.agency.legal_name", "its legal name", kinds.texts(), needed=True),
    Member("quality_assurance.agency.country", "its country", kinds.COUNTRY, needed=True),
    Member("quality_assurance.id", "its address or another URI, as of DEQAR", kinds.IDENTIFIER),
    Member(
        "learning_setting", "whether learning is formal", kinds.choice("formal", "non-formal"), needed=True
    ),
    Member("description", "what the course is about", kinds.texts(kinds.LONG)),
    Member("prerequisites", "what is needed to enrol", kinds.texts(kinds.LONG)),
    Member(
        "supervision", "supervision and identity verification", concepts.concept(vocabularies.SUPERVISION)
    ),
    Member("stackability", "integration into something larger", kinds.GROUP),
    Member("stackability.partial", "whether it is part of a larger qualification", kinds.FLAG),
    Member("stackability.towards", "what it stacks towards", kinds.texts()),
    Member("fields", "fields of ISCED-F 2013", kinds.listed(concepts.field_of_study(), most=MOST_LISTED)),
    Member("additional_note", "further information", kinds.texts(kinds.LONG)),
    Member("homepage", "where there is more", kinds.ADDRESS),
    Member("model", "data model; else 1.1, or what the command says", kinds.choice("1.1", "2.0")),
    Member(
        "schema", "the schema, by id (`z…` or `0x…`) or URL; else what the command says", kinds.text(2000)
    ),
    Member(
        "types",
        "types; else what the command says, else EuropeanDigitalCredential and MicroCredential",
        kinds.listed(kinds.NAME, most=MOST_LISTED),
    ),
    Member("valid_until", "end of validity; else what the command says, else none", kinds.MOMENT),
    Member("rows", "what learners' rows may say beside the usual columns", kinds.GROUP),
    Member(
        "rows.may_give",
        "columns that rows may have: `date_of_birth`, or members of this table, instead of what stands here",
        kinds.listed(kinds.NAME, most=MOST_LISTED),
    ),
    Member("rows.ignored", "columns of which nothing is taken", kinds.listed(kinds.text(128), most=256)),
)

_ONE_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "workload": ("ects", "hours"),
    "level": ("eqf", "qf_ehea"),
    "stackability": ("partial", "towards"),
}
"""Tables that need at least one of these."""


@dataclass(slots=True)
class Node:
    """A member with those within it."""

    member: Member | None
    within: dict[str, "Node"] = field(default_factory=dict)


def _tree() -> Node:
    root = Node(None)
    for member in MEMBERS:
        *above, name = member.path.replace("[]", "").split(".")
        node = root
        for step in above:
            node = node.within[step]
        node.within[name] = Node(member)
    return root


_TREE: Final = _tree()


def member_at(path: str) -> Member | None:
    """The member at a path with dots, through no list; None if there is none."""
    node = _TREE
    for step in path.split("."):
        if node.member is not None and node.member.kind is kinds.GROUPS:
            return None
        found = node.within.get(step)
        if found is None:
            return None
        node = found
    return node.member


def read_members(given: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The members as they are kept, and all that is wrong with them, each with its path."""
    faults: list[str] = []
    return _read(given, _TREE, "", faults), faults


def nearest(name: str, known: list[str]) -> str:
    """“; did you mean …?” with the name that is most like it, or else which known one is the nearest."""
    for cutoff, said in ((_ALIKE, "did you mean `{}`?"), (0.0, "the nearest that is known is `{}`")):
        if found := difflib.get_close_matches(name, known, n=1, cutoff=cutoff):
            return f"; {said.format(found[0])}"
    return ""


def _read(given: Mapping[str, Any], node: Node, path: str, faults: list[str]) -> dict[str, Any]:
    at = f"{path}." if path else ""
    faults.extend(
        f"{at}{_shown(name)}: no member of a course template{nearest(str(name), list(node.within))}"
        for name in given
        if name not in node.within
    )
    read: dict[str, Any] = {}
    for name, inner in node.within.items():
        assert inner.member is not None
        if name not in given:
            if inner.member.needed:
                faults.append(f"{at}{name}: missing: {inner.member.says}, {inner.member.kind.says}")
            continue
        if (value := _value(given[name], inner, f"{at}{name}", faults)) is not None:
            read[name] = value
    if (either := _ONE_OF.get(path)) is not None and not given.keys() & set(either):
        faults.append(f"{path}: needs {' or '.join(f'`{name}`' for name in either)}")
    return read


def _value(given: object, node: Node, path: str, faults: list[str]) -> Any:
    assert node.member is not None
    kind = node.member.kind
    if kind is kinds.GROUP:
        if isinstance(given, Mapping):
            return _read(given, node, path, faults)
    elif kind is kinds.GROUPS:
        if isinstance(given, list) and 0 < len(given) <= MOST_LISTED:
            return [_inner(one, node, f"{path}[{place}]", faults) for place, one in enumerate(given, 1)]
        faults.append(f"{path}: is no list of 1 to {MOST_LISTED} tables")
        return None
    else:
        try:
            return kind.read(given)
        except Wrong:
            pass
    faults.append(f"{path}: {_shown(given)} is not {kind.says}")
    return None


def _inner(given: object, node: Node, path: str, faults: list[str]) -> dict[str, Any]:
    if isinstance(given, Mapping):
        return _read(given, node, path, faults)
    faults.append(f"{path}: is no table")
    return {}


def _shown(given: object) -> str:
    if isinstance(given, str):
        return f"“{given[:40]}”"
    return str(given) if isinstance(given, int | float) else "what stands there"


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a course template written in JSON."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Course template of Ankyra",
        "description": "What the micro-credentials of a course have in common; docs/issuing.md explains it.",
        **_schema(_TREE, ""),
    }


def _schema(node: Node, path: str) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    for name, inner in node.within.items():
        assert inner.member is not None
        said = dict(inner.member.kind.schema)
        if inner.within:
            table = _schema(inner, f"{path}.{name}" if path else name)
            listing = {"type": "array", "minItems": 1, "maxItems": MOST_LISTED, "items": table}
            said = listing if inner.member.kind is kinds.GROUPS else table
        properties[name] = {"description": inner.member.says, **said}
    needed = [name for name, inner in node.within.items() if inner.member and inner.member.needed]
    schema: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    if needed:
        schema["required"] = needed
    if path in _ONE_OF:
        schema["anyOf"] = [{"required": [name]} for name in _ONE_OF[path]]
    return schema

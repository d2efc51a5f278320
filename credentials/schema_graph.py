"""What the parts of a JSON Schema apply to, as a graph (JSON Schema 2020-12 core, sections 8 and 10).

A reference is followed only where no two readers can follow it differently: within its document by a pointer
or an anchor, or to another document by its absolute URL.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from credentials.errors import UnusableSchema

MAX_PARTS: Final = 10_000
"""Schemas within schemas, those of other documents included."""
MAX_PATTERNS: Final = 100
"""Regular expressions in them: each takes up to some milliseconds to be made ready."""

_IN_PLACE: Final = ("not", "if", "then", "else")
_IN_PLACE_LISTS: Final = ("allOf", "anyOf", "oneOf")
_IN_PLACE_BY_NAME: Final = ("dependentSchemas", "dependencies")
_UNEVALUATED: Final = ("unevaluatedProperties", "unevaluatedItems")
_LOOKED_AT_AGAIN: Final = 4
"""How often what applies to the same value is evaluated, to tell what it left unevaluated."""
_COMPARED: Final = ("enum", "const", "required", "dependentRequired")
_DYNAMIC: Final = ("$dynamicRef", "$recursiveRef")
_OWN_NAME: Final = ("$id", "$schema")
_ANCHORS: Final = ("$anchor", "$dynamicAnchor")
_DELICATE: Final = (
    "(?=",
    "(?!",
    "(?<",
    "(?>",
    "(?(",
    "(?P=",
    "\\k",
    "\\g",
    *(f"\\{digit}" for digit in range(1, 10)),
)
_ENCODED: Final = re.compile(rb"%([0-9A-Fa-f]{2})")
_BACKTRACKING_WEIGHT: Final = 50_000
_DIVISION_WEIGHT: Final = 2_000
_PATTERN_WEIGHT: Final = 10

Load = Callable[[str], Any]
"""The document at an absolute URL; raises UnusableSchema if there is none."""


@dataclass(frozen=True, slots=True)
class Part:
    """One schema, and the numbers of those that it applies.

    Attributes:
        weight: of one evaluation by itself, in simple comparisons.
        here: to the same value, and how often each.
        members: to the members of an object, by name.
        other_members: to a member that `members` does not name.
        all_members: to each member.
        prefix: to the elements of an array, by place.
        rest: to the elements after `prefix`.
        all_elements: to each element.
        names: to each name of a member.
    """

    weight: int
    here: Counter[int] = field(default_factory=Counter)
    members: dict[str, int] = field(default_factory=dict)
    other_members: list[int] = field(default_factory=list)
    all_members: list[int] = field(default_factory=list)
    prefix: list[int] = field(default_factory=list)
    rest: list[int] = field(default_factory=list)
    all_elements: list[int] = field(default_factory=list)
    names: list[int] = field(default_factory=list)

    def inside(self) -> Iterator[int]:
        """The schemas that it applies to what a value holds."""
        yield from self.members.values()
        for numbers in (self.other_members, self.all_members, self.prefix, self.rest, self.all_elements):
            yield from numbers
        yield from self.names


def read_graph(schema: Any, load: Load) -> tuple[Part, ...]:
    """The parts that `schema` leads to, itself the first.

    Raises:
        UnusableSchema: too many, or a reference that is not followed here.
    """
    return _Reader(load).read(schema)


@dataclass(slots=True)
class _Reader:
    load: Load
    parts: list[Part] = field(default_factory=list)
    numbers: dict[int, int] = field(default_factory=dict)
    open: list[tuple[Any, Any, int]] = field(default_factory=list)
    documents: dict[str, Any] = field(default_factory=dict)
    patterns: int = 0
    anchors: dict[int, dict[str, list[Any]]] = field(default_factory=dict)

    def read(self, schema: Any) -> tuple[Part, ...]:
        _refuse_names_within(schema)
        self._number(schema, schema)
        while self.open:
            document, part, number = self.open.pop()
            if isinstance(part, dict):
                self._fill(document, part, self.parts[number])
        return tuple(self.parts)

    def _number(self, document: Any, part: Any) -> int:
        known = self.numbers.get(id(part)) if isinstance(part, dict) else None
        if known is not None:
            return known
        number = len(self.parts)
        if number == MAX_PARTS:
            raise UnusableSchema(f"it has more than {MAX_PARTS} parts")
        self.parts.append(Part(_weight(part)))
        self.open.append((document, part, number))
        if isinstance(part, dict):
            self.numbers[id(part)] = number
        return number

    def _fill(self, document: Any, schema: Mapping[str, Any], part: Part) -> None:
        def number(value: Any) -> int:
            return self._number(document, value)

        self._check(schema)
        here = [schema[keyword] for keyword in _IN_PLACE if keyword in schema]
        for keyword in _IN_PLACE_LISTS:
            here += _list(schema.get(keyword))
        for keyword in _IN_PLACE_BY_NAME:
            here += _dict(schema.get(keyword)).values()
        part.here.update(number(value) for value in here)
        if isinstance(reference := schema.get("$ref"), str):
            part.here[self._follow(document, reference)] += 1
        if not schema.keys().isdisjoint(_UNEVALUATED):
            for applied in part.here:
                part.here[applied] *= _LOOKED_AT_AGAIN
        part.members.update((name, number(value)) for name, value in _dict(schema.get("properties")).items())
        part.all_members.extend(number(value) for value in _dict(schema.get("patternProperties")).values())
        part.prefix.extend(number(value) for value in _list(schema.get("prefixItems")))
        items = schema.get("items")
        part.prefix.extend(number(value) for value in _list(items))
        after = "additionalItems" if isinstance(items, list) else "items"
        for keyword, numbers in (
            ("additionalProperties", part.other_members),
            ("unevaluatedProperties", part.all_members),
            (after, part.rest),
            ("contains", part.all_elements),
            ("unevaluatedItems", part.all_elements),
            ("propertyNames", part.names),
        ):
            if keyword in schema:
                numbers.append(number(schema[keyword]))

    def _check(self, schema: Mapping[str, Any]) -> None:
        self.patterns += len(_patterns(schema))
        if self.patterns > MAX_PATTERNS:
            raise UnusableSchema(f"it has more than {MAX_PATTERNS} regular expressions")
        if not schema.keys().isdisjoint(_DYNAMIC):
            raise UnusableSchema("it refers to what depends on who asks")

    def _follow(self, document: Any, reference: str) -> int:
        url, _, fragment = reference.partition("#")
        if url:
            if url not in self.documents:
                self.documents[url] = self.load(url)
                _refuse_names_within(self.documents[url])
            document = self.documents[url]
        target = document if not fragment else self._within(document, fragment)
        return self._number(document, target)

    def _within(self, document: Any, fragment: str) -> Any:
        """What a pointer or an anchor leads to (RFC 6901)."""
        try:
            fragment = _decoded(fragment)
            if fragment.startswith("/"):
                return _pointed_at(document, fragment)
            if id(document) not in self.anchors:
                self.anchors[id(document)] = _anchors(document)
            (found,) = self.anchors[id(document)][fragment]
        except (LookupError, TypeError, ValueError) as error:
            raise UnusableSchema("it refers to a part that it does not have") from error
        return found


def _decoded(fragment: str) -> str:
    """The fragment without its percent-encoding (RFC 3986 section 2.1); UTF-8 or a ValueError."""
    return _ENCODED.sub(lambda found: bytes.fromhex(found[1].decode()), fragment.encode()).decode()


def _weight(schema: Any) -> int:
    if not isinstance(schema, dict):
        return 1
    weight = 1 + len(schema) + len(_dict(schema.get("properties")))
    weight += sum(_values(schema[keyword]) for keyword in _COMPARED if keyword in schema)
    if "multipleOf" in schema:
        weight += _DIVISION_WEIGHT
    for pattern in _patterns(schema):
        delicate = any(mark in pattern for mark in _DELICATE)
        weight += _BACKTRACKING_WEIGHT if delicate else _PATTERN_WEIGHT
    return weight


def _patterns(schema: Mapping[str, Any]) -> list[str]:
    patterns = [schema.get("pattern"), *_dict(schema.get("patternProperties"))]
    return [pattern for pattern in patterns if isinstance(pattern, str)]


def _values(value: Any) -> int:
    """How many values there are in one, itself included."""
    count, waiting = 0, [value]
    while waiting:
        found = waiting.pop()
        count += 1
        waiting += found.values() if isinstance(found, dict) else _list(found)
    return count


def _inside(document: Any) -> Iterator[dict[str, Any]]:
    """The objects in a document, itself left out."""
    waiting = [document]
    while waiting:
        found = waiting.pop()
        waiting += found.values() if isinstance(found, dict) else _list(found)
        if isinstance(found, dict) and found is not document:
            yield found


def _refuse_names_within(document: Any) -> None:
    """Refuse a document in a document: what a reference leads to would then depend on where it stands."""
    names = (*_OWN_NAME, "id") if "draft-04" in str(_dict(document).get("$schema")) else _OWN_NAME
    if any(isinstance(found.get(name), str) for found in _inside(document) for name in names):
        raise UnusableSchema("one of its parts has a name of its own")


def _pointed_at(document: Any, pointer: str) -> Any:
    for step in pointer[1:].split("/"):
        name = step.replace("~1", "/").replace("~0", "~")
        document = document[_place(step)] if isinstance(document, list) else document[name]
    return document


def _place(step: str) -> int:
    if not (step.isascii() and step.isdecimal() and step == str(int(step))):
        raise LookupError(step)
    return int(step)


def _anchors(document: Any) -> dict[str, list[Any]]:
    """The schemas of a document by their anchors, several if they share one."""
    found: dict[str, list[Any]] = {}
    for schema in (document, *_inside(document)):
        for keyword in _ANCHORS:
            if isinstance(name := _dict(schema).get(keyword), str):
                found.setdefault(name, []).append(schema)
    return found


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}

"""What of a JSON-LD text its graph does not hold: refused where a proof is made over the graph.

A proof over canonical RDF signs statements, and a reader reads the text. Nulls and empty lists make none; a
value or a node that is written twice makes as many as one; what is said of one thing may stand anywhere it is
named. Terms without a meaning and IRIs that are none are for the JSON-LD processor to refuse.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from credentials.errors import Unavailable

MAX_VALUES: Final = 20_000
"""Objects and single values of a document: what is expanded in bounded time."""

_UNSIGNED: Final = frozenset({"@direction", "@index", "@set", "@included", "@reverse", "@nest", "@graph"})
_MAX_INTEGER: Final = 2**53 - 1
_REGION, _SCRIPT = 2, 4
"""Letters of these parts of a language tag."""
_UNPRINTED: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def require_whole(document: Mapping[str, Any]) -> None:
    """Return if every word of `document` makes a statement, and is written where it belongs.

    Args:
        document: without the proof that is made over it.

    Raises:
        Unavailable: it may say more to a reader than its proof covers; one sentence says why.
    """
    members = {name: value for name, value in document.items() if name != "@context"}
    _Reading().of_object(members)


class _Reading:
    """One walk through a document; remembers what was said of each thing that has an id."""

    def __init__(self) -> None:
        self._said: dict[str, Mapping[str, Any]] = {}
        """The longest description of each."""
        self._left = MAX_VALUES

    def of_object(self, members: Mapping[str, Any]) -> None:
        if not members:
            raise Unavailable("The credential has an empty object, which no proof over its graph covers.")
        if unsigned := sorted(_UNSIGNED & members.keys()):
            raise Unavailable(f"The credential has {unsigned[0]}, which no proof over its graph covers.")
        if "@value" not in members:
            self._of_node(members)
        elif not _is_usual_case(members.get("@language")):
            raise Unavailable(
                "The credential writes a language tag in unusual case, which RDF does not keep."
            )
        for value in members.values():
            self._of_value(value)

    def _of_node(self, members: Mapping[str, Any]) -> None:
        types = members.get("type")
        for name in types if isinstance(types, list) else [types]:
            if isinstance(name, str) and ":" in name:
                raise Unavailable("The credential has a type that is written as an IRI, not by its name.")
        identifier = members.get("id")
        if isinstance(identifier, str) and identifier.startswith("_:"):
            raise Unavailable("A part of the credential has an id that is none.")
        if isinstance(identifier, str):
            self._of_thing(identifier, members)

    def _of_thing(self, identifier: str, members: Mapping[str, Any]) -> None:
        """Hold that one place at least says all that is said of a thing: no word of it can be moved away."""
        before = self._said.setdefault(identifier, members)
        less, more = sorted((before, members), key=len)
        if any(name not in more or more[name] != value for name, value in less.items()):
            raise Unavailable(
                f"The credential says in two places what {identifier[:60]!r} is, each time something else."
            )
        self._said[identifier] = more

    def _of_value(self, value: Any) -> None:
        self._left -= 1
        if self._left < 0:
            raise Unavailable(f"The credential has more than {MAX_VALUES} values.")
        if isinstance(value, dict):
            self.of_object(value)
        elif isinstance(value, list):
            self._of_list(value)
        elif value is None:
            raise Unavailable("The credential has an empty member, which no proof over its graph covers.")
        elif isinstance(value, str) and _UNPRINTED.search(value):
            raise Unavailable("The credential has a control character that RDF is not written with here.")
        elif isinstance(value, int | float) and not _is_kept(value):
            raise Unavailable("The credential has a number with more digits than RDF keeps of it.")

    def _of_list(self, values: list[Any]) -> None:
        if not values:
            raise Unavailable("The credential has an empty list, which no proof over its graph covers.")
        if any(isinstance(value, list) for value in values):
            raise Unavailable("The credential has a list in a list, which is not judged here.")
        names = [_name(value) for value in values]
        known = [name for name in names if name is not None]
        if len(set(known)) != len(known):
            raise Unavailable(
                "The credential says one thing twice, which a proof over its graph counts once."
            )
        for value in values:
            self._of_value(value)


def _is_kept(number: float) -> bool:
    """Whether the canonical form of a number, which has 16 digits, stands for no other one."""
    if isinstance(number, int):
        return abs(number) <= _MAX_INTEGER
    return float(f"{number:.15E}") == number


def _is_usual_case(tag: object) -> bool:
    """Whether a language tag is in the case of RFC 5646 section 2.1.1: what is signed is in lower case."""
    if not isinstance(tag, str):
        return True
    first, *further = tag.split("-")
    usual = [part.upper() if len(part) == _REGION else part.lower() for part in further]
    scripts = [part.title() if len(part) == _SCRIPT else part for part in usual]
    return tag == "-".join([first.lower(), *scripts])


def _name(value: Any) -> str | None:
    """What makes two members of a list one and the same in a graph; None if nothing does."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if not isinstance(value, dict):
        return str(value)
    if "@value" in value:
        return f"{value['@value']}@{value.get('@language', '')}".removesuffix("@")
    identifier = value.get("id")
    return identifier if isinstance(identifier, str) else None

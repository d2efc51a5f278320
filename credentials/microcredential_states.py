"""Whether the mandatory elements are there and can be read: what each verdict asks, so it keeps no values.

It says of every place what `microcredential_paths` says of it, in a tenth of the time: a text that is plainly
there is not looked at more closely, since no language has to be chosen.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from .microcredential_concepts import read_country, read_credit_point, read_eqf
from .microcredential_elements import MANDATORY, Found, places_of
from .microcredential_paths import MAX_BREADTH, is_one_text
from .microcredential_places import Place
from .microcredential_values import DEFAULT_LANGUAGE, Unreadable, read_address, read_presence, read_text

_State = Callable[[Any], str | None]
"""Empty if a value can be read, a sentence on what is wrong with it, None where nothing stands there."""

_PLAIN: Final = frozenset({read_address, read_country, read_presence, read_text})
_LEVELS: Final = frozenset(f"http://data.europa.eu/snb/eqf/{level}" for level in range(1, 9))
_FEW_DIGITS: Final = 2
_TOLD_BY: Final = ("prefLabel", "noteLiteral")


def paths_present(members: Mapping[str, Any]) -> frozenset[Found]:
    """The places of mandatory elements at which something stands, each with what is wrong there, if anything.

    Args:
        members: of the credential. Where it has several subjects or claims, one with the element counts.
    """
    present: set[Found] = set()
    for name, following in _TREE.steps.items():
        if (inner := members.get(name)) is not None:
            _follow(inner, following, present)
    return frozenset(present)


class _Node:
    """A step of some paths: the places that end here, each with its state, and the steps after it."""

    __slots__ = ("ends", "steps")

    def __init__(self) -> None:
        self.ends: list[tuple[Place, _State]] = []
        self.steps: dict[str, _Node] = {}


def _follow(value: Any, node: _Node, present: set[Found]) -> None:
    if type(value) is list and not is_one_text(value):
        for element in value[:MAX_BREADTH]:
            if type(element) is not list:
                _enter(element, node, present)
    else:
        _enter(value, node, present)


def _enter(value: Any, node: _Node, present: set[Found]) -> None:
    for place, state in node.ends:
        if (problem := state(value)) is not None:
            present.add((place, problem or None))
    if node.steps and type(value) is dict:
        for name, following in node.steps.items():
            if (inner := value.get(name)) is not None:
                _follow(inner, following, present)


def _state_of(place: Place) -> _State:
    def state(value: Any) -> str | None:
        read = place.read(value, DEFAULT_LANGUAGE)
        if isinstance(read, Unreadable):
            return read.problem
        return None if read is None else ""

    def state_of_text(value: Any) -> str | None:
        return "" if _plainly_said(value) else state(value)

    if place.read in _PLAIN:
        return state_of_text
    return _CHEAPLY[place.read](state) if place.read in _CHEAPLY else state


def _cheap_level(state: _State) -> _State:
    """A level named by its URI is one; others are looked at."""

    def state_of_level(value: Any) -> str | None:
        named = value.get("id") if type(value) is dict else None
        return "" if type(named) is str and named in _LEVELS else state(value)

    return state_of_level


def _cheap_points(state: _State) -> _State:
    """Points that are written with a digit or two are a number of credits, whatever their framework."""

    def state_of_points(value: Any) -> str | None:
        points = value.get("point") if type(value) is dict else None
        plain = type(points) is str and len(points) <= _FEW_DIGITS and points.isascii() and points.isdecimal()
        return "" if plain else state(value)

    return state_of_points


def _plainly_said(value: Any) -> bool:
    """Whether a value certainly says something: a text, one in one language, or what has such a name."""
    if type(value) is str:
        return _is_said(value)
    if type(value) is not dict:
        return False
    if len(value) == 1:
        return _is_said(value.get(DEFAULT_LANGUAGE))
    for name in _TOLD_BY:
        if type(named := value.get(name)) is dict:
            return len(named) == 1 and _is_said(named.get(DEFAULT_LANGUAGE))
    return False


def _is_said(text: object) -> bool:
    return type(text) is str and text[:1].isalpha()


def _tree() -> _Node:
    root = _Node()
    for place in places_of(MANDATORY):
        node = root
        for step in place.path.split(".")[: -1 if place.above else None]:
            node = node.steps.setdefault(step, _Node())
        node.ends.append((place, _state_of(place)))
    return root


_CHEAPLY: Final = {read_eqf: _cheap_level, read_credit_point: _cheap_points}
_TREE: Final = _tree()

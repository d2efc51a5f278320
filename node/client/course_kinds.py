"""Kinds of values in a course template: each reads one value, says what is right, and has its JSON Schema."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from credentials.errors import MalformedCredential
from credentials.moments import parse_moment
from credentials.plain_text import is_plain
from node.client.course_codes import COUNTRY_CODES
from node.client.course_vocabularies import LANGUAGE_CODES

SHORT: Final = 512
"""Characters of a text that stands in one line: what readers of micro-credentials show of it."""
LONG: Final = 4000

_ADDRESS: Final = re.compile(r"https?://[!-~]{1,2000}", re.ASCII)
_IDENTIFIER: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}:[!-~]{1,500}", re.ASCII)
_BLANKS: Final = dict.fromkeys((0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000), " ")
"""White space of other widths, as texts copied from elsewhere have it."""
_LONGEST_MOMENT: Final = 40
_FIRST_YEAR: Final = 1000
"""What lies before is no date of learning, and no library prints it alike."""
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_NUMBER: Final = re.compile(r"[0-9]{1,6}(\.[0-9]{1,3})?", re.ASCII)
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,127}", re.ASCII)


class Wrong(Exception):
    """The value is not of its kind."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value.

    Attributes:
        says: what is right, as it follows “is”.
        schema: what JSON Schema says of such a value.
        read: the value as it is kept, in members that JSON has; raises `Wrong`.
        of_text: whether a text alone may be such a value, as a column of a table has it.
        spoken: whether it has a text for each of several languages.
    """

    says: str
    schema: Mapping[str, Any]
    read: Callable[[object], Any]
    of_text: bool = True
    spoken: bool = False


def moment_of(given: object) -> str:
    """A day or a moment as `2027-06-30T00:00:00Z`; a day is the moment at which it begins in UTC.

    Raises:
        Wrong: it is neither.
    """
    written = given.isoformat() if isinstance(given, date) else given
    if not isinstance(written, str) or len(written) > _LONGEST_MOMENT:
        raise Wrong
    return _moment(written)


@lru_cache(maxsize=4096)
def _moment(written: str) -> str:
    try:
        moment = parse_moment(f"{written}T00:00:00Z" if _DATE.fullmatch(written) else written, name="it")
    except MalformedCredential:
        raise Wrong from None
    if moment.year < _FIRST_YEAR:
        raise Wrong
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def text(most: int = SHORT) -> Kind:
    """A text of one line; a long one is taken out of several."""

    def read(given: object) -> str:
        if not isinstance(given, str) or len(given) > most:
            raise Wrong
        if most > SHORT:
            stripped = " ".join(given.split())
        else:
            stripped = (given if given.isascii() else given.translate(_BLANKS)).strip()
        if not is_plain(stripped, most=most):
            raise Wrong
        return stripped

    return Kind(
        f"a text of 1 to {most} characters in one line, none of them hidden",
        {"type": "string", "minLength": 1, "maxLength": most},
        read,
    )


def texts(most: int = SHORT) -> Kind:
    """A text for each of some languages."""
    one = text(most)

    def read(given: object) -> dict[str, str]:
        if not isinstance(given, Mapping) or not given or not given.keys() <= LANGUAGE_CODES.keys():
            raise Wrong
        return {tag: one.read(given[tag]) for tag in sorted(given)}

    lines = "of one line and " if most <= SHORT else ""
    return Kind(
        f'a text in each language, as en = "…", each {lines}of at most {most} characters, none hidden',
        {
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"enum": sorted(LANGUAGE_CODES)},
            "additionalProperties": dict(one.schema),
        },
        read,
        of_text=False,
        spoken=True,
    )


def choice(*words: str) -> Kind:
    """One of some words."""

    def read(given: object) -> str:
        if given not in words:
            raise Wrong
        return str(given)

    return Kind(f"one of {', '.join(words)}", {"enum": list(words)}, read)


def number(most: int, what: str) -> Kind:
    """A number above 0 with at most three decimals, kept as a text without zeros that say nothing."""

    def read(given: object) -> str:
        written = isinstance(given, str) and _NUMBER.fullmatch(given) is not None
        if not written and (isinstance(given, bool) or not isinstance(given, int | float | Decimal)):
            raise Wrong
        found = Decimal(str(given))
        if not found.is_finite() or not 0 < found <= most or found != round(found, 3):
            raise Wrong
        return format(found.normalize(), "f")

    return Kind(
        f"a number of {what} above 0 and at most {most}, with at most three decimals",
        {
            "anyOf": [
                {"type": "number", "exclusiveMinimum": 0, "maximum": most},
                {"type": "string", "pattern": f"^{_NUMBER.pattern}$"},
            ]
        },
        read,
    )


def level(highest: int) -> Kind:
    """A level, 1 to the highest."""

    def read(given: object) -> int:
        found = int(given) if isinstance(given, str) and given in _digits else given
        if isinstance(found, bool) or not isinstance(found, int) or not 1 <= found <= highest:
            raise Wrong
        return found

    _digits = frozenset(map(str, range(1, highest + 1)))
    return Kind(
        f"a level, 1 to {highest}",
        {"anyOf": [{"type": "integer", "minimum": 1, "maximum": highest}, {"enum": sorted(_digits)}]},
        read,
    )


def matching(says: str, form: re.Pattern[str]) -> Kind:
    """A text of a form."""

    def read(given: object) -> str:
        if not isinstance(given, str) or not form.fullmatch(given):
            raise Wrong
        return given

    return Kind(says, {"type": "string", "pattern": f"^(?:{form.pattern})$"}, read)


def _read_flag(given: object) -> bool:
    if not isinstance(given, bool):
        raise Wrong
    return given


def listed(kind: Kind, *, most: int) -> Kind:
    """A list of 1 to `most` values of a kind, none twice."""

    def read(given: object) -> list[Any]:
        if not isinstance(given, Sequence) or isinstance(given, str) or not 0 < len(given) <= most:
            raise Wrong
        found = [kind.read(one) for one in given]
        if any(one in found[:place] for place, one in enumerate(found)):
            raise Wrong
        return found

    return Kind(
        f"a list of 1 to {most}, none twice, each {kind.says}",
        {"type": "array", "minItems": 1, "maxItems": most, "items": dict(kind.schema)},
        read,
        of_text=False,
    )


ADDRESS: Final = matching("an address that begins with http:// or https://", _ADDRESS)
IDENTIFIER: Final = matching("a DID or another URI", _IDENTIFIER)
COUNTRY: Final = replace(choice(*sorted(COUNTRY_CODES)), says="a code of the EU's table of countries, as LTU")
NAME: Final = matching("a name of letters, digits, dots, dashes and underscores", _NAME)
MOMENT: Final = Kind(
    "a day, as 2027-06-30, or a moment, as 2027-06-30T12:00:00Z", {"type": "string"}, moment_of
)
FLAG: Final = Kind("true or false", {"type": "boolean"}, _read_flag, of_text=False)
GROUP: Final = Kind("a table", {"type": "object"}, lambda given: given, of_text=False)
GROUPS: Final = Kind("a list of tables", {"type": "array"}, lambda given: given, of_text=False)
"""Tables whose members have rows of their own."""

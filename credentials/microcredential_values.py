"""Values as credentials of several vocabularies write them: texts by language, numbers, durations, days.

A reading is what a value says in plain text, with the value itself where machines need it. What stands there
and cannot be read is unreadable, with a sentence on what is wrong; what says nothing is neither.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from .plain_text import plain

MAX_TEXT: Final = 512
"""Characters of one value that are read."""
DEFAULT_LANGUAGE: Final = "en"

_MAX_TAGS: Final = 64
_MAX_LISTED: Final = 16
_MAX_DEPTH: Final = 4
"""Objects and lists within one another before a text is reached."""
_SHOWN: Final = 40
_TAG: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,3}", re.ASCII)
_NUMBER: Final = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?", re.ASCII)
_LARGEST: Final = 1_000_000
_TEXT_MEMBERS: Final = (
    *("noteLiteral", "prefLabel", "legalName", "title", "name", "targetName", "altLabel", "text", "#text"),
    *("@value", "narrative", "description", "contentURL", "id", "@id", "@uri", "uri", "url"),
)
"""Members of an object that hold its words, the most telling first; its address is better than nothing."""
_HOURS: Final = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,6})?)\s{0,3}(?:h|hours?)?", re.ASCII | re.IGNORECASE)
_AMOUNT: Final = r"([0-9]{1,6}(?:\.[0-9]{1,6})?)"
_DURATION: Final = re.compile(
    rf"P(?=[0-9T])(?:{_AMOUNT}Y)?(?:{_AMOUNT}M)?(?:{_AMOUNT}W)?(?:{_AMOUNT}D)?"
    rf"(?:T(?=[0-9])(?:{_AMOUNT}H)?(?:{_AMOUNT}M)?(?:{_AMOUNT}S)?)?",
    re.ASCII,
)
_UNITS: Final = ("year", "month", "week", "day", "hour", "minute", "second")
_DATE_UNITS: Final = 4
_LONGEST_DATE: Final = 35
_DATE: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Hours:
    """Notional learning time, in hours."""

    hours: Decimal


@dataclass(frozen=True, slots=True)
class Reading:
    """What a value says: plain text for people, and the value where machines need more."""

    text: str
    value: object = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Something stands there and is not what belongs there.

    Attributes:
        problem: what is wrong, in words of ours alone.
        shown: the beginning of what stands there, in plain text; empty if it is no text.
    """

    problem: str
    shown: str = ""


def unreadable(problem: str, value: object) -> Unreadable:
    """What is wrong with `value`, beside its beginning."""
    return Unreadable(problem, plain_value(value)[:_SHOWN])


def plain_value(value: object) -> str:
    """A text or a number in one line of plain text; empty if it is neither."""
    if isinstance(value, str):
        return plain(" ".join(value[: 2 * MAX_TEXT].split()), most=MAX_TEXT)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return ""
    return str(value) if -_LARGEST < value < _LARGEST else ""


def says_nothing(value: object) -> bool:
    """Whether nothing stands there: nothing at all, or empty texts, lists and objects within one another."""
    for _ in range(_MAX_DEPTH):
        if not isinstance(value, list) or len(value) != 1:
            break
        value = value[0]
    if isinstance(value, str):
        return not value or value.isspace()
    return value is None or value is False or value in ([], {})


def text_of(value: object, language: str, *, depth: int = _MAX_DEPTH) -> str:
    """The text that a value holds, in the language asked for, else English, else the first; empty if none.

    Args:
        value: a text, a number, a language map, a note, a concept, or a list of them.
        language: a language tag, as `de` or `pt-BR`.
        depth: objects and lists followed inwards.
    """
    if isinstance(value, dict | list):
        if not depth:
            return ""
        return (
            _of_object(value, language, depth)
            if isinstance(value, dict)
            else _of_list(value, language, depth)
        )
    return plain_value(value)


def _of_list(value: list[Any], language: str, depth: int) -> str:
    spoken = {
        one["@language"]: one.get("@value")
        for one in value[:_MAX_TAGS]
        if isinstance(one, dict) and isinstance(one.get("@language"), str)
    }
    if spoken and (found := _in_language(spoken, language, depth)):
        return found
    texts = (text_of(one, language, depth=depth - 1) for one in value[:_MAX_LISTED])
    return next(filter(None, texts), "")


def _of_object(value: Mapping[str, Any], language: str, depth: int) -> str:
    if _is_language_map(value):
        return _in_language(value, language, depth)
    texts = (text_of(value[name], language, depth=depth - 1) for name in _TEXT_MEMBERS if name in value)
    return next(filter(None, texts), "")


def _is_language_map(value: Mapping[str, Any]) -> bool:
    """Whether all members are named by languages; `id` alone is an address, beside others Indonesian."""
    if not 0 < len(value) <= _MAX_TAGS or (len(value) == 1 and "id" in value):
        return False
    return all(_TAG.fullmatch(name) and isinstance(held, str | list) for name, held in value.items())


def _in_language(spoken: Mapping[str, Any], language: str, depth: int) -> str:
    """Of several languages: the one asked for, one of its family, English, or the first that says any."""
    family, default = language.split("-", maxsplit=1)[0].lower(), DEFAULT_LANGUAGE
    ranks = {language.lower(): 0, family: 1}

    def rank(tag: str) -> int:
        tag = tag.lower()
        if tag in ranks:
            return ranks[tag]
        own = tag.split("-", maxsplit=1)[0]
        return 2 if own == family else 3 if tag == default else 4 if own == default else 5

    for tag in sorted(spoken, key=rank):
        if text := text_of(spoken[tag], language, depth=depth - 1):
            return text
    return ""


def number_of(value: object) -> Decimal | None:
    """The number that a value is or writes: up to six digits, and six after the point; None if it is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float | Decimal):
        if not 0 <= value < _LARGEST:
            return None
        value = str(value)
    if not isinstance(value, str) or len(value) > MAX_TEXT or not _NUMBER.fullmatch(value.strip()):
        return None
    return Decimal(value.strip())


def shown_number(number: Decimal) -> str:
    """The number without zeros that say nothing, and without an exponent."""
    return format(number.normalize(), "f")


def read_text(value: object, language: str) -> Reading | Unreadable | None:
    """What a text, note or concept says."""
    if text := text_of(value, language):
        return Reading(text)
    return None if says_nothing(value) else unreadable("is no text", value)


def read_presence(value: object, language: str) -> Reading | Unreadable | None:
    """That something is given whose content is not read here, such as an endorsement in a JWT."""
    del language
    return None if says_nothing(value) else Reading("given")


def read_hours(value: object, language: str) -> Reading | Unreadable | None:
    """A duration (ISO 8601), or a number of hours; of days and longer nobody knows the hours."""
    del language
    if isinstance(value, dict) and "@value" in value:
        value = value["@value"]
    if says_nothing(value):
        return None
    text = plain_value(value)
    if (plainly := _HOURS.fullmatch(text)) is not None:
        return _of_hours(Decimal(plainly[1]))
    if (matched := _DURATION.fullmatch(text)) is None:
        return unreadable("is neither a duration nor a number of hours", value)
    amounts = [Decimal(amount) if amount else Decimal(0) for amount in matched.groups()]
    if not any(amounts[:_DATE_UNITS]):
        hours, minutes, seconds = amounts[_DATE_UNITS:]
        return _of_hours(round(hours + minutes / 60 + seconds / 3600, 3))
    said = [
        f"{shown_number(amount)} {unit}{'' if amount == 1 else 's'}"
        for amount, unit in zip(amounts, _UNITS, strict=True)
        if amount
    ]
    return Reading(" ".join(said))


def _of_hours(hours: Decimal) -> Reading:
    return Reading(f"{shown_number(hours)} hour{'' if hours == 1 else 's'}", Hours(hours))


def read_date(value: object, language: str) -> Reading | Unreadable | None:
    """A day, or a moment, in UTC where it names no time zone."""
    del language
    if says_nothing(value):
        return None
    if isinstance(value, str) and len(value) <= _LONGEST_DATE:
        return _date_of(value)
    return unreadable("is no date", value)


@lru_cache(maxsize=4096)
def _date_of(text: str) -> Reading | Unreadable:
    """What a text says, which may be a date: credentials repeat their few dates."""
    if _DATE.fullmatch(text) is None:
        return unreadable("is no date", text)
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return unreadable("is no day or time of the calendar", text)
    whole = moment == moment.replace(hour=0, minute=0, second=0, microsecond=0)
    shown = moment.isoformat(sep=" ", timespec="minutes")[:16]
    return Reading(shown[:10] if whole else f"{shown} UTC", moment)


def read_address(value: object, language: str) -> Reading | Unreadable | None:
    """A URI or DID as it stands."""
    del language
    if says_nothing(value):
        return None
    return Reading(plain_value(value)) if isinstance(value, str) else unreadable("is no identifier", value)

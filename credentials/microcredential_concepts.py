"""Concepts of the European vocabularies: levels, cycles, fields, skills, countries, settings, credits.

Their concepts are named by URIs under data.europa.eu; credentials also write plain codes, numbers and labels.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from .microcredential_values import (
    Reading,
    Unreadable,
    number_of,
    plain_value,
    says_nothing,
    shown_number,
    text_of,
    unreadable,
)

_EUROPE: Final = r"https?://data\.europa\.eu/"
_EQF: Final = re.compile(_EUROPE + r"snb/eqf/(.{1,20})", re.ASCII)
_ISCED_F: Final = re.compile(_EUROPE + r"(?:snb|esco)/isced-f/([0-9]{2,4})", re.ASCII)
_ESCO: Final = re.compile(_EUROPE + r"esco/skill/[0-9A-Za-z.-]{1,64}", re.ASCII)
_ISCED_CODE: Final = re.compile(r"[0-9]{2,4}", re.ASCII)
_DIGITS: Final = re.compile(r"(?:(?<![A-Za-z])-)?[0-9]+(?:[.,][0-9]+)?", re.ASCII)
_ECTS: Final = re.compile(
    r"\bects\b|european credit transfer|snb/education-credit/6fcec5c5af", re.ASCII | re.IGNORECASE
)
_FORMAL: Final = "6fd4685715"
_NON_FORMAL: Final = "e207a81fc7"
_LEVELS: Final = range(1, 9)
_MOST_CREDITS: Final = 1000
_CYCLES: Final = ("short cycle", "first cycle", "second cycle", "third cycle")
_OF_CYCLES: Final = (
    re.compile(r"\bshort\b|^0$", re.ASCII),
    re.compile(r"\bfirst\b|\b1st\b|^1$|\bbachelor\b", re.ASCII),
    re.compile(r"\bsecond\b|\b2nd\b|^2$|\bmaster\b", re.ASCII),
    re.compile(r"\bthird\b|\b3rd\b|^3$|\bdoctora", re.ASCII),
)
_OF_EHEA: Final = re.compile(r"ehea|european higher education area|bologna|\bcycle\b", re.ASCII)


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept of a vocabulary.

    Attributes:
        id: its URI; empty where only a code is given.
        label: in the language asked for; empty if it has none.
        code: within its scheme, such as `0688` of ISCED-F; empty if the scheme has none.
    """

    id: str
    label: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Ects:
    """Credit points of the European Credit Transfer System."""

    points: Decimal


@dataclass(frozen=True, slots=True)
class Cycle:
    """A cycle of the Qualifications Framework of the European Higher Education Area."""

    name: str


def address_of(value: object) -> str:
    """The address of a concept, or the text that stands in its place; empty if there is neither."""
    if isinstance(value, dict):
        named = (value.get(name) for name in ("id", "@id", "@uri", "uri", "targetUrl", "targetCode"))
        return next((plain_value(one) for one in named if isinstance(one, str) and one), "")
    return plain_value(value)


def label_of(value: object, language: str) -> str:
    """The words of a concept; empty if it has only an address."""
    text = text_of(value, language) if isinstance(value, dict) else ""
    return "" if text == address_of(value) else text


def read_eqf(value: object, language: str) -> Reading | Unreadable | None:
    """A level of the European Qualifications Framework, 1 to 8, as URI, number, code or label."""
    if says_nothing(value):
        return None
    for text in _codes(value, language):
        if (named := _EQF.match(text)) is not None:
            return _level(named[1], value)
        if "://" not in text and len(numbers := _DIGITS.findall(text[:64])) == 1:
            return _level(numbers[0], value)
    return unreadable("names no EQF level", value)


def _codes(value: object, language: str) -> Iterator[str]:
    """What may name a concept: its address, its code, its label."""
    yield address_of(value)
    if isinstance(value, dict):
        for name in ("targetCode", "notation", "prefLabel", "targetName", "title", "name"):
            yield text_of(value.get(name), language)


def _level(digits: str, value: object) -> Reading | Unreadable:
    if len(digits) == 1 and digits.isdecimal() and int(digits) in _LEVELS:
        return Reading(f"EQF level {digits}", int(digits))
    return unreadable("is no EQF level of 1 to 8", digits if isinstance(value, dict) else value)


def read_cycle(value: object, language: str) -> Reading | Unreadable | None:
    """A cycle of the QF-EHEA, where the value speaks of one; other levels say nothing here."""
    said = f"{address_of(value)} {text_of(value, language)} {_scheme_of(value, language)}"
    if _OF_EHEA.search(said.lower()) is None:
        return None
    for text in _codes(value, language):
        named = [
            name for name, form in zip(_CYCLES, _OF_CYCLES, strict=True) if form.search(text.lower().strip())
        ]
        if len(named) == 1:
            return Reading(f"QF-EHEA {named[0]}", Cycle(named[0]))
    return unreadable("names no cycle of the QF-EHEA", value)


def _scheme_of(value: object, language: str) -> str:
    return text_of(value.get("inScheme"), language) if isinstance(value, dict) else ""


def read_national_level(value: object, language: str) -> Reading | Unreadable | None:
    """A level of a national framework in its words, or a cycle if that is what stands there."""
    if (cycle := read_cycle(value, language)) is not None:
        return cycle
    text = text_of(value, language)
    if text or not says_nothing(value):
        return Reading(text) if text else unreadable("names no level", value)
    return None


def read_isced(value: object, language: str) -> Reading | Unreadable | None:
    """A field of ISCED-F 2013, as URI or code of two to four digits."""
    if says_nothing(value):
        return None
    label = label_of(value, language)
    for text in _codes(value, language):
        if (named := _ISCED_F.fullmatch(text)) is not None:
            return Reading(f"{named[1]} {label}".rstrip(), Concept(text, label, named[1]))
        if _ISCED_CODE.fullmatch(text):
            return Reading(f"{text} {label}".rstrip(), Concept("", label, text))
    return unreadable("is no field of ISCED-F", value)


def read_skill(value: object, language: str) -> Reading | Unreadable | None:
    """A skill of ESCO, by its URI."""
    if says_nothing(value):
        return None
    address = address_of(value)
    if _ESCO.fullmatch(address) is None:
        return unreadable("is no URI of an ESCO skill", address)
    label = label_of(value, language)
    return Reading(label or address, Concept(address, label))


def read_skill_if_escos(value: object, language: str) -> Reading | Unreadable | None:
    """A skill of ESCO; skills of other vocabularies say nothing here."""
    return read_skill(value, language) if _ESCO.fullmatch(address_of(value)) else None


def read_country(value: object, language: str) -> Reading | Unreadable | None:
    """A country or region: a concept of the Publications Office, a code of two or three letters, a name."""
    if says_nothing(value):
        return None
    address = address_of(value)
    code = address.rstrip("/").rsplit("/", 1)[-1]
    if label := text_of(value, language) if isinstance(value, dict) else "":
        return Reading(code if label == address else label, Concept(address, label, code))
    if any(map(str.isalpha, code)):
        return Reading(code, Concept(address, "", code))
    return unreadable("names no country", value)


def read_country_name(value: object, language: str) -> Reading | Unreadable | None:
    """A country or region in words."""
    text = text_of(value, language)
    if not text:
        return None if says_nothing(value) else unreadable("names no country", value)
    return Reading(text)


def read_setting(value: object, language: str) -> Reading | Unreadable | None:
    """Whether learning was formal or non-formal, by the URI of the vocabulary or in words."""
    if says_nothing(value):
        return None
    for text in map(str.lower, _codes(value, language)):
        if text.endswith(_NON_FORMAL) or "non-formal" in text or "nonformal" in text or "informal" in text:
            return Reading(label_of(value, language) or "non-formal learning", value=False)
        if text.endswith(_FORMAL) or "formal" in text:
            return Reading(label_of(value, language) or "formal learning", value=True)
    return unreadable("is neither formal nor non-formal", value)


def read_ects(value: object, language: str) -> Reading | Unreadable | None:
    """A number of ECTS credits."""
    del language
    if isinstance(value, dict) and "@value" in value:
        value = value["@value"]
    if says_nothing(value):
        return None
    points = number_of(value)
    if points is None:
        return unreadable("is no number of credits", value)
    if points > _MOST_CREDITS:
        return unreadable(f"is more than {_MOST_CREDITS} credits", value)
    return Reading(f"{shown_number(points)} ECTS", Ects(points))


def read_credit_point(value: object, language: str) -> Reading | Unreadable | None:
    """A credit point of ELM: ECTS if its framework says so, else credits in the words of that framework."""
    if not isinstance(value, dict) or says_nothing(value.get("point")):
        return None
    read = read_ects(value["point"], language)
    framework = value.get("framework")
    if not isinstance(read, Reading) or speaks_of_ects(framework, language):
        return read
    number, name = read.text.removesuffix(" ECTS"), text_of(framework, language)
    return Reading(f"{number} {name or 'credits of no framework named'}")


def speaks_of_ects(value: object, language: str) -> bool:
    """Whether a framework, by its address or its words, is ECTS."""
    return any(_ECTS.search(text) for text in (address_of(value), text_of(value, language)))


def read_stackable(value: object, language: str) -> Reading | Unreadable | None:
    """Whether it is a part of a larger qualification: `isPartialQualification`."""
    del language
    if isinstance(value, bool):
        return Reading("part of a larger qualification" if value else "stands alone", value)
    return None if says_nothing(value) else unreadable("is neither true nor false", value)


def read_larger(value: object, language: str) -> Reading | Unreadable | None:
    """What it stacks towards: a larger achievement, or something to which it entitles."""
    if text := text_of(value, language):
        return Reading(f"towards {text}", value=True)
    return None if says_nothing(value) else unreadable("names nothing towards which it would stack", value)


def read_grade(value: object, language: str) -> Reading | Unreadable | None:
    """A grade: a note of ELM, or a result of Open Badges with its value, level or status."""
    if isinstance(value, dict):
        held: Mapping[str, Any] = value
        for name in ("value", "achievedLevel", "status"):
            if text := text_of(held.get(name), language):
                return Reading(text)
    if text := text_of(value, language):
        return Reading(text)
    return None if says_nothing(value) else unreadable("is no grade", value)

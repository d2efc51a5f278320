"""What an Open Badge says of the European elements: its alignments, credits and identities (Open Badges 3.0).

A badge has no members for levels, fields or modes: it is aligned to frameworks, by their URIs or their names.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

from .microcredential_concepts import (
    address_of,
    read_country,
    read_cycle,
    read_ects,
    read_eqf,
    read_isced,
    read_setting,
    read_skill,
    speaks_of_ects,
)
from .microcredential_values import (
    Reading,
    Unreadable,
    plain_value,
    read_text,
    says_nothing,
    text_of,
    unreadable,
)

Kind = Callable[[Any, str], Reading | Unreadable | None]
"""Reads one value in one language; None where it says nothing of the kind."""
Framework = Literal[
    "eqf",
    "ehea",
    "esco",
    "isced",
    "mode",
    "assessment",
    "supervision",
    "setting",
    "ects",
    "credential",
    "other",
]

_MAX_ALIGNMENTS: Final = 64
_BY_ADDRESS: Final[tuple[tuple[str, Framework], ...]] = (
    ("/snb/eqf/", "eqf"),
    ("/esco/skill/", "esco"),
    ("/isced-f/", "isced"),
    ("/snb/learning-assessment/", "mode"),
    ("/snb/assessment/", "assessment"),
    ("/snb/supervision-verification/", "supervision"),
    ("/snb/learning-setting/", "setting"),
    ("/snb/education-credit/", "ects"),
)
_BY_NAME: Final[tuple[tuple[str, Framework], ...]] = (
    ("ehea", "ehea"),
    ("european higher education area", "ehea"),
    ("eqf", "eqf"),
    ("european qualifications framework", "eqf"),
    ("esco", "esco"),
    ("isced", "isced"),
    ("ects", "ects"),
    ("european credit transfer", "ects"),
)
"""The first that fits: the frameworks of the EHEA are not the EQF, whose names some share."""
_LARGER: Final = ("ceterms:Credential", "CTDL")


def framework_of(alignment: Mapping[str, Any]) -> Framework:
    """The framework to which an alignment aligns, by its address, else by its name or type."""
    address = plain_value(alignment.get("targetUrl"))
    if "//data.europa.eu/" in address:
        for part, framework in _BY_ADDRESS:
            if part in address:
                return framework
    kind = plain_value(alignment.get("targetType"))
    name = f"{plain_value(alignment.get('targetFramework'))} {kind.removeprefix('ext:')}".lower()
    for part, framework in _BY_NAME:
        if part in name:
            return framework
    return "credential" if kind in _LARGER else "other"


def _aligned(framework: Framework, read: Kind) -> Kind:
    """The kind that reads alignments to one framework, and of others nothing."""

    def read_alignment(value: object, language: str) -> Reading | Unreadable | None:
        if not isinstance(value, dict) or framework_of(value) != framework:
            return None
        return read(value, language) or unreadable("is an alignment to nothing", value.get("targetName"))

    return read_alignment


def _read_code(read: Kind) -> Kind:
    """The kind that reads an alignment's code, else its URL, else its name: the first that can be read."""

    def read_target(value: Mapping[str, Any], language: str) -> Reading | Unreadable | None:
        refused: Unreadable | None = None
        for name in ("targetCode", "targetUrl", "targetName"):
            found = read(value.get(name), language)
            if isinstance(found, Reading):
                return found
            refused = refused or found
            if refused is not None and name == "targetCode":
                return refused
        return refused

    return read_target


def _read_cycle(value: Mapping[str, Any], language: str) -> Reading | Unreadable | None:
    return read_cycle({**value, "inScheme": "QF-EHEA"}, language)


def _read_larger(value: Mapping[str, Any], language: str) -> Reading | None:
    text = text_of(value, language)
    return Reading(f"towards {text}", value=True) if text else None


align_eqf: Final = _aligned("eqf", _read_code(read_eqf))
align_cycle: Final = _aligned("ehea", _read_cycle)
align_skill: Final = _aligned("esco", read_skill)
align_isced: Final = _aligned("isced", read_isced)
align_mode: Final = _aligned("mode", read_text)
align_assessment: Final = _aligned("assessment", read_text)
align_supervision: Final = _aligned("supervision", read_text)
align_setting: Final = _aligned("setting", read_setting)
align_larger: Final = _aligned("credential", _read_larger)
_outcome_of_esco: Final = _aligned("esco", read_text)
_outcome_of_other: Final = _aligned("other", read_text)


def align_outcome(value: object, language: str) -> Reading | Unreadable | None:
    """A skill or competency to which a badge is aligned, in words."""
    return _outcome_of_esco(value, language) or _outcome_of_other(value, language)


def read_badge_credits(member: str, value: object, language: str) -> Reading | Unreadable | None:
    """The credits of an achievement or its subject: ECTS where the badge is aligned to a European framework.

    Open Badges count credits of no particular system. Aligned to ECTS, the EQF or the QF-EHEA they are ECTS.

    Args:
        member: `creditsAvailable` of an achievement, or `creditsEarned` of a subject.
        value: the object that has the member.
        language: of the texts.
    """
    if not isinstance(value, dict) or says_nothing(value.get(member)):
        return None
    read = read_ects(value[member], language)
    achievement = value.get("achievement", value)
    if not isinstance(read, Reading) or _is_european(achievement, language):
        return read
    return Reading(f"{read.text.removesuffix(' ECTS')} credits of no framework named")


def _is_european(achievement: object, language: str) -> bool:
    if isinstance(achievement, list):
        return any(_is_european(one, language) for one in achievement[:_MAX_ALIGNMENTS])
    alignments = achievement.get("alignment") if isinstance(achievement, dict) else None
    listed = alignments if isinstance(alignments, list) else [alignments]
    found = [one for one in listed[:_MAX_ALIGNMENTS] if isinstance(one, dict)]
    return any(framework_of(one) in {"ects", "eqf", "ehea"} or speaks_of_ects(one, language) for one in found)


def read_credits_available(value: object, language: str) -> Reading | Unreadable | None:
    """`creditsAvailable` of an achievement."""
    return read_badge_credits("creditsAvailable", value, language)


def read_credits_earned(value: object, language: str) -> Reading | Unreadable | None:
    """`creditsEarned` of the subject of an achievement."""
    return read_badge_credits("creditsEarned", value, language)


def read_identity(value: object, language: str) -> Reading | Unreadable | None:
    """An IdentityObject: what it says in the clear, or that it is a hash."""
    del language
    if not isinstance(value, dict) or says_nothing(value.get("identityHash")):
        return None
    if not (named := plain_value(value["identityHash"])):
        return unreadable("is no identity", value)
    kind = plain_value(value.get("identityType")) or "identity"
    return Reading(f"{kind}, hashed" if value.get("hashed") is True else named)


def read_profile_country(value: object, language: str) -> Reading | Unreadable | None:
    """`addressCountryCode`, a code of two letters, of the address of a profile."""
    if says_nothing(value):
        return None
    if len(address_of(value)) != len("EU"):
        return unreadable("is no country code of two letters", value)
    return read_country(value, language)

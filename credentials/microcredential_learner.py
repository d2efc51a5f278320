"""Who a credential says its learner is."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from .microcredential_values import plain_value, text_of

_MAX_LISTED: Final = 64
"""Subjects and identities looked at."""
_GIVEN: Final = ("givenName", "firstName", "currentGivenName")
_FAMILY: Final = ("familyName", "currentFamilyName")


def learner_of(members: Mapping[str, Any], language: str) -> tuple[str, str]:
    """The name and the identifier of the first subjects that have one; empty where none has.

    Args:
        members: of the credential.
        language: of names that stand in several.
    """
    subject = members.get("credentialSubject")
    listed = subject if isinstance(subject, list) else [subject]
    subjects = [one for one in listed[:_MAX_LISTED] if isinstance(one, dict)]
    names = (name for one in subjects for name in _names(one, language))
    identifiers = (plain_value(one.get(name)) for one in subjects for name in ("id", "@id"))
    return next(filter(None, names), ""), next(filter(None, identifiers), "")


def _names(subject: Mapping[str, Any], language: str) -> Iterator[str]:
    """What may name a subject, the whole name before its parts."""
    yield text_of(subject.get("fullName"), language)
    parts = (
        next(filter(None, (text_of(subject.get(name), language) for name in members)), "")
        for members in (_GIVEN, _FAMILY)
    )
    yield " ".join(filter(None, parts))
    yield text_of(subject.get("name"), language)
    yield from _identities(subject)


def _identities(subject: Mapping[str, Any]) -> Iterator[str]:
    """Names that an Open Badge has for its learner, unless they are hashed."""
    listed = subject.get("identifier")
    for one in listed[:_MAX_LISTED] if isinstance(listed, list) else [listed]:
        if isinstance(one, dict) and one.get("identityType") == "name" and one.get("hashed") is not True:
            yield plain_value(one.get("identityHash"))

"""Who a credential says its learner is."""

from collections.abc import Mapping
from typing import Any, Final

from .microcredential_values import plain_value, text_of

_MAX_LISTED: Final = 64
"""Subjects and identities looked at."""
_NAMES: Final = (
    *(("fullName",), ("givenName", "familyName"), ("firstName", "familyName")),
    *(("currentGivenName", "currentFamilyName"), ("name",), ("familyName",)),
)
"""Members of a subject that together are a learner's name."""


def learner_of(members: Mapping[str, Any], language: str) -> tuple[str, str]:
    """The name and the identifier of the first subjects that have one."""
    subject = members.get("credentialSubject")
    listed = subject if isinstance(subject, list) else [subject]
    subjects = [one for one in listed[:_MAX_LISTED] if isinstance(one, dict)]
    names = (
        " ".join(filter(None, (text_of(one.get(name), language) for name in together)))
        for one in subjects
        for together in _NAMES
    )
    badge = (_identity(one) for one in subjects)
    identifiers = (plain_value(one.get(name)) for one in subjects for name in ("id", "@id"))
    return next(filter(None, (*names, *badge)), ""), next(filter(None, identifiers), "")


def _identity(subject: Mapping[str, Any]) -> str:
    """The name that an Open Badge has for its learner, unless it is hashed."""
    listed = subject.get("identifier")
    for one in listed[:_MAX_LISTED] if isinstance(listed, list) else [listed]:
        if isinstance(one, dict) and one.get("identityType") == "name" and one.get("hashed") is not True:
            return plain_value(one.get("identityHash"))
    return ""

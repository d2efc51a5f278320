"""The claims of a JWT with a credential, as far as both JWT forms share them (RFC 7519 section 4.1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from credentials.errors import MalformedCredential, NotJudged
from credentials.model import Credential
from credentials.plain_text import MAX_ADDRESS, is_plain

_MAX_NUMERIC_DATE: Final = 2**53
"""What every JSON reader takes for the same whole number (RFC 7493 section 2.2)."""
_OF_A_JWT: Final = ("status", "exp", "nbf", "iat")
"""Claims that decide, and that nobody reads in a credential that is not itself the payload of a JWT."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a JWT says beside the credential; nothing of it has been verified.

    Attributes:
        members: all claims, strictly parsed.
        kid: the header's name of the key.
        not_before: `nbf`, in seconds; None if absent.
        issued_at: `iat`, in seconds; None if absent.
        expires: `exp`, in seconds; None if absent.
    """

    members: Mapping[str, Any]
    kid: str
    not_before: int | None
    issued_at: int | None
    expires: int | None


def read_claims(members: Mapping[str, Any], *, header: Mapping[str, Any]) -> Claims:
    """The claims, with their times in whole seconds.

    Raises:
        MalformedCredential: the header names no key, or a time is no number of seconds.
    """
    kid = header.get("kid")
    if not is_plain(kid, most=MAX_ADDRESS):
        raise MalformedCredential("the JWT does not name the key that signed it (kid)")
    return Claims(
        members,
        kid,
        numeric_date(members, "nbf"),
        numeric_date(members, "iat"),
        numeric_date(members, "exp"),
    )


def check_identity(claims: Mapping[str, Any], credential: Credential) -> None:
    """Return if `iss`, `jti` and `sub`, where they are there, repeat the credential's issuer, id and subject.

    Raises:
        MalformedCredential: one of them says something else, or names one subject of several.
    """
    if "iss" in claims and claims["iss"] != credential.issuer:
        raise MalformedCredential("the JWT's iss is not the issuer of the credential")
    if "jti" in claims and (credential.id is None or claims["jti"] != credential.id):
        raise MalformedCredential("the JWT's jti is not the id of the credential")
    if "sub" not in claims:
        return
    if len(credential.subjects) != 1:
        raise MalformedCredential("the JWT names one subject (sub), the credential several")
    subject = credential.subjects[0].get("id")
    if subject is None or claims["sub"] != subject:
        raise MalformedCredential("the JWT's sub is not the id of the credential's subject")


def check_no_claims_within(members: Mapping[str, Any]) -> None:
    """Return if a credential that is not itself a JWT's payload has no member that would decide in one.

    Raises:
        NotJudged: it has one: data models let it stand, and whoever signed it may have meant an end by it.
    """
    for name in _OF_A_JWT:
        if name in members:
            raise NotJudged(f"a credential with a JWT's claim ({name}) for a member is not judged here")


def numeric_date(claims: Mapping[str, Any], name: str) -> int | None:
    """The whole seconds that a claim names; None if it is absent (RFC 7519 section 2).

    Raises:
        MalformedCredential: it is no number that every reader takes for the same.
    """
    if name not in claims:
        return None
    value = claims[name]
    if type(value) not in {int, float} or abs(value) > _MAX_NUMERIC_DATE:
        raise MalformedCredential(f"the claim {name} is no number of seconds")
    return int(value // 1)

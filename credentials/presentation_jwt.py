"""Presentations as JWTs: the claim `vp` (VCDM 1.1 section 6.3.1), `vp+jwt` (VC-JOSE-COSE section 3.1.2)."""

from collections.abc import Mapping
from typing import Any, Final

from .errors import MalformedCredential, MalformedPresentation
from .expected import audiences_of
from .presentation import (
    Presentation,
    PresentationForm,
    credentials_of,
    holder_of,
    identifier_of,
    nonce_of,
    version_of,
)
from .securing.claims import Claims, read_claims
from .securing.jose import ParsedJws

TYPES: Final = frozenset({"vp+jwt", "vp+ld+jwt"})
"""The header's `typ` that says so by itself, in lower case and without `application/`."""
_OTHERS: Final = frozenset({"", "jwt"})


def typ_of(jws: ParsedJws) -> str:
    """The header's `typ` in lower case, without the prefix that RFC 7515 section 4.1.9 lets writers drop."""
    return str(jws.header.get("typ", "")).lower().removeprefix("application/")


def read_presentation_jwt(jws: ParsedJws, claims: Mapping[str, Any]) -> Presentation:
    """The presentation in the claims of a JWT; its signature has not been checked.

    Args:
        jws: its parts.
        claims: its payload, strictly parsed.

    Raises:
        MalformedPresentation: a rule is broken.
        TooManyCredentials: it shows more than are judged together.
    """
    members = _members(jws, claims)
    version = version_of(members)
    form: PresentationForm = "vp-jose" if members is claims else "vp-jwt"
    if version != ("2.0" if form == "vp-jose" else "1.1"):
        raise MalformedPresentation(
            "a claim vp holds a presentation of the data model 1.1, and a vp+jwt is one of 2.0"
        )
    if "proof" in members:
        raise MalformedPresentation("it is secured twice: by the JWT and by a proof inside")
    holder = holder_of(members, claims.get("iss"), claims.get("sub"))
    if holder is None:
        raise MalformedPresentation("it does not name its holder (holder, iss)")
    audiences = () if "aud" not in claims else audiences_of(claims["aud"])
    if audiences is None:
        raise MalformedPresentation("its audience (aud) is no text and no short list of texts")
    said = _registered(claims, jws)
    return Presentation(
        form=form,
        version=version,
        id=identifier_of(members, jti=claims.get("jti")),
        holder=holder,
        credentials=credentials_of(members, version=version),
        verification_method=said.kid,
        algorithm=jws.alg,
        nonce=nonce_of(claims.get("nonce")),
        audiences=audiences,
        not_before=max((one for one in (said.not_before, said.issued_at) if one is not None), default=None),
        expires=said.expires,
        jws=jws,
    )


def _registered(claims: Mapping[str, Any], jws: ParsedJws) -> Claims:
    try:
        return read_claims(claims, header=jws.header)
    except MalformedCredential as error:
        raise MalformedPresentation(error.reason) from error


def _members(jws: ParsedJws, claims: Mapping[str, Any]) -> Mapping[str, Any]:
    """The members of the presentation: those of the claim `vp`, or all of the payload.

    Raises:
        MalformedPresentation: the claim is no object, or the type of the JWT is for something else.
    """
    if typ_of(jws) not in TYPES | _OTHERS:
        raise MalformedPresentation("the type of the JWT (typ) is not one of presentations")
    if "vp" not in claims:
        return claims
    members = claims["vp"]
    if not isinstance(members, dict):
        raise MalformedPresentation("the claim vp is no object")
    if typ_of(jws) in TYPES or "verifiableCredential" in claims:
        raise MalformedPresentation("one presentation stands in the claim vp and another beside it")
    return members

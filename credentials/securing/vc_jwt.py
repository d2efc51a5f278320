"""VC-JWT: a credential of the data model 1.1 as the claim `vc` (VCDM 1.1 section 6.3.1, EBSI's rules)."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from credentials.errors import MalformedCredential
from credentials.model import Credential, parse_credential
from credentials.moments import ledger_seconds, parse_moment

from .claims import Claims, check_identity, check_no_claims_within
from .jose import ParsedJws
from .secured import SecuredCredential
from .token_status import status_entries

TYPES: Final = frozenset({None, "jwt"})
"""The header's `typ`, in lower case; it may be absent."""

_EBSI: Final = "did:ebsi:"
_MEMBERS: Final = (
    *("@context", "type", "issuer", "credentialSubject", "validFrom", "validUntil"),
    *("issuanceDate", "expirationDate", "credentialStatus", "credentialSchema", "termsOfUse"),
)
"""Members of a credential, of either data model, which say nothing beside the claim `vc`."""


def read_vc_jwt(jws: ParsedJws, claims: Claims, *, digest: bytes) -> SecuredCredential:
    """The credential in the claim `vc`, whose registered claims repeat its members.

    Args:
        jws: the parts of the JWT.
        claims: its payload.
        digest: 32 bytes, under which it is anchored.

    Raises:
        MalformedCredential: the credential keeps no data model's rules, or a claim says something else.
        NotJudged: what decides stands where nobody reads it.
    """
    members = claims.members["vc"]
    if not isinstance(members, dict):
        raise MalformedCredential("the claim vc is no object")
    if any(name in claims.members for name in _MEMBERS):
        raise MalformedCredential("a credential stands in the claim vc and another one beside it")
    if "proof" in members:
        raise MalformedCredential("it is secured twice: by the JWT and by a proof inside")
    check_no_claims_within(members)
    credential = parse_credential(members)
    if credential.version != "1.1":
        raise MalformedCredential("a claim vc holds a credential of the data model 1.1 only")
    _check_required(credential, claims)
    check_identity(claims.members, credential)
    _check_times(credential, claims)
    return SecuredCredential(
        credential=replace(credential, statuses=(*credential.statuses, *status_entries(claims.members))),
        mechanism="vc-jwt",
        digest=digest,
        verification_method=claims.kid,
        algorithm=jws.alg,
        jws=jws,
        not_before=claims.not_before,
        issued_at=claims.issued_at,
        expires=claims.expires,
    )


def _check_required(credential: Credential, claims: Claims) -> None:
    """Hold that the claims alone say whose it is and, from did:ebsi, which one and since when."""
    required = ("iss", "jti", "nbf") if credential.issuer.startswith(_EBSI) else ("iss",)
    for name in required:
        if name not in claims.members:
            raise MalformedCredential(f"the JWT does not say its {name}")


def _check_times(credential: Credential, claims: Claims) -> None:
    """Hold `nbf` and `exp` against the dates, in whole seconds."""
    members, begin = credential.members, claims.not_before
    if begin is not None and begin not in {
        _seconds(credential.valid_from),
        _seconds(members["issuanceDate"]),
    }:
        raise MalformedCredential("the JWT begins (nbf) at another time than the credential")
    if claims.expires is None:
        return
    end = members.get("expirationDate", members.get("validUntil"))
    if end is None and credential.issuer.startswith(_EBSI):
        raise MalformedCredential("the JWT ends (exp), the credential does not")
    if end is not None and claims.expires != _seconds(end):
        raise MalformedCredential("the JWT ends (exp) at another time than the credential")


def _seconds(date: datetime | str | None) -> int:
    return ledger_seconds(date if isinstance(date, datetime) else parse_moment(date, name="a date"))

"""VC-JOSE: a credential of the data model 2.0 as the whole payload of a JWS (VC-JOSE-COSE section 3.1.1)."""

from dataclasses import replace
from typing import Final

from credentials.errors import MalformedCredential
from credentials.model import parse_credential

from .claims import Claims, check_identity
from .jose import ParsedJws
from .secured import SecuredCredential
from .token_status import status_entries

TYPES: Final = frozenset({None, "jwt", "vc+jwt", "vc+ld+jwt"})
"""The header's `typ`, in lower case and without `application/`; it may be absent."""


def read_vc_jose(jws: ParsedJws, claims: Claims, *, digest: bytes) -> SecuredCredential:
    """The credential that the payload is; registered claims, where there are any, contradict nothing.

    `exp` and `iat` are of the signature here (section 3.1.3): they need not repeat the credential's dates.

    Args:
        jws: the parts of the JWS.
        claims: its payload.
        digest: 32 bytes, under which it is anchored.

    Raises:
        MalformedCredential: the credential keeps no data model's rules, or a claim says something else.
    """
    members = claims.members
    if "vc" in members:
        raise MalformedCredential("a vc+jwt has its credential in the payload itself, not in a claim vc")
    if "proof" in members:
        raise MalformedCredential("it is secured twice: by the JWT and by a proof inside")
    credential = parse_credential(members)
    if credential.version != "2.0":
        raise MalformedCredential("a vc+jwt holds a credential of the data model 2.0 only")
    check_identity(members, credential)
    return SecuredCredential(
        credential=replace(credential, statuses=(*credential.statuses, *status_entries(members))),
        mechanism="vc-jose",
        digest=digest,
        verification_method=claims.kid,
        algorithm=jws.alg,
        jws=jws,
        not_before=claims.not_before,
        issued_at=claims.issued_at,
        expires=claims.expires,
    )

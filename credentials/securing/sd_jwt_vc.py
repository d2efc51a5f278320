"""Credentials that an SD-JWT secures: SD-JWT VC by their `vct`, and W3C's of the data model 2.0.

SD-JWT VC (draft-ietf-oauth-sd-jwt-vc): claims of a JWT, whose type `vct` names. VC-JOSE-COSE section 3.2: the
payload is the credential, with its `@context`. Nothing of either that decides a verdict may be withheld.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from credentials.errors import (
    AlgorithmRefused,
    MalformedCredential,
    MalformedJws,
    MalformedSdJwt,
    NotJudged,
    UnknownHash,
)
from credentials.model import SD_JWT_VC, VCT, Credential, Reference, parse_credential
from credentials.moments import ledger_moment
from credentials.plain_text import MAX_ADDRESS, is_plain
from did.errors import DidError
from did.syntax import parse_did

from .claims import Claims, check_identity, read_claims
from .jose import ParsedJws, parse_compact
from .sd_jwt import SEPARATOR, SdJwt, parse_sd_jwt
from .secured import SecuredCredential
from .token_status import status_entries

TYPES: Final = frozenset({"dc+sd-jwt", "vc+sd-jwt", "vc+ld+json+sd-jwt"})
"""The header's `typ`, in lower case and without `application/`: `vc+sd-jwt` is W3C's, and once was IETF's."""

_ONLY_VCT: Final = "dc+sd-jwt"
_CONTENT_TYPE: Final = "application/"
_NEVER_SELECTIVE: Final = frozenset(
    {"iss", "nbf", "exp", "aud", "cnf", "vct", "vct#integrity", "status", "_sd_alg"}
)
"""Claims that a holder may not choose to show (SD-JWT VC section 3.2.2.2, RFC 9901 section 9.7)."""
_OF_W3C_ALONE: Final = (
    *("validFrom", "validUntil", "issuanceDate", "expirationDate"),
    *("credentialStatus", "credentialSchema", "termsOfUse"),
)
"""Members by which a W3C credential is judged, and which decide nothing as claims of an SD-JWT VC."""
_DECIDING: Final = frozenset(
    {
        "",  # the credential itself, where a whole member may be missing
        *("@context", "id", "type", "issuer", "validFrom", "validUntil"),
        *("credentialStatus", "credentialSchema", "termsOfUse"),
    }
)
"""Members of a W3C credential without which, or without a part of which, its verdict would be another."""
_OF_THE_JWT: Final = frozenset(
    {"iss", "nbf", "exp", "iat", "jti", "aud", "sub", "id", "cnf", "vct", "vct#integrity", "status"}
)
"""Claims that say nothing of the subject; `sub` is its `id`, which no claim of that name stands in for."""


def read_sd_jwt_vc(text: str, *, digest: bytes) -> SecuredCredential:
    """The credential that the SD-JWT `text` secures, as far as it is disclosed.

    Args:
        text: an SD-JWT, with or without key binding.
        digest: 32 bytes, under which it is anchored: that of the issuer's JWT.

    Raises:
        MalformedCredential: it is no SD-JWT whose parts belong together, keeps no data model's rules, or lets
            a claim be withheld that may not be.
        NotJudged: of another type; an issuer that is no DID; a hash that is not taken here; a part withheld
            on which the verdict depends.
    """
    try:
        kind = _kind(parse_compact(text.partition(SEPARATOR)[0]))
        parsed = parse_sd_jwt(text)
    except UnknownHash as error:
        raise NotJudged(error.reason) from error
    except (MalformedSdJwt, MalformedJws, AlgorithmRefused) as error:
        raise MalformedCredential(str(error)) from error
    if "x5c" in parsed.jws.header:
        raise NotJudged("an SD-JWT whose issuer a certificate names (x5c) is not judged here")
    members = parsed.disclosed.members
    if shown := sorted(parsed.disclosed.selective & _NEVER_SELECTIVE):
        raise MalformedCredential(f"its holder could withhold the claim {shown[0]}, which may not be")
    if "iat" in parsed.disclosed.selective:
        raise NotJudged("an SD-JWT whose holder could withhold when it was issued (iat) is not judged here")
    if "vc" in members or "vp" in members or "proof" in members:
        raise MalformedCredential(
            "an SD-JWT has its credential neither in a claim vc or vp nor beside a proof"
        )
    if "cnf" in members and not isinstance(members["cnf"], dict):
        raise MalformedCredential("what it is bound to (cnf) is no object")
    claims = read_claims(members, header=parsed.jws.header)
    credential = _of_w3c(parsed, kind) if "@context" in members else _by_vct(claims, parsed)
    return SecuredCredential(
        credential=credential,
        mechanism="sd-jwt-vc",
        digest=digest,
        verification_method=claims.kid,
        algorithm=parsed.jws.alg,
        jws=parsed.jws,
        not_before=claims.not_before,
        issued_at=claims.issued_at,
        expires=claims.expires,
        parts=parsed,
    )


def is_sd_jwt_vc(document: bytes) -> bool:
    """Whether the header of the JWT in front says that this is an SD-JWT with a credential.

    Args:
        document: a text with a `~`.
    """
    try:
        _kind(parse_compact(document.decode("ascii").partition(SEPARATOR)[0]))
    except (UnicodeDecodeError, MalformedJws, AlgorithmRefused, NotJudged):
        return False
    return True


def _kind(jws: ParsedJws) -> str:
    typ = jws.header.get("typ")
    kind = typ.lower().removeprefix(_CONTENT_TYPE) if isinstance(typ, str) else None
    if kind not in TYPES:
        raise NotJudged(f"an SD-JWT of the type {str(typ)[:40]!r} is not judged here")
    return kind


def _of_w3c(parsed: SdJwt, kind: str) -> Credential:
    """The credential of the data model 2.0 that the payload is (VC-JOSE-COSE section 3.2.1).

    A holder must not rid a credential of its end or its status by keeping a disclosure back, and which
    member a digest stands for nobody can tell; so there may be none where such a member could stand.
    """
    members = parsed.disclosed.members
    if kind == _ONLY_VCT or "vct" in members:
        raise NotJudged("an SD-JWT VC with a context of JSON-LD is not judged here")
    if withheld := sorted(parsed.disclosed.withheld & _DECIDING):
        where = f"within its {withheld[0]}" if withheld[0] else "at its top level"
        raise NotJudged(f"something is withheld, or looks so, {where}, on which the verdict may depend")
    credential = parse_credential(members)
    if credential.version != "2.0":
        raise MalformedCredential("an SD-JWT holds a W3C credential of the data model 2.0 only")
    check_identity(members, credential)
    return replace(credential, statuses=(*credential.statuses, *status_entries(members)))


def _by_vct(claims: Claims, parsed: SdJwt) -> Credential:
    """The credential by the rules of SD-JWT VC: `vct` is its type, and the schema registered under it.

    `iat` may lawfully be withheld, and check 8 decides by it: it has to stand openly if anything is withheld.
    """
    members = claims.members
    vct = members.get("vct")
    if not is_plain(vct, most=MAX_ADDRESS):
        raise MalformedCredential("it does not say of which type it is (vct)")
    for name in _OF_W3C_ALONE:
        if name in members:
            raise NotJudged(f"an SD-JWT VC with a member of W3C's credentials ({name}) is not judged here")
    if claims.issued_at is None and parsed.lacks_claims:
        raise NotJudged("claims are withheld, or it looks so, and when it was issued (iat) may be among them")
    begin, end = claims.not_before, claims.expires
    if begin is not None and end is not None and end < begin:
        raise MalformedCredential("it ends before it begins")
    issued = max((one for one in (begin, claims.issued_at) if one is not None), default=None)
    return Credential(
        version=SD_JWT_VC,
        members=members,
        id=None,
        types=(vct,),
        issuer=_issuer(members),
        subjects=(_subject(members),),
        valid_from=None if begin is None else ledger_moment(begin),
        valid_until=None if end is None else ledger_moment(end),
        issued=None if issued is None else ledger_moment(issued),
        schemas=(Reference(vct, VCT),),
        statuses=status_entries(members),
    )


def _issuer(members: Mapping[str, Any]) -> str:
    named = members.get("iss")
    if named is None:
        raise NotJudged("an SD-JWT VC that does not name its issuer (iss) is not judged here")
    if not isinstance(named, str):
        raise MalformedCredential("its issuer (iss) is no text")
    if not named.startswith("did:"):
        raise NotJudged("an SD-JWT VC whose issuer (iss) is no DID is not judged here")
    try:
        return parse_did(named)
    except DidError as error:
        raise MalformedCredential(f"its issuer is no DID: {error}") from error


def _subject(members: Mapping[str, Any]) -> Mapping[str, Any]:
    """What it says of its subject, whose `id` is `sub` if it is there."""
    subject = {name: value for name, value in members.items() if name not in _OF_THE_JWT}
    if "sub" not in members:
        return subject
    if not is_plain(members["sub"], most=MAX_ADDRESS):
        raise MalformedCredential("its subject (sub) is no text")
    return {"id": members["sub"], **subject}

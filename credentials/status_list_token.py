"""Tokens of status lists: JWTs of the type `statuslist+jwt` (Token Status List section 5.1)."""

import json
from dataclasses import dataclass
from typing import Any, Final

from anchoring.errors import AnchoringError
from anchoring.status_entry import check_url
from anchoring.token_status_list import STATUS_LIST, TokenStatusList, parse_token_status_list
from did.base64url import decode_base64url
from did.errors import DidError, InvalidEncoding, InvalidJson
from did.json_text import parse_object
from did.syntax import parse_did_url

from .errors import AlgorithmRefused, MalformedCredential, MalformedJws, StatusListRefused
from .securing.claims import Claims, read_claims
from .securing.jose import DEFAULT_LIMITS, ParsedJws, parse_compact, sign_compact
from .securing.signing_key import PrivateKey

TYPE: Final = "statuslist+jwt"

_CONTENT_TYPE: Final = "application/"
_MAX_NUMBER: Final = 2**53


@dataclass(frozen=True, slots=True)
class StatusListToken:
    """What a list's token says; who reads it has verified nothing.

    Attributes:
        issuer: the DID whose key is named, the only one whose credentials the list may speak of.
        url: its `sub`, under which credentials point to it.
        verification_method: the DID URL of the key that is said to have signed it.
        status_list: its claim `status_list`.
        valid_from: seconds since 1970: the later of `iat` and `nbf`.
        valid_until: `exp`, likewise; None if it has no end.
        ttl: seconds for which whoever fetches the list may keep it; here the list published last counts.
    """

    issuer: str
    url: str
    verification_method: str
    status_list: TokenStatusList
    valid_from: int
    valid_until: int | None
    ttl: int | float | None = None


def is_status_list_token(document: bytes) -> bool:
    """Whether the header of the JWT says that it is one, whatever else it is.

    Args:
        document: without white space around it.
    """
    head = document.partition(b".")[0].decode("ascii", "replace")
    try:
        octets = decode_base64url(head, max_bytes=DEFAULT_LIMITS.header)
        typ = parse_object(octets, max_bytes=DEFAULT_LIMITS.header).get("typ")
    except (InvalidEncoding, InvalidJson):
        return False
    return isinstance(typ, str) and typ.lower().removeprefix(_CONTENT_TYPE) == TYPE


def parse_status_list_token(document: bytes) -> ParsedJws:
    """The parts of a list's token.

    Args:
        document: a compact JWT of the type `statuslist+jwt`, without white space around it.

    Raises:
        StatusListRefused: it is none within the bounds.
    """
    try:
        return parse_compact(document.decode("ascii"))
    except (UnicodeDecodeError, MalformedJws, AlgorithmRefused) as error:
        raise _malformed(str(error)) from error


def read_status_list_token(jws: ParsedJws) -> StatusListToken:
    """What the list's token `jws` says, its signature unseen (Token Status List section 8.3).

    Raises:
        StatusListRefused: a claim is missing, impossible or contradicts another, or it holds no list.
    """
    try:
        members = parse_object(jws.payload, max_bytes=DEFAULT_LIMITS.payload)
        claims = read_claims(members, header=jws.header)
        issuer = parse_did_url(claims.kid).did
        url = members.get("sub")
        if not isinstance(url, str):
            raise _malformed("it does not say under which URL it stands (sub)")
        check_url(url)
        status_list = parse_token_status_list(members.get(STATUS_LIST))
    except (InvalidJson, MalformedCredential) as error:
        raise _malformed(error.reason) from error
    except (DidError, AnchoringError) as error:
        raise _malformed(str(error)) from error
    if "iss" in members and members["iss"] != issuer:
        raise _malformed("its iss is not the DID whose key it names")
    begin = _begin(claims)
    if claims.expires is not None and claims.expires < begin:
        raise _malformed("it ends before it begins")
    return StatusListToken(
        issuer, url, claims.kid, status_list, begin, claims.expires, ttl=_time_to_live(members.get("ttl"))
    )


def sign_status_list_token(
    status_list: TokenStatusList,
    *,
    sub: str,
    issued_at: int,
    kid: str,
    key: PrivateKey,
    expires: int | None = None,
    ttl: int | None = None,
) -> str:
    """A token of the list (Token Status List section 5.1), as a compact JWT.

    Args:
        status_list: the statuses.
        sub: absolute URL under which credentials point to the list.
        issued_at: seconds since 1970.
        kid: the DID URL of the key, of the same DID that issues the credentials.
        key: the private key.
        expires: seconds since 1970; None for no end but that of the publication.
        ttl: seconds.

    Raises:
        UnfitKey: no algorithm here signs with the key.
        MalformedJws: the list is too long for a token.
    """
    claims: dict[str, Any] = {"sub": sub, "iat": issued_at, "exp": expires, "ttl": ttl}
    claims = {name: value for name, value in claims.items() if value is not None}
    payload = json.dumps({**claims, STATUS_LIST: status_list.to_json()}, separators=(",", ":")).encode()
    return sign_compact(header={"typ": TYPE, "kid": kid}, payload=payload, key=key)


def _begin(claims: Claims) -> int:
    if claims.issued_at is None:
        raise _malformed("it does not say when it was issued (iat)")
    return claims.issued_at if claims.not_before is None else max(claims.issued_at, claims.not_before)


def _time_to_live(ttl: object) -> int | float | None:
    if ttl is None:
        return None
    if not isinstance(ttl, int | float) or isinstance(ttl, bool) or not 0 < ttl <= _MAX_NUMBER:
        raise _malformed("its ttl is no positive number of seconds")
    return ttl


def _malformed(reason: str) -> StatusListRefused:
    return StatusListRefused("malformed_list", f"The status list token cannot be read: {reason}.")

"""JAdES seals, baseline B: a credential under a JWS whose key a certificate names (ETSI TS 119 182-1)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from credentials.errors import MalformedCredential, NotJudged
from credentials.model import Credential, parse_credential
from credentials.moments import ledger_seconds
from credentials.plain_text import MAX_ADDRESS, MAX_NAME, is_plain
from did.base64url import decode_base64url
from did.errors import InvalidEncoding, InvalidJson
from did.json_text import parse_object

from .certificate import CertificateChain, read_chain
from .claims import check_identity, numeric_date
from .jades_header import (
    check_purpose,
    check_references,
    is_payload_encoded,
    sealed_at,
    signed_properties,
)
from .jose import ParsedJws
from .jws_json import JwsParts
from .seal import Seal
from .secured import SecuredCredential
from .token_status import status_entries

SEAL_ALGORITHMS: Final = frozenset({"RS256", "PS256", "ES256", "ES384", "EdDSA"})
"""What certificates' keys sign with here; a ledger's curve is none of them."""

_MAX_PAYLOAD: Final = 1024 * 1024
_MAX_SIGNATURE: Final = 1024
_MOST_ADDED: Final = 64
_LARGEST_ADDED: Final = 512 * 1024
_ELSEWHERE: Final = ("vc", "vp", "proof")


def read_jades(parts: JwsParts, header: Mapping[str, Any], *, digest: bytes) -> SecuredCredential:
    """The credential under a seal, its issuer named by the seal's certificate until a DID is found for it.

    Args:
        parts: of the JWS, of either serialisation.
        header: the protected one, which `seal_header` has found to be a seal's.
        digest: 32 bytes, under which it is anchored.

    Raises:
        MalformedCredential: it breaks a rule of JAdES, of its certificates or of the data model.
        NotJudged: it is of a form that is not judged here.
    """
    check_purpose(header)
    jws = _jws(parts, header)
    chain = _chain(header)
    check_references(header, chain)
    members = _members(jws.payload)
    credential = parse_credential(members, sealed=True)
    check_identity(members, credential)
    made = sealed_at(header)
    seal = Seal(
        chain=chain,
        sealed_at=made,
        named_issuer=credential.issuer,
        kid=_kid(header),
        signed_properties=signed_properties(header),
        added=_added(parts.unprotected),
    )
    claimed = numeric_date(members, "iat")
    return SecuredCredential(
        credential=_of(seal, credential, members),
        mechanism="jades",
        digest=digest,
        verification_method=seal.name,
        algorithm=jws.alg,
        jws=jws,
        not_before=numeric_date(members, "nbf"),
        issued_at=max(ledger_seconds(made), claimed if claimed is not None else 0),
        expires=numeric_date(members, "exp"),
        parts=seal,
    )


def _of(seal: Seal, credential: Credential, members: Mapping[str, Any]) -> Credential:
    """The credential with the certificate for its issuer: the name that it gives itself proves nothing.

    What the claim `status` says of it stands beside its own entries, as in a JWT.
    """
    return replace(credential, issuer=seal.name, statuses=(*credential.statuses, *status_entries(members)))


def _jws(parts: JwsParts, header: Mapping[str, Any]) -> ParsedJws:
    alg = header.get("alg")
    if not isinstance(alg, str) or alg not in SEAL_ALGORITHMS:
        raise MalformedCredential(f"the algorithm {str(alg)[:40]!r} is not accepted for seals")
    encoded = is_payload_encoded(header)
    try:
        payload = decode_base64url(parts.payload, max_bytes=_MAX_PAYLOAD) if encoded else parts.unencoded
        signature = decode_base64url(parts.signature, max_bytes=_MAX_SIGNATURE)
    except InvalidEncoding as error:
        raise MalformedCredential(f"not a seal: {error.reason}") from error
    return ParsedJws(header, payload, signature, parts.signing_input)


def _chain(header: Mapping[str, Any]) -> CertificateChain:
    if "x5c" not in header:
        raise NotJudged("a seal whose certificate is not with it (x5c) is not judged yet")
    return read_chain(header["x5c"])


def _members(payload: bytes) -> dict[str, Any]:
    try:
        members = parse_object(payload, max_bytes=_MAX_PAYLOAD)
    except InvalidJson as error:
        raise MalformedCredential(f"what is sealed is unusable: {error.reason}") from error
    for name in _ELSEWHERE:
        if name in members:
            raise MalformedCredential(f"a seal is over the credential itself, not over one with {name} in it")
    return members


def _kid(header: Mapping[str, Any]) -> str | None:
    if "kid" not in header:
        return None
    if not is_plain(header["kid"], most=MAX_ADDRESS):
        raise MalformedCredential("the seal's name of its key (kid) is no text")
    return str(header["kid"])


def _added(unprotected: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of what was added to the seal since (clause 5.3.1); `unreadable` for what has no such form.

    Nobody signed it: whatever stands there makes the seal neither better nor worse.
    """
    if "etsiU" not in unprotected:
        return ()
    components = unprotected["etsiU"]
    if not isinstance(components, list) or len(components) > _MOST_ADDED:
        return ("unreadable",)
    return tuple(_name_of(component) for component in components)


def _name_of(component: object) -> str:
    if isinstance(component, str):
        try:
            text = decode_base64url(component, max_bytes=_LARGEST_ADDED)
            component = parse_object(text, max_bytes=_LARGEST_ADDED)
        except (InvalidEncoding, InvalidJson):
            return "unreadable"
    if not isinstance(component, dict) or len(component) != 1:
        return "unreadable"
    (name,) = component
    return name if is_plain(name, most=MAX_NAME) else "unreadable"

"""Credentials as EBSI's issuers sign them: VC-JWT of the data model 1.1 (EBSI APIs, VC JWT rules)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from credentials.errors import CredentialsError
from credentials.model import CONTEXT_1_1, Version
from credentials.securing.jose import ParsedJws, parse_compact, sign_compact, verify_parsed
from credentials.securing.signing_key import SigningKey, signing_key
from did.errors import DidError
from did.json_text import parse_object
from node.client.errors import Refused
from node.client.keys import PrivateKey

SCHEMA_TYPES: Mapping[Version, str] = {"1.1": "FullJsonSchemaValidator2021", "2.0": "JsonSchema"}
"""What `credentialSchema` is called: by EBSI, and by VC JSON Schema for the data model 2.0."""
_MAX_CREDENTIAL = 32 * 1024
"""Bytes: what the ledger takes as one payload."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs: a key and the DID URL under which others find its public half."""

    did: str
    kid: str
    key: SigningKey

    @classmethod
    def of(cls, did: str, key: PrivateKey) -> "Signer":
        """The signer whose verification method is named by the key's thumbprint."""
        return cls(did, f"{did}#{key.kid}", signing_key(key.private_key))


def rfc3339(moment: datetime) -> str:
    """`2026-11-21T10:00:00Z`: UTC, whole seconds.

    Raises:
        ValueError: the time is naive.
    """
    if moment.tzinfo is None:
        raise ValueError("a time without its zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def credential_members(
    *,
    identifier: bytes,
    types: Sequence[str],
    issuer: str,
    subject: Mapping[str, Any],
    schema: str,
    now: datetime,
    expires: datetime | None,
) -> dict[str, Any]:
    """The members that every credential of this profile has.

    Args:
        identifier: 16 random bytes: the `id` holds 122 random bits, so that a digest cannot be guessed.
        types: after VerifiableCredential and VerifiableAttestation.
        issuer: a did:ebsi.
        subject: `credentialSubject`, with its id.
        schema: URL in a trusted schemas registry.
        now: the time of issue.
        expires: the end of validity, or None.
    """
    at = rfc3339(now)
    members: dict[str, Any] = {
        "@context": [CONTEXT_1_1],
        "id": f"urn:uuid:{UUID(bytes=identifier, version=4)}",
        "type": ["VerifiableCredential", "VerifiableAttestation", *types],
        "issuer": issuer,
        "issuanceDate": at,
        "issued": at,
        "validFrom": at,
        "credentialSubject": dict(subject),
        "credentialSchema": {"id": schema, "type": SCHEMA_TYPES["1.1"]},
    }
    if expires is not None:
        members["expirationDate"] = rfc3339(expires)
    return members


def sign_credential(
    credential: Mapping[str, Any], *, signer: Signer, confirmation: Mapping[str, str] | None = None
) -> str:
    """The credential as a compact JWT whose registered claims repeat its members.

    Args:
        credential: made by `credential_members`, possibly with more members.
        signer: of the DID that is its issuer.
        confirmation: the public JWK of who alone may use it (RFC 7800 section 3.2).

    Raises:
        Refused: the signer is not the issuer.
    """
    claims = vc_jwt_claims(credential, signer=signer, confirmation=confirmation)
    payload = json.dumps(claims, ensure_ascii=False, separators=(",", ":")).encode()
    return sign_compact(header=vc_jwt_header(signer), payload=payload, key=signer.key)


def vc_jwt_header(signer: Signer) -> dict[str, str]:
    """The protected header of what `sign_credential` makes, but for `alg`."""
    return {"kid": signer.kid, "typ": "JWT"}


def vc_jwt_claims(
    credential: Mapping[str, Any], *, signer: Signer, confirmation: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """What `sign_credential` signs: the registered claims and, in `vc`, the credential.

    Raises:
        Refused: the signer is not the issuer.
    """
    return {
        "iss": check_issuer(credential, signer=signer),
        "sub": credential["credentialSubject"]["id"],
        "jti": credential["id"],
        "iat": _seconds(credential["issued"]),
        "nbf": _seconds(credential["validFrom"]),
        **({"exp": _seconds(credential["expirationDate"])} if "expirationDate" in credential else {}),
        **({} if confirmation is None else {"cnf": {"jwk": dict(confirmation)}}),
        "vc": dict(credential),
    }


def check_issuer(credential: Mapping[str, Any], *, signer: Signer) -> str:
    """The credential's issuer, alone or the `id` of an object, who is the signer.

    Raises:
        Refused: it is somebody else.
    """
    issuer = credential["issuer"]
    named = issuer.get("id") if isinstance(issuer, Mapping) else issuer
    if named != signer.did:
        raise Refused(f"{signer.did} does not sign for {named}")
    return signer.did


def verify_signed(
    jws: str, *, document: Mapping[str, Any], relationship: str
) -> tuple[ParsedJws, dict[str, Any]]:
    """The parts and the claims of `jws`, signed by a key under `relationship` of the DID document.

    Args:
        jws: a compact JWS, at most 32 KiB.
        document: the signer's DID document as a node resolved it.
        relationship: such as `authentication` or `assertionMethod`.

    Raises:
        Refused: malformed, no such key, or another signature.
    """
    if len(jws) > _MAX_CREDENTIAL:
        raise Refused(f"a JWT has at most {_MAX_CREDENTIAL} bytes")
    try:
        parsed = parse_compact(jws)
        claims = parse_object(parsed.payload, max_bytes=_MAX_CREDENTIAL)
        kid = parsed.header.get("kid")
        if not isinstance(kid, str) or kid not in document.get(relationship, ()):
            raise Refused(f"the JWT names the key {kid}, which is not under {relationship} of its signer")
        verify_parsed(parsed, jwk=_public_jwk(document, kid), algorithms=("ES256", "ES256K"))
    except (CredentialsError, DidError) as error:
        raise Refused(f"the JWT does not hold: {error}") from None
    return parsed, claims


def _public_jwk(document: Mapping[str, Any], kid: str) -> Mapping[str, Any]:
    for method in document.get("verificationMethod", ()):
        if isinstance(method, dict) and method.get("id") == kid:
            jwk = method.get("publicKeyJwk")
            if isinstance(jwk, dict):
                return jwk
    raise Refused(f"the DID document has no key {kid}")


@lru_cache(maxsize=256)
def _seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())

"""Small credentials of each data model and mechanism, to be altered by tests."""

import json
from collections.abc import Mapping
from typing import Any

from credentials.securing.jose import sign_compact
from did.base64url import encode_base64url
from did.methods.ebsi import new_did

from .keys import PRIVATE_KEYS

EBSI = new_did(bytes(range(16)))
WEB = "did:web:university.example"
LEARNER = "did:key:zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169"
ID = "urn:uuid:08e26d22-8dca-4558-9c14-6e7aa7275b9b"
AT, SECONDS = "2026-11-21T10:00:00Z", 1_795_255_200
END, END_SECONDS = "2027-11-21T10:00:00Z", 1_826_791_200
SCHEMA = {
    "id": "https://registry.ankyra.invalid/trusted-schemas-registry/v3/schemas/z1",
    "type": "JsonSchema",
}


def members_1_1(issuer: str = EBSI, /, **changes: Any) -> dict[str, Any]:
    """A credential of the data model 1.1 in EBSI's profile; a change to None takes a member away."""
    return _changed(
        {
            "@context": ["https://www.w3.org/2018/credentials/v1"],
            "id": ID,
            "type": ["VerifiableCredential", "VerifiableAttestation"],
            "issuer": issuer,
            "issuanceDate": AT,
            "issued": AT,
            "validFrom": AT,
            "credentialSubject": {"id": LEARNER, "name": "Ona"},
            "credentialSchema": SCHEMA,
        },
        changes,
    )


def members_2_0(issuer: str = EBSI, /, **changes: Any) -> dict[str, Any]:
    """A credential of the data model 2.0; a change to None takes a member away."""
    return _changed(
        {
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "id": ID,
            "type": ["VerifiableCredential", "VerifiableAttestation"],
            "issuer": issuer,
            "validFrom": AT,
            "credentialSubject": {"id": LEARNER, "name": "Ona"},
            "credentialSchema": SCHEMA,
        },
        changes,
    )


def claims_of(members: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """The claims of a VC-JWT of these members; a change to None takes a claim away."""
    claims = {
        "iss": members.get("issuer"),
        "sub": LEARNER,
        "jti": ID,
        "iat": SECONDS,
        "nbf": SECONDS,
        "exp": END_SECONDS if "expirationDate" in members else None,
        "vc": dict(members),
    }
    return _changed({}, claims | changes)


def signed(payload: Mapping[str, Any] | bytes, **header: Any) -> bytes:
    """A compact JWS signed with ES256, its header a VC-JWT's unless changed; None takes a member away."""
    text = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    members = _changed({"typ": "JWT", "kid": f"{EBSI}#key-1"}, header)
    return sign_compact(header=members, payload=text, key=PRIVATE_KEYS["ES256"]).encode()


def compact(header: Mapping[str, Any] | bytes, payload: bytes, signature: bytes = bytes(64)) -> bytes:
    """A compact JWS of any three parts."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return ".".join(encode_base64url(part) for part in (text, payload, signature)).encode()


def vc_jwt(issuer: str = EBSI, /, **changes: Any) -> bytes:
    """A VC-JWT of `members_1_1`."""
    return signed(claims_of(members_1_1(issuer, **changes)), kid=f"{issuer}#key-1")


def vc_jose(issuer: str = EBSI, /, **changes: Any) -> bytes:
    """A vc+jwt of `members_2_0`."""
    return signed(members_2_0(issuer, **changes), typ="vc+jwt", kid=f"{issuer}#key-1")


def proof(issuer: str = LEARNER, /, **changes: Any) -> dict[str, Any]:
    """An embedded proof in form only: nothing verifies it."""
    return _changed(
        {
            "type": "Ed25519Signature2020",
            "created": AT,
            "verificationMethod": f"{issuer}#{issuer.removeprefix('did:key:')}",
            "proofPurpose": "assertionMethod",
            "proofValue": "z1",
        },
        changes,
    )


def json_ld(issuer: str = LEARNER, /, **changes: Any) -> bytes:
    """A JSON-LD credential of the data model 1.1 with that proof, unless changed."""
    return json.dumps(members_1_1(issuer, **({"proof": proof(issuer)} | changes))).encode()


def _changed(members: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in (members | dict(changes)).items() if value is not None}

"""Issuers whose DIDs are their keys, and VC 1.1 credentials for didkit to sign."""

from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP256K1, SECP256R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credentials.securing.signing_key import PrivateKey
from did.base64url import encode_base64url
from did.jwk import jwk_from_public_key
from did.methods.jwk import did_jwk_from_jwk
from did.methods.key import did_key_from_jwk
from node.foreign.json_ld import CREDENTIALS_V1

SUITE_CONTEXTS = {
    "Ed25519Signature2020": ["https://w3id.org/security/suites/ed25519-2020/v1"],
    "JsonWebSignature2020": ["https://w3id.org/security/suites/jws-2020/v1"],
}
KINDS = {  # that didkit judges here; others it is a second opinion on
    "Ed25519": ("Ed25519Signature2018", "JsonWebSignature2020"),
    "P-256": ("JsonWebSignature2020",),
    "secp256k1": ("JsonWebSignature2020", "EcdsaSecp256k1Signature2019"),
}


@dataclass(frozen=True)
class Signer:
    """A key, its DID and the DID URL that names it; `jwk` is the private one, as didkit takes it."""

    private: PrivateKey
    jwk: dict[str, str]
    did: str
    kid: str


def signer(curve: str = "Ed25519", *, method: str = "key", secret: int = 7) -> Signer:
    """The issuer whose key follows from `secret`."""
    raw = secret.to_bytes(32, "big")
    if curve == "Ed25519":
        ed25519 = Ed25519PrivateKey.from_private_bytes(raw)
        private: PrivateKey = ed25519
        public = jwk_from_public_key(ed25519.public_key())
    else:
        ec = derive_private_key(secret, SECP256R1() if curve == "P-256" else SECP256K1())
        private, public = ec, jwk_from_public_key(ec.public_key())
    did: str = did_key_from_jwk(public) if method == "key" else did_jwk_from_jwk(public)
    fragment = did.removeprefix("did:key:") if method == "key" else "0"
    return Signer(private, {**public, "d": encode_base64url(raw)}, did, f"{did}#{fragment}")


def members(issuer: str, kind: str = "Ed25519Signature2018", **others: Any) -> dict[str, Any]:
    """A degree of the data model 1.1, in terms that didkit's contexts define; None takes a member away."""
    made = {
        "@context": [
            CREDENTIALS_V1,
            "https://www.w3.org/2018/credentials/examples/v1",
            *SUITE_CONTEXTS.get(kind, []),
        ],
        "id": "urn:uuid:3978344f-8596-4c3a-a978-8fcaba3903c5",
        "type": ["VerifiableCredential", "UniversityDegreeCredential"],
        "issuer": issuer,
        "issuanceDate": "2024-01-01T00:00:00Z",
        "credentialSubject": {
            "id": "did:example:ebfeb1f712ebc6f1c276e12ec21",
            "degree": {"type": "BachelorDegree", "name": "Bachelor of Music"},
        },
        **others,
    }
    return {name: value for name, value in made.items() if value is not None}

"""Keys of our people in the form in which EBSI's clients take them."""

import hashlib
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key

from did.base64url import encode_base64url
from did.jwk import jwk_from_public_key
from did.methods.key import did_key_jcs_from_jwk
from did.multibase import encode_base58btc
from node.client.issuer import Issuer
from node.client.issuing import rfc3339
from node.client.keys import PrivateKey
from tests.foreign.degrees import LEARNER
from tests.node.client.conftest import Play

COURSE_SCHEMA = b"""{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "Course",
  "type": "object",
  "properties": {"credentialSubject": {"type": "object", "required": ["id", "title"]}},
  "required": ["credentialSubject"]
}"""
COURSE_SCHEMA_ID = hashlib.sha256(COURSE_SCHEMA).digest()
"""As EBSI makes ids; none of those that its clients know by heart and never fetch."""
_LIFE = 290  # seconds


def signing(did: str, kid: str, key: PrivateKey) -> dict[str, Any]:
    """A DID with one of its keys, the private part included."""
    public = dict(key.public_jwk)
    return {
        "did": did,
        "kid": kid,
        "alg": key.algorithm,
        "publicKeyJwk": public,
        "privateKeyJwk": public | {"d": encode_base64url(key.scalar)},
    }


def legal_entity(issuer: Issuer, *, ledger_key: bool = False) -> dict[str, Any]:
    """An organisation with the key that signs its credentials, or with that of its transactions."""
    profile = issuer.profile
    key = issuer.keystore.open(profile.ledger_key if ledger_key else profile.credential_key)
    return signing(issuer.did, f"{issuer.did}#{key.kid}", key)


def natural_person(number: int) -> dict[str, Any]:
    """Somebody with a did:key; 11 is the learner about whom credentials are."""
    key = PrivateKey("P-256", number.to_bytes(32, "big"))
    did = did_key_jcs_from_jwk(jwk_from_public_key(derive_private_key(number, SECP256R1()).public_key()))
    return signing(did, f"{did}#{did.removeprefix('did:key:')}", key)


def presentation(holder: Mapping[str, Any], *credentials: str) -> dict[str, Any]:
    """What a presentation says before it is signed."""
    return {
        "@context": ["https://www.w3.org/2018/credentials/v1"],
        "id": f"urn:uuid:{uuid4()}",
        "type": ["VerifiablePresentation"],
        "holder": holder["did"],
        "verifiableCredential": list(credentials),
    }


def shown_for(play: Play) -> dict[str, Any]:
    """Options of a presentation that holds for some minutes from now, once."""
    now = play.world.ledger.ledger.time()
    return {"nonce": str(uuid4()), "nbf": now, "exp": now + _LIFE, "validAt": now}


def course_credential(play: Play, name: str, **change: Any) -> dict[str, Any]:
    """A micro-credential of this issuer about the learner, before it is signed; `change` replaces members."""
    registry, now = play.issuers[name].registry_origin(), rfc3339(play.now)
    issuers = f"{registry}/trusted-issuers-registry/v5/issuers"
    did = play.issuers[name].did
    return {
        "@context": ["https://www.w3.org/2018/credentials/v1"],
        "id": f"urn:uuid:{uuid4()}",
        "type": ["VerifiableCredential", "VerifiableAttestation", "MicroCredential"],
        "issuer": did,
        "issuanceDate": now,
        "issued": now,
        "validFrom": now,
        "credentialSubject": {"id": LEARNER, "title": "Course"},
        "credentialSchema": {
            "id": f"{registry}/trusted-schemas-registry/v3/schemas/{encode_base58btc(COURSE_SCHEMA_ID)}",
            "type": "FullJsonSchemaValidator2021",
        },
        "termsOfUse": {
            "id": f"{issuers}/{did}/attributes/{play.attributes[name].hex()}",
            "type": "IssuanceCertificate",
        },
    } | change

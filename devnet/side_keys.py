"""A further key of a university for `assertionMethod`: for deeds that its first key must not suffer from."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credentials.securing.signing_key import signing_key
from devnet.actors import Actor
from did.jwk import thumbprint
from node.client.issuing import Signer
from node.client.keys import PrivateKey
from node.client.onboarding import public_key_bytes

_LIFE = timedelta(days=365)


def add_side_key(actor: Actor, *, now: datetime) -> tuple[Signer, PrivateKey]:
    """Return a fresh ES256 key that signs credentials for the actor from `now` on.

    Raises:
        ClientError: the node, the ledger or the keystore refused.
    """
    (key,) = actor.issuer.keystore.create("P-256")
    _record(actor, key.kid, public_key_bytes(key), now=now)
    return Signer.of(actor.did, key), key


def add_ed25519_key(actor: Actor, *, now: datetime) -> Signer:
    """Return what signs for the actor from `now` on by a fresh Ed25519 key, which is kept nowhere.

    Raises:
        ClientError: the node, the ledger or the keystore refused.
    """
    key = signing_key(Ed25519PrivateKey.generate())
    kid = thumbprint(key.public_jwk)
    jwk = json.dumps(key.public_jwk, sort_keys=True, separators=(",", ":"))
    _record(actor, kid, jwk.encode(), now=now)
    return Signer(actor.did, f"{actor.did}#{kid}", key)


def end_key(actor: Actor, key: PrivateKey, *, at: datetime) -> None:
    """Let the key have ended at `at`, which may lie in the past: only a revocation can say so.

    Raises:
        ClientError: the node, the ledger or the keystore refused.
    """
    actor.issuer.writer().write(
        "revokeVerificationMethod", did=actor.did, vMethodId=key.kid, notAfter=int(at.timestamp())
    )


def _record(actor: Actor, kid: str, public_key: bytes, *, now: datetime) -> None:
    writer = actor.issuer.writer()
    writer.write(
        "addVerificationMethod", did=actor.did, vMethodId=kid, publicKey=public_key, isSecp256k1=False
    )
    writer.write(
        "addVerificationRelationship",
        did=actor.did,
        name="assertionMethod",
        vMethodId=kid,
        notBefore=int(now.timestamp()),
        notAfter=int((now + _LIFE).timestamp()),
    )

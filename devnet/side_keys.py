"""A second key of a university under `assertionMethod`: for deeds that its first key must not suffer from."""

from __future__ import annotations

from datetime import datetime, timedelta

from devnet.actors import Actor
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
    writer = actor.issuer.writer()
    writer.write(
        "addVerificationMethod",
        did=actor.did,
        vMethodId=key.kid,
        publicKey=public_key_bytes(key),
        isSecp256k1=False,
    )
    writer.write(
        "addVerificationRelationship",
        did=actor.did,
        name="assertionMethod",
        vMethodId=key.kid,
        notBefore=int(now.timestamp()),
        notAfter=int((now + _LIFE).timestamp()),
    )
    return Signer.of(actor.did, key), key


def end_key(actor: Actor, key: PrivateKey, *, at: datetime) -> None:
    """Let the key have ended at `at`, which may lie in the past: only a revocation can say so.

    Raises:
        ClientError: the node, the ledger or the keystore refused.
    """
    actor.issuer.writer().write(
        "revokeVerificationMethod", did=actor.did, vMethodId=key.kid, notAfter=int(at.timestamp())
    )

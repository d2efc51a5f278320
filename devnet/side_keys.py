"""A further key of a university for `assertionMethod`: for deeds that its first key must not suffer from."""

from __future__ import annotations

from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credentials.securing.signing_key import signing_key
from devnet.actors import Actor
from node.client.further_keys import record_key
from node.client.issuing import Signer
from node.client.keys import PrivateKey

_LIFE = timedelta(days=365)


def add_side_key(actor: Actor, *, now: datetime) -> tuple[Signer, PrivateKey]:
    """Return a fresh ES256 key that signs credentials for the actor from `now` on.

    Raises:
        ClientError: the node, the ledger or the keystore refused.
    """
    (key,) = actor.issuer.keystore.create("P-256")
    record_key(actor.issuer, key.public_jwk, now=now, until=now + _LIFE)
    return Signer.of(actor.did, key), key


def add_ed25519_key(actor: Actor, *, now: datetime) -> Signer:
    """Return what signs for the actor from `now` on by a fresh Ed25519 key, which is kept nowhere.

    Raises:
        ClientError: the node, the ledger or the keystore refused.
    """
    key = signing_key(Ed25519PrivateKey.generate())
    kid = record_key(actor.issuer, key.public_jwk, now=now, until=now + _LIFE)
    return Signer(actor.did, kid, key)

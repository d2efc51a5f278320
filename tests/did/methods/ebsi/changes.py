"""Entries of one did:ebsi, written as its registry would record them."""

import json
from typing import Any

from did.document import DID_CONTEXT
from did.methods.ebsi import Change, new_did
from tests.did.sample_keys import JWKS, raw_secp256k1

DID = new_did(bytes(range(16)))
OTHER = new_did(bytes(16))
BASE = json.dumps({"@context": [DID_CONTEXT], "service": [{"id": "#s"}]})
P256_BYTES = json.dumps({**JWKS["P-256"], "kid": "kept"}).encode()


class Registry:
    """Appends entries in order: `time` stands still until it is moved."""

    def __init__(self, *, time: int = 100) -> None:
        self.time = time
        self.changes: list[Change] = []

    def add(self, kind: str, **fields: Any) -> Change:
        """Record one entry of `DID`."""
        change = Change(5 + 3 * len(self.changes), self.time, kind, {"did": DID, **fields, "authority": 0})
        self.changes.append(change)
        return change

    def insert(self, v_method_id: str = "ledger", *, base: str = BASE, key: bytes | None = None) -> Change:
        """Record the DID with a ledger key in [100, 1000)."""
        return self.add(
            "did.inserted",
            baseDocument=base,
            vMethodId=v_method_id,
            publicKey=raw_secp256k1(7) if key is None else key,
            isSecp256k1=True,
            notBefore=100,
            notAfter=1000,
        )

    def method(self, v_method_id: str, key: bytes = P256_BYTES, *, secp256k1: bool = False) -> Change:
        """Record a method without relationships."""
        return self.add("did.method.added", vMethodId=v_method_id, isSecp256k1=secp256k1, publicKey=key)

    def relate(self, v_method_id: str, name: str, not_before: int, not_after: int) -> Change:
        """Record a relationship."""
        return self.add(
            "did.relationship.added",
            name=name,
            vMethodId=v_method_id,
            notBefore=not_before,
            notAfter=not_after,
        )

    def expire(self, v_method_id: str, not_after: int) -> Change:
        """Record an expiry."""
        return self.add("did.method.expired", vMethodId=v_method_id, notAfter=not_after)

    def revoke(self, v_method_id: str, not_after: int) -> Change:
        """Record a revocation."""
        return self.add("did.method.revoked", vMethodId=v_method_id, notAfter=not_after)

    def roll(self, old: str, new: str, *, not_before: int, not_after: int, duration: int) -> Change:
        """Record a roll from `old` to `new`."""
        return self.add(
            "did.method.rolled",
            vMethodId=new,
            publicKey=P256_BYTES,
            isSecp256k1=False,
            notBefore=not_before,
            notAfter=not_after,
            oldVMethodId=old,
            duration=duration,
        )


def registered() -> Registry:
    """A DID as onboarding leaves it: ledger key, and `sign` under authentication and assertionMethod."""
    registry = Registry()
    registry.insert()
    registry.time = 110
    registry.method("sign")
    registry.relate("sign", "authentication", 110, 900)
    registry.relate("sign", "assertionMethod", 110, 900)
    return registry

"""A ledger in memory, and organisations with real keys on it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import coincurve
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key

from anchoring.payload import encode_payload
from credentials.policy import Policy
from credentials.ports import Cache, CanonicalRdf, NoMemory, Ports, Proofs, SealAnchors, WebDids
from credentials.securing.signing_key import PrivateKey, signing_key
from did.jwk import thumbprint
from did.methods.ebsi import new_did

from .credential_makers import ORIGIN
from .memory_record import MemoryContents, MemoryRecord

START = 1_795_255_200  # 2026-11-21T10:00:00Z
FAR = START + 10 * 365 * 86_400
DAY = 86_400


@dataclass(frozen=True)
class Key:
    """A private key under the name by which its DID document has it."""

    private: PrivateKey
    fragment: str
    jwk: Mapping[str, str]


@dataclass
class Actor:
    """An organisation with a did:ebsi; the last of its keys signs, its last attribute accredits."""

    name: str
    did: str
    keys: list[Key] = field(default_factory=list)
    attributes: list[bytes] = field(default_factory=list)

    @property
    def key(self) -> Key:
        """The key that signs unless told otherwise."""
        return self.keys[-1]

    @property
    def kid(self) -> str:
        """The DID URL of that key."""
        return f"{self.did}#{self.key.fragment}"

    @property
    def attribute_id(self) -> bytes:
        """The attribute by which it is accredited."""
        return self.attributes[-1]


@dataclass
class Ledger:
    """A ledger whose clock goes on by a minute with each entry; `log` holds the entries as it would."""

    now: int = START
    log: list[tuple[str, dict[str, Any], int]] = field(default_factory=list)
    leaves: dict[bytes, tuple[bytes, ...]] = field(default_factory=dict)
    record: MemoryRecord = field(default_factory=MemoryRecord)
    contents: MemoryContents = field(default_factory=MemoryContents)
    roots: set[str] = field(default_factory=set)
    counter: int = 0

    @property
    def moment(self) -> datetime:
        """The clock, as an aware datetime."""
        return datetime.fromtimestamp(self.now, UTC)

    def wait(self, seconds: int) -> datetime:
        """Let time pass; return the moment before."""
        before = self.moment
        self.now += seconds
        return before

    def write(self, kind: str, **fields: Any) -> int:
        """Append an entry with a payload that the contracts could print; return its index."""
        fields.setdefault("authority", 0)
        encode_payload(kind, fields)
        self.now += 60
        self.log.append((kind, fields, self.now))
        index = len(self.log) - 1
        self.record.write(kind, fields, index=index, time=self.now)
        return index

    def ports(
        self,
        *,
        now: datetime | None = None,
        cache: Cache | None = None,
        web_dids: WebDids | None = None,
        proofs: Proofs | None = None,
        canonical: CanonicalRdf | None = None,
        seal_anchors: SealAnchors | None = None,
    ) -> Ports:
        """Everything a verification may ask, at the clock's time unless told otherwise."""
        return Ports(
            now=self.moment if now is None else now,
            record=self.record,
            contents=self.contents,
            cache=NoMemory() if cache is None else cache,
            web_dids=web_dids,
            proofs=proofs,
            canonical=canonical,
            seal_anchors=seal_anchors,
        )

    def policy(self, *relaxed: str, root_taos: Iterable[str] | None = None) -> Policy:
        """A policy that accepts this world's Root TAOs."""
        accepted = self.roots if root_taos is None else root_taos
        return Policy(root_taos=frozenset(accepted), origins=(ORIGIN,), relaxed=frozenset(relaxed))

    # --- organisations and their keys -------------------------------------------------------------------

    def actor(self, name: str, *, signs: bool = True) -> Actor:
        """Register a did:ebsi, with an ES256 key under assertionMethod if it `signs`."""
        actor = Actor(name, new_did(sha256(name.encode()).digest()[:16]))
        owner = coincurve.PrivateKey(self.secret())
        self.write(
            "did.inserted",
            did=actor.did,
            baseDocument='{"@context":["https://www.w3.org/ns/did/v1"]}',
            vMethodId="owner",
            publicKey=owner.public_key.format(compressed=False),
            isSecp256k1=True,
            notBefore=self.now,
            notAfter=FAR,
        )
        if signs:
            self.add_key(actor)
        return actor

    def key(self, private: PrivateKey | None = None) -> Key:
        """A key nobody has recorded yet: ES256 unless given."""
        if private is None:
            private = derive_private_key(int.from_bytes(self.secret(), "big"), SECP256R1())
        jwk = signing_key(private).public_jwk
        return Key(private, thumbprint(jwk), jwk)

    def add_key(
        self,
        actor: Actor,
        *,
        key: Key | None = None,
        not_before: int | None = None,
        not_after: int = FAR,
        relationships: Sequence[str] = ("authentication", "assertionMethod"),
    ) -> Key:
        """Record a key of `actor`, which signs from now on."""
        key = self.key() if key is None else key
        self.write(
            "did.method.added",
            did=actor.did,
            vMethodId=key.fragment,
            isSecp256k1=False,
            publicKey=json.dumps(key.jwk).encode(),
        )
        for name in relationships:
            self.write(
                "did.relationship.added",
                did=actor.did,
                name=name,
                vMethodId=key.fragment,
                notBefore=self.now if not_before is None else not_before,
                notAfter=not_after,
            )
        actor.keys.append(key)
        return key

    def roll_key(self, actor: Actor, *, old: Key | None = None, duration: int = 0) -> Key:
        """Replace a key: the new one signs from now on, the old one ends after `duration` seconds."""
        key, old = self.key(), actor.key if old is None else old
        self.write(
            "did.method.rolled",
            did=actor.did,
            vMethodId=key.fragment,
            publicKey=json.dumps(key.jwk).encode(),
            isSecp256k1=False,
            notBefore=self.now + 60,
            notAfter=FAR,
            oldVMethodId=old.fragment,
            duration=duration,
        )
        actor.keys.append(key)
        return key

    def revoke_key(self, actor: Actor, *, key: Key | None = None, not_after: int | None = None) -> int:
        """End a key for ever, at the entry's time or at `not_after`, which may lie in the past."""
        end = self.now + 60 if not_after is None else not_after
        fragment = (actor.key if key is None else key).fragment
        return self.write("did.method.revoked", did=actor.did, vMethodId=fragment, notAfter=end)

    def expire_key(self, actor: Actor, *, not_after: int, key: Key | None = None) -> int:
        """Move the end of a key's intervals that have not ended."""
        fragment = (actor.key if key is None else key).fragment
        return self.write("did.method.expired", did=actor.did, vMethodId=fragment, notAfter=not_after)

    def secret(self) -> bytes:
        """32 bytes that this ledger has not given out before."""
        self.counter += 1
        return sha256(b"secret %d" % self.counter).digest()

    def identifier(self) -> str:
        """A UUID of its own."""
        return f"urn:uuid:{UUID(bytes=self.secret()[:16], version=4)}"

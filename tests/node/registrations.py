"""Writers on a real ledger, without the client: DIDs, accreditations, schemas and batches in bulk."""

from dataclasses import dataclass
from hashlib import sha256

from eth_account import Account

from anchoring.merkle import MerkleTree
from did.methods.ebsi import new_did
from node.artifacts import load_artifact
from tests.ledger import DeployedLedger

ROOT_TAO, TAO, TI, REVOKED = 1, 2, 3, 4
BASE_DOCUMENT = '{"@context":["https://www.w3.org/ns/did/v1"]}'
FAR = 4_000_000_000  # seconds


@dataclass(frozen=True, slots=True)
class Actor:
    """A DID and the 32-byte key that controls it."""

    did: str
    key: bytes
    attribute_id: bytes


class Registrar:
    """Writes through the registries of one deployed ledger."""

    def __init__(self, deployed: DeployedLedger) -> None:
        self.deployed = deployed

    def at(self, contract: str) -> str:
        return self.deployed.deployment.address(contract)

    def actor(self, name: str) -> Actor:
        """A DID registered on the ledger."""
        seed = sha256(name.encode()).digest()
        actor = Actor(str(new_did(seed[:16])), seed, sha256(b"attribute of " + seed).digest())
        sender = self.deployed.sender(actor.key)
        public_key = b"\x04" + Account.from_key(seed)._key_obj.public_key.to_bytes()
        now = self.deployed.ledger.time()
        sender.transact(
            "DidRegistry",
            self.at("DidRegistry"),
            "insertDidDocument",
            actor.did,
            BASE_DOCUMENT,
            "key-1",
            public_key,
            True,  # noqa: FBT003 - isSecp256k1, by its place in the ABI
            now,
            FAR,
        )
        return actor

    def accredit(self, actor: Actor, issuer_type: int, by: Actor | None = None) -> None:
        """The actor's attribute, by the operator or by another actor."""
        sender = self.deployed.operator if by is None else self.deployed.sender(by.key)
        tao, parent = (by.did, by.attribute_id) if by else (actor.did, actor.attribute_id)
        sender.transact(
            "TrustedIssuersRegistry",
            self.at("TrustedIssuersRegistry"),
            "setAttributeMetadata",
            actor.did,
            actor.attribute_id,
            issuer_type,
            tao,
            parent,
        )

    def accept(self, actor: Actor, body: bytes) -> None:
        """The actor's accreditation, as a body."""
        self.deployed.sender(actor.key).transact(
            "TrustedIssuersRegistry",
            self.at("TrustedIssuersRegistry"),
            "setAttributeData",
            actor.did,
            actor.attribute_id,
            body,
        )

    def issuer(self) -> Actor:
        """A university under a TAO under a Root TAO."""
        root, tao, university = (self.actor(name) for name in ("root", "tao", "university"))
        self.accredit(root, ROOT_TAO)
        self.accredit(tao, TAO, by=root)
        self.accredit(university, TI, by=tao)
        self.accept(university, b"header.payload.signature")
        return university

    def anchor(self, actor: Actor, leaves: bytes, *, size: int | None = None) -> bytes:
        """The root of the batch, once it is anchored."""
        root = MerkleTree.from_leaves(leaves).root
        arguments = (actor.did, actor.attribute_id, root, size or len(leaves) // 32)
        self.deployed.sender(actor.key).transact(
            "AnchorRegistry", self.at("AnchorRegistry"), "anchorBatch", *arguments
        )
        return root

    def publish_list(self, actor: Actor, digest: bytes, *, url: str = "https://lists.example/1") -> None:
        """A status list, as far as the ledger knows it."""
        lists = (url, "revocation", 131_072, digest, 1, FAR)
        self.deployed.sender(actor.key).transact(
            "AnchorRegistry",
            self.at("AnchorRegistry"),
            "publishStatusList",
            actor.did,
            actor.attribute_id,
            *lists,
        )

    def insert_schema(self, schema_id: bytes, schema: bytes) -> None:
        """A schema by the operator."""
        self.deployed.operator.transact(
            "TrustedSchemasRegistry",
            self.at("TrustedSchemasRegistry"),
            "insertSchema",
            schema_id,
            schema,
            b"{}",
        )

    def insert_policies(self, count: int, start: int = 0) -> None:
        """As many entries as policies, in as few round trips as may be."""
        registry = self.at("TrustedPoliciesRegistry")
        insert = load_artifact("TrustedPoliciesRegistry").function("insertPolicy")
        self.deployed.operator.send_many(
            (registry, insert.encode([f"X:{start + at}", "one of many"])) for at in range(count)
        )


def some_leaves(count: int, salt: str = "") -> bytes:
    """Ascending digests."""
    return b"".join(sorted(sha256(f"{salt}/{at}".encode()).digest() for at in range(count)))

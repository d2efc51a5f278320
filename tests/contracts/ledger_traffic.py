"""One of everything that the registries record, called on a real ledger."""

from hashlib import sha256
from typing import Any

import base58
from eth_account import Account
from eth_account.signers.local import LocalAccount

from devnet.sender import Sender
from node.config import Deployment
from tests.ledger import DEPLOYED_AT, DeployedLedger

START = DEPLOYED_AT
END = DEPLOYED_AT + 1_000_000
BASE = '{"@context":"https://www.w3.org/ns/did/v1"}'
SECP256K1 = True
JWK = b'{"crv":"P-256","kty":"EC","x":"x","y":"y"}'
ROOT = sha256(b"the root's attribute").digest()
MEMBER = sha256(b"the member's attribute").digest()
PROXY = '{"prefix":"https://lists.example","headers":{},"testSuffix":"/1"}'
HASH = sha256(b"a file").digest()
OTHER = sha256(b"another file").digest()


class Party:
    """A DID and the account of its first ledger key."""

    def __init__(self, deployed: DeployedLedger, number: int) -> None:
        key = sha256(b"party" + bytes([number])).digest()
        self.account: LocalAccount = Account.from_key(key)
        self.did = did_of(sha256(key).digest()[:16])
        self.public_key = public_key(key)
        self._sender = deployed.sender(key)
        self._deployment: Deployment = deployed.deployment

    def send(self, contract: str, function: str, *arguments: object) -> dict[str, Any]:
        return transact(self._sender, self._deployment, contract, function, *arguments)

    def register(self) -> None:
        self.send(
            "DidRegistry",
            "insertDidDocument",
            self.did,
            BASE,
            "key-1",
            self.public_key,
            SECP256K1,
            START,
            END,
        )


def did_of(random: bytes) -> str:
    return "did:ebsi:z" + base58.b58encode(b"\x01" + random).decode()


def public_key(key: bytes) -> bytes:
    return b"\x04" + bytes(Account.from_key(key)._key_obj.public_key.to_bytes())


def transact(
    sender: Sender, deployment: Deployment, contract: str, function: str, *arguments: object
) -> dict[str, Any]:
    return sender.transact(contract, deployment.address(contract), function, *arguments)


def play(deployed: DeployedLedger) -> None:
    """Make at least one entry of every kind; the last closes the log."""
    root, member = Party(deployed, 1), Party(deployed, 2)
    root.register()
    member.register()
    _change_document(root, member)
    _accredit(deployed, root, member)
    _register_schemas(deployed)
    _timestamp(deployed, member)
    _change_policies(deployed)
    _by_operator(deployed, "RegistryLog", "mark")
    _by_operator(deployed, "TrustedPoliciesRegistry", "closeLog", member.account.address)


def _by_operator(deployed: DeployedLedger, contract: str, function: str, *arguments: object) -> None:
    transact(deployed.operator, deployed.deployment, contract, function, *arguments)


def _change_document(root: Party, member: Party) -> None:
    did = member.did
    member.send("DidRegistry", "updateBaseDocument", did, BASE)
    member.send("DidRegistry", "addController", did, root.did)
    root.send("DidRegistry", "addVerificationMethod", did, "key-2", JWK, not SECP256K1)
    member.send("DidRegistry", "addVerificationRelationship", did, "assertionMethod", "key-2", START, END)
    member.send("DidRegistry", "expireVerificationMethod", did, "key-2", END - 1)
    member.send("DidRegistry", "revokeVerificationMethod", did, "key-2", START - 1)
    new = public_key(sha256(b"the member's next key").digest())
    rolled = (did, "key-3", new, True, END - 100, END, "key-1", 10)
    member.send("DidRegistry", "rollVerificationMethod", rolled)
    member.send("DidRegistry", "revokeController", did, root.did)


def _accredit(deployed: DeployedLedger, root: Party, member: Party) -> None:
    issuers = "TrustedIssuersRegistry"
    _by_operator(deployed, issuers, "setAttributeMetadata", root.did, ROOT, 1, "", bytes(32))
    root.send(issuers, "setAttributeMetadata", member.did, MEMBER, 3, root.did, ROOT)
    member.send(issuers, "setAttributeData", member.did, MEMBER, b"a.b.c")
    member.send("AnchorRegistry", "anchorBatch", member.did, MEMBER, sha256(b"root").digest(), 10_000)
    url, digest = "https://lists.example/1", sha256(b"a list").digest()
    list_arguments = (member.did, MEMBER, url, "revocation", 131_072, digest, START, END)
    member.send("AnchorRegistry", "publishStatusList", *list_arguments)
    member.send(issuers, "addIssuerProxy", member.did, PROXY)
    proxy = sha256(PROXY.encode()).digest()
    member.send(issuers, "updateIssuerProxy", member.did, proxy, PROXY)
    member.send(issuers, "removeIssuerProxy", member.did, proxy)
    root.send(issuers, "setAttributeMetadata", member.did, MEMBER, 4, root.did, ROOT)


def _register_schemas(deployed: DeployedLedger) -> None:
    schemas, identifier = "TrustedSchemasRegistry", sha256(b"a schema").digest()
    _by_operator(deployed, schemas, "insertSchema", identifier, b"{}", b'{"n":1}')
    _by_operator(deployed, schemas, "updateSchema", identifier, b"{ }", b'{"n":2}')
    _by_operator(deployed, schemas, "updateMetadata", sha256(b"{ }").digest(), b'{"n":3}')


def _timestamp(deployed: DeployedLedger, owner: Party) -> None:
    anchors, algorithm = "AnchorRegistry", (256, "sha-256", "2.16.840.1.101.3.4.2.1", 1, "sha2-256")
    _by_operator(deployed, anchors, "insertHashAlgorithm", *algorithm)
    _by_operator(deployed, anchors, "updateHashAlgorithm", 0, *algorithm)
    receipt = owner.send(anchors, "timestampRecordHashes", [0], [HASH], [b"{}"], b"{}")
    record = _record_id(owner, int(receipt["blockNumber"], 16))
    owner.send(anchors, "appendRecordVersionHashes", record, 0, [0], [OTHER], [], b"")
    owner.send(anchors, "detachRecordVersionHash", record, 0, OTHER)
    owner.send(anchors, "insertRecordVersionInfo", record, 0, b"{}")
    guest = bytes(range(20))
    owner.send(anchors, "insertRecordOwner", record, guest, START, 0)
    owner.send(anchors, "revokeRecordOwner", record, guest)


def _record_id(owner: Party, block: int) -> bytes:
    """SHA-256 of abi.encode(sender, block number, first hash value)."""
    words = [int(owner.account.address, 16), block, 96, 32]
    return sha256(b"".join(word.to_bytes(32, "big") for word in words) + HASH).digest()


def _change_policies(deployed: DeployedLedger) -> None:
    policies, name = "TrustedPoliciesRegistry", "TEST:policy"
    _by_operator(deployed, policies, "insertPolicy", name, "for a test")
    _by_operator(deployed, policies, "updatePolicy", name, "for this test")
    _by_operator(deployed, policies, "deactivatePolicy", name)
    _by_operator(deployed, policies, "activatePolicy", name)
    operator = deployed.operator.address
    _by_operator(deployed, policies, "insertUserAttributes", operator, [name, "LOG:close"])
    _by_operator(deployed, policies, "deleteUserAttribute", operator, name)

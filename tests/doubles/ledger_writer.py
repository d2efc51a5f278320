"""Accounts that write over a `LedgerClient`, to the real engine and to the simulated ledger alike."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from eth_abi.abi import encode
from eth_account import Account

from did.methods.ebsi import new_did
from node.artifacts import load_artifact
from node.chain.client import LedgerClient
from node.chain.quantity import number
from node.config import Deployment

ROOT_TAO, TAO, TI, REVOKED = 1, 2, 3, 4
BASE_DOCUMENT = '{"@context":["https://www.w3.org/ns/did/v1"]}'
FAR = 4_000_000_000  # seconds
GAS = 900_000


@dataclass(frozen=True, slots=True)
class Issuer:
    """A DID, the 32-byte key that controls it, and its accreditation."""

    did: str
    key: bytes
    attribute_id: bytes

    @property
    def address(self) -> str:
        """Of the key, EIP-55."""
        return str(Account.from_key(self.key).address)


def an_issuer(name: str) -> Issuer:
    """The issuer of this name; nothing is registered."""
    seed = sha256(name.encode()).digest()
    return Issuer(str(new_did(seed[:16])), seed, sha256(b"attribute of " + seed).digest())


@dataclass(frozen=True, slots=True)
class Writer:
    """Signs calls of a deployment's contracts, and sends them."""

    ledger: LedgerClient
    deployment: Deployment
    operator_key: bytes

    @staticmethod
    def address(key: bytes) -> str:
        """The account of a key, EIP-55."""
        return str(Account.from_key(key).address)

    @staticmethod
    def revision_after(issuer: Issuer, time: int, before: bytes) -> bytes:
        """The id of the revision that follows `before` in a block of that time (ebsi-api section 3.4)."""
        return sha256(encode(["uint256", "string", "bytes32"], [time, issuer.did, before])).digest()

    def nonce(self, key: bytes, block: str = "pending") -> int:
        """The account's next nonce."""
        return number(self.ledger.request("eth_getTransactionCount", self.address(key), block))

    def sign(
        self,
        key: bytes,
        contract: str,
        function: str,
        *arguments: object,
        nonce: int | None = None,
        gas: int = GAS,
    ) -> bytes:
        """The signed call; its nonce is the next one unless given."""
        transaction = {
            "nonce": self.nonce(key) if nonce is None else nonce,
            "gasPrice": 0,
            "gas": gas,
            "value": 0,
            "to": self.deployment.address(contract),
            "data": load_artifact(contract).function(function).encode(arguments),
            "chainId": self.deployment.chain_id,
        }
        return bytes(Account.sign_transaction(transaction, key).raw_transaction)

    def send(self, raw: bytes) -> str:
        """The hash, as JSON-RPC spells it, of a transaction that was taken.

        Raises:
            LedgerRefused: it was not.
        """
        return str(self.ledger.request("eth_sendRawTransaction", "0x" + raw.hex()))

    def write(self, key: bytes, contract: str, function: str, *arguments: object, **given: Any) -> str:
        """The hash of a call that was signed and sent."""
        return self.send(self.sign(key, contract, function, *arguments, **given))

    def register(self, issuer: Issuer, *, now: int) -> list[str]:
        """The hashes of what makes an issuer accredited; its attribute is a Root TAO's, by the operator."""
        public_key = b"\x04" + Account.from_key(issuer.key)._key_obj.public_key.to_bytes()
        inserted = self.write(
            issuer.key,
            *("DidRegistry", "insertDidDocument", issuer.did, BASE_DOCUMENT, "key-1", public_key),
            True,  # noqa: FBT003 - isSecp256k1, by its place in the ABI
            now,
            FAR,
        )
        return [inserted, self.accredit(issuer, ROOT_TAO)]

    def accredit(self, issuer: Issuer, issuer_type: int) -> str:
        """The hash of the operator's word on the issuer's attribute."""
        return self.write(
            self.operator_key,
            *("TrustedIssuersRegistry", "setAttributeMetadata", issuer.did, issuer.attribute_id, issuer_type),
            *(issuer.did, issuer.attribute_id),
        )

    def anchoring(self, issuer: Issuer, root: bytes, *, size: int = 1, **given: Any) -> bytes:
        """A signed transaction that anchors a batch."""
        arguments = (issuer.did, issuer.attribute_id, root, size)
        return self.sign(issuer.key, "AnchorRegistry", "anchorBatch", *arguments, **given)

    def publishing(self, issuer: Issuer, digest: bytes, *, url: str, **given: Any) -> bytes:
        """A signed transaction that publishes a status list."""
        arguments = (issuer.did, issuer.attribute_id, url, "revocation", 131_072, digest, 1, FAR)
        return self.sign(issuer.key, "AnchorRegistry", "publishStatusList", *arguments, **given)

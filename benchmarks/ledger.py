"""A ledger with one accredited issuer, for the benchmarks that need entries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256

from eth_account import Account

from devnet.chain import Ledger, start_ledger
from devnet.deploy import deploy, take_office
from devnet.sender import Sender
from did.methods.ebsi import new_did
from node.artifacts import load_artifact
from node.config import Deployment

DEPLOYED_AT = 1_790_000_000
FOREVER = 4_000_000_000
ROOT_TAO = 1


@dataclass(frozen=True, slots=True)
class Issuer:
    """A Root TAO with a ledger key, which may anchor."""

    did: str
    attribute_id: bytes
    sender: Sender

    def batch_call(self, root: bytes, size: int) -> bytes:
        """Call data that anchor one batch."""
        return (
            load_artifact("AnchorRegistry")
            .function("anchorBatch")
            .encode([self.did, self.attribute_id, root, size])
        )


@contextmanager
def ledger_with_issuer() -> Iterator[tuple[Ledger, Deployment, Issuer]]:
    """Yield a running ledger, what is deployed on it, and an issuer who may anchor."""
    with start_ledger(timestamp=DEPLOYED_AT) as ledger:
        operator = Sender(ledger.rpc, Account.from_key(sha256(b"operator").digest()))
        deployment = deploy(operator)
        take_office(operator, deployment)
        account = Account.from_key(sha256(b"issuer").digest())
        issuer = Issuer(
            did=new_did(sha256(b"did").digest()[:16]),
            attribute_id=sha256(b"attribute").digest(),
            sender=Sender(ledger.rpc, account),
        )
        point = b"\x04" + account._key_obj.public_key.to_bytes()  # noqa: SLF001 - no other way to it
        base = '{"@context":"https://www.w3.org/ns/did/v1"}'
        issuer.sender.transact(
            "DidRegistry",
            deployment.address("DidRegistry"),
            "insertDidDocument",
            *(issuer.did, base, "ledger", point, True, DEPLOYED_AT, FOREVER),
        )
        operator.transact(
            "TrustedIssuersRegistry",
            deployment.address("TrustedIssuersRegistry"),
            "setAttributeMetadata",
            *(issuer.did, issuer.attribute_id, ROOT_TAO, issuer.did, issuer.attribute_id),
        )
        yield ledger, deployment, issuer

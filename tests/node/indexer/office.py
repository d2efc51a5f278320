"""An issuer at a desk with a real ledger: its batch, its signed transactions, and the outbox of them."""

from dataclasses import dataclass

import pytest
from eth_account import Account

from anchoring.merkle import MerkleTree
from node.artifacts import load_artifact
from node.chain.registries import Registries
from node.db.batches import anchored_batch
from node.db.kept_transactions import (
    KeptTransaction,
)
from node.db.leaves import store_leaves
from node.db.session import reading, writing
from node.db.submissions import Submission, accept, find_submission
from node.indexer.outbox import Outbox
from tests.node.indexer.conftest import Desk
from tests.node.keeping import WEEK, keep_raw, kept_as_of_now
from tests.node.registrations import Actor, some_leaves

LEAVES = some_leaves(20)
ROOT = MerkleTree.from_leaves(LEAVES).root
SIZE = 20


@dataclass
class Office:
    """A desk with one accredited issuer, its batch handed in, and the outbox."""

    desk: Desk
    issuer: Actor
    outbox: Outbox

    def signed(
        self, *, nonce: int | None = None, root: bytes = ROOT, size: int = SIZE, gas: int = 500_000
    ) -> bytes:
        sender = self.desk.deployed.sender(self.issuer.key)
        fragment = load_artifact("AnchorRegistry").function("anchorBatch")
        transaction = {
            "nonce": sender.nonce() if nonce is None else nonce,
            "gasPrice": 0,
            "gas": gas,
            "value": 0,
            "to": self.desk.registrar.at("AnchorRegistry"),
            "data": fragment.encode((self.issuer.did, self.issuer.attribute_id, root, size)),
            "chainId": self.desk.deployed.deployment.chain_id,
        }
        return bytes(Account.sign_transaction(transaction, self.issuer.key).raw_transaction)

    def hand_in(self, signed: bytes | None) -> None:
        now = int(self.desk.clock().timestamp())
        with writing(self.desk.engine) as connection:
            store_leaves(connection, root=ROOT, size=SIZE, leaves=LEAVES)
            accept(
                connection,
                did=self.issuer.did,
                root=ROOT,
                size=SIZE,
                attribute_id=self.issuer.attribute_id,
                sender=bytes(20),
                jws="",
                unsigned_transaction="{}",
                accepted_at=now,
                expires_at=now + WEEK,
            )
        if signed is not None:
            keep_raw(self.desk.engine, signed, now=now, did=self.issuer.did, batch=self.batch)

    def keep(self, signed: bytes) -> None:
        now = int(self.desk.clock().timestamp())
        keep_raw(self.desk.engine, signed, now=now, did=self.issuer.did)

    @property
    def batch(self) -> tuple[str, bytes, int]:
        return self.issuer.did, ROOT, SIZE

    def kept(self, signed: bytes) -> KeptTransaction:
        return kept_as_of_now(self.desk.engine, signed)

    def submission(self) -> Submission | None:
        with reading(self.desk.engine) as connection:
            return find_submission(connection, did=self.issuer.did, root=ROOT, size=SIZE)

    def anchored(self) -> bool:
        self.desk.follow()
        with reading(self.desk.engine) as connection:
            found = anchored_batch(connection, did=self.issuer.did, root=ROOT, size=SIZE)
        return found is not None

    def send(self, *, later: float = 10) -> int:
        """Follow to the head, wait a while, and let the outbox look; how many it sent."""
        self.desk.follow()
        self.desk.clock.walk(later)
        return self.outbox.step(self.desk.clock())


@pytest.fixture
def office(desk: Desk) -> Office:
    issuer = desk.registrar.issuer()
    desk.follow()
    registries = Registries(desk.client, desk.deployed.deployment)
    return Office(desk, issuer, Outbox(desk.engine, desk.client, registries, finality_depth=2))

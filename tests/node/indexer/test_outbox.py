"""Kept transactions against a real ledger: lost, reorganised away, refused, overtaken."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from eth_account import Account

from anchoring.merkle import MerkleTree
from node.artifacts import load_artifact
from node.chain.client import LedgerClient
from node.chain.registries import Registries
from node.chain.transactions import read_transaction
from node.db.batches import anchored_batch
from node.db.leaves import find_blob, store_leaves
from node.db.session import reading, writing
from node.db.submissions import NONCE_USED, Submission, accept, find_submission, keep_transaction
from node.errors import LedgerUnavailable, SubmissionConflict
from node.indexer.outbox import Outbox
from node.indexer.recheck import make_room
from tests.node.indexer.conftest import Desk
from tests.node.registrations import REVOKED, Actor, some_leaves

pytestmark = pytest.mark.enable_socket

LEAVES = some_leaves(20)
ROOT = MerkleTree.from_leaves(LEAVES).root
SIZE = 20
WEEK = 604_800


@dataclass
class Office:
    """A desk with one accredited issuer, its batch handed in, and the outbox."""

    desk: Desk
    issuer: Actor
    outbox: Outbox

    def signed(self, *, nonce: int | None = None, root: bytes = ROOT) -> bytes:
        sender = self.desk.deployed.sender(self.issuer.key)
        fragment = load_artifact("AnchorRegistry").function("anchorBatch")
        transaction = {
            "nonce": sender.nonce() if nonce is None else nonce,
            "gasPrice": 0,
            "gas": 500_000,
            "value": 0,
            "to": self.desk.registrar.at("AnchorRegistry"),
            "data": fragment.encode((self.issuer.did, self.issuer.attribute_id, root, SIZE)),
            "chainId": self.desk.deployed.deployment.chain_id,
        }
        return bytes(Account.sign_transaction(transaction, self.issuer.key).raw_transaction)

    def hand_in(self, signed: bytes | None) -> None:
        now = int(self.desk.clock().timestamp())
        with writing(self.desk.engine) as connection:
            store_leaves(connection, root=ROOT, size=SIZE, leaves=LEAVES)
            submission = accept(
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
                keep_transaction(
                    connection,
                    submission,
                    signed_transaction=signed,
                    transaction_hash=read_transaction(signed).hash,
                )

    def submission(self) -> Submission | None:
        with reading(self.desk.engine) as connection:
            return find_submission(connection, did=self.issuer.did, root=ROOT, size=SIZE)

    def anchored(self) -> bool:
        self.desk.follow()
        with reading(self.desk.engine) as connection:
            found = anchored_batch(connection, did=self.issuer.did, root=ROOT, size=SIZE)
        return found is not None

    def send(self, *, later: float = 10) -> int:
        self.desk.clock.walk(later)
        return self.outbox.step(self.desk.clock())


@pytest.fixture
def office(desk: Desk) -> Office:
    issuer = desk.registrar.issuer()
    desk.follow()
    registries = Registries(desk.client, desk.deployed.deployment)
    return Office(desk, issuer, Outbox(desk.engine, desk.client, registries, finality_depth=2))


def test_a_kept_transaction_is_sent_and_no_more_once_it_is_on_the_ledger(office: Office) -> None:
    office.hand_in(office.signed())
    assert office.send() == 1
    assert office.anchored()
    assert office.send() == 0
    submission = office.submission()
    assert submission is not None
    assert (submission.last_error, submission.failed) == (None, False)


def test_a_reorg_that_drops_a_batch_has_its_transaction_sent_again(office: Office) -> None:
    office.hand_in(office.signed())
    office.send()
    assert office.anchored()
    office.desk.deployed.ledger.reorg(1)
    assert not office.anchored()
    assert office.send() == 1
    assert office.anchored()
    office.desk.deployed.ledger.mine(3)
    office.desk.follow()
    assert office.send() == 0


def test_a_transaction_that_waits_in_the_pool_is_not_sent_at_every_look(office: Office) -> None:
    office.desk.deployed.ledger.rpc.request("evm_setAutomine", False)  # noqa: FBT003 - JSON-RPC's
    office.hand_in(office.signed())
    assert office.send() == 1
    assert office.send(later=2) == 0
    assert office.send(later=10) == 1  # "already known" is no error
    submission = office.submission()
    assert submission is not None
    assert submission.last_error is None
    office.desk.deployed.ledger.mine()
    assert office.anchored()


def test_a_transaction_lost_from_the_pool_is_sent_again(office: Office) -> None:
    rpc = office.desk.deployed.ledger.rpc
    rpc.request("evm_setAutomine", False)  # noqa: FBT003 - JSON-RPC's
    office.hand_in(office.signed())
    office.send()
    rpc.request("anvil_dropAllTransactions")
    rpc.request("evm_setAutomine", True)  # noqa: FBT003 - JSON-RPC's
    assert office.send() == 1
    assert office.anchored()


def test_what_the_contract_refused_is_failed_with_its_reason_in_words(office: Office) -> None:
    signed = office.signed()
    office.desk.registrar.accredit(office.issuer, REVOKED)
    office.hand_in(signed)
    office.send()
    office.send()
    submission = office.submission()
    assert submission is not None
    assert submission.failed
    assert submission.last_error
    assert "0x" not in submission.last_error
    assert "revoked" in submission.last_error.lower()
    assert not office.anchored()


def test_a_failure_that_a_reorg_took_back_is_open_again(office: Office) -> None:
    signed = office.signed()
    office.desk.registrar.accredit(office.issuer, REVOKED)
    office.hand_in(signed)
    office.send()
    office.send()
    office.desk.deployed.ledger.reorg(2)  # the revocation is gone, and so is the refused transaction
    assert office.send() == 1
    submission = office.submission()
    assert submission is not None
    assert not submission.failed
    assert office.anchored()


def test_a_nonce_used_by_another_transaction_ends_the_waiting(office: Office) -> None:
    signed = office.signed()
    office.desk.registrar.anchor(office.issuer, some_leaves(3, "other"))
    office.hand_in(signed)
    assert office.send() == 0
    submission = office.submission()
    assert submission is not None
    assert (submission.failed, submission.last_error) == (True, NONCE_USED)
    office.hand_in(office.signed())  # another one may take its place now
    assert office.send() == 1
    assert office.anchored()


def test_another_transaction_does_not_take_the_place_of_one_that_can_still_be_mined(office: Office) -> None:
    office.hand_in(office.signed())
    with pytest.raises(SubmissionConflict):
        office.hand_in(office.signed(nonce=99))
    office.hand_in(office.signed())


def test_what_is_kept_waits_while_the_ledger_is_away(office: Office) -> None:
    office.hand_in(office.signed())
    with LedgerClient(["http://127.0.0.1:9"]) as nobody:
        registries = Registries(nobody, office.desk.deployed.deployment)
        with pytest.raises(LedgerUnavailable):
            Outbox(office.desk.engine, nobody, registries, finality_depth=2).step(office.desk.clock())
    assert office.send() == 1
    assert office.anchored()


def test_a_batch_that_was_never_anchored_is_dropped_with_its_leaves(office: Office) -> None:
    office.hand_in(None)
    office.send(later=WEEK - 60)
    assert office.submission() is not None
    office.send(later=120)
    assert office.submission() is None
    with reading(office.desk.engine) as connection:
        assert find_blob(connection, root=ROOT, size=SIZE) is None


def test_leaves_that_another_batch_needs_outlive_an_expired_submission(office: Office) -> None:
    office.hand_in(None)
    office.desk.registrar.anchor(office.issuer, LEAVES)
    assert office.anchored()
    office.desk.clock.walk(timedelta(days=30).total_seconds())
    office.send()
    with reading(office.desk.engine) as connection:
        assert find_blob(connection, root=ROOT, size=SIZE) is not None


def test_a_kept_transaction_does_not_expire_while_it_may_still_be_mined(office: Office) -> None:
    office.hand_in(office.signed())
    assert office.send(later=WEEK + 60) == 1
    assert office.submission() is not None
    assert office.anchored()


def test_a_reorg_after_the_expiry_has_the_transaction_sent_again(office: Office) -> None:
    office.hand_in(office.signed())
    office.send()
    assert office.anchored()
    office.desk.clock.walk(WEEK)
    office.desk.deployed.ledger.reorg(1)
    assert not office.anchored()
    assert office.send() == 1
    assert office.anchored()
    with reading(office.desk.engine) as connection:
        assert find_blob(connection, root=ROOT, size=SIZE) is not None


def test_nothing_expires_while_the_projection_is_unfinished(office: Office) -> None:
    office.hand_in(None)
    office.desk.registrar.anchor(office.issuer, LEAVES)
    assert office.anchored()
    make_room(office.desk.engine, [])  # a rebuild that was cut off here
    office.send(later=WEEK + 60)
    with reading(office.desk.engine) as connection:
        assert find_blob(connection, root=ROOT, size=SIZE) is not None
    assert office.anchored()

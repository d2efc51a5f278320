"""Kept transactions against a real ledger: lost, reorganised away, refused, overtaken."""

import pytest

from node.chain.client import LedgerClient
from node.chain.registries import Registries
from node.chain.transactions import read_transaction
from node.db.batches import anchored_batch
from node.db.cursor import drop_projection
from node.db.kept_transactions import (
    ANCHORED,
    FAILED,
    FINAL,
    NONCE_USED,
    SUBMITTED,
)
from node.db.session import reading, writing
from node.errors import LedgerUnavailable, SubmissionConflict
from node.indexer.outbox import Outbox
from node.indexer.outbox_states import waits_for
from tests.node.indexer.office import ROOT, SIZE, Office, office
from tests.node.registrations import REVOKED, some_leaves

__all__ = ["office"]
pytestmark = pytest.mark.enable_socket


def test_a_kept_transaction_is_sent_and_no_more_once_it_is_on_the_ledger(office: Office) -> None:
    signed = office.signed()
    office.hand_in(signed)
    assert office.send() == 1
    assert office.kept(signed).state == SUBMITTED
    assert office.send() == 0
    kept = office.kept(signed)
    assert (kept.state, kept.error) == (ANCHORED, None)
    office.desk.deployed.ledger.mine(2)
    assert office.send() == 0
    assert office.kept(signed).state == FINAL
    with reading(office.desk.engine) as connection:
        batch = anchored_batch(connection, did=office.issuer.did, root=ROOT, size=SIZE)
    assert batch is not None
    assert kept.block is not None
    assert kept.block.number == batch.block_number


def test_a_reorg_that_drops_a_batch_has_its_transaction_sent_again(office: Office) -> None:
    signed = office.signed()
    office.hand_in(signed)
    office.send()
    office.send()
    assert office.kept(signed).state == ANCHORED
    office.desk.deployed.ledger.reorg(1)
    office.desk.follow()
    assert office.kept(signed).state == SUBMITTED, "in the very transaction that takes the block back"
    assert office.send() == 1
    assert office.anchored()
    office.desk.deployed.ledger.mine(3)
    assert office.send() == 0
    assert office.kept(signed).state == FINAL


def test_a_reorg_below_the_finality_depth_has_it_sent_again_too(office: Office) -> None:
    signed = office.signed()
    office.hand_in(signed)
    office.send()
    office.desk.deployed.ledger.mine(3)
    office.send()
    assert office.kept(signed).state == FINAL
    office.desk.deployed.ledger.reorg(4)
    office.desk.deployed.ledger.mine()  # the other branch is no shorter
    assert not office.anchored()
    assert office.kept(signed).state == SUBMITTED
    assert office.send() == 1
    assert office.anchored()


def test_a_transaction_that_waits_in_the_pool_is_not_sent_at_every_look(office: Office) -> None:
    office.desk.deployed.ledger.rpc.request("evm_setAutomine", False)  # noqa: FBT003 - JSON-RPC's
    signed = office.signed()
    office.hand_in(signed)
    assert office.send() == 1
    assert office.send(later=2) == 0
    assert office.send(later=10) == 1  # "already known" is no error
    assert office.kept(signed).error is None
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
    kept = office.kept(signed)
    assert kept.state == FAILED
    assert kept.error
    assert "0x" not in kept.error
    assert "revoked" in kept.error.lower()
    assert kept.block is not None
    assert not office.anchored()
    assert office.send() == 0


def test_nothing_is_concluded_from_a_block_that_was_not_followed_yet(office: Office) -> None:
    signed = office.signed()
    office.desk.registrar.accredit(office.issuer, REVOKED)
    office.hand_in(signed)
    office.send()
    office.desk.clock.walk(60)
    assert office.outbox.step(office.desk.clock()) == 0  # mined, so not sent again
    assert office.kept(signed).state == SUBMITTED


def test_a_failure_that_a_reorg_took_back_is_open_again(office: Office) -> None:
    signed = office.signed()
    office.desk.registrar.accredit(office.issuer, REVOKED)
    office.hand_in(signed)
    office.send()
    office.send()
    assert office.kept(signed).state == FAILED
    office.desk.deployed.ledger.reorg(2)  # the revocation is gone, and so is the refused transaction
    assert office.send() == 1
    assert office.kept(signed).state == SUBMITTED
    assert office.anchored()


def test_a_nonce_used_by_another_transaction_ends_the_waiting(office: Office) -> None:
    signed = office.signed()
    office.desk.registrar.anchor(office.issuer, some_leaves(3, "other"))
    office.hand_in(signed)
    assert office.send() == 0
    kept = office.kept(signed)
    assert (kept.state, kept.error) == (FAILED, NONCE_USED)
    office.hand_in(office.signed())  # another one may take its place now
    assert office.send() == 1
    assert office.anchored()


def test_a_reorg_that_frees_the_nonce_has_the_transaction_sent_after_all(office: Office) -> None:
    signed = office.signed()
    office.desk.registrar.anchor(office.issuer, some_leaves(3, "other"))
    office.hand_in(signed)
    office.send()
    assert office.kept(signed).state == FAILED
    office.desk.deployed.ledger.reorg(1)
    assert office.send() == 1
    assert office.anchored()


def test_of_two_with_the_same_nonce_one_is_mined_and_the_other_fails(office: Office) -> None:
    office.desk.deployed.ledger.rpc.request("evm_setAutomine", False)  # noqa: FBT003 - JSON-RPC's
    stuck, other = office.signed(), office.signed(gas=600_000)
    office.hand_in(stuck)
    office.send()
    office.hand_in(other)
    submission = office.submission()
    assert submission is not None
    assert submission.transaction_hash == read_transaction(other).hash
    office.send()
    office.desk.deployed.ledger.mine()
    office.send()
    states = {office.kept(stuck).state, office.kept(other).state}
    assert states == {ANCHORED, FAILED}
    assert office.anchored()


def test_a_gap_is_shown_and_closed_in_the_order_of_nonces(office: Office) -> None:
    nonce = office.desk.deployed.sender(office.issuer.key).nonce()
    second = office.signed(nonce=nonce + 1, root=some_leaves(1, "second")[:32], size=1)
    office.keep(second)
    office.send()
    assert office.kept(second).error == waits_for(nonce)
    office.hand_in(office.signed(nonce=nonce))
    office.send(later=61)
    office.send(later=61)
    assert office.kept(second).state == ANCHORED
    assert office.kept(second).error is None
    assert office.anchored()


def test_a_rebuild_comes_to_the_same_states(office: Office) -> None:
    signed = office.signed()
    office.hand_in(signed)
    office.send()
    office.desk.deployed.ledger.mine(2)
    office.send()
    before = office.kept(signed)
    with writing(office.desk.engine) as connection:
        drop_projection(connection)
    assert office.kept(signed).state == SUBMITTED
    assert office.send() == 0
    after = office.kept(signed)
    assert (after.state, after.block) == (before.state, before.block) == (FINAL, before.block)


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

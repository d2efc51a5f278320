"""What is given up, dropped and forgotten after its time, and what never is."""

from datetime import timedelta

import pytest

from node.chain.transactions import read_transaction
from node.db.cursor import drop_projection
from node.db.kept_transactions import (
    EXPIRED,
    FINAL,
    SUBMITTED,
    find_kept,
)
from node.db.leaves import find_blob
from node.db.session import reading, writing
from node.indexer.outbox_states import waits_for
from tests.node.indexer.office import LEAVES, ROOT, SIZE, Office, office
from tests.node.keeping import WEEK

__all__ = ["office"]
pytestmark = pytest.mark.enable_socket


def test_a_gap_that_nobody_closes_ends_in_expiry_and_the_same_again_is_open(office: Office) -> None:
    nonce = office.desk.deployed.sender(office.issuer.key).nonce()
    signed = office.signed(nonce=nonce + 1)
    office.keep(signed)
    office.send(later=WEEK - 60)
    assert office.kept(signed).state == SUBMITTED
    office.send(later=120)
    kept = office.kept(signed)
    assert (kept.state, kept.error) == (EXPIRED, waits_for(nonce))
    office.keep(signed)
    assert office.kept(signed).state == SUBMITTED


def test_what_the_ledger_refuses_for_too_long_expires_with_its_words(office: Office) -> None:
    signed = office.signed(gas=2**40)  # more than a block has
    office.keep(signed)
    assert office.send() == 0
    refused = office.kept(signed)
    assert refused.state == SUBMITTED
    assert refused.error
    office.send(later=WEEK)
    office.send()
    kept = office.kept(signed)
    assert (kept.state, kept.error) == (EXPIRED, refused.error)


def test_a_settled_transaction_is_forgotten_after_a_while(office: Office) -> None:
    signed = office.signed()
    office.hand_in(signed)
    office.send()
    office.desk.deployed.ledger.mine(2)
    office.send()
    assert office.kept(signed).state == FINAL
    office.send(later=WEEK + 60)
    assert office.kept(signed).state == FINAL, "a reorg may still take its block back"
    office.desk.deployed.ledger.mine(70)
    office.send()
    with reading(office.desk.engine) as connection:
        assert find_kept(connection, read_transaction(signed).hash) is None
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
    with writing(office.desk.engine) as connection:
        drop_projection(connection)  # a rebuild that was cut off here
    office.send(later=WEEK + 60)
    with reading(office.desk.engine) as connection:
        assert find_blob(connection, root=ROOT, size=SIZE) is not None
    assert office.anchored()

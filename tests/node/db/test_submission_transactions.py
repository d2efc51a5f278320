"""A batch and its transactions: which may take another's place, and when the batch is given up."""

from typing import Any

import pytest
from sqlalchemy import Engine

from node.db.cursor import WINDOW
from node.db.kept_transactions import (
    ANCHORED,
    FAILED,
    FINAL,
    move,
    reopen_above,
)
from node.db.session import writing
from node.db.submissions import drop_expired, find_submission, refer_to, renew_unsigned
from node.errors import SubmissionConflict
from tests.node.db.kept import (
    BLIND,
    BOB,
    DID,
    ROOT,
    at,
    follow,
    found,
    goes_blind,
    hand_in,
    kept,
    sees_head,
    submission_hash,
    to,
)


def test_a_batch_takes_another_transaction_only_where_both_cannot_be_mined(engine: Engine) -> None:
    with writing(engine) as connection:
        follow(connection, None, 9)
        first, same_nonce, later = (kept(connection, n, nonce=nonce) for n, nonce in ((1, 5), (2, 5), (3, 6)))
        other_sender = kept(connection, 4, nonce=5, sender=BOB)
        hand_in(connection, first)
        submission = find_submission(connection, did=DID, root=ROOT, size=1)
        assert submission is not None
        for rival in (later, other_sender):
            with pytest.raises(SubmissionConflict):
                refer_to(connection, submission, found(connection, rival))
        refer_to(connection, submission, found(connection, first))
        refer_to(connection, submission, found(connection, same_nonce))
        assert submission_hash(connection) == same_nonce
        for state in (ANCHORED, FINAL):
            moved = found(connection, same_nonce)
            assert move(connection, moved, to=state, block=at(9), error=None, now=20)
            with pytest.raises(SubmissionConflict):
                refer_to(connection, submission, found(connection, later))
        reopen_above(connection, 0)
        assert to(connection, same_nonce, FAILED, at(9))
        refer_to(connection, submission, found(connection, later))
        assert submission_hash(connection) == later


def test_a_new_unsigned_transaction_is_offered_only_when_none_can_be_mined(engine: Engine) -> None:
    with writing(engine) as connection:
        follow(connection, None, 9)
        name = kept(connection, 1)
        hand_in(connection, name)
        submission = find_submission(connection, did=DID, root=ROOT, size=1)
        assert submission is not None
        given: dict[str, Any] = {
            "attribute_id": b"",
            "sender": BOB,
            "jws": "",
            "unsigned_transaction": "{}",
        }
        with pytest.raises(SubmissionConflict):
            renew_unsigned(connection, submission, **given, expires_at=200)
        assert to(connection, name, FAILED, at(9))
        renew_unsigned(connection, submission, **given, expires_at=200)
        assert submission_hash(connection) is None


def test_a_batch_stays_while_its_transaction_or_a_reorg_may_still_anchor_it(engine: Engine) -> None:
    with writing(engine) as connection:
        follow(connection, None, 9)
        sees_head(connection, 9)
        name = kept(connection, 1)
        hand_in(connection, name)
        assert drop_expired(connection, now=1_000) == 0
        assert to(connection, name, FAILED, at(9))
        assert drop_expired(connection, now=1_000) == 0, "a reorg may take the failure back"
        follow(connection, 9, 9 + WINDOW)
        assert drop_expired(connection, now=1_000) == 1


def test_a_batch_whose_transaction_failed_for_good_is_dropped_in_time(engine: Engine) -> None:
    with writing(engine) as connection:
        follow(connection, None, 9 + WINDOW)
        sees_head(connection, 9 + WINDOW)
        name = kept(connection, 1)
        hand_in(connection, name)
        assert to(connection, name, FAILED, at(9))
        assert drop_expired(connection, now=99) == 0
        assert drop_expired(connection, now=100) == 1
        assert find_submission(connection, did=DID, root=ROOT, size=1) is None


@pytest.mark.parametrize("blind", BLIND)
def test_no_batch_is_dropped_while_nobody_knows_where_the_ledger_is(
    engine: Engine, blind: dict[str, object]
) -> None:
    """It may have been anchored meanwhile, by a transaction that went another way."""
    with writing(engine) as connection:
        follow(connection, None, 9)
        sees_head(connection, 9)
        hand_in(connection, None)
        goes_blind(connection, blind)
        assert drop_expired(connection, now=1_000) == 0
        goes_blind(connection, {"ledger_reachable": True, "ledger_head": 9, "alarm": None})
        assert drop_expired(connection, now=1_000) == 1

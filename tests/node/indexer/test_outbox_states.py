"""The decision over a kept transaction, as a pure function: what follows from what, and what never does."""

import dataclasses
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from node.db.kept_transactions import (
    ANCHORED,
    EXPIRED,
    FAILED,
    FINAL,
    NONCE_USED,
    STATES,
    SUBMITTED,
    At,
    KeptTransaction,
)
from node.indexer.outbox_look import Gaps
from node.indexer.outbox_states import (
    CONTRADICTED,
    NO_ENTRY,
    REFUSED,
    RESEND_AFTER,
    RESEND_GAP_AFTER,
    Mined,
    Move,
    Seen,
    Send,
    Stay,
    decide,
    waits_for,
)

NOW = 1_000_000
ALLOWED = {
    SUBMITTED: {ANCHORED, FINAL, FAILED, EXPIRED},
    ANCHORED: {FINAL, SUBMITTED, ANCHORED},
    FINAL: {SUBMITTED, ANCHORED, FINAL},
    FAILED: {SUBMITTED, ANCHORED, FINAL},
    EXPIRED: {ANCHORED, FINAL},
}
"""Anchored and final move to themselves only from one block to another."""


def block(number: int, branch: int = 0) -> At:
    return At(number, bytes([branch]) + number.to_bytes(31, "big"))


def kept(state: str = SUBMITTED, **change: Any) -> KeptTransaction:
    made = KeptTransaction(
        hash=b"h" * 32,
        raw=b"",
        sender=b"s" * 20,
        nonce=5,
        contract="AnchorRegistry",
        function="anchorBatch",
        did=None,
        state=state,
        kept_at=NOW - 100,
        changed_at=NOW - 100,
        sent_at=None,
        block=block(10) if state in {ANCHORED, FINAL, FAILED} else None,
        error=None,
        expires_at=NOW + 1_000,
    )
    return dataclasses.replace(made, **change)


def window(*, last: int, branch: int = 0) -> dict[int, bytes]:
    return {number: block(number, branch).hash for number in range(max(0, last - 64), last + 1)}


blocks = st.builds(block, st.integers(0, 100), st.integers(0, 2))
transactions = st.builds(
    kept,
    st.sampled_from(STATES),
    nonce=st.integers(0, 10),
    sent_at=st.none() | st.integers(NOW - 2_000, NOW + 2_000),
    error=st.none() | st.just("refused") | st.just(waits_for(3)),
    expires_at=st.integers(NOW - 2_000, NOW + 2_000),
)
sights = st.builds(
    Seen,
    entry=st.none() | blocks,
    followed=st.none() | blocks,
    window=st.builds(window, last=st.integers(0, 100), branch=st.integers(0, 2)),
    mined=st.none() | st.builds(Mined, blocks, st.booleans(), st.booleans()),
    used=st.none() | st.integers(0, 10),
    missing=st.none() | st.integers(0, 10),
)
finals = st.integers(-1, 100)


def now_decided(one: KeptTransaction, seen: Seen, final_block: int = 0, now: int = NOW) -> Stay | Send | Move:
    return decide(one, seen, final_block=final_block, now=now)


@given(transactions, sights, finals)
def test_states_move_along_the_allowed_arrows_only(one: KeptTransaction, seen: Seen, final: int) -> None:
    decision = now_decided(one, seen, final)
    if isinstance(decision, Move):
        assert decision.to in ALLOWED[one.state]


@given(transactions, sights, finals)
def test_a_decision_that_is_carried_out_is_not_made_again(
    one: KeptTransaction, seen: Seen, final: int
) -> None:
    decision = now_decided(one, seen, final)
    if isinstance(decision, Move) and decision.to != SUBMITTED:
        moved = dataclasses.replace(one, state=decision.to, block=decision.block, error=decision.error)
        assert isinstance(now_decided(moved, seen, final), Stay)


@given(transactions, sights, finals)
def test_final_is_only_what_the_projection_has_at_the_finality_depth(
    one: KeptTransaction, seen: Seen, final: int
) -> None:
    decision = now_decided(one, seen, final)
    if isinstance(decision, Move) and decision.to in {ANCHORED, FINAL}:
        assert seen.entry is not None
        assert (decision.to == FINAL) == (seen.entry.number <= final)
        assert decision.block == seen.entry


@given(transactions, st.integers(0, 100), finals)
def test_silence_of_the_ledger_neither_fails_nor_finishes_anything(
    one: KeptTransaction, last: int, final: int
) -> None:
    decision = now_decided(one, Seen(followed=block(last), window=window(last=last)), final)
    if isinstance(decision, Move):
        assert decision.to in {SUBMITTED, EXPIRED}


@given(transactions, sights, finals)
def test_failure_is_concluded_only_from_a_block_that_is_followed(
    one: KeptTransaction, seen: Seen, final: int
) -> None:
    decision = now_decided(one, seen, final)
    if isinstance(decision, Move) and decision.to == FAILED:
        assert decision.block is not None
        assert seen.followed is not None
        assert decision.block.number <= seen.followed.number
        if decision.error != NONCE_USED:
            assert seen.window.get(decision.block.number, decision.block.hash) == decision.block.hash


@given(transactions, sights, finals)
def test_what_is_mined_or_entered_or_past_its_nonce_is_not_sent(
    one: KeptTransaction, seen: Seen, final: int
) -> None:
    if isinstance(now_decided(one, seen, final), Send):
        assert one.state == SUBMITTED
        assert seen.entry is None
        assert seen.mined is None
        assert seen.used is None or one.nonce >= seen.used


def test_a_receipt_of_a_block_not_followed_yet_is_waited_for() -> None:
    seen = Seen(
        followed=block(20), window=window(last=20), mined=Mined(block(21), succeeded=False, wrote=False)
    )
    assert now_decided(kept(), seen) == Stay()


def test_a_receipt_of_a_replaced_block_says_nothing() -> None:
    seen = Seen(
        followed=block(20),
        window=window(last=20),
        mined=Mined(block(20, branch=1), succeeded=False, wrote=False),
    )
    assert now_decided(kept(), seen) == Stay()


def test_a_refused_transaction_fails_by_its_block() -> None:
    seen = Seen(
        followed=block(20), window=window(last=20), mined=Mined(block(20), succeeded=False, wrote=False)
    )
    assert now_decided(kept(), seen) == Move(FAILED, block(20), REFUSED)


def test_success_without_an_entry_of_the_log_is_a_failure() -> None:
    seen = Seen(
        followed=block(20), window=window(last=20), mined=Mined(block(20), succeeded=True, wrote=False)
    )
    assert now_decided(kept(), seen) == Move(FAILED, block(20), NO_ENTRY)


def test_an_entry_that_the_projection_does_not_have_is_a_contradiction_and_concludes_nothing() -> None:
    seen = Seen(
        followed=block(20), window=window(last=20), mined=Mined(block(20), succeeded=True, wrote=True), used=9
    )
    assert now_decided(kept(), seen) == Stay(CONTRADICTED)


def test_a_nonce_used_by_the_last_followed_block_fails_by_that_block() -> None:
    seen = Seen(followed=block(20), window=window(last=20), used=6)
    assert now_decided(kept(), seen) == Move(FAILED, block(20), NONCE_USED)
    assert isinstance(now_decided(kept(), dataclasses.replace(seen, used=5)), Send)


def test_what_failed_in_a_replaced_block_is_open_again() -> None:
    seen = Seen(followed=block(20, 1), window=window(last=20, branch=1))
    assert now_decided(kept(FAILED), seen) == Move(SUBMITTED)
    assert now_decided(kept(FAILED), Seen(followed=block(20), window=window(last=20))) == Stay()


def test_one_without_its_entry_is_anchored_no_more() -> None:
    for state in (ANCHORED, FINAL):
        assert now_decided(kept(state), Seen()) == Move(SUBMITTED)


def test_it_is_sent_at_once_and_again_after_a_pause_whichever_way_the_clock_jumps() -> None:
    assert now_decided(kept(), Seen()) == Send()
    assert now_decided(kept(sent_at=NOW - RESEND_AFTER + 1), Seen()) == Stay()
    assert now_decided(kept(sent_at=NOW - RESEND_AFTER), Seen()) == Send()
    assert now_decided(kept(sent_at=NOW + 3_600), Seen()) == Send()


def test_one_behind_a_gap_is_sent_more_seldom_and_says_what_it_waits_for() -> None:
    seen = Seen(used=3, missing=3)
    assert now_decided(kept(), seen) == Send(waits_for(3))
    assert now_decided(kept(sent_at=NOW - RESEND_AFTER), seen) == Stay(waits_for(3))
    assert now_decided(kept(sent_at=NOW - RESEND_GAP_AFTER), seen) == Send(waits_for(3))


def test_only_a_gap_or_a_refusal_after_its_time_expires_it() -> None:
    late: dict[str, Any] = {"expires_at": NOW - 10}
    assert now_decided(kept(**late), Seen()) == Send()
    assert now_decided(kept(**late, sent_at=NOW - 5), Seen()) == Send()
    assert now_decided(kept(**late), Seen(missing=3)) == Move(EXPIRED, None, waits_for(3))
    assert now_decided(kept(**late, sent_at=NOW - 9, error="refused"), Seen()) == Move(
        EXPIRED, None, "refused"
    )
    # The refusal is from before its time: the ledger may have been away since.
    assert now_decided(kept(**late, sent_at=NOW - 11, error="refused"), Seen()) == Send()
    assert now_decided(kept(**late, sent_at=NOW - 9, error=waits_for(3)), Seen()) == Send()


def test_what_expired_is_anchored_if_it_was_mined_all_the_same() -> None:
    assert now_decided(kept(EXPIRED), Seen(entry=block(10))) == Move(ANCHORED, block(10))
    assert now_decided(kept(EXPIRED), Seen(entry=block(10)), final_block=10) == Move(FINAL, block(10))


@given(st.integers(0, 5), st.sets(st.integers(0, 12), min_size=1))
def test_the_missing_nonce_is_the_lowest_that_none_below_has(used: int, nonces: set[int]) -> None:
    gaps = Gaps()
    for nonce in sorted(nonces):
        missing = gaps.missing(kept(nonce=nonce), used=used)
        below = [lower for lower in range(used, nonce) if lower not in nonces]
        assert missing == (min(below) if below else None)


def test_gaps_of_one_sender_are_not_another_s() -> None:
    gaps = Gaps()
    assert gaps.missing(kept(nonce=7), used=5) == 5
    assert gaps.missing(kept(nonce=7, sender=b"t" * 20), used=7) is None
    assert gaps.missing(kept(nonce=7, sender=b"u" * 20), used=None) is None

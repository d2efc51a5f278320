"""The outbox's rows: a state change names the state it replaces, and none outlives the block it came from."""

import dataclasses
from collections.abc import Iterable
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, insert

from node.db.cursor import WINDOW, Block, Cursor, drop_projection, move_cursor
from node.db.kept_transactions import (
    ANCHORED,
    EXPIRED,
    FAILED,
    FINAL,
    SUBMITTED,
    At,
    KeptTransaction,
    count_open,
    find_kept,
    forget_settled,
    is_followed,
    keep,
    move,
    note_error,
    note_sent,
    open_transactions,
    reopen_above,
    unsettled_on_the_ledger,
)
from node.db.outbox_age import count_by_state, oldest_waiting
from node.db.session import reading, writing
from node.db.submissions import accept, drop_expired, find_submission, refer_to, renew_unsigned
from node.db.tables import ENTRY, FOLLOWER
from node.errors import SubmissionConflict

ALICE, BOB = b"a" * 20, b"b" * 20
DID, ROOT = "did:ebsi:zAlice", b"r" * 32


def block_hash(number: int, branch: int = 0) -> bytes:
    return bytes([branch]) + number.to_bytes(31, "big")


def at(number: int, branch: int = 0) -> At:
    return At(number, block_hash(number, branch))


def cursor_at(number: int, branch: int = 0) -> Cursor:
    return Cursor(1, b"l" * 20, number, block_hash(number, branch), 5, 0, b"")


def follow(connection: Connection, start: int | None, to: int, branch: int = 0) -> None:
    """Blocks behind `start` up to `to` are followed; None: from the first."""
    blocks = [
        Block(number, block_hash(number, branch), block_hash(max(0, number - 1), branch), 5)
        for number in range(0 if start is None else start + 1, to + 1)
    ]
    expected = None if start is None else cursor_at(start)
    move_cursor(connection, expected=expected, cursor=cursor_at(to, branch), blocks=blocks)


def kept(connection: Connection, name: int, *, sender: bytes = ALICE, nonce: int = 0, now: int = 10) -> bytes:
    """A transaction whose hash is made of `name` is kept; its hash."""
    made = keep(
        connection,
        transaction_hash=name.to_bytes(32, "big"),
        raw=b"raw",
        sender=sender,
        nonce=nonce,
        contract="AnchorRegistry",
        function="anchorBatch",
        did=DID,
        now=now,
        expires_at=now + 100,
    )
    return made.hash


def found(connection: Connection, name: bytes) -> KeptTransaction:
    one = find_kept(connection, name)
    assert one is not None
    return one


def to(connection: Connection, name: bytes, state: str, block: At | None = None, *, now: int = 20) -> bool:
    return move(connection, found(connection, name), to=state, block=block, error=None, now=now)


def names(transactions: Iterable[KeptTransaction]) -> list[int]:
    return [int.from_bytes(one.hash, "big") for one in transactions]


def enter(connection: Connection, name: bytes, index: int, block: int) -> None:
    """The projection has an entry that the transaction made."""
    values = {
        "entry_index": index,
        "kind": "anchor.batch",
        "subject": b"",
        "previous": b"",
        "time": 5,
        "actor": ALICE,
        "parent": b"",
        "payload": b"",
        "hash": b"e" * 31 + bytes([index]),
        "payload_hash": b"",
        "did": DID,
        "block_number": block,
        "block_hash": block_hash(block),
        "transaction_hash": name,
    }
    connection.execute(insert(ENTRY).values(**values))


def test_the_same_transaction_again_changes_nothing(engine: Engine) -> None:
    with writing(engine) as connection:
        name = kept(connection, 1)
        note_sent(connection, found(connection, name), at=15, error="busy")
        before = found(connection, name)
        kept(connection, 1, now=90)
        assert found(connection, name) == before


def test_one_given_up_is_open_again_when_it_comes_again(engine: Engine) -> None:
    with writing(engine) as connection:
        name = kept(connection, 1)
        assert to(connection, name, EXPIRED)
        kept(connection, 1, now=90)
        again = found(connection, name)
        assert (again.state, again.sent_at, again.error, again.expires_at) == (SUBMITTED, None, None, 190)
        assert again.kept_at == 10


def test_a_move_from_a_state_that_is_past_moves_nothing(engine: Engine) -> None:
    with writing(engine) as connection:
        follow(connection, None, 9)
        name = kept(connection, 1)
        stale = found(connection, name)
        assert to(connection, name, FAILED, at(9))
        assert not move(connection, stale, to=ANCHORED, block=at(9), error=None, now=30)
        note_sent(connection, stale, at=30, error="late")
        note_error(connection, stale, error="late")
        moved = found(connection, name)
        assert (moved.state, moved.block, moved.sent_at, moved.error) == (FAILED, at(9), None, None)
        assert moved.changed_at == 20


@pytest.mark.parametrize("block", [at(9, branch=1), at(10), at(500)])
def test_nothing_is_concluded_from_a_block_that_is_not_followed(engine: Engine, block: At) -> None:
    with writing(engine) as connection:
        follow(connection, None, 9)
        name = kept(connection, 1)
        assert not to(connection, name, FAILED, block)
        assert found(connection, name).state == SUBMITTED


def test_blocks_no_longer_remembered_count_as_followed(engine: Engine) -> None:
    with writing(engine) as connection:
        assert not is_followed(connection, at(0))
        follow(connection, None, 2 * WINDOW)
        assert is_followed(connection, at(3))
        assert is_followed(connection, at(3, branch=1)), "nobody knows any better"
        assert not is_followed(connection, at(2 * WINDOW, branch=1))


@pytest.mark.parametrize("state", [ANCHORED, FINAL, FAILED])
def test_what_was_concluded_from_a_block_goes_back_with_it(engine: Engine, state: str) -> None:
    with writing(engine) as connection:
        follow(connection, None, 9)
        stays, goes = kept(connection, 1), kept(connection, 2, nonce=1)
        note_sent(connection, found(connection, goes), at=15, error=None)
        assert to(connection, stays, state, at(7))
        assert to(connection, goes, state, at(8))
        move_cursor(connection, expected=cursor_at(9), cursor=cursor_at(7), blocks=())
        assert (found(connection, stays).state, found(connection, stays).block) == (state, at(7))
        back = found(connection, goes)
        assert (back.state, back.block, back.error, back.sent_at) == (SUBMITTED, None, None, None)


def test_a_dropped_projection_reopens_everything_but_what_was_given_up(engine: Engine) -> None:
    with writing(engine) as connection:
        follow(connection, None, 9)
        final, expired = kept(connection, 1), kept(connection, 2, nonce=1)
        assert to(connection, final, FINAL, at(0))
        assert to(connection, expired, EXPIRED)
        drop_projection(connection)
        assert found(connection, final).state == SUBMITTED
        assert found(connection, expired).state == EXPIRED


def test_following_on_reopens_nothing(engine: Engine) -> None:
    with writing(engine) as connection:
        follow(connection, None, 9)
        name = kept(connection, 1)
        assert to(connection, name, ANCHORED, at(9))
        follow(connection, 9, 12)
        assert found(connection, name).state == ANCHORED
        reopen_above(connection, 9)
        assert found(connection, name).state == ANCHORED


def test_open_ones_come_by_sender_and_nonce_the_newest_of_a_nonce_first(engine: Engine) -> None:
    with writing(engine) as connection:
        given = [(1, BOB, 0, 10), (2, ALICE, 2, 10), (3, ALICE, 1, 10), (4, ALICE, 1, 30), (5, ALICE, 1, 30)]
        for name, sender, nonce, now in given:
            kept(connection, name, sender=sender, nonce=nonce, now=now)
        assert to(connection, kept(connection, 6), EXPIRED)
        assert names(open_transactions(connection)) == [4, 5, 3, 2, 1]
        paged: list[KeptTransaction] = []
        while page := open_transactions(connection, after=paged[-1] if paged else None, limit=1):
            paged += page
        assert names(paged) == [4, 5, 3, 2, 1]


def test_unsettled_are_those_of_which_the_projection_says_something_else(engine: Engine) -> None:
    with writing(engine) as connection:
        follow(connection, None, 9)
        fresh, deep, gone, failed, expired, done = (kept(connection, n, nonce=n) for n in range(1, 7))
        for index, name in enumerate((fresh, deep, failed, expired, done)):
            enter(connection, name, index, block=5)
        kept(connection, 7, nonce=7)  # waits, and has no entry
        for name, state in ((deep, ANCHORED), (gone, ANCHORED), (failed, FAILED), (done, FINAL)):
            assert to(connection, name, state, at(5))
        assert to(connection, expired, EXPIRED)
        assert names(unsettled_on_the_ledger(connection, final_block=5)) == [1, 2, 3, 4, 5]
        assert names(unsettled_on_the_ledger(connection, final_block=4)) == [1, 3, 4, 5]
        assert names(unsettled_on_the_ledger(connection, final_block=4, after=failed)) == [5]
        assert names(unsettled_on_the_ledger(connection, final_block=4, limit=2)) == [1, 3]


def test_quota_and_age_count_what_waits(engine: Engine) -> None:
    with writing(engine) as connection:
        follow(connection, None, 9)
        for name, sender, now in ((1, ALICE, 10), (2, ALICE, 20), (3, BOB, 30)):
            kept(connection, name, sender=sender, nonce=name, now=now)
        assert (count_open(connection, ALICE), count_open(connection)) == (2, 3)
        assert to(connection, (1).to_bytes(32, "big"), ANCHORED, at(9))
        assert (count_open(connection, ALICE), count_open(connection)) == (1, 2)
        assert oldest_waiting(connection) == 20
        counted = {SUBMITTED: 2, ANCHORED: 1, FINAL: 0, FAILED: 0, EXPIRED: 0}
        assert count_by_state(connection) == counted


def hand_in(connection: Connection, name: bytes | None, root: bytes = ROOT) -> None:
    made = accept(
        connection,
        did=DID,
        root=root,
        size=1,
        attribute_id=b"",
        sender=ALICE,
        jws="",
        unsigned_transaction="{}",
        accepted_at=10,
        expires_at=100,
    )
    if name is not None:
        refer_to(connection, made, found(connection, name))


def test_settled_ones_are_forgotten_when_nothing_needs_them_any_more(engine: Engine) -> None:
    with writing(engine) as connection:
        follow(connection, None, 2 * WINDOW)
        old, near = at(3), at(2 * WINDOW)
        final, close, failed, named, expired, waits = (kept(connection, n, nonce=n) for n in range(1, 7))
        hand_in(connection, named)
        for name, state, block in (
            *((final, FINAL, old), (close, FINAL, near), (failed, FAILED, old), (named, FAILED, old)),
            (expired, EXPIRED, None),
        ):
            assert to(connection, name, state, block)
        assert forget_settled(connection, before=20) == 0
        assert forget_settled(connection, before=21) == 3
        left = [name for name in (final, close, failed, named, expired, waits) if find_kept(connection, name)]
        assert left == [close, named, waits]


def submission_hash(connection: Connection) -> bytes | None:
    submission = find_submission(connection, did=DID, root=ROOT, size=1)
    assert submission is not None
    return submission.transaction_hash


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


def sees_head(connection: Connection, number: int) -> None:
    values = dict.fromkeys(("holder", "ledger_seen_at", "alarm", "alarm_sentence"))
    seen = {"id": 1, "lease_until": 0, "ledger_reachable": True, "ledger_head": number, "updated_at": 0}
    connection.execute(insert(FOLLOWER).values(**values, **seen))


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


def test_values_come_back_as_they_were_kept(engine: Engine) -> None:
    with writing(engine) as connection:
        name = kept(connection, 1, nonce=2**63 - 1)
    with reading(engine) as connection:
        one = found(connection, name)
    expected = KeptTransaction(
        hash=name,
        raw=b"raw",
        sender=ALICE,
        nonce=2**63 - 1,
        contract="AnchorRegistry",
        function="anchorBatch",
        did=DID,
        state=SUBMITTED,
        kept_at=10,
        changed_at=10,
        sent_at=None,
        block=None,
        error=None,
        expires_at=110,
    )
    assert dataclasses.asdict(one) == dataclasses.asdict(expected)

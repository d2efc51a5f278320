"""What the outbox goes through: who waits in which order, who is counted, and who is forgotten when."""

from sqlalchemy import Engine

from node.db.cursor import WINDOW
from node.db.kept_transactions import (
    ANCHORED,
    EXPIRED,
    FAILED,
    FINAL,
    SUBMITTED,
    KeptTransaction,
    count_open,
    find_kept,
)
from node.db.outbox_age import count_by_state, oldest_waiting
from node.db.outbox_pages import forget_settled, open_transactions, unsettled_on_the_ledger
from node.db.session import writing
from tests.node.db.kept import ALICE, BOB, at, enter, follow, hand_in, kept, names, to


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

"""The outbox's rows: a state change names the state it replaces, and none outlives the block it came from."""

import dataclasses

import pytest
from sqlalchemy import Engine

from node.db.cursor import WINDOW, drop_projection, move_cursor
from node.db.kept_transactions import (
    ANCHORED,
    EXPIRED,
    FAILED,
    FINAL,
    SUBMITTED,
    At,
    KeptTransaction,
    is_followed,
    move,
    note_error,
    note_sent,
    reopen_above,
)
from node.db.session import reading, writing
from tests.node.db.kept import (
    ALICE,
    DID,
    at,
    cursor_at,
    follow,
    found,
    kept,
    to,
)


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

"""Histories that the outbox must come through, each told in a few words; the machine judges every step."""

from collections.abc import Iterator

import pytest

from node.db.kept_transactions import ANCHORED, FAILED, FINAL, NONCE_USED, SUBMITTED
from tests.doubles.ledger_endpoints import HONEST, LOSES_ANSWERS, MOODS
from tests.doubles.ledger_writer import REVOKED
from tests.node.stateful.outbox_moves import PLENTY, SERVING, STARVED
from tests.node.stateful.test_outbox_machine import OutboxMachine


class Told(OutboxMachine):
    """A history step by step, with the machine's invariants asked after each."""

    def states(self) -> list[str]:
        """Of the transactions, in the order in which they were signed."""
        self.nothing_is_lost_and_no_state_is_without_its_reason()
        self.no_batch_is_anchored_twice()
        return [kept.state if (kept := self.kept(name)) else "" for name in self.signed]

    def batch(self, *, manner: str = "next", gas: int = PLENTY, mood: str = HONEST) -> None:
        self.hand_in_a_batch(who=0, which=0, manner=manner, gas=gas, mood=mood)

    def follow_and_send(self) -> None:
        self.world.clock.walk(10)
        self.work(who=0, times=2, mood=HONEST)


@pytest.fixture
def told() -> Iterator[Told]:
    told = Told()
    told.begin(issuers=1)
    yield told
    told.teardown()


@pytest.mark.parametrize("fate", ["again", "back", "gone"])
def test_an_anchored_batch_that_is_taken_back_is_anchored_again(told: Told, fate: str) -> None:
    told.anchor(which=0, quiet=1, gas=PLENTY)
    assert told.states() == [ANCHORED]
    told.take_back(depth=3, fate=fate)
    assert told.states()[0] in {SUBMITTED, ANCHORED}
    told.settle()
    assert told.states() == [FINAL]


def test_a_failure_is_taken_back_with_its_block(told: Told) -> None:
    told.anchor(which=0, quiet=0, gas=STARVED)
    assert told.states() == [FAILED]
    told.take_back(depth=2, fate="gone")
    assert told.states() == [SUBMITTED]


def test_what_the_contract_refused_has_failed_and_says_why(told: Told) -> None:
    told.batch()
    told.ledger.drop_pool()
    told.judge_an_issuer(which=0, kind=REVOKED)
    told.settle()
    assert told.states() == [FAILED]
    (name,) = told.signed
    kept = told.kept(name)
    assert kept is not None
    assert "revoked" in (kept.error or "")


def test_a_transaction_without_an_entry_has_not_succeeded(told: Told) -> None:
    """A receipt with status 0 and one of a call that wrote nothing are told apart from an anchored batch."""
    told.batch(gas=STARVED)
    told.settle()
    assert told.states() == [FAILED]


def test_a_nonce_used_elsewhere_is_a_failure_until_its_block_is_taken_back(told: Told) -> None:
    told.write_elsewhere(which=0)
    told.mine(1)
    told.signed.clear()
    told.batch(manner="next")
    told.ledger.drop_pool()
    told.write_elsewhere(which=0)
    told.mine(1)
    told.follow_and_send()
    (name,) = told.signed
    kept = told.kept(name)
    assert kept is not None
    assert (kept.state, kept.error) == (FAILED, NONCE_USED)
    told.take_back(depth=1, fate="gone")
    told.settle()
    assert told.states() == [FINAL]


def test_nothing_is_concluded_from_a_block_that_is_not_followed(told: Told) -> None:
    told.batch(gas=STARVED)
    told.mine(1)
    told.world.clock.walk(10)
    told.only_send(who=0)
    assert told.states() == [SUBMITTED]
    told.follow_and_send()
    told.batch()
    told.ledger.drop_pool()
    told.write_elsewhere(which=0)
    told.mine(1)
    told.only_send(who=0)
    assert told.states() == [FAILED, SUBMITTED]
    told.follow_and_send()
    assert told.states() == [FAILED, FAILED]


def test_one_that_the_pool_forgot_is_sent_again_and_again(told: Told) -> None:
    for _ in range(3):
        told.batch()
        told.empty_the_pool()
        told.follow_and_send()
        told.empty_the_pool()
    told.settle()
    assert told.states() == [FINAL] * 3


def test_of_two_with_one_nonce_one_is_final_and_the_other_failed(told: Told) -> None:
    told.batch()
    told.batch(manner="again")
    told.settle()
    assert sorted(told.states()) == [FAILED, FINAL]


def test_what_waits_for_a_missing_nonce_says_so_and_goes_on_when_it_comes(told: Told) -> None:
    told.batch(manner="gap")
    told.settle()
    assert told.states() == [SUBMITTED]
    told.batch(manner="next")
    told.settle()
    assert told.states() == [FINAL, FINAL]


def test_of_two_that_wait_with_one_nonce_beyond_a_gap_each_names_the_gap(told: Told) -> None:
    told.batch(manner="gap")
    told.batch(manner="again")
    told.settle()
    assert told.states() == [SUBMITTED, SUBMITTED]


@pytest.mark.parametrize("mood", MOODS)
def test_handed_in_whatever_the_ledger_does(told: Told, mood: str) -> None:
    told.batch(mood=mood)
    (name,) = told.signed
    assert (told.kept(name) is not None) == (name in told.promised)
    told.hand_in_again(who=1, place=0)
    told.settle()
    assert told.states() == [FINAL]


@pytest.mark.parametrize("where", SERVING)
def test_a_death_in_the_middle_of_handing_in(told: Told, where: str) -> None:
    told.die_while_serving(who=0, which=0, where=where)
    told.hand_in_again(who=0, place=0)
    told.settle()
    assert told.states() == [FINAL]


@pytest.mark.parametrize("requests", range(1, 5))
def test_what_was_concluded_while_the_ledger_changed_stands_on_blocks_that_are_followed(
    told: Told, requests: int
) -> None:
    told.batch(gas=STARVED)
    told.mine(1)
    told.processes[0].follower.step()
    told.work_while_it_changes(who=0, requests=requests, depth=2)
    told.states()
    told.batch()
    told.write_elsewhere(which=0)
    told.mine(1)
    told.processes[1].follower.step()
    told.work_while_it_changes(who=1, requests=requests, depth=2)
    told.states()
    told.settle()


def test_an_answer_that_was_lost_does_not_make_a_second_transaction(told: Told) -> None:
    told.batch(mood=LOSES_ANSWERS)
    told.mine(1)
    told.hand_in_again(who=0, place=0)
    told.settle()
    assert told.states() == [FINAL]
    assert len({handed.turn for handed in told.signed.values()}) == 1

"""Kept transactions before several endpoints: one that passes nothing on keeps none from its block."""

import copy
from collections.abc import Iterator
from pathlib import Path

import pytest

from node.chain.registries import Registries
from node.chain.sending import Sending
from node.chain.transactions import read_transaction
from node.db.kept_transactions import ANCHORED, FAILED, SUBMITTED
from node.errors import LedgerUnavailable
from node.indexer.follower import Step
from node.indexer.outbox import Outbox
from node.indexer.outbox_states import REFUSED
from tests.doubles.ledger_endpoints import BUSY, ERRORS, HONEST, LOSES_ANSWERS, REFUSES, SILENT, SWALLOWS
from tests.doubles.ledger_writer import an_issuer
from tests.node.indexer.network import Network, network
from tests.node.keeping import keep_raw, kept_as_of_now

ISSUER = an_issuer("university")


@pytest.fixture
def net(tmp_path: Path) -> Iterator[Network]:
    with network(tmp_path, endpoints=2) as made:
        made.writer.register(ISSUER, now=made.ledger.time)
        made.ledger.mine()
        yield made


def keep(net: Network, *, gas: int = 900_000) -> bytes:
    """A transaction that anchors a batch is kept, and sent by nobody yet."""
    signed = net.writer.anchoring(ISSUER, bytes(31) + b"1", gas=gas)
    keep_raw(net.engine, signed, now=int(net.clock().timestamp()), did=ISSUER.did)
    return signed


def go_on(net: Network) -> None:
    """The ledger makes a block, the node follows it, and its outbox looks."""
    net.ledger.mine()
    net.clock.walk(10)
    assert net.follow(net.follower()) is Step.IDLE
    registries = Registries(net.client, net.ledger.deployment)
    Outbox(net.engine, net.client, registries, finality_depth=2).step(net.clock())


def cut_off(net: Network, place: int) -> None:
    """The endpoint takes transactions into a pool of its own, and hears of no block any more."""
    net.endpoints[place].ledger = copy.deepcopy(net.ledger)
    net.ledger.mine(10)


def test_an_endpoint_that_is_cut_off_from_the_ledger_keeps_no_transaction_from_its_block(
    net: Network,
) -> None:
    cut_off(net, 0)
    signed = keep(net)
    for _ in range(3):
        go_on(net)
    assert net.states() == ["lags", "agrees"]
    assert kept_as_of_now(net.engine, signed).state == ANCHORED


def test_what_the_contract_refused_is_seen_although_the_first_endpoint_is_cut_off(net: Network) -> None:
    cut_off(net, 0)
    signed = keep(net, gas=40_000)
    for _ in range(3):
        go_on(net)
    kept = kept_as_of_now(net.engine, signed)
    assert (kept.state, kept.error) == (FAILED, REFUSED)


def test_an_endpoint_that_swallows_transactions_keeps_none_from_its_block(net: Network) -> None:
    net.endpoints[0].mood = SWALLOWS
    signed = keep(net)
    for _ in range(3):
        go_on(net)
    assert net.states() == ["agrees", "agrees"], "nothing else is wrong with it"
    assert kept_as_of_now(net.engine, signed).state == ANCHORED


def test_a_process_that_does_not_follow_asks_the_endpoint_that_is_not_behind_too(net: Network) -> None:
    cut_off(net, 0)
    leader, waiting = net.follower(), net.follower(holder="two")
    assert net.follow(leader) is Step.IDLE
    net.client.keep_to(net.name(0))  # as in a process of its own, which asked nobody yet
    assert net.follow(waiting) is Step.WAITS
    assert net.client.first == net.name(1)


def test_while_endpoints_disagree_none_is_preferred(net: Network) -> None:
    net.endpoints[0].freeze()
    net.ledger.reorganise(3, blocks=9)
    assert net.follow(net.follower()) is Step.ALARMED
    assert net.follow(net.follower(holder="two")) is Step.WAITS
    assert net.client.first == net.name(0)


@pytest.mark.parametrize(
    "moods",
    [
        (HONEST, SWALLOWS),
        (REFUSES, HONEST),
        (ERRORS, SWALLOWS),
        (BUSY, ERRORS),
        (ERRORS, SILENT),
        (LOSES_ANSWERS, REFUSES),
    ],
)
def test_a_transaction_is_taken_if_one_endpoint_takes_it(net: Network, moods: tuple[str, str]) -> None:
    transaction = read_transaction(keep(net))
    for endpoint, mood in zip(net.endpoints, moods, strict=True):
        endpoint.mood = mood
    sending = Sending(net.client)
    if {HONEST, SWALLOWS} & set(moods):
        assert sending.send(transaction) is None
    elif ERRORS in moods:
        assert sending.send(transaction) == "an internal error occurred"
    else:
        with pytest.raises(LedgerUnavailable):
            sending.send(transaction)


def test_an_endpoint_that_is_silent_is_asked_once_in_a_round_of_many(net: Network) -> None:
    net.endpoints[1].mood = SILENT
    transaction = read_transaction(keep(net))
    sending = Sending(net.client)
    assert [sending.send(transaction) for _ in range(3)] == [None] * 3
    assert net.endpoints[1].asked.count("eth_sendRawTransaction") == 1
    net.endpoints[0].mood = REFUSES
    for _ in range(2):
        with pytest.raises(LedgerUnavailable):
            sending.send(transaction)
    assert kept_as_of_now(net.engine, transaction.raw).state == SUBMITTED

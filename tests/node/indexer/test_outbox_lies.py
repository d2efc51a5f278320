"""The outbox before a ledger endpoint that errs, lies, lags or stands still: nothing is concluded from it."""

import json
import os
import signal
from typing import Any

import httpx
import pytest

from node.chain.client import LedgerClient
from node.chain.registries import Registries
from node.chain.transactions import read_transaction
from node.db.kept_transactions import ANCHORED, FAILED, NONCE_USED, SUBMITTED
from node.db.session import reading, writing
from node.db.tables import ENTRY
from node.errors import LedgerUnavailable
from node.indexer.outbox import Outbox
from node.indexer.outbox_look import blocks_entered
from tests.node.indexer.office import Office, office
from tests.node.indexer.test_lies import Liar, Tamper
from tests.node.keeping import refusal
from tests.node.registrations import some_leaves

__all__ = ["office"]
pytestmark = pytest.mark.enable_socket

RECEIPT, COUNT, SEND = "eth_getTransactionReceipt", "eth_getTransactionCount", "eth_sendRawTransaction"


def through(office: Office, tamper: Tamper) -> tuple[Outbox, LedgerClient]:
    """The office's outbox, its ledger's answers changed."""
    desk = office.desk
    client = LedgerClient([desk.deployed.ledger.url], transport=Liar(tamper))
    registries = Registries(client, desk.deployed.deployment)
    return Outbox(desk.engine, client, registries, finality_depth=2), client


def look(office: Office, tamper: Tamper) -> int:
    """Wait a while and let the outbox look through `tamper`; the follower is not deceived, and not asked."""
    office.desk.clock.walk(10)
    outbox, client = through(office, tamper)
    with client:
        return outbox.step(office.desk.clock())


def says(method: str, value: Any) -> Tamper:
    return lambda asked, _, result: value if asked == method else result


def refuses(*methods: str) -> Tamper:
    return lambda asked, _, result: refusal() if asked in methods else result


def test_a_ledger_that_refuses_to_tell_changes_no_state(office: Office) -> None:
    waits, refused = office.signed(), office.signed(nonce=0)
    office.keep(waits)
    office.keep(refused)
    office.desk.follow()
    before = office.kept(waits), office.kept(refused)
    assert look(office, refuses(RECEIPT, COUNT, SEND)) == 0
    assert (office.kept(waits), office.kept(refused)) == before
    assert look(office, refuses(RECEIPT, COUNT)) == 0, "it may be mined: nobody knows"
    assert (office.kept(waits), office.kept(refused)) == before


@pytest.mark.parametrize("answer", ["0x", "nonsense", None, 7, [], {}])
def test_a_count_that_cannot_be_had_or_read_is_no_nonce_0_and_keeps_nothing_back(
    office: Office, answer: object
) -> None:
    signed = office.signed()
    office.hand_in(signed)
    office.desk.follow()
    assert look(office, says(COUNT, answer)) == 1
    assert office.kept(signed).state == SUBMITTED
    assert office.anchored()


@pytest.mark.parametrize("answer", ["nonsense", 7, [], {}, {"transactionHash": "0x" + "11" * 32}])
def test_a_receipt_that_cannot_be_read_says_nothing_of_its_transaction_and_of_no_other(
    office: Office, answer: object
) -> None:
    first, second = office.signed(), office.signed(nonce=99)
    office.keep(first)
    office.keep(second)
    office.desk.follow()
    damaged = "0x" + read_transaction(first).hash.hex()

    def tamper(method: str, params: list[Any], result: Any) -> Any:
        return answer if method == RECEIPT and params[0] == damaged else result

    assert look(office, tamper) == 1
    assert office.kept(first).sent_at is None
    assert office.kept(second).sent_at is not None


def test_one_that_the_ledger_stumbles_over_does_not_hold_up_the_next(office: Office) -> None:
    first, second = office.signed(), office.signed(nonce=99)
    office.keep(first)
    office.keep(second)
    office.desk.follow()
    damaged = "0x" + read_transaction(first).hash.hex()

    def tamper(method: str, params: list[Any], result: Any) -> Any:
        return refusal() if method == RECEIPT and params[0] == damaged else result

    assert look(office, tamper) == 1
    assert office.kept(second).sent_at is not None


def test_a_lie_that_it_failed_is_overcome_by_its_entry(office: Office) -> None:
    signed = office.signed()
    office.hand_in(signed)
    office.send()

    def failed(method: str, _: list[Any], result: Any) -> Any:
        return {**result, "status": "0x0", "logs": []} if method == RECEIPT and result else result

    look(office, failed)
    assert office.kept(signed).state == SUBMITTED, "its block was not followed yet"
    office.desk.follow()
    look(office, failed)
    assert office.kept(signed).state == ANCHORED


def test_a_lie_that_its_nonce_was_used_is_overcome_by_its_entry(office: Office) -> None:
    signed = office.signed()
    office.hand_in(signed)
    office.desk.follow()
    look(office, says(COUNT, "0xff"))
    kept = office.kept(signed)
    assert (kept.state, kept.error) == (FAILED, NONCE_USED)
    office.desk.client.request(SEND, "0x" + signed.hex())
    office.send()
    assert office.kept(signed).state == ANCHORED


def test_an_entry_told_of_another_transaction_is_not_taken_for_its_own(office: Office) -> None:
    """Which transaction an entry came from is not part of the log: an endpoint may lie about it."""
    signed = office.signed()
    office.keep(signed)
    kept = office.kept(signed)
    office.desk.registrar.anchor(office.issuer, some_leaves(3, "other"))
    office.desk.follow()
    anchored = ENTRY.update().where(ENTRY.c.kind == "anchor.batch")
    with writing(office.desk.engine) as connection:
        connection.execute(anchored.values(transaction_hash=kept.hash))
        assert set(blocks_entered(connection, [kept])) == {kept.hash}
        connection.execute(anchored.values(actor=bytes(20)))
        assert blocks_entered(connection, [kept]) == {}
        connection.execute(anchored.values(actor=kept.sender, kind="did.inserted"))
        assert blocks_entered(connection, [kept]) == {}


def test_a_ledger_that_stands_still_changes_nothing_and_is_outlived(office: Office) -> None:
    signed = office.signed()
    office.hand_in(signed)
    office.desk.follow()
    before = office.kept(signed)
    desk, pid = office.desk, office.desk.deployed.ledger.pid
    os.kill(pid, signal.SIGSTOP)
    try:
        with LedgerClient([desk.deployed.ledger.url], timeout=0.3) as client:
            registries = Registries(client, desk.deployed.deployment)
            with pytest.raises(LedgerUnavailable):
                Outbox(desk.engine, client, registries, finality_depth=2).step(desk.clock())
    finally:
        os.kill(pid, signal.SIGCONT)
    assert office.kept(signed) == before
    assert office.send() == 1
    assert office.anchored()


def test_an_endpoint_that_lags_behind_the_projection_neither_fails_nor_doubles(office: Office) -> None:
    """It knows the block of the cursor not, so it cannot say which nonces are used by its end."""
    signed, stale = office.signed(), office.signed(root=some_leaves(1, "stale")[:32], size=1)
    office.hand_in(signed)
    office.keep(stale)
    office.desk.client.request(SEND, "0x" + signed.hex())
    office.desk.follow()
    lags = {RECEIPT: None, SEND: "0x" + "00" * 32}

    def tamper(method: str, params: list[Any], result: Any) -> Any:
        if method == COUNT:
            return refusal() if isinstance(params[1], dict) else "0x0"
        return lags.get(method, result)

    look(office, tamper)
    assert office.kept(signed).state == ANCHORED
    assert office.kept(stale).state == SUBMITTED
    office.send()
    assert office.kept(stale).state == FAILED


def test_a_follower_that_went_on_meanwhile_does_not_make_it_look_overtaken(office: Office) -> None:
    """Between the two halves of a look the entry may have come: then its nonce is used, by itself."""
    signed = office.signed()
    office.hand_in(signed)
    office.desk.client.request(SEND, "0x" + signed.hex())
    office.desk.follow()
    outbox, client = through(office, says(RECEIPT, None))
    with client:
        outbox._look_after_open(int(office.desk.clock().timestamp()))
    assert office.kept(signed).state == ANCHORED


def test_a_nonce_used_beyond_the_followed_blocks_proves_nothing(office: Office) -> None:
    """One endpoint says that the nonce is used, another that there is no receipt: both may be right."""
    signed = office.signed()
    office.hand_in(signed)
    office.desk.follow()
    office.desk.client.request(SEND, "0x" + signed.hex())
    look(office, says(RECEIPT, None))
    assert office.kept(signed).state == SUBMITTED
    office.send()
    assert office.kept(signed).state == ANCHORED


class Counting(httpx.BaseTransport):
    """Counts the requests, and the calls in them."""

    def __init__(self) -> None:
        self.requests: list[list[str]] = []
        self._real = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        calls = json.loads(request.read())
        self.requests.append([call["method"] for call in (calls if isinstance(calls, list) else [calls])])
        return self._real.handle_request(request)

    def close(self) -> None:
        self._real.close()


def test_many_that_wait_cost_two_requests(office: Office) -> None:
    nonce = office.desk.deployed.sender(office.issuer.key).nonce()
    for number in range(40):
        office.keep(office.signed(nonce=nonce + 1 + number))
    office.send()
    counting = Counting()
    desk = office.desk
    with LedgerClient([desk.deployed.ledger.url], transport=counting) as client:
        registries = Registries(client, desk.deployed.deployment)
        Outbox(desk.engine, client, registries, finality_depth=2).step(desk.clock())
    assert [set(methods) for methods in counting.requests] == [{COUNT}, {RECEIPT}]
    assert [len(methods) for methods in counting.requests] == [1, 40]


def test_what_is_on_the_ledger_costs_no_request(office: Office) -> None:
    office.hand_in(office.signed())
    office.send()
    assert office.anchored()
    office.desk.clock.walk(60)
    counting = Counting()
    desk = office.desk
    with LedgerClient([desk.deployed.ledger.url], transport=counting) as client:
        registries = Registries(client, desk.deployed.deployment)
        Outbox(desk.engine, client, registries, finality_depth=2).step(desk.clock())
    assert counting.requests == []
    with reading(desk.engine) as connection:
        assert connection.execute(ENTRY.select().where(ENTRY.c.kind == "anchor.batch")).first() is not None

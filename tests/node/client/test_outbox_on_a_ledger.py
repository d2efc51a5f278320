"""The outbox on the real engine: what it holds back, takes back, and does not let be replaced."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from node.client.errors import Refused, StillWaiting
from node.client.issuer import Issuer
from node.client.patience import Patience
from tests.node.client.conftest import Play

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def stopped(play: Play) -> Iterator[Issuer]:
    """An issuer at a ledger that takes transactions and mines none."""
    rpc = play.world.ledger.ledger.rpc
    rpc.request("evm_setAutomine", False)  # noqa: FBT003 - JSON-RPC has positions alone
    issuer = play.open("KTU")
    issuer.outbox.end_command()
    issuer.patience = Patience(attempts=3, sleep=lambda _seconds: None)
    try:
        yield issuer
    finally:
        play.world.ledger.ledger.mine()
        rpc.request("evm_setAutomine", True)  # noqa: FBT003 - likewise


def say(issuer: Issuer, words: str) -> None:
    issuer.writer().write("updateBaseDocument", did=issuer.did, baseDocument=f'{{"said":"{words}"}}')


def test_a_stuck_transaction_is_replaced_or_the_engine_is_quoted_and_the_call_is_there_once(
    play: Play, stopped: Issuer
) -> None:
    with pytest.raises(StillWaiting):
        say(stopped, "once")
    waiting = next(entry for entry in stopped.outbox.entries() if entry.is_waiting)
    writer = stopped.writer()
    try:
        fresh = writer.courier.replace(waiting.account, waiting.nonce, key=writer.key, build=writer.unsigned)
    except Refused as refusal:
        assert "no fee can be raised" in str(refusal)  # noqa: PT017 - an engine may take it or not
    else:
        assert (fresh.nonce, fresh.state) == (waiting.nonce, "sent")
    play.world.ledger.ledger.mine()
    say(replaced(play, stopped), "once")
    succeeded = [
        entry.state
        for entry in stopped.outbox.entries()
        if entry.nonce == waiting.nonce and entry.has_succeeded
    ]
    assert succeeded == ["mined"]


def replaced(play: Play, issuer: Issuer) -> Issuer:
    """The next process of the same profile, at a ledger that mines."""
    again = play.open("KTU")
    again.patience = replace(play.patience, attempts=40)
    assert again.outbox is not issuer.outbox
    return again


def test_what_a_reorganisation_took_back_is_there_again_after_the_next_command(play: Play) -> None:
    issuer = play.open("KTU")
    say(issuer, "taken back")
    lost = issuer.outbox.entries()[-1]
    issuer.outbox.end_command()
    play.world.ledger.ledger.reorg(1)
    assert issuer.node.ledger("eth_getTransactionReceipt", [lost.hash]) is None
    say(replaced(play, issuer), "another")
    assert issuer.node.ledger("eth_getTransactionReceipt", [lost.hash]) is not None

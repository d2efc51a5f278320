"""Commands cut off and typed again, by the files that their transactions are kept in."""

import stat
from dataclasses import replace
from typing import Any

import pytest

from node.client import courier
from node.client.errors import (
    MalformedOutbox,
    NodeProblem,
    Refused,
    StillWaiting,
    TransactionFailed,
)
from node.client.nonces import next_nonce
from node.client.outbox_entry import OutboxEntry
from node.client.settlement import FINAL_AFTER, LOST_AFTER
from tests.node.client.paper_ledger import Cut, Office, PaperLedger, cut_at, states, written


@pytest.mark.parametrize("answered", [False, True])
@pytest.mark.parametrize("method", ["sendSignedTransaction", "eth_getTransactionReceipt"])
def test_a_command_cut_off_anywhere_and_typed_again_writes_once(
    office: Office, method: str, *, answered: bool
) -> None:
    honest = PaperLedger(blocks=office.ledger.blocks, pool=office.ledger.pool)
    office.ledger = replace(honest, **cut_at(method, answered=answered))  # type: ignore[arg-type]
    with pytest.raises(Cut):
        office.command("a")
    office.ledger = honest
    assert office.again().outbox.was_cut_off("say a")
    office.again().command("a")
    assert written(honest) == ["a"]
    assert not office.again().outbox.was_cut_off("say a")


def test_a_command_cut_off_after_its_success_was_known_writes_once(office: Office) -> None:
    office.write("a")  # and dies before it ends
    office.again().command("a")
    assert written(office.ledger) == ["a"]


def test_the_same_call_after_the_command_ended_is_another_one(office: Office) -> None:
    for words in ("a", "b", "a", "a"):
        office.again().command(words)
    office.write("a")
    office.write("a")  # in one process: each is told of its own
    assert written(office.ledger) == ["a", "b", "a", "a", "a", "a"]


def test_what_was_cut_off_is_answered_once_another_call_began(office: Office) -> None:
    office.write("add")  # its process died; somebody undid it since, and now it is wanted again
    office.again().command("revoke")
    office.again().command("add")
    assert written(office.ledger) == ["add", "revoke", "add"]


def test_a_command_of_several_calls_goes_on_at_the_one_where_it_was_cut_off(office: Office) -> None:
    for done in (1, 2, 3):
        process = office.again()
        for words in ("1", "2", "3")[:done]:
            process.write(words)
    assert written(office.ledger) == ["1", "2", "3"]


def test_a_kept_predecessor_goes_first(office: Office) -> None:
    honest = office.ledger
    office.ledger = replace(honest, **cut_at("sendSignedTransaction", answered=False))  # type: ignore[arg-type]
    with pytest.raises(Cut):
        office.command("first")
    office.ledger = honest
    office.again().command("second")
    assert written(honest) == ["first", "second"]
    assert honest.nonces(office.account) == [0, 1]


def test_what_the_ledger_lost_is_sent_again_by_the_next_command(office: Office) -> None:
    office.command("a")
    office.ledger.reorg(1, keep=False)
    assert written(office.ledger) == []
    office.again().command("b")
    assert written(office.ledger) == ["a", "b"]


def test_a_process_asks_once_for_what_was_mined_and_the_next_one_again(office: Office) -> None:
    office.write("a")
    (first,) = office.outbox.entries()
    asked: list[object] = []

    def hear(method: str, params: Any) -> None:
        if method == "eth_getTransactionReceipt":
            asked.extend(params)

    office.ledger = replace(office.ledger, before=hear)
    for words in ("b", "c", "d"):
        office.write(words)
    assert asked.count(first.hash) == 1
    office.again().write("e")
    assert asked.count(first.hash) == 2


def test_a_transaction_is_final_when_deep(office: Office) -> None:
    office.command("a")
    office.ledger.mine(FINAL_AFTER - 1)
    office.again().courier().settle()
    assert states(office) == [(0, "mined")]
    office.ledger.mine()
    office.again().courier().settle()
    assert states(office) == [(0, "final")]


def test_a_slow_ledger_is_waited_for_and_then_gone_on_with(office: Office) -> None:
    office.ledger.mines_at_once = False
    with pytest.raises(StillWaiting):
        office.command("a")
    with pytest.raises(StillWaiting):
        office.again().command("b")  # in its turn
    office.passing = office.ledger.mine
    office.again().command("b")
    office.again().command("a")
    assert written(office.ledger) == ["a", "b", "a"]  # what was said in between is not to stand


def test_what_the_node_does_not_take_gives_its_nonce_to_the_next_command(office: Office) -> None:
    honest = office.ledger

    def picky(method: str, params: Any) -> None:
        if method == "sendSignedTransaction" and b"refuse me".hex() in params[0]["signedRawTransaction"]:
            raise ValueError("no such list is kept here")

    office.ledger = replace(honest, before=picky)
    with pytest.raises(NodeProblem, match="no such list"):
        office.command("refuse me")
    office.again().command("b")
    assert honest.nonces(office.account) == [0]
    office.ledger = honest
    with pytest.raises(StillWaiting):
        office.again().command("refuse me")
    office.passing, office.attempts = honest.mine, LOST_AFTER + 4
    office.again().command("refuse me")
    assert written(honest) == ["b", "refuse me"]


def test_a_refusal_by_the_contract_says_so_and_is_over(office: Office) -> None:
    office.ledger.reverts = True
    with pytest.raises(TransactionFailed, match="execution reverted"):
        office.command("a")
    assert states(office) == [(0, "failed")]
    office.ledger.reverts = False
    office.ledger.blocks = [[] if block else block for block in office.ledger.blocks]  # and taken back
    office.again().command("a")
    assert written(office.ledger) == ["a"]


def test_a_stuck_transaction_is_replaced_with_the_same_nonce_or_the_refusal_is_told(office: Office) -> None:
    office.ledger.mines_at_once = False
    with pytest.raises(StillWaiting):
        office.command("a")

    def build(_entry: OutboxEntry) -> object:
        return stuck.node.rpc("x", "y", {"from": office.key.address, "baseDocument": "a"})

    stuck = office.again().courier()
    with pytest.raises(Refused, match="no fee can be raised"):
        stuck.replace(office.account, 0, key=office.key, build=build)
    office.ledger.pool.clear()
    fresh = [entry for entry in office.outbox.entries() if entry.state == "signed"]
    assert len(fresh) == 1
    assert fresh[0].nonce == 0
    assert int(fresh[0].signed.unsigned["gasLimit"], 16) == 125_000
    office.passing = office.ledger.mine
    office.again().command("a")
    assert written(office.ledger) == ["a"]
    with pytest.raises(Refused, match="no transaction with the nonce 0 waits"):
        office.again().courier().replace(office.account, 0, key=office.key, build=build)


def test_the_outbox_is_its_owners_alone_and_forgets_what_is_long_over(office: Office) -> None:
    for number in range(40):
        office.write(str(number))
    office.ledger.mine(FINAL_AFTER)
    process = office.again()
    process.courier().settle()
    process.command("last")
    kept = office.outbox.entries()
    assert len(kept) < 40
    assert next_nonce(office.account, 41, kept) == 41
    assert stat.S_IMODE(office.outbox.folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in office.outbox.folder.iterdir()} == {0o600}


def test_a_process_that_never_ends_drops_what_is_long_over(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "MANY", 36)
    process = office.again()
    for number in range(36 + 6):
        process.write(str(number))
        office.ledger.mine(FINAL_AFTER // 4)
    assert len(office.outbox.entries()) < 42
    assert written(office.ledger) == [str(number) for number in range(42)]


def test_a_torn_file_is_named_and_nothing_is_signed(office: Office) -> None:
    office.command("a")
    (path,) = office.outbox.folder.glob("*.json")
    content = path.read_bytes()
    for broken in (
        b"",
        content[:-20],
        content.replace(b'"nonce": 0', b'"nonce": 1'),
        b"[]",
        b"x" * (1 << 21),
    ):
        path.write_bytes(broken)
        with pytest.raises(MalformedOutbox, match=path.name):
            office.again().command("b")
    path.write_bytes(content)
    office.again().command("b")
    assert written(office.ledger) == ["a", "b"]

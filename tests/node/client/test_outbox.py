import os
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from node.client import courier
from node.client.errors import (
    ClientError,
    MalformedOutbox,
    NodeProblem,
    NonceRefused,
    Refused,
    StillWaiting,
    TransactionFailed,
    UnexpectedAnswer,
)
from node.client.keys import new_key
from node.client.nonces import MAX_LEAP, next_nonce
from node.client.outbox import Outbox
from node.client.outbox_entry import OutboxEntry
from node.client.settlement import FINAL_AFTER, LOST_AFTER
from tests.node.client.paper_ledger import Cut, Office, PaperLedger, call_of, words_of

KEY = new_key("secp256k1", random=os.urandom)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(PaperLedger(), Outbox(tmp_path / "outbox"), KEY)


def states(office: Office) -> list[tuple[int, str]]:
    return [(entry.nonce, entry.state) for entry in office.outbox.entries()]


def written(ledger: PaperLedger) -> list[str]:
    return [words_of(data) for data in ledger.calls()]


def cut_at(method: str, *, answered: bool) -> dict[str, Callable[..., Any]]:
    """The process dies before the node hears of it, or before it hears the answer."""

    def cut(asked: str, _params: object, value: object = None) -> object:
        if asked == method:
            raise Cut
        return value

    return {"after": cut} if answered else {"before": cut}


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


def test_a_nonce_that_another_machine_used_is_signed_anew_only_when_that_stands(office: Office) -> None:
    honest = office.ledger
    office.ledger = replace(honest, **cut_at("sendSignedTransaction", answered=False))  # type: ignore[arg-type]
    with pytest.raises(Cut):
        office.command("mine")
    office.ledger = honest
    elsewhere = replace(office, outbox=Outbox(office.outbox.folder.parent / "elsewhere"))
    elsewhere.command("theirs")
    with pytest.raises(StillWaiting):
        office.again().command("mine")
    assert written(honest) == ["theirs"]
    office.passing = honest.mine
    office.attempts = LOST_AFTER + 4
    office.again().command("mine")
    assert written(honest) == ["theirs", "mine"]
    assert (0, "replaced") in states(office)


def test_a_receipt_that_lags_behind_the_count_is_no_reason_to_sign_anew(office: Office) -> None:
    """Two endpoints behind one node: one counts the nonce, the other has not seen the block."""
    honest = office.ledger

    def blind(method: str, _params: object, value: object) -> object:
        return None if method == "eth_getTransactionReceipt" else value

    office.ledger = replace(honest, after=blind)
    for _ in range(3):
        with pytest.raises(StillWaiting):
            office.again().command("a")
    office.ledger = honest
    office.again().command("a")
    assert written(honest) == ["a"]


@pytest.mark.parametrize(
    "method", ["eth_getTransactionCount", "eth_blockNumber", "eth_getTransactionReceipt"]
)
@pytest.mark.parametrize("answer", [None, "", "0x", {}, "nonsense", 0, "0x" + "f" * 80, ValueError("busy")])
def test_an_error_is_never_nonce_zero_nor_a_second_transaction(
    office: Office, method: str, answer: object
) -> None:
    office.write("a")
    honest = office.ledger

    def err(asked: str, _params: object, value: object) -> object:
        if asked != method:
            return value
        if isinstance(answer, Exception):
            raise answer
        return answer

    office.ledger = replace(honest, after=err)
    for words in ("a", "b"):
        if (method, answer) == ("eth_getTransactionReceipt", None):
            continue  # an honest node's answer for what is not mined
        with pytest.raises((UnexpectedAnswer, NodeProblem)):
            office.again().command(words)
    office.ledger = honest
    office.again().command("a")
    office.again().command("b")
    assert written(honest) == ["a", "b"]
    assert honest.nonces(office.account) == [0, 1]


def test_a_count_below_what_is_final_is_refused_unsigned(office: Office) -> None:
    office.command("a")
    office.ledger.mine(FINAL_AFTER)
    office.again().courier().settle()
    office.ledger.after = lambda method, _params, value: (
        "0x0" if method == "eth_getTransactionCount" else value
    )
    with pytest.raises(NonceRefused, match=r"counts 0 .* knows of 1"):
        office.again().command("b")
    assert states(office) == [(0, "final")]


def test_a_count_far_above_what_is_known_is_refused_unsigned(office: Office) -> None:
    office.command("a")
    high = hex(MAX_LEAP + 2)
    office.ledger.after = lambda method, _params, value: (
        high if method == "eth_getTransactionCount" else value
    )
    with pytest.raises(NonceRefused, match="old copy"):
        office.again().command("b")
    assert states(office) == [(0, "mined")]


def test_a_lying_node_that_hides_what_is_mined_does_not_get_its_nonce_signed_again(office: Office) -> None:
    office.command("a")
    honest = office.ledger
    office.ledger = replace(
        honest,
        after=lambda method, _params, value: {
            "eth_getTransactionCount": "0x0",
            "eth_getTransactionReceipt": None,
        }.get(method, value),
    )
    with pytest.raises(StillWaiting):
        office.again().command("b")
    nonces = [(entry.nonce, words_of(entry.data)) for entry in office.outbox.entries()]
    assert (0, "b") not in nonces
    office.ledger = honest
    office.again().command("b")
    assert written(honest) == ["a", "b"]


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
        return stuck.node.rpc("x", "y", {"from": KEY.address, "baseDocument": "a"})

    stuck = office.again().courier()
    with pytest.raises(Refused, match="no fee can be raised"):
        stuck.replace(office.account, 0, key=KEY, build=build)
    office.ledger.pool.clear()
    fresh = [entry for entry in office.outbox.entries() if entry.state == "signed"]
    assert len(fresh) == 1
    assert fresh[0].nonce == 0
    assert int(fresh[0].signed.unsigned["gasLimit"], 16) == 125_000
    office.passing = office.ledger.mine
    office.again().command("a")
    assert written(office.ledger) == ["a"]
    with pytest.raises(Refused, match="no transaction with the nonce 0 waits"):
        office.again().courier().replace(office.account, 0, key=KEY, build=build)


def test_two_commands_at_once_never_take_one_nonce(office: Office) -> None:
    """Each opens the lock of its own, as another process does."""
    words = [str(number) for number in range(4)]
    with ThreadPoolExecutor(max_workers=len(words)) as pool:
        list(pool.map(lambda word: office.again().command(word), words))
    assert sorted(written(office.ledger)) == words
    assert office.ledger.nonces(office.account) == [0, 1, 2, 3]


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


ENTRY = st.builds(
    lambda nonce, state, passed: (nonce, state, passed),
    st.integers(0, 40),
    st.sampled_from(["signed", "sent", "mined", "final", "failed", "replaced"]),
    st.booleans(),
)


def an_entry(nonce: int, state: Any, *, passed: bool) -> OutboxEntry:
    from node.client.transactions import SignedTransaction

    unsigned = {"data": "0x" + call_of("x").data.hex(), "nonce": hex(nonce)}
    hashed = nonce.to_bytes(16, "big") + state.encode().ljust(16)
    signed = SignedTransaction(unsigned=unsigned, raw=b"", hash=hashed, v=0, r=0, s=0)
    block = 3 if passed or state == "mined" else None
    return OutboxEntry("0x" + "11" * 20, nonce, "DidRegistry", "f", "r", signed, "", state, block)


@given(known=st.lists(ENTRY, max_size=12), counted=st.integers(0, 60), refusing=st.booleans())
def test_a_new_nonce_was_never_used_and_is_held_by_no_other(
    known: list[tuple[int, str, bool]], counted: int, *, refusing: bool
) -> None:
    entries = [an_entry(nonce, state, passed=passed) for nonce, state, passed in known]
    refused = {entry.hash for entry in entries if entry.state == "signed"} if refusing else set()
    try:
        nonce = next_nonce("0x", counted, entries, refused=refused)
    except NonceRefused:
        assert counted < max((entry.nonce + 1 for entry in entries), default=0)
        return
    assert nonce >= counted
    for entry in entries:
        if not entry.is_waiting:
            assert nonce > entry.nonce
        elif entry.hash not in refused:
            assert nonce != entry.nonce


class Stormy:
    """Loses requests or answers, hides receipts and counts low, as a list of moods says."""

    def __init__(self, moods: list[int]) -> None:
        self.moods = moods

    def _mood(self) -> int:
        return self.moods.pop() if self.moods else 0

    def before(self, _method: str, _params: Any) -> None:
        mood = self._mood()
        if mood == 1:
            raise Cut
        if mood == 2:
            raise ValueError("the ledger does not answer")

    def after(self, method: str, _params: Any, value: Any) -> Any:
        mood = self._mood()
        if mood == 3:
            raise Cut
        if mood == 4 and method == "eth_getTransactionReceipt":
            return None
        if mood == 5 and method == "eth_getTransactionCount":
            return "0x0"
        return value


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(
    moods=st.lists(st.sampled_from([0, 0, 0, 0, 1, 2, 3, 4, 5]), max_size=60),
    words=st.lists(st.sampled_from(["a", "b"]), min_size=1, max_size=3),
    reorgs=st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=4),
)
def test_whatever_happens_each_command_is_on_the_ledger_exactly_once(
    tmp_path_factory: pytest.TempPathFactory,
    moods: list[int],
    words: list[str],
    reorgs: list[tuple[int, bool]],
) -> None:
    stormy = Stormy(moods)
    ledger = PaperLedger(before=stormy.before, after=stormy.after)
    office = Office(ledger, Outbox(tmp_path_factory.mktemp("storm") / "outbox"), KEY)
    for word in words:
        for _ in range(200):  # a clerk who types it again until it ends well
            try:
                office.again().command(word)
                break
            except (Cut, ClientError):
                ledger.mine()
                if reorgs:
                    depth, keep = reorgs.pop()
                    ledger.reorg(min(depth, len(ledger.blocks) - 1), keep=keep)
        else:
            pytest.fail("it never ends well")
    stormy.moods.clear()
    ledger.mine()
    office.again().courier().settle()
    assert written(ledger) == words
    assert ledger.nonces(office.account) == list(range(len(words)))

"""Each nonce once: whatever a node answers, whoever else signs, however often a command is typed."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from node.client.errors import (
    ClientError,
    NodeProblem,
    NonceRefused,
    StillWaiting,
    UnexpectedAnswer,
)
from node.client.keys import new_key
from node.client.nonces import MAX_LEAP, next_nonce
from node.client.outbox import Outbox
from node.client.outbox_entry import OutboxEntry
from node.client.settlement import FINAL_AFTER, LOST_AFTER
from tests.node.client.paper_ledger import (
    Cut,
    Office,
    PaperLedger,
    call_of,
    cut_at,
    states,
    words_of,
    written,
)


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


def test_two_commands_at_once_never_take_one_nonce(office: Office) -> None:
    """Each opens the lock of its own, as another process does."""
    words = [str(number) for number in range(4)]
    with ThreadPoolExecutor(max_workers=len(words)) as pool:
        list(pool.map(lambda word: office.again().command(word), words))
    assert sorted(written(office.ledger)) == words
    assert office.ledger.nonces(office.account) == [0, 1, 2, 3]


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
    office = Office(
        ledger, Outbox(tmp_path_factory.mktemp("storm") / "outbox"), new_key("secp256k1", random=os.urandom)
    )
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

"""A batch for the ledger: answers in order, and nobody held up by who is slow, large or gone."""

import json
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest

from node.chain.client import LedgerClient
from node.errors import LedgerRefused, LedgerUnavailable
from node.services import ledger_rpc
from node.services.errors import RpcRefused
from node.services.ledger_rpc import LIMIT_EXCEEDED, UNAVAILABLE, pass_all, pass_through
from node.services.node import Node

HASH = "0x" + "ab" * 32
Calls = list[tuple[str, list[Any]]]
CALL: tuple[str, list[Any]] = ("eth_call", [{"to": "0x" + "cd" * 20}])
Answer = Callable[[str], Any]


class Engine:
    """A ledger in memory: answers each method as told, and remembers what came in one request."""

    def __init__(self, answer: Answer) -> None:
        self.answer, self.requests = answer, cast("list[list[str]]", [])

    def handle(self, request: httpx.Request) -> httpx.Response:
        asked = json.loads(request.content)
        calls = asked if isinstance(asked, list) else [asked]
        self.requests.append([call["method"] for call in calls])
        told = [{"jsonrpc": "2.0", "id": call["id"], **self._said(call["method"])} for call in calls]
        return httpx.Response(200, json=told if isinstance(asked, list) else told[0])

    def _said(self, method: str) -> dict[str, Any]:
        said = self.answer(method)
        return said if isinstance(said, dict) else {"result": said}


@pytest.fixture
def asking() -> Iterator[Callable[[Answer], tuple[Node, Engine]]]:
    opened: list[LedgerClient] = []

    def over(answer: Answer) -> tuple[Node, Engine]:
        engine = Engine(answer)
        opened.append(LedgerClient(["http://ledger.invalid"], transport=httpx.MockTransport(engine.handle)))
        return cast("Node", SimpleNamespace(ledger=opened[-1])), engine

    yield over
    for client in opened:
        client.close()


Asking = Callable[[Answer], tuple[Node, Engine]]


def codes(outcomes: list[Any]) -> list[Any]:
    return [one.code if isinstance(one, RpcRefused | LedgerRefused) else one for one in outcomes]


def test_answers_stand_in_the_order_of_the_calls_whatever_is_asked_first(asking: Asking) -> None:
    node, engine = asking(lambda method: method)
    calls: Calls = [
        CALL,
        ("eth_chainId", []),
        ("anvil_mine", []),
        ("eth_blockNumber", []),
        ("eth_getLogs", [{}]),
    ]
    outcomes = pass_all(node, calls)
    assert codes(outcomes) == ["eth_call", "eth_chainId", -32601, "eth_blockNumber", "eth_getLogs"]
    assert engine.requests == [["eth_chainId", "eth_blockNumber"], ["eth_call"], ["eth_getLogs"]]


def test_the_ledgers_refusal_of_one_call_is_no_matter_of_the_others(asking: Asking) -> None:
    error = {"error": {"code": 3, "message": "execution reverted", "data": "0x01"}}
    node, _ = asking(lambda method: error if method in {"eth_call", "net_version"} else "0x1")
    outcomes = pass_all(node, [CALL, ("net_version", []), ("eth_chainId", [])])
    assert codes(outcomes) == [3, 3, "0x1"]
    with pytest.raises(LedgerRefused, match="reverted"):
        pass_through(node, *CALL)


def test_a_slow_call_holds_up_none_of_the_quick_ones_nor_the_next(asking: Asking) -> None:
    def answer(method: str) -> str:
        if method == "eth_call":
            raise httpx.ReadTimeout("slow")
        return "0x1"

    node, _ = asking(answer)
    outcomes = pass_all(node, [CALL, ("eth_chainId", []), ("eth_getLogs", [{}])])
    assert codes(outcomes) == [UNAVAILABLE, "0x1", "0x1"]


def test_what_is_not_asked_within_the_batchs_time_is_told_so(asking: Asking) -> None:
    node, engine = asking(lambda _: "0x1")
    now = [0.0]

    def passing() -> float:
        now[0] += 3.0
        return now[0]

    outcomes = pass_all(node, [("eth_chainId", []), *[CALL] * 6], monotonic=passing)
    found = codes(outcomes)
    assert found[:2] == ["0x1", "0x1"]
    assert found[-1] == LIMIT_EXCEEDED
    assert len(engine.requests) < 7


def test_an_answer_that_is_too_large_is_told_so_and_spares_the_rest(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_rpc, "MAX_ANSWER", 1_000)
    node, _ = asking(lambda method: "0x" + "00" * 1_000 if method in {"eth_call", "eth_getCode"} else "0x1")
    many: Calls = [("eth_chainId", [])] * ledger_rpc.TOGETHER
    outcomes = pass_all(node, [CALL, *many[:4], ("eth_getLogs", [{}])])
    assert codes(outcomes) == [LIMIT_EXCEEDED, *["0x1"] * 4, "0x1"]
    assert codes(pass_all(node, [("eth_getCode", [HASH, "latest"]), CALL])) == [LIMIT_EXCEEDED] * 2
    with pytest.raises(RpcRefused, match="larger"):
        pass_through(node, *CALL)


def test_a_ledger_that_says_nothing_at_all_is_an_outage(asking: Asking) -> None:
    def answer(_: str) -> str:
        raise httpx.ConnectError("gone")

    node, _ = asking(answer)
    some: list[Calls] = [[CALL], [("eth_chainId", []), CALL], [("eth_getLogs", [{"fromBlock": "0x1"}])]]
    for calls in some:
        with pytest.raises(LedgerUnavailable):
            pass_all(node, calls)
    with pytest.raises(LedgerUnavailable):
        pass_through(node, "eth_chainId", [])


def test_the_head_is_asked_for_once_in_a_batch(asking: Asking) -> None:
    node, engine = asking(lambda method: "0x7" if method == "eth_blockNumber" else [])
    assert codes(pass_all(node, [("eth_getLogs", [{"fromBlock": "0x1"}])] * 3)) == [[]] * 3
    assert engine.requests.count(["eth_blockNumber"]) == 1

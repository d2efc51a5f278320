"""`POST /ledger/v4/blockchains/besu` at a real node on a real ledger, as clients of ledgers use it."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from node.api.ledger import MAX_BODY
from node.api.ledger_calls import MAX_BATCH
from node.app import application
from tests.node.api.conftest import KAUNAS
from tests.node.api.world import World, rpc, served

pytestmark = pytest.mark.enable_socket

BESU = "/ledger/v4/blockchains/besu"
WHOLE = True
"""Of a block: with its transactions."""


def call(method: str, *params: Any, number: int | str | None = 1) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": list(params)}


def send(made: World, body: object) -> httpx.Response:
    return made.http.post(BESU, json=body)


def test_every_reading_method_is_answered_by_the_ledger(small: World) -> None:
    head = small.ledger.ledger.height()
    block = rpc(small.http, BESU, "eth_getBlockByNumber", hex(head), WHOLE).json()["result"]
    log = {"address": small.ledger.deployment.registry_log, "fromBlock": "0x0"}
    transaction = rpc(small.http, BESU, "eth_getLogs", log).json()["result"][-1]["transactionHash"]
    mined = rpc(small.http, BESU, "eth_getTransactionReceipt", transaction).json()["result"]
    within = (mined["blockHash"], mined["transactionIndex"])
    numbered = (mined["blockNumber"], mined["transactionIndex"])
    asked = [
        call("eth_blockNumber"),
        call("eth_call", {"to": small.ledger.deployment.registry_log, "data": "0x"}, "latest"),
        call("eth_chainId"),
        call("eth_estimateGas", {"from": KAUNAS.address, "to": KAUNAS.address}),
        call("eth_getBlockByHash", block["hash"], WHOLE),
        call("eth_getBlockReceipts", mined["blockNumber"]),
        call("eth_getBlockTransactionCountByHash", mined["blockHash"]),
        call("eth_getBlockTransactionCountByNumber", mined["blockNumber"]),
        call("eth_getCode", small.ledger.deployment.registry_log, "latest"),
        call("eth_getTransactionByHash", transaction),
        call("eth_getTransactionByBlockHashAndIndex", *within),
        call("eth_getTransactionByBlockNumberAndIndex", *numbered),
        call("eth_getTransactionCount", KAUNAS.address, "latest"),
        call("eth_getUncleCountByBlockHash", mined["blockHash"]),
        call("eth_getUncleCountByBlockNumber", mined["blockNumber"]),
        call("eth_getUncleByBlockHashAndIndex", mined["blockHash"], "0x0"),
        call("eth_getUncleByBlockNumberAndIndex", mined["blockNumber"], "0x0"),
        call("net_version"),
    ]
    for number, one in enumerate(asked):
        one["id"] = number
    answers = send(small, asked).json()
    assert [one["id"] for one in answers] == list(range(len(asked)))
    told = {one["method"]: answer for one, answer in zip(asked, answers, strict=True)}
    refused = {method for method, answer in told.items() if "result" not in answer}
    assert refused <= {"eth_call"}, "the log has no function without a name"
    assert told["eth_getTransactionByHash"]["result"]["hash"] == transaction
    assert told["eth_getBlockByHash"]["result"]["hash"] == block["hash"]
    assert int(told["eth_getBlockTransactionCountByHash"]["result"], 16) >= 1


def test_a_batch_is_answered_as_at_ebsi(small: World) -> None:
    silent = {"jsonrpc": "2.0", "method": "eth_chainId"}
    chain = hex(small.ledger.deployment.chain_id)
    answer = send(small, [call("eth_chainId", number="42"), call("test", number="43"), silent, "invalid"])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    first, second, third = answer.json()
    assert first == {"jsonrpc": "2.0", "id": "42", "result": chain}
    assert (second["id"], second["error"]["code"]) == ("43", -32601)
    assert (third["id"], third["error"]["code"]) == (None, -32600)
    for nothing in (silent, [silent, silent]):
        unanswered = send(small, nothing)
        assert (unanswered.status_code, unanswered.content) == (204, b"")


def test_what_is_no_call_is_an_error_without_an_id(small: World) -> None:
    headers = {"content-type": "application/json"}
    for content in (b"", b"{", b"\xff", b"[" * 100):
        unread = small.http.post(BESU, content=content, headers=headers)
        assert (unread.status_code, unread.json()["error"]["code"]) == (400, -32700)
        assert unread.json()["id"] is None
    for body, code in (([], -32600), (7, -32600), ([call("eth_chainId")] * (MAX_BATCH + 1), -32005)):
        answer = send(small, body)
        assert (answer.status_code, answer.json()["id"], answer.json()["error"]["code"]) == (200, None, code)
    assert small.http.post(BESU, content=b" " * (MAX_BODY + 1), headers=headers).status_code == 413


def test_a_full_batch_is_answered(small: World) -> None:
    answers = send(small, [call("eth_chainId", number=number) for number in range(MAX_BATCH)]).json()
    assert [one["id"] for one in answers] == list(range(MAX_BATCH))
    assert {one["result"] for one in answers} == {hex(small.ledger.deployment.chain_id)}


def test_each_call_of_a_batch_is_counted(small: World) -> None:
    """The client is one that came through a proxy: programs on the node's own machine are not counted."""
    settings = small.node.settings.model_copy(update={"rate_limit": 100})
    headers = {"X-Forwarded-For": "203.0.113.7"}
    app = application(replace(small.node, settings=settings))
    with served(app) as url, httpx.Client(base_url=url, trust_env=False, timeout=60) as http:
        first, second = (http.post(BESU, json=[call("eth_chainId")] * 12, headers=headers) for _ in range(2))
    assert (first.status_code, len(first.json())) == (200, 12)
    assert (second.status_code, second.json()["code"]) == (429, "tooManyRequests")
    assert int(second.headers["retry-after"]) > 0

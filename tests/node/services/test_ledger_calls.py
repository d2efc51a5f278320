"""What strangers may ask of the ledger, before anything is asked."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.services.errors import RpcRefused
from node.services.ledger_calls import (
    COSTLY,
    INVALID_PARAMS,
    MAX_DATA,
    MAX_GAS,
    MAX_LOG_RANGE,
    METHODS,
    bounded_params,
)

HASH = "0x" + "ab" * 32
ADDRESS = "0x" + "cd" * 20
SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=70)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
NAMED = st.sampled_from(
    ["address", "blockHash", "data", "fromBlock", "gas", "input", "to", "toBlock", "topics", "x"]
)


def head() -> int:
    return 5_000


def logs(**asked: Any) -> Any:
    return bounded_params("eth_getLogs", [asked], head=head)[0]


def test_every_method_of_the_reference_is_passed_on_and_no_other() -> None:
    assert len(METHODS) == 21
    assert COSTLY < METHODS
    assert not [name for name in METHODS if not name.startswith(("eth_get", "eth_", "net_version"))]
    for method in ("eth_sendTransaction", "eth_newFilter", "eth_subscribe", "admin_peers", "anvil_mine"):
        with pytest.raises(RpcRefused, match="does not exist") as refusal:
            bounded_params(method, [], head=head)
        assert refusal.value.code == -32601


def test_who_sends_a_raw_transaction_is_told_where_it_belongs() -> None:
    with pytest.raises(RpcRefused, match="/jsonrpc") as refusal:
        bounded_params("eth_sendRawTransaction", ["0x00"], head=head)
    assert refusal.value.code == -32601


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("eth_blockNumber", []),
        ("eth_getBlockByNumber", ["latest", True]),
        ("eth_getTransactionCount", [ADDRESS, "pending"]),
        ("eth_getCode", [ADDRESS, {"blockHash": HASH, "requireCanonical": True}]),
        ("eth_getUncleByBlockHashAndIndex", [HASH, "0x0"]),
        ("eth_getTransactionReceipt", [HASH]),
    ],
)
def test_what_is_small_is_passed_on_as_it_is(method: str, params: list[Any]) -> None:
    assert bounded_params(method, params, head=head) == params


@pytest.mark.parametrize("method", ["eth_call", "eth_estimateGas"])
def test_a_call_has_bounded_gas_also_if_it_names_none(method: str) -> None:
    call = {"to": ADDRESS, "data": "0x" + "00" * MAX_DATA}
    assert bounded_params(method, [call, "latest"], head=head) == [call | {"gas": hex(MAX_GAS)}, "latest"]
    own = call | {"gas": "0x5208", "gasPrice": "0x0"}
    assert bounded_params(method, [own], head=head) == [own]


@pytest.mark.parametrize(
    ("method", "params", "sentence"),
    [
        ("eth_call", [{"gas": hex(MAX_GAS + 1)}], "gas is more"),
        ("eth_call", [{"gas": 21_000}], "gas must be"),
        ("eth_call", [{"data": "0x" + "00" * (MAX_DATA + 1)}], "data is longer"),
        ("eth_call", [{"input": "0x" + "00" * (MAX_DATA + 1)}], "input is longer"),
        ("eth_call", [{}, "latest", {ADDRESS: {"balance": "0x1"}}], "at most 2"),
        ("eth_call", [{"blobs": []}], "unknown member: blobs"),
        ("eth_call", [], "a call"),
        ("eth_call", ["0x"], "a call"),
        ("eth_getBlockByNumber", ["0x" + "1" * 70], "a param must be"),
        ("eth_getBlockByNumber", [[]], "a param must be"),
        ("eth_getCode", [ADDRESS, {"blockHash": {}}], "a param must be"),
        ("eth_getCode", [ADDRESS, {"depth": "0x1"}], "unknown member"),
        ("eth_getLogs", [], "a filter"),
        ("eth_getLogs", [{"fromBlock": "0x0", "toBlock": hex(MAX_LOG_RANGE)}], "1001"),
        ("eth_getLogs", [{"fromBlock": "earliest"}], "5001"),
        ("eth_getLogs", [{"fromBlock": "finalized"}], "fromBlock must be"),
        ("eth_getLogs", [{"toBlock": 7}], "toBlock must be"),
        ("eth_getLogs", [{"blockHash": HASH, "fromBlock": "0x1"}], "either"),
        ("eth_getLogs", [{"address": [ADDRESS] * 17}], "address has more"),
        ("eth_getLogs", [{"topics": [HASH] * 5}], "topics has more"),
        ("eth_getLogs", [{"topics": [[HASH] * 17]}], "topics has more"),
        ("eth_getLogs", [{"topics": [[[HASH]]]}], "a param must be"),
        ("eth_getLogs", [{"limit": 7}], "unknown member"),
    ],
)
def test_what_asks_for_too_much_is_refused(method: str, params: list[Any], sentence: str) -> None:
    with pytest.raises(RpcRefused, match=sentence) as refusal:
        bounded_params(method, params, head=head)
    assert refusal.value.code == INVALID_PARAMS


def test_a_search_has_the_range_that_was_measured() -> None:
    assert logs() == {}
    assert logs(fromBlock=hex(4_001)) == {"fromBlock": hex(4_001), "toBlock": hex(5_000)}
    assert logs(fromBlock="latest", toBlock="latest") == {"fromBlock": "latest", "toBlock": "latest"}
    whole = {"fromBlock": "0x0", "toBlock": hex(MAX_LOG_RANGE - 1)}
    assert logs(fromBlock="earliest", toBlock=whole["toBlock"]) == whole
    topics = [None, HASH, [HASH, HASH]]
    assert logs(blockHash=HASH, address=ADDRESS, topics=topics)["topics"] == topics


@given(
    st.sampled_from(sorted(METHODS)),
    st.lists(VALUES | st.dictionaries(NAMED, VALUES, max_size=4), max_size=3),
)
def test_whatever_is_asked_is_bounded_or_refused(method: str, params: list[Any]) -> None:
    passed = _passed(method, params)
    if passed is None:
        return
    assert len(passed) == len(params)
    if method in {"eth_call", "eth_estimateGas"}:
        assert int(passed[0]["gas"], 16) <= MAX_GAS
    if method == "eth_getLogs" and "toBlock" in passed[0] and passed[0]["toBlock"] != "latest":
        assert int(passed[0]["toBlock"], 16) - int(passed[0]["fromBlock"], 16) < MAX_LOG_RANGE


def _passed(method: str, params: list[Any]) -> list[Any] | None:
    try:
        return bounded_params(method, params, head=head)
    except RpcRefused:
        return None

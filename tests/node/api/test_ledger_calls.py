"""JSON-RPC of the ledger as it comes in: one call, a batch, or what is neither."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.api.json_body import parse_json
from node.api.ledger_calls import MAX_BATCH, Asked, read_calls
from node.services.errors import RpcRefused

CALL = {"jsonrpc": "2.0", "id": 1, "method": "eth_chainId", "params": []}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["jsonrpc", "id", "method", "params", "x"]), inner | st.just("2.0"), max_size=5
        )
    ),
    max_leaves=16,
)


def test_one_call_is_read_with_or_without_params() -> None:
    assert read_calls(CALL) == Asked(1, "eth_chainId", [])
    without = {name: value for name, value in CALL.items() if name != "params"}
    assert read_calls(without) == Asked(1, "eth_chainId", [])


def test_a_call_without_an_id_is_a_notification_and_one_with_null_is_not() -> None:
    silent = {name: value for name, value in CALL.items() if name != "id"}
    (first, second) = _batch([silent, CALL | {"id": None}])
    assert (first.is_notification, first.is_answered_by_the_ledger) == (True, False)
    assert (second.is_notification, second.is_answered_by_the_ledger) == (False, True)


def test_a_member_that_is_no_call_is_refused_for_itself() -> None:
    found = _batch(["invalid", CALL, CALL | {"method": 7, "id": "a"}, CALL | {"id": []}, []])
    assert [one.id for one in found] == [None, 1, "a", None, None]
    assert [one.refused is None for one in found] == [False, True, False, False, False]


def test_a_batch_has_at_least_one_call_and_at_most_so_many() -> None:
    assert len(_batch([CALL] * MAX_BATCH)) == MAX_BATCH
    with pytest.raises(RpcRefused) as empty:
        read_calls([])
    with pytest.raises(RpcRefused, match="max batch size") as long:
        read_calls([CALL] * (MAX_BATCH + 1))
    assert (empty.value.code, long.value.code) == (-32600, -32005)


@given(JSON)
def test_whatever_comes_is_calls_or_refused(value: Any) -> None:
    try:
        found = read_calls(parse_json(json.dumps(value).encode()))
    except RpcRefused:
        assert value == []
        return
    for one in found if isinstance(found, list) else [found]:
        assert isinstance(one.params, list)
        assert isinstance(one.method, str)
        assert one.id is None or isinstance(one.id, str | int)
        assert not (one.is_notification and one.refused)


def _batch(body: list[Any]) -> list[Asked]:
    found = read_calls(body)
    assert isinstance(found, list)
    return found

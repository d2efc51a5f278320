"""Which JSON-RPC methods of the ledger are passed on, and within which bounds (ebsi-api section 9)."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from node.services.errors import RpcRefused

METHOD_NOT_FOUND: Final = -32601
INVALID_PARAMS: Final = -32602

MAX_GAS: Final = 33_554_432
"""Of one call of a view, twice what EBSI gives a transaction; what names no gas gets this."""
MAX_DATA: Final = 65_536
"""Bytes of one call's data: a payload of 32 KiB and room around it."""
MAX_LOG_RANGE: Final = 1_000
"""Blocks of one search for events; ledger nodes are often set to no more."""
MAX_ADDRESSES: Final = 16
MAX_TOPICS: Final = 4
MAX_TOPIC_CHOICES: Final = 16

_MAX_PARAMS: Final = {
    "eth_blockNumber": 0,
    "eth_call": 2,
    "eth_chainId": 0,
    "eth_estimateGas": 2,
    "eth_getBlockByHash": 2,
    "eth_getBlockByNumber": 2,
    "eth_getBlockReceipts": 1,
    "eth_getBlockTransactionCountByHash": 1,
    "eth_getBlockTransactionCountByNumber": 1,
    "eth_getCode": 2,
    "eth_getLogs": 1,
    "eth_getTransactionByBlockHashAndIndex": 2,
    "eth_getTransactionByBlockNumberAndIndex": 2,
    "eth_getTransactionByHash": 1,
    "eth_getTransactionCount": 2,
    "eth_getTransactionReceipt": 1,
    "eth_getUncleByBlockHashAndIndex": 2,
    "eth_getUncleByBlockNumberAndIndex": 2,
    "eth_getUncleCountByBlockHash": 1,
    "eth_getUncleCountByBlockNumber": 1,
    "net_version": 0,
}
METHODS: Final = frozenset(_MAX_PARAMS)
COSTLY: Final = frozenset(
    {
        "eth_call",
        "eth_estimateGas",
        "eth_getBlockByHash",
        "eth_getBlockByNumber",
        "eth_getBlockReceipts",
        "eth_getLogs",
    }
)
"""What a stranger can make long or large: each is asked for by itself, so that it holds up no other."""

_SENDING: Final = "eth_sendRawTransaction"
_CALL_MEMBERS: Final = frozenset(
    {
        "accessList",
        "chainId",
        "data",
        "from",
        "gas",
        "gasPrice",
        "input",
        "maxFeePerGas",
        "maxPriorityFeePerGas",
        "nonce",
        "to",
        "type",
        "value",
    }
)
_FILTER_MEMBERS: Final = frozenset({"address", "blockHash", "fromBlock", "toBlock", "topics"})
_BLOCK_MEMBERS: Final = frozenset({"blockHash", "blockNumber", "requireCanonical"})
_QUANTITY: Final = re.compile(r"0x[0-9a-fA-F]{1,64}")
_SCALAR: Final = re.compile(r"[0-9A-Za-z]{1,66}")
"""Addresses, hashes, quantities and the names of blocks."""


def bounded_params(method: str, params: list[Any], *, head: Callable[[], int]) -> list[Any]:
    """Return the params under which a reading `method` is passed on: a call has its gas, a search its range.

    Args:
        method: as the client names it.
        params: likewise.
        head: asks for the number of the ledger's newest block, if that is needed.

    Raises:
        RpcRefused: the method is not passed on, or asks for more than is given.
    """
    if method == _SENDING:
        raise RpcRefused(
            "The method eth_sendRawTransaction is not available: send a registry's transaction by "
            "sendSignedTransaction to the /jsonrpc of that registry.",
            code=METHOD_NOT_FOUND,
        )
    if method not in METHODS:
        raise RpcRefused(
            f"The method {method[:64]} does not exist / is not available.", code=METHOD_NOT_FOUND
        )
    if len(params) > _MAX_PARAMS[method]:
        raise _invalid(f"{method} takes at most {_MAX_PARAMS[method]} params")
    if method == "eth_getLogs":
        return [_filter(_object(params, "a filter"), head)]
    if method in {"eth_call", "eth_estimateGas"}:
        return [_call(_object(params, "a call")), *map(_plain, params[1:])]
    return [_plain(one) for one in params]


def _object(params: list[Any], what: str) -> Mapping[str, Any]:
    if not params or not isinstance(params[0], Mapping):
        raise _invalid(f"the first of the params must be {what}, an object")
    return params[0]


def _call(given: Mapping[str, Any]) -> dict[str, Any]:
    _known(given, _CALL_MEMBERS)
    for name in ("data", "input"):
        data = given.get(name)
        if isinstance(data, str) and len(data) > 2 * MAX_DATA + 2:
            raise _invalid(f"{name} is longer than {MAX_DATA} bytes")
    if "gas" not in given:
        return {**given, "gas": hex(MAX_GAS)}
    if _number("gas", given["gas"]) > MAX_GAS:
        raise _invalid(f"gas is more than {MAX_GAS}")
    return dict(given)


def _filter(given: Mapping[str, Any], head: Callable[[], int]) -> dict[str, Any]:
    _known(given, _FILTER_MEMBERS)
    _check_list("address", given.get("address"), MAX_ADDRESSES)
    topics = given.get("topics") or []
    _check_list("topics", topics, MAX_TOPICS, inner=MAX_TOPIC_CHOICES)
    if "blockHash" in given:
        if {"fromBlock", "toBlock"} & given.keys():
            raise _invalid("a filter has either blockHash, or fromBlock and toBlock")
        return dict(given)
    asked = [given.get(name) or "latest" for name in ("fromBlock", "toBlock")]
    newest = head() if asked != ["latest", "latest"] and "latest" in asked else 0
    first, last = (
        _block(name, one, newest) for name, one in zip(("fromBlock", "toBlock"), asked, strict=True)
    )
    if asked == ["latest", "latest"]:
        return dict(given)
    if last - first >= MAX_LOG_RANGE:
        raise _invalid(
            f"a search covers at most {MAX_LOG_RANGE} blocks, not {last - first + 1}: ask for one range "
            "after the other"
        )
    return {**given, "fromBlock": hex(first), "toBlock": hex(last)}


def _block(name: str, value: Any, newest: int) -> int:
    if value in ("latest", "earliest"):
        return newest if value == "latest" else 0
    if not isinstance(value, str) or not _QUANTITY.fullmatch(value):
        raise _invalid(f"{name} must be a 0x quantity, earliest or latest")
    return int(value, 16)


def _check_list(name: str, value: Any, most: int, *, inner: int = 0) -> None:
    if not isinstance(value, list):
        if value is not None:
            _plain(value)
        return
    if len(value) > most:
        raise _invalid(f"{name} has more than {most} items")
    for one in value:
        if inner:
            _check_list(name, one, inner)
        elif one is not None:
            _plain(one)


def _plain(value: Any) -> Any:
    """Return a param that is short and has no inside, or names a block as EIP-1898 does."""
    if isinstance(value, Mapping):
        _known(value, _BLOCK_MEMBERS)
        return {name: _scalar(one) for name, one in value.items()}
    return _scalar(value)


def _scalar(value: Any) -> Any:
    if isinstance(value, bool) or (isinstance(value, str) and _SCALAR.fullmatch(value)):
        return value
    raise _invalid("a param must be true, false, a 0x value or the name of a block")


def _number(name: str, value: Any) -> int:
    if not isinstance(value, str) or not _QUANTITY.fullmatch(value):
        raise _invalid(f"{name} must be a 0x quantity")
    return int(value, 16)


def _known(given: Mapping[str, Any], known: frozenset[str]) -> None:
    if surplus := sorted(given.keys() - known):
        raise _invalid(f"unknown member: {', '.join(name[:64] for name in surplus[:8])}")


def _invalid(sentence: str) -> RpcRefused:
    return RpcRefused(sentence, code=INVALID_PARAMS)

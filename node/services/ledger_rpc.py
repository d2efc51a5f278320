"""The ledger's own JSON-RPC, reading methods only (ebsi-api section 9)."""

from typing import Any

from node.services.errors import RpcRefused
from node.services.node import Node

METHOD_NOT_FOUND = -32601
MAX_PARAMS = 3
METHODS = frozenset(
    {
        "eth_blockNumber",
        "eth_call",
        "eth_chainId",
        "eth_getTransactionByHash",
        "eth_getTransactionCount",
        "eth_getTransactionReceipt",
    }
)


def pass_through(node: Node, method: str, params: list[Any]) -> Any:
    """Return what the ledger answers to a reading `method`.

    Raises:
        RpcRefused: the method is not passed on.
        LedgerRefused: the ledger answered with an error, whose code is passed on.
        LedgerUnavailable: it does not answer.
    """
    if method not in METHODS:
        raise RpcRefused(f"The method {method[:64]!r} is not available", code=METHOD_NOT_FOUND)
    if len(params) > MAX_PARAMS:
        raise RpcRefused("Too many params", code=-32602)
    return node.ledger.request(method, *params)

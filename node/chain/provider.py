"""The ledger as a web3 provider: web3 types the calls, `LedgerClient` bounds, times and fails over."""

from typing import Any, cast

from web3 import Web3
from web3.eth import Eth
from web3.providers import BaseProvider
from web3.types import RPCEndpoint, RPCResponse

from node.chain.client import LedgerClient


class LedgerProvider(BaseProvider):
    """What web3 asks goes through a `LedgerClient`, so that there is one way to the ledger."""

    def __init__(self, ledger: LedgerClient) -> None:
        """Take the client; nothing is sent yet."""
        super().__init__()
        self._ledger = ledger

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        """What the ledger answers; its errors leave as `node.errors`, never as web3's.

        Raises:
            LedgerUnavailable: no endpoint answered.
            LedgerRefused: the endpoint answered with an error.
            MalformedLedgerAnswer: the answer is not JSON-RPC.
        """
        result = self._ledger.request(method, *params)
        return cast("RPCResponse", {"jsonrpc": "2.0", "id": 1, "result": result})


def eth(ledger: LedgerClient) -> Eth:
    """web3's `eth` methods over a ledger.

    Without middleware: web3's validation asks for the chain id before each call, and callers set gas and its
    price themselves.
    """
    return Web3(LedgerProvider(ledger), middleware=[]).eth

"""Endpoints of simulated ledgers behind httpx: each by its URL's host, with the faults that a test wants."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
from eth_utils.crypto import keccak

from tests.doubles.ledger_rpc import LedgerRpc
from tests.doubles.london import Block
from tests.doubles.simulated_ledger import SimulatedLedger

Tamper = Callable[[str, Sequence[Any], Any], Any]
"""Given a method, its parameters and the true result: what is said instead."""

HONEST = "honest"
REFUSES = "refuses"  # no connection
SILENT = "silent"  # takes the request and never answers; what was sent is not taken
LOSES_ANSWERS = "loses answers"  # does what it is asked, and the answer never arrives
ERRORS = "errors"  # answers each call with a JSON-RPC error
BUSY = "busy"  # HTTP 429 without JSON
SWALLOWS = "swallows"  # takes a transaction, says so, and passes it on to nobody
MOODS = (HONEST, REFUSES, SILENT, LOSES_ANSWERS, ERRORS, BUSY)


@dataclass(slots=True)
class Endpoint:
    """One endpoint: whose ledger it shows, from when, and how well it behaves.

    Attributes:
        ledger: shown here; assign another one and it is another chain.
        mood: one of `MOODS`, or `SWALLOWS`.
        frozen: the blocks shown instead of the ledger's newest: an old head, or a branch that was left.
        tamper: changes results before they are answered.
        state_kept: how many blocks' state it keeps; None: all.
        asked: methods, in the order in which they came.
    """

    ledger: SimulatedLedger
    mood: str = HONEST
    frozen: list[Block] | None = None
    tamper: Tamper | None = None
    state_kept: int | None = None
    asked: list[str] = field(default_factory=list)

    def freeze(self, *, behind: int = 0) -> None:
        """From now on it shows the chain as it is, without the last `behind` blocks."""
        self.frozen = self.ledger.blocks[: max(2, len(self.ledger.blocks) - behind)]

    def mend(self) -> None:
        """It behaves, and shows the ledger's newest block."""
        self.mood, self.frozen, self.tamper, self.state_kept = HONEST, None, None, None


class Endpoints(httpx.BaseTransport):
    """The network, as far as a `LedgerClient` sees it: `urls` in the order of the endpoints."""

    def __init__(self, endpoints: Sequence[Endpoint]) -> None:
        """Take the endpoints; they get the hosts `one.ledger`, `two.ledger`, … by number."""
        self._by_host = {f"node-{number}.ledger": endpoint for number, endpoint in enumerate(endpoints)}
        self.urls: tuple[str, ...] = tuple(f"http://{host}:8545" for host in self._by_host)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The endpoint's answer, or what its mood makes of it."""
        endpoint = self._by_host[request.url.host]
        content = request.read()
        calls = json.loads(content)
        endpoint.asked += [call["method"] for call in (calls if isinstance(calls, list) else [calls])]
        match endpoint.mood:
            case "refuses":
                raise httpx.ConnectError("connection refused", request=request)
            case "silent":
                raise httpx.ReadTimeout("timed out", request=request)
            case "busy":
                return httpx.Response(429, text="slow down")
            case "errors":
                return httpx.Response(200, json=_each(calls, _failed))
            case "swallows" if not isinstance(calls, list) and calls["method"] == "eth_sendRawTransaction":
                raw = bytes.fromhex(calls["params"][0][2:])
                return httpx.Response(200, json={"id": calls["id"], "result": "0x" + keccak(raw).hex()})
        blocks = endpoint.frozen if endpoint.frozen is not None else endpoint.ledger.blocks
        answer = LedgerRpc(endpoint.ledger, blocks, state_kept=endpoint.state_kept).answer(content)
        if endpoint.mood == LOSES_ANSWERS:
            raise httpx.ReadTimeout("timed out", request=request)
        if endpoint.tamper is not None:
            answer = _tampered(calls, answer, endpoint.tamper)
            if isinstance(answer, httpx.Response):
                return answer
        return httpx.Response(200, json=answer)


def _each(calls: Any, change: Callable[[Mapping[str, Any]], Any]) -> Any:
    return [change(call) for call in calls] if isinstance(calls, list) else change(calls)


def _failed(call: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "jsonrpc": "2.0",
        "id": call["id"],
        "error": {"code": -32_603, "message": "an internal error occurred"},
    }


def _tampered(calls: Any, answers: Any, tamper: Tamper) -> Any:
    many = isinstance(calls, list)
    for call, answer in zip(calls if many else [calls], answers if many else [answers], strict=True):
        if "result" in answer:
            said = tamper(call["method"], call["params"], answer["result"])
            if isinstance(said, httpx.Response):
                return said
            answer["result"] = said
    return answers

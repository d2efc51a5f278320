"""A ledger on paper behind a node: accounts with nonces, a pool, blocks that may be taken back, and lies.

It takes what a real one takes: each nonce once, in order, and of two with one nonce the first. A test may let
it lose answers, err, lie about counts and forget its pool.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx
import rlp
from eth_account import Account
from eth_utils.crypto import keccak

from node.artifacts import load_artifact
from node.client.api import Node
from node.client.courier import Courier
from node.client.keys import PrivateKey
from node.client.outbox import Outbox
from node.client.outcomes import ENTRY_TOPIC
from node.client.patience import Patience
from node.client.profile import Deployment
from node.client.transactions import Call
from node.written_kinds import WRITTEN
from tests.node.client.answers import body_of, node_that

DEPLOYMENT = Deployment("paper", 31337, "0x" + "0f" * 20, {"DidRegistry": "0x" + "cd" * 20})
DID = "did:ebsi:zZeKyEJfUTGwajhNyNX928z"
ROUTE = "did-registry/v5"
FUNCTION = "updateBaseDocument"


class Cut(BaseException):
    """The process is gone."""


@dataclass
class PaperLedger:
    """Blocks of raw transactions, and what waits; `before` and `after` see each request and its answer."""

    blocks: list[list[bytes]] = field(default_factory=lambda: [[]])
    pool: dict[tuple[str, int], bytes] = field(default_factory=dict)
    mines_at_once: bool = True
    reverts: bool = False
    before: Callable[[str, Any], object] = lambda _method, _params: None
    after: Callable[[str, Any, Any], Any] = lambda _method, _params, value: value

    def node(self) -> Node:
        return node_that(self._answer)

    def mine(self, blocks: int = 1) -> None:
        for _ in range(blocks):
            block: list[bytes] = []
            for key in sorted(self.pool, key=lambda key: key[1]):
                if key[1] == self._used(key[0]) + sum(_sender(raw) == key[0] for raw in block):
                    block.append(self.pool[key])
            self.blocks.append(block)
            self.pool = {key: raw for key, raw in self.pool.items() if raw not in block}

    def reorg(self, depth: int, *, keep: bool = True) -> None:
        """The last blocks are replaced by empty ones; what they held waits again, or is forgotten."""
        for block in self.blocks[-depth:] if depth else []:
            for raw in block if keep else ():
                self.pool[_sender(raw), _nonce(raw)] = raw
        self.blocks[len(self.blocks) - depth :] = [[] for _ in range(depth)]

    def calls(self) -> list[bytes]:
        """Call data of all that is on the ledger, in its order."""
        return [rlp.decode(raw)[5] for block in self.blocks for raw in block]

    def nonces(self, account: str) -> list[int]:
        return [_nonce(raw) for block in self.blocks for raw in block if _sender(raw) == account.lower()]

    def take(self, raw: bytes) -> str:
        """The hash of a transaction that waits now."""
        key = _sender(raw), _nonce(raw)
        known = any(raw in block for block in self.blocks) or raw in self.pool.values()
        if not known:
            if key[1] < self._used(key[0]):
                raise ValueError("nonce too low")
            if key in self.pool:
                raise ValueError("replacement transaction underpriced")
            self.pool[key] = raw
            if self.mines_at_once:
                self.mine()
        return "0x" + keccak(raw).hex()

    def _used(self, account: str) -> int:
        return sum(_sender(raw) == account for block in self.blocks for raw in block)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        body = body_of(request)
        method, params = body["method"], body["params"]
        try:
            self.before(method, params)
            value = self.after(method, params, self._value(method, params))
        except ValueError as error:
            problem = {"code": -32000, "message": str(error)}
            return httpx.Response(400, json={"jsonrpc": "2.0", "id": 1, "error": problem})
        return httpx.Response(200, json={"jsonrpc": "2.0", "id": 1, "result": value})

    def _value(self, method: str, params: Any) -> Any:
        match method:
            case "eth_blockNumber":
                return hex(len(self.blocks) - 1)
            case "eth_getTransactionCount":
                used = self._used(params[0].lower())
                while params[1] == "pending" and (params[0].lower(), used) in self.pool:
                    used += 1
                return hex(used)
            case "eth_getTransactionReceipt":
                return self._receipt(params[0])
            case "eth_call":
                raise ValueError("execution reverted")
            case "sendSignedTransaction":
                return self.take(bytes.fromhex(params[0]["signedRawTransaction"][2:]))
        call = call_of(params[0]["baseDocument"])
        return {
            "from": params[0]["from"],
            "to": DEPLOYMENT.address("DidRegistry"),
            "data": "0x" + call.data.hex(),
            "value": "0x0",
            "nonce": "0x0",
            "chainId": hex(DEPLOYMENT.chain_id),
            "gasLimit": "0x186a0",
            "gasPrice": "0x0",
        }

    def _receipt(self, transaction_hash: str) -> dict[str, Any] | None:
        for number, block in enumerate(self.blocks):
            for raw in block:
                if "0x" + keccak(raw).hex() == transaction_hash:
                    return _receipt(raw, number, status="0x0" if self.reverts else "0x1")
        return None


@dataclass
class Office:
    """A profile's outbox and its key, at a ledger on paper; `again` is the next process."""

    ledger: PaperLedger
    outbox: Outbox
    key: PrivateKey
    attempts: int = 4
    passing: Callable[[], object] = lambda: None
    rechecked: set[str] = field(default_factory=set)

    def again(self) -> "Office":
        return Office(self.ledger, Outbox(self.outbox.folder), self.key, self.attempts, self.passing)

    @property
    def account(self) -> str:
        return self.key.address.lower()

    def courier(self) -> Courier:
        patience = Patience(attempts=self.attempts, sleep=lambda _seconds: (self.passing(), None)[1])
        return Courier(self.outbox, self.ledger.node(), DEPLOYMENT, patience, rechecked=self.rechecked)

    def write(self, words: str) -> None:
        """One command: the base document is `words`."""
        courier, call = self.courier(), call_of(words)
        given = {"from": self.key.address, "did": DID, "baseDocument": words}
        entry = courier.carry(
            call, key=self.key, route=ROUTE, build=lambda: courier.node.rpc(ROUTE, FUNCTION, given)
        )
        courier.await_outcome(entry)

    def command(self, words: str) -> None:
        """One command that ends well."""
        self.outbox.begin(f"say {words}")
        self.write(words)
        self.outbox.end_command()


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


def call_of(words: str) -> Call:
    return Call("DidRegistry", FUNCTION, (DID, words))


def words_of(data: bytes) -> str:
    return str(load_artifact("DidRegistry").function(FUNCTION).decode_arguments(data)[1])


@cache
def _sender(raw: bytes) -> str:
    return str(Account.recover_transaction(raw)).lower()


def _nonce(raw: bytes) -> int:
    return int.from_bytes(rlp.decode(raw)[0], "big")


def _receipt(raw: bytes, number: int, *, status: str) -> dict[str, Any]:
    kind = "0x" + WRITTEN["DidRegistry", FUNCTION].encode().ljust(32, b"\0").hex()
    words = [bytes(32), number.to_bytes(32, "big"), bytes.fromhex(_sender(raw)[2:]).rjust(32, b"\0")]
    data = "0x" + b"".join([*words, bytes(32), (160).to_bytes(32, "big"), bytes(32)]).hex()
    event = {"address": DEPLOYMENT.registry_log, "topics": [ENTRY_TOPIC, "0x0", kind, "0x0"], "data": data}
    return {
        "transactionHash": "0x" + keccak(raw).hex(),
        "status": status,
        "blockNumber": hex(number),
        "logs": [event] if status == "0x1" else [],
    }

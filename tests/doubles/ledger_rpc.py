"""JSON-RPC over a simulated ledger: each method's answers and refusals as the real engine shapes them."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from eth_utils.address import to_checksum_address

from tests.doubles.london import Block, data, quantity
from tests.doubles.registries import Moment, Registries
from tests.doubles.registry_effects import Reverted, execute, is_view, view
from tests.doubles.simulated_ledger import GAS, NotTaken, SimulatedLedger, locate

_OUT_OF_RANGE, _NOT_FOUND, _REVERTED = -32_602, -32_001, 3
_ANY_CODE = "0x60fe"


class RpcError(Exception):
    """A JSON-RPC error."""

    def __init__(self, code: int, message: str, evidence: str | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.evidence = code, message, evidence


class LedgerRpc:
    """What an endpoint answers that knows `blocks`; transactions go to the ledger's pool."""

    def __init__(
        self, ledger: SimulatedLedger, blocks: Sequence[Block], *, state_kept: int | None = None
    ) -> None:
        self._ledger, self._blocks, self._state_kept = ledger, blocks, state_kept

    def answer(self, content: bytes) -> Any:
        """The JSON-RPC answer to a request's body: an object, or a list for a batch."""
        try:
            asked = json.loads(content)
        except ValueError:
            return _error(None, RpcError(-32_600, "Invalid request"))
        if isinstance(asked, list) and asked:
            return [self._one(call) for call in asked]
        return self._one(asked)

    def _one(self, call: Any) -> dict[str, Any]:
        if not isinstance(call, dict) or "method" not in call:
            return _error(None, RpcError(-32_600, "Invalid request"))
        method = _METHODS.get(call["method"])
        if method is None:
            return _error(call["id"], RpcError(-32_601, "Method not found"))
        try:
            result = method(self, *call.get("params", ()))
        except RpcError as error:
            return _error(call["id"], error)
        return {"jsonrpc": "2.0", "id": call["id"], "result": result}

    @property
    def _head(self) -> Block:
        return self._blocks[-1]

    def _block(self, named: Any) -> Block:
        """The block that a tag, a number or `{"blockHash": …}` names."""
        if isinstance(named, Mapping):
            wanted = named["blockHash"].lower()
            found = next((block for block in self._blocks if data(block.hash) == wanted), None)
            if found is None:
                raise RpcError(_NOT_FOUND, "Resource not found")
            return found
        if named in {"latest", "pending"}:
            return self._head
        number = int(named, 16)
        self._reached(number)
        return self._blocks[number]

    def _state(self, named: Any) -> Block:
        """The block whose state is asked for, unless it is no longer kept."""
        block = self._block(named)
        if self._state_kept is not None and block.number <= self._head.number - self._state_kept:
            height = self._head.number
            raise RpcError(
                _OUT_OF_RANGE,
                f"BlockOutOfRangeError: block height is {height} but requested was {block.number}",
            )
        return block

    def _reached(self, number: int) -> None:
        if number > self._head.number:
            height = self._head.number
            message = f"BlockOutOfRangeError: block height is {height} but requested was {number}"
            raise RpcError(_OUT_OF_RANGE, message)

    def _chain_id(self) -> str:
        return quantity(self._ledger.deployment.chain_id)

    def _block_number(self) -> str:
        return quantity(self._head.number)

    def _block_by_number(self, named: str, _full: object = False) -> Any:  # noqa: FBT002 - JSON-RPC's
        if named not in {"latest", "pending"} and int(named, 16) > self._head.number:
            return None
        return _block_json(self._block(named))

    def _block_by_hash(self, block_hash: str, _full: object = False) -> Any:  # noqa: FBT002 - JSON-RPC's
        try:
            return _block_json(self._block({"blockHash": block_hash}))
        except RpcError:
            return None

    def _logs(self, wanted: Mapping[str, Any]) -> Any:
        if "blockHash" in wanted:
            try:
                blocks: Sequence[Block] = [self._block(wanted)]
            except RpcError:
                raise RpcError(-32_000, "unknown block") from None
        else:
            first = self._block(wanted.get("fromBlock", "latest")).number
            last = wanted.get("toBlock", "latest")
            end = self._head.number if last == "latest" else int(last, 16)
            blocks = self._blocks[first : end + 1]
        address, topics = wanted.get("address", "").lower(), wanted.get("topics", [])
        return [
            event | {"logIndex": quantity(index)}
            for block in blocks
            for index, event in enumerate(block.event_json())
            if address in {"", event["address"]} and _matches(event["topics"], topics)
        ]

    def _code(self, address: str, named: Any = "latest") -> str:
        self._block(named)
        known = self._ledger.deployment
        return _ANY_CODE if address.lower() in _addresses(known.registry_log, known.contracts) else "0x"

    def _count(self, address: str, named: Any = "latest") -> str:
        nonces = {who.lower(): nonce for who, nonce in self._state(named).registries.nonces.items()}
        nonce = nonces.get(address.lower(), 0)
        if named == "pending":
            waiting = {t.nonce for t in self._ledger.pool.values() if t.sender.lower() == address.lower()}
            while nonce in waiting:
                nonce += 1
        return quantity(nonce)

    def _call(self, asked: Mapping[str, str], named: Any = "latest") -> str:
        block = self._state(named)
        to, call = asked.get("to", ""), bytes.fromhex(asked.get("data", "0x")[2:])
        try:
            if is_view(block.registries, to=to, data=call):
                return data(view(block.registries, to=to, data=call))
            self._try(block, asked, call)
        except Reverted as error:
            raise _reverted(error) from None
        return "0x"

    def _estimate(self, asked: Mapping[str, str], named: Any = "latest") -> str:
        try:
            self._try(self._state(named), asked, bytes.fromhex(asked.get("data", "0x")[2:]))
        except Reverted as error:
            raise _reverted(error) from None
        return quantity(GAS)

    @staticmethod
    def _try(block: Block, asked: Mapping[str, str], call: bytes) -> None:
        tried: Registries = block.registries.copy()
        moment = Moment(block.number + 1, block.time + 1, block.hash)
        sender = to_checksum_address(asked.get("from", "0x" + "00" * 20))
        execute(tried, sender=sender, to=asked.get("to", ""), data=call, moment=moment)

    def _send(self, raw: str) -> str:
        try:
            return data(self._ledger.send(bytes.fromhex(raw[2:])))
        except NotTaken as error:
            raise RpcError(error.code, error.reason) from None

    def _receipt(self, transaction_hash: str) -> Any:
        found = locate(self._blocks, bytes.fromhex(transaction_hash[2:]))
        return found.block.receipt_json(found.place) if found else None

    def _transaction(self, transaction_hash: str) -> Any:
        name = bytes.fromhex(transaction_hash[2:])
        found = locate(self._blocks, name)
        known = found.block.outcomes[found.place].transaction if found else self._ledger.pool.get(name)
        if known is None:
            return None
        return {
            "type": "0x0",
            "chainId": self._chain_id(),
            "hash": transaction_hash.lower(),
            "from": known.sender.lower(),
            "to": known.to.lower() if known.to else None,
            "nonce": quantity(known.nonce),
            "gas": quantity(known.gas),
            "gasPrice": quantity(known.gas_price),
            "value": quantity(known.value),
            "input": data(known.data),
            "blockHash": data(found.block.hash) if found else None,
            "blockNumber": quantity(found.block.number) if found else None,
            "transactionIndex": quantity(found.place) if found else None,
        }


_METHODS: Mapping[str, Callable[..., Any]] = {
    "eth_chainId": LedgerRpc._chain_id,
    "eth_blockNumber": LedgerRpc._block_number,
    "eth_getBlockByNumber": LedgerRpc._block_by_number,
    "eth_getBlockByHash": LedgerRpc._block_by_hash,
    "eth_getLogs": LedgerRpc._logs,
    "eth_getCode": LedgerRpc._code,
    "eth_getTransactionCount": LedgerRpc._count,
    "eth_call": LedgerRpc._call,
    "eth_estimateGas": LedgerRpc._estimate,
    "eth_gasPrice": lambda _: "0x0",
    "eth_sendRawTransaction": LedgerRpc._send,
    "eth_getTransactionReceipt": LedgerRpc._receipt,
    "eth_getTransactionByHash": LedgerRpc._transaction,
}


def _block_json(block: Block) -> dict[str, Any]:
    names = [data(outcome.transaction.hash) for outcome in block.outcomes]
    return block.header_json() | {
        "totalDifficulty": "0x0",
        "size": "0x200",
        "uncles": [],
        "transactions": names,
    }


def _matches(topics: Sequence[str], wanted: Sequence[Any]) -> bool:
    """Whether an event has these topics: each None, one, or any of several."""
    if len(wanted) > len(topics):
        return False
    for topic, one in zip(topics, wanted, strict=False):
        allowed = one if isinstance(one, list) else [one]
        if one is not None and topic not in [value.lower() for value in allowed]:
            return False
    return True


def _addresses(log: str, contracts: Mapping[str, str]) -> set[str]:
    return {log.lower()} | {address.lower() for address in contracts.values()}


def _reverted(error: Reverted) -> RpcError:
    words = f": custom error 0x{error.data[:4].hex()}: {error.data[4:].hex()}" if error.data else ""
    return RpcError(_REVERTED, "execution reverted" + words, data(error.data))


def _error(identifier: Any, error: RpcError) -> dict[str, Any]:
    told: dict[str, Any] = {"code": error.code, "message": error.message}
    if error.evidence is not None:
        told["data"] = error.evidence
    return {"jsonrpc": "2.0", "id": identifier, "error": told}

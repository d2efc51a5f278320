"""An account that writes to the ledger by itself: the operator, and tests. Issuers use `node.client`."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Any

import rlp
from eth_account.signers.local import LocalAccount
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from devnet.errors import LedgerRefused, LedgerUnreachable, TransactionRefused
from devnet.rpc import JsonRpc
from node.artifacts import load_artifact
from node.reverts import Revert, decode_revert

GAS = 30_000_000
_RECEIPT_SECONDS = 60.0

Call = tuple[str | None, bytes]


class Sender:
    """Signs and sends transactions of one account, at gas price 0."""

    def __init__(self, rpc: JsonRpc, account: LocalAccount) -> None:
        """Write through `rpc` as `account`; nothing is sent yet."""
        self.rpc = rpc
        self.account = account
        self._chain_id: int | None = None

    @property
    def address(self) -> str:
        """The account's address, EIP-55."""
        return str(self.account.address)

    def nonce(self) -> int:
        """Return the nonce of the next transaction, those that wait counted."""
        return int(self.rpc.request("eth_getTransactionCount", self.address, "pending"), 16)

    def send(self, to: str | None, data: bytes) -> dict[str, Any]:
        """Return the receipt of one transaction, once it is in a block.

        Args:
            to: the contract; None creates one.
            data: call data, or creation code with its arguments.

        Raises:
            TransactionRefused: the contract refused, in words.
            LedgerUnreachable: no receipt within a minute.
        """
        return self.send_many([(to, data)])[0]

    def send_many(self, calls: Iterable[Call], *, mine: bool = False) -> list[dict[str, Any]]:
        """Return the receipts of many transactions, in their order.

        Args:
            calls: pairs as `send` takes them.
            mine: True asks the engine for a block after sending: for a ledger that does not mine by itself.

        Raises:
            TransactionRefused: a contract refused one of them, in words; those before stand.
            LedgerUnreachable: no receipt within a minute.
        """
        wanted = list(calls)
        first = self.nonce()
        signed = [self._sign(to, data, first + offset) for offset, (to, data) in enumerate(wanted)]
        hashes = self.rpc.batch(("eth_sendRawTransaction", ("0x" + raw.hex(),)) for raw in signed)
        if mine:
            self.rpc.request("anvil_mine", "0x1")
        receipts = self._receipts(hashes)
        for (to, data), receipt in zip(wanted, receipts, strict=True):
            if int(receipt["status"], 16) != 1:
                reason = self.refusal(to, data, at=int(receipt["blockNumber"], 16) - 1)
                raise TransactionRefused(reason or "no reason given", receipt["transactionHash"])
        return receipts

    def call(self, contract: str, address: str, function: str, *arguments: object) -> tuple[Any, ...]:
        """Return what a view returns.

        Raises:
            LedgerRefused: it reverted.
        """
        fragment = load_artifact(contract).function(function)
        said = self.rpc.request("eth_call", self._request(address, fragment.encode(arguments)), "latest")
        return fragment.decode_outputs(bytes.fromhex(said.removeprefix("0x")))

    def transact(self, contract: str, address: str, function: str, *arguments: object) -> dict[str, Any]:
        """Return the receipt of one call of `contract`'s `function`.

        Raises:
            TransactionRefused: the contract refused, in words.
        """
        return self.send(address, load_artifact(contract).function(function).encode(arguments))

    def refusal(self, to: str | None, data: bytes, *, at: int | None = None) -> str | None:
        """Return in words why the call would be refused after block `at` (default: the newest), or None."""
        refused = self._refused(to, data, at=at)
        if refused is None:
            return None
        decoded = _revert_in(refused)
        return decoded.sentence if decoded else refused.message

    def is_refused_as(self, name: str, to: str, data: bytes) -> bool:
        """Return whether the call would be refused now with the contract's error of this name."""
        refused = self._refused(to, data)
        decoded = None if refused is None else _revert_in(refused)
        return decoded is not None and decoded.name == name

    def _refused(self, to: str | None, data: bytes, *, at: int | None = None) -> LedgerRefused | None:
        block = "latest" if at is None else hex(at)
        try:
            self.rpc.request("eth_call", self._request(to, data), block)
        except LedgerRefused as error:
            return error
        return None

    def _request(self, to: str | None, data: bytes) -> dict[str, str]:
        request = {"from": self.address, "data": "0x" + data.hex(), "gas": hex(GAS), "gasPrice": "0x0"}
        return request if to is None else {**request, "to": to}

    def _sign(self, to: str | None, data: bytes, nonce: int) -> bytes:
        if self._chain_id is None:
            self._chain_id = int(self.rpc.request("eth_chainId"), 16)
        transaction: dict[str, Any] = {"nonce": nonce, "gasPrice": 0, "gas": GAS, "value": 0, "data": data}
        transaction["chainId"] = self._chain_id
        if to is not None:
            transaction["to"] = to
        signed = self.account.sign_transaction(transaction)
        return bytes(signed.raw_transaction)

    def _receipts(self, hashes: Sequence[str]) -> list[dict[str, Any]]:
        deadline = time.monotonic() + _RECEIPT_SECONDS
        pause = 0.002
        while True:
            found = self.rpc.batch(("eth_getTransactionReceipt", (name,)) for name in hashes)
            if all(found):
                return found
            if time.monotonic() > deadline:
                raise LedgerUnreachable(self.rpc.url, "a transaction waits for its block")
            time.sleep(pause)
            pause = min(pause * 2, 0.1)


def _revert_in(refused: LedgerRefused) -> Revert | None:
    given = refused.data.removeprefix("0x") if isinstance(refused.data, str) else ""
    return decode_revert(bytes.fromhex(given))


def created_address(sender: str, nonce: int) -> str:
    """Return the EIP-55 address of the contract that `sender` creates with transaction `nonce`."""
    return str(
        to_checksum_address(keccak(rlp.encode([bytes.fromhex(sender.removeprefix("0x")), nonce]))[12:])
    )

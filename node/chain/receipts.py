"""Receipts of transactions, and whether the log's entry is in them: a status alone proves no entry."""

from dataclasses import dataclass
from typing import Any

from anchoring.errors import MalformedEntry
from node.chain.logs import LoggedEntry, decode_event
from node.chain.quantity import HASH, number, octets, place
from node.errors import MalformedLedgerAnswer

MOST_EVENTS = 4_096
"""Events of one transaction that are looked at; a registry call makes two at most."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a mined transaction.

    Attributes:
        succeeded: its status.
        block_number: of the block it is in.
        block_hash: 32 bytes.
        entries: of the log, made by it.
    """

    succeeded: bool
    block_number: int
    block_hash: bytes
    entries: tuple[LoggedEntry, ...]

    def wrote(self, kind: str, *, actor: bytes) -> bool:
        """Whether an entry of this kind by this account (20 bytes) is among its entries."""
        return any((found.entry.kind, found.entry.actor) == (kind, actor) for found in self.entries)


def read_receipt(answer: Any, *, transaction_hash: bytes, log_address: str) -> Receipt | None:
    """The receipt that `eth_getTransactionReceipt` answered with; None if the transaction is not mined.

    Args:
        answer: as the endpoint gave it.
        transaction_hash: 32 bytes, that was asked for.
        log_address: of the log, a 0x-address.

    Raises:
        MalformedLedgerAnswer: it is no receipt, or another transaction's, or tells of an event that is not
            its own.
    """
    if answer is None:
        return None
    try:
        found = octets(answer["transactionHash"], HASH)
        status, block = number(answer["status"]), place(answer["blockNumber"])
        block_hash, events = octets(answer["blockHash"], HASH), answer["logs"]
    except (TypeError, KeyError):
        raise MalformedLedgerAnswer("a receipt lacks a member") from None
    if found != transaction_hash:
        raise MalformedLedgerAnswer("a receipt is another transaction's")
    if status not in {0, 1}:
        raise MalformedLedgerAnswer(f"a receipt has the status {status}")
    if not isinstance(events, list) or len(events) > MOST_EVENTS:
        raise MalformedLedgerAnswer("a receipt's logs are no list, or too many")
    entries = tuple(_entries(events, log_address.lower()))
    own = block, block_hash, transaction_hash
    if any((entry.block_number, entry.block_hash, entry.transaction_hash) != own for entry in entries):
        raise MalformedLedgerAnswer("a receipt tells of another transaction's event")
    return Receipt(status == 1, block, block_hash, entries)


def _entries(events: list[Any], address: str) -> list[LoggedEntry]:
    try:
        own = [event for event in events if str(event["address"]).lower() == address]
        return [decode_event(event, address) for event in own]
    except (TypeError, KeyError):
        raise MalformedLedgerAnswer("an event lacks a member") from None
    except MalformedEntry as error:
        raise MalformedLedgerAnswer(f"an event is no entry: {error}") from None

"""What a receipt says of a transaction: its status, and the entry of the pinned log that the call makes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eth_utils.crypto import keccak

from anchoring.kinds import known_kind
from node.client.errors import UnexpectedAnswer
from node.client.outbox_entry import OutboxEntry
from node.written_kinds import WRITTEN

ENTRY_TOPIC = "0x" + keccak(b"Entry(uint64,bytes32,bytes32,bytes32,uint64,address,bytes32,bytes)").hex()

_MAX_QUANTITY = 66  # characters
_TOPICS = 4
_FIELDS = 192  # bytes before the payload


@dataclass(frozen=True, slots=True)
class Outcome:
    """A transaction on the ledger.

    Attributes:
        succeeded: whether the contract took the call.
        block: number of its block.
        time: of the entry that it made, ledger seconds; None if it failed.
        receipt: as the node gave it.
    """

    succeeded: bool
    block: int
    time: int | None
    receipt: Mapping[str, Any]


def read_outcome(receipt: object, *, entry: OutboxEntry, log: str) -> Outcome | None:
    """What became of the entry; None while it is not on the ledger.

    Args:
        receipt: the answer to `eth_getTransactionReceipt`.
        entry: whose receipt was asked for.
        log: 0x address of the pinned log.

    Raises:
        UnexpectedAnswer: another transaction's receipt, or one of success without the entry.
    """
    if receipt is None:
        return None
    if not isinstance(receipt, Mapping) or str(receipt.get("transactionHash")).lower() != entry.hash:
        raise UnexpectedAnswer(f"the node gives another receipt than that of transaction {entry.hash}")
    status, block = receipt.get("status"), quantity(receipt.get("blockNumber"), what="a receipt's block")
    if status == "0x0":
        return Outcome(succeeded=False, block=block, time=None, receipt=receipt)
    if status != "0x1":
        raise UnexpectedAnswer(f"the receipt of transaction {entry.hash} has no status")
    logs = receipt.get("logs")
    times = (_entry_time(one, entry, log) for one in (logs if isinstance(logs, list) else ()))
    time = next((time for time in times if time is not None), None)
    if time is None:
        raise UnexpectedAnswer(
            f"the receipt of transaction {entry.hash} tells of success without the log's {_kind(entry)} entry"
        )
    return Outcome(succeeded=True, block=block, time=time, receipt=receipt)


def quantity(value: object, *, what: str) -> int:
    """The number in a JSON-RPC quantity; anything else is no number, and never zero.

    Raises:
        UnexpectedAnswer: it is none.
    """
    text = value if isinstance(value, str) and len(value) <= _MAX_QUANTITY else ""
    digits = text.removeprefix("0x")
    if text == digits or not digits or not digits.isascii() or not digits.isalnum():
        raise UnexpectedAnswer(f"the node answers {what} with no number: {str(value)[:64]}")
    try:
        return int(digits, 16)
    except ValueError:
        raise UnexpectedAnswer(f"the node answers {what} with no number: {text}") from None


def _entry_time(event: object, entry: OutboxEntry, log: str) -> int | None:
    """The time of the log's entry of the call's kind, made by the account; None if the event is another."""
    members = event if isinstance(event, Mapping) else {}
    topics, data = members.get("topics"), members.get("data")
    if not isinstance(topics, list) or len(topics) != _TOPICS or not isinstance(data, str):
        return None
    written = _kind(entry)
    kind = "0x" + known_kind(written).code.hex() if written else ""
    if str(members.get("address")).lower() != log.lower() or (topics[0], topics[2]) != (ENTRY_TOPIC, kind):
        return None
    try:
        fields = bytes.fromhex(data[2 : 2 + 2 * _FIELDS])
    except ValueError:
        return None
    if len(fields) != _FIELDS or fields[76:96].hex() != entry.account.removeprefix("0x"):
        return None
    return int.from_bytes(fields[32:64], "big")


def _kind(entry: OutboxEntry) -> str | None:
    return WRITTEN.get((entry.contract, entry.function))

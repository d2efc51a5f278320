"""The log's `Entry` events out of `eth_getLogs`, decoded word by word: a general decoder is ten times slower.

`Entry(uint64 indexed index, bytes32 indexed kind, bytes32 indexed subject, bytes32 previous, uint64 time,
address actor, bytes32 parent, bytes payload)` (protocol section 1).
"""

from dataclasses import dataclass
from typing import Any

from eth_utils.crypto import keccak

from anchoring.entry import Entry
from anchoring.errors import MalformedEntry
from anchoring.kinds import kind_from_code
from node.chain.client import LedgerClient
from node.chain.quantity import HASH, countable, octets, place
from node.errors import ForeignLog, MalformedLedgerAnswer

ENTRY_TOPIC = keccak(b"Entry(uint64,bytes32,bytes32,bytes32,uint64,address,bytes32,bytes)")
_TOPICS = 4
_HEAD = 192  # bytes before the payload: four fields, its offset and its length
_OFFSET = (160).to_bytes(32, "big")


@dataclass(frozen=True, slots=True)
class LoggedEntry:
    """An entry and the block and transaction whose event it is."""

    entry: Entry
    block_number: int
    block_hash: bytes
    transaction_hash: bytes


def fetch_entries(ledger: LedgerClient, log_address: str, *, first: int, last: int) -> list[LoggedEntry]:
    """The entries in the events of blocks first..last, in the order of the log.

    Raises:
        LedgerUnavailable: no endpoint answered.
        LedgerRefused: the range is too long for the endpoint, or the like.
        ForeignLog: an event is another contract's.
        MalformedLedgerAnswer: an event is not one of this log's.
    """
    asked = {
        "address": log_address,
        "topics": ["0x" + ENTRY_TOPIC.hex()],
        "fromBlock": hex(first),
        "toBlock": hex(last),
    }
    found = ledger.request("eth_getLogs", asked)
    if not isinstance(found, list):
        raise MalformedLedgerAnswer("eth_getLogs did not answer with a list")
    address = log_address.lower()
    entries = [decode_event(event, address) for event in found]
    entries.sort(key=lambda logged: logged.entry.index)
    return entries


def decode_event(event: Any, address: str) -> LoggedEntry:
    """The entry that one event of the log at `address` (0x, lower case) tells of.

    Raises:
        ForeignLog: it is another contract's event, or was taken back.
        MalformedLedgerAnswer: it is another event, or not in canonical encoding.
    """
    try:
        if event["address"].lower() != address:
            raise ForeignLog(f"an event of {event['address']!r:.80}, not of the log")
        if event.get("removed"):
            raise ForeignLog("an event that the ledger took back")
        topics = [octets(topic, HASH) for topic in event["topics"]]
        data = octets(event["data"])
        found_in = place(event["blockNumber"]), octets(event["blockHash"], HASH)
        transaction_hash = octets(event["transactionHash"], HASH)
    except (TypeError, KeyError, AttributeError):
        raise MalformedLedgerAnswer("an event lacks a member") from None
    if len(topics) != _TOPICS or topics[0] != ENTRY_TOPIC:
        raise MalformedLedgerAnswer("an event is not the log's Entry")
    return LoggedEntry(_entry(topics, data), *found_in, transaction_hash)


def _entry(topics: list[bytes], data: bytes) -> Entry:
    length = int.from_bytes(data[160:_HEAD], "big")
    end = _HEAD + length
    padded = -(-end // 32) * 32
    if data[128:160] != _OFFSET or len(data) != padded or any(data[end:]) or any(data[64:76]):
        raise MalformedLedgerAnswer("an entry's event is not in its canonical encoding")
    try:
        return Entry(
            index=countable(int.from_bytes(topics[1], "big")),
            kind=kind_from_code(topics[2]),
            subject=topics[3],
            previous=data[:32],
            time=countable(int.from_bytes(data[32:64], "big")),
            actor=data[76:96],
            parent=data[96:128],
            payload=data[_HEAD:end],
        )
    except MalformedEntry as error:
        raise MalformedLedgerAnswer(f"an event holds no entry: {error}") from None

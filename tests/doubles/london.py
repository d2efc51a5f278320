"""Blocks as a London ledger makes them: headers whose Keccak hash is their name, tries, blooms, receipts."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import rlp
from eth_utils.crypto import keccak
from trie.hexary import HexaryTrie

from node.chain.transactions import SignedTransaction
from tests.doubles.registries import Event, Registries

GAS_LIMIT = 1_000_000_000
EMPTY_TRIE = keccak(rlp.encode(b""))
_NO_UNCLES = keccak(rlp.encode([]))
_BLOOM = 256  # bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one transaction in its block."""

    transaction: SignedTransaction
    succeeded: bool
    gas_used: int
    events: tuple[Event, ...]


@dataclass(frozen=True)
class Block:
    """A block, what its transactions came to, and the registries after it."""

    number: int
    parent_hash: bytes
    time: int
    miner: bytes
    outcomes: tuple[Outcome, ...]
    registries: Registries

    @cached_property
    def hash(self) -> bytes:
        """Keccak of the header's RLP."""
        return keccak(rlp.encode([_rlp_form(value) for value in self._fields.values()]))

    @cached_property
    def _fields(self) -> dict[str, bytes | int]:
        """The header's fields in the order in which they are hashed."""
        events = [event for outcome in self.outcomes for event in outcome.events]
        return {
            "parentHash": self.parent_hash,
            "sha3Uncles": _NO_UNCLES,
            "miner": self.miner,
            "stateRoot": keccak(self.registries.root + self.registries.size.to_bytes(8, "big")),
            "transactionsRoot": _trie_root([outcome.transaction.raw for outcome in self.outcomes]),
            "receiptsRoot": _trie_root(self._receipts()),
            "logsBloom": bloom(events),
            "difficulty": 0,
            "number": self.number,
            "gasLimit": GAS_LIMIT,
            "gasUsed": sum(outcome.gas_used for outcome in self.outcomes),
            "timestamp": self.time,
            "extraData": b"",
            "mixHash": keccak(b"mix" + self.number.to_bytes(8, "big")),
            "nonce": bytes(8),
            "baseFeePerGas": 0,
        }

    def _receipts(self) -> list[bytes]:
        encoded, gas = [], 0
        for outcome in self.outcomes:
            gas += outcome.gas_used
            logs = [[event.address, list(event.topics), event.data] for event in outcome.events]
            encoded.append(rlp.encode([b"\1" * outcome.succeeded, gas, bloom(outcome.events), logs]))
        return encoded

    def header_json(self) -> dict[str, Any]:
        """The header as JSON-RPC spells it."""
        return {"hash": data(self.hash)} | {
            name: quantity(value) if isinstance(value, int) else data(value)
            for name, value in self._fields.items()
        }

    def event_json(self) -> list[dict[str, Any]]:
        """The block's events as JSON-RPC spells them, in their order."""
        return [
            {
                "address": data(event.address),
                "topics": [data(topic) for topic in event.topics],
                "data": data(event.data),
                "blockHash": data(self.hash),
                "blockNumber": quantity(self.number),
                "blockTimestamp": quantity(self.time),
                "transactionHash": data(outcome.transaction.hash),
                "transactionIndex": quantity(place),
                "removed": False,
            }
            for place, outcome in enumerate(self.outcomes)
            for event in outcome.events
        ]

    def receipt_json(self, place: int) -> dict[str, Any]:
        """The receipt of the transaction at `place`, as JSON-RPC spells it."""
        outcome = self.outcomes[place]
        name = data(outcome.transaction.hash)
        logs = [
            event | {"logIndex": quantity(index)}
            for index, event in enumerate(self.event_json())
            if event["transactionHash"] == name
        ]
        return {
            "type": "0x0",
            "status": quantity(int(outcome.succeeded)),
            "cumulativeGasUsed": quantity(sum(one.gas_used for one in self.outcomes[: place + 1])),
            "logs": logs,
            "logsBloom": data(bloom(outcome.events)),
            "transactionHash": name,
            "transactionIndex": quantity(place),
            "blockHash": data(self.hash),
            "blockNumber": quantity(self.number),
            "gasUsed": quantity(outcome.gas_used),
            "effectiveGasPrice": "0x0",
            "from": outcome.transaction.sender.lower(),
            "to": outcome.transaction.to.lower() if outcome.transaction.to else None,
            "contractAddress": None,
        }


def bloom(events: Sequence[Event]) -> bytes:
    """The filter of all addresses and topics (Yellow Paper section 4.3.1)."""
    bits = 0
    for event in events:
        for value in (event.address, *event.topics):
            digest = keccak(value)
            for at in (0, 2, 4):
                bits |= 1 << (int.from_bytes(digest[at : at + 2], "big") % (8 * _BLOOM))
    return bits.to_bytes(_BLOOM, "big")


def data(value: bytes) -> str:
    """JSON-RPC's DATA."""
    return "0x" + value.hex()


def quantity(value: int) -> str:
    """JSON-RPC's QUANTITY."""
    return hex(value)


def _rlp_form(value: bytes | int) -> bytes:
    return value if isinstance(value, bytes) else value.to_bytes((value.bit_length() + 7) // 8, "big")


def _trie_root(values: Sequence[bytes]) -> bytes:
    if not values:
        return EMPTY_TRIE
    trie = HexaryTrie({})
    for place, value in enumerate(values):
        trie[rlp.encode(place)] = value
    return bytes(trie.root_hash)

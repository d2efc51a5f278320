"""Block headers, as far as following needs them, and the log's size and root as of a block."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from node.artifacts import load_artifact
from node.chain.client import LedgerClient
from node.chain.quantity import HASH, number, octets
from node.errors import MalformedLedgerAnswer


@dataclass(frozen=True, slots=True)
class Header:
    """A block's number, hash, parent's hash and time (seconds)."""

    number: int
    hash: bytes
    parent_hash: bytes
    time: int


@dataclass(frozen=True, slots=True)
class LogState:
    """What the log's contract said at the end of a block."""

    size: int
    root: bytes


def head(ledger: LedgerClient) -> Header:
    """The newest block's header.

    Raises:
        LedgerUnavailable: no endpoint answered.
        MalformedLedgerAnswer: what was answered is no header.
    """
    found = _header(ledger.request("eth_getBlockByNumber", "latest", False))  # noqa: FBT003 - JSON-RPC's
    if found is None:
        raise MalformedLedgerAnswer("the ledger has no newest block")
    return found


def headers(ledger: LedgerClient, numbers: Sequence[int]) -> list[Header | None]:
    """The headers of the blocks of these numbers, None where the ledger has no such block.

    Raises:
        LedgerUnavailable: no endpoint answered.
        MalformedLedgerAnswer: what was answered is no header, or another block's.
    """
    answers = ledger.batch(("eth_getBlockByNumber", (hex(wanted), False)) for wanted in numbers)
    found = [_header(answer) for answer in answers]
    for wanted, header in zip(numbers, found, strict=True):
        if header is not None and header.number != wanted:
            raise MalformedLedgerAnswer(f"asked for block {wanted}, got block {header.number}")
    return found


def log_state(ledger: LedgerClient, log_address: str, *, block_hash: bytes) -> LogState:
    """The log's size and root at the end of that very block.

    Raises:
        LedgerUnavailable: no endpoint answered.
        LedgerRefused: the block was replaced, or its state is no longer kept.
        MalformedLedgerAnswer: no contract with these functions is at the address.
    """
    artifact = load_artifact("RegistryLog")
    at = {"blockHash": "0x" + block_hash.hex()}
    size, root = ledger.batch(
        (
            "eth_call",
            ({"to": log_address, "data": "0x" + artifact.function(name).selector.hex()}, at),
        )
        for name in ("size", "root")
    )
    return LogState(int.from_bytes(octets(size, HASH), "big"), octets(root, HASH))


def _header(answer: Any) -> Header | None:
    if answer is None:
        return None
    try:
        return Header(
            number=number(answer["number"]),
            hash=octets(answer["hash"], HASH),
            parent_hash=octets(answer["parentHash"], HASH),
            time=number(answer["timestamp"]),
        )
    except (TypeError, KeyError):
        raise MalformedLedgerAnswer("a header lacks a member") from None

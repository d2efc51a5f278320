"""Block headers, as far as following needs them, and the log's size and root as of a block."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from node.artifacts import load_artifact
from node.chain.client import LedgerClient
from node.chain.header_hash import header_hash
from node.chain.quantity import HASH, octets, place
from node.config import Consensus
from node.errors import HeaderHashDiffers, MalformedLedgerAnswer


@dataclass(frozen=True, slots=True)
class Header:
    """A block's number, hash (computed), parent's hash and time (seconds)."""

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
        HeaderHashDiffers: the header does not hash to the hash that was answered.
        MalformedLedgerAnswer: what was answered is no header.
    """
    answer = ledger.request("eth_getBlockByNumber", "latest", False)  # noqa: FBT003 - JSON-RPC's
    found = read_header(answer, ledger.consensus)
    if found is None:
        raise MalformedLedgerAnswer("the ledger has no newest block")
    return found


def headers(ledger: LedgerClient, numbers: Sequence[int]) -> list[Header | None]:
    """The headers of the blocks of these numbers, None where the ledger has no such block.

    Raises:
        LedgerUnavailable: no endpoint answered.
        HeaderHashDiffers: a header does not hash to the hash that was answered.
        MalformedLedgerAnswer: what was answered is no header, or another block's.
    """
    answers = ledger.batch(("eth_getBlockByNumber", (hex(wanted), False)) for wanted in numbers)
    found = [read_header(answer, ledger.consensus) for answer in answers]
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


def read_header(answer: Any, consensus: Consensus) -> Header | None:
    """The header that `eth_getBlockByNumber` answered with, hashed; None where there is no such block.

    Raises:
        HeaderHashDiffers: it does not hash to the hash that was answered.
        MalformedLedgerAnswer: what was answered is no header.
    """
    if answer is None:
        return None
    if not isinstance(answer, dict) or "hash" not in answer:
        raise MalformedLedgerAnswer("a header lacks a member")
    computed, claimed = header_hash(answer, consensus), octets(answer["hash"], HASH)
    found = Header(
        number=place(answer["number"]),
        hash=computed,
        parent_hash=octets(answer["parentHash"], HASH),
        time=place(answer["timestamp"]),
    )
    if computed != claimed:
        raise HeaderHashDiffers(found.number, claimed=claimed, computed=computed)
    return found

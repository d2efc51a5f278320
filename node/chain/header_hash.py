"""A block's hash, computed from its header's fields: what an endpoint calls a hash is not believed.

`ethereum` hashes the header as it is (Ethereum Yellow Paper section 4.4.3; later forks append fields). With
Besu's BFT engines round and seals are no part of the hash: `qbft` hashes a header whose extra data hold
round 0 and no seals, `ibft2` one whose extra data end before the round. A genesis block is hashed as it is.
"""

from collections.abc import Callable, Mapping
from typing import Any

import rlp
from eth_utils.crypto import keccak
from rlp.exceptions import RLPException

from node.chain.quantity import ADDRESS, HASH, number, octets
from node.config import Consensus
from node.errors import MalformedLedgerAnswer

MAX_EXTRA_DATA = 65_536  # bytes; the seals of 700 validators
_BLOOM, _NONCE = 256, 8
_BFT_MEMBERS = 5
_VANITY = 32
_MEMBERS: Mapping[str, int | None] = {
    "parentHash": HASH,
    "sha3Uncles": HASH,
    "miner": ADDRESS,
    "stateRoot": HASH,
    "transactionsRoot": HASH,
    "receiptsRoot": HASH,
    "logsBloom": _BLOOM,
    "difficulty": None,
    "number": None,
    "gasLimit": None,
    "gasUsed": None,
    "timestamp": None,
    "extraData": 0,
    "mixHash": HASH,
    "nonce": _NONCE,
}
"""Members of every header in their order: the length in bytes of DATA (0: any), None for a QUANTITY."""
_LATER: Mapping[str, int | None] = {
    "baseFeePerGas": None,  # London
    "withdrawalsRoot": HASH,  # Shanghai
    "blobGasUsed": None,  # Cancun, with the next two
    "excessBlobGas": None,
    "parentBeaconBlockRoot": HASH,
    "requestsHash": HASH,  # Prague
}
"""Members that forks appended; one that the endpoint leaves out is left out of the hash."""


def header_hash(block: Mapping[str, Any], consensus: Consensus) -> bytes:
    """The hash under which the ledger knows the block.

    Args:
        block: as `eth_getBlockByNumber` answers; members that are no part of the header are let be.
        consensus: how the ledger hashes.

    Raises:
        MalformedLedgerAnswer: a member of the header is missing, misspelt or too long.
    """
    parts: list[bytes] = []
    for name, length in _MEMBERS.items():
        if name not in block:
            raise MalformedLedgerAnswer(f"a header lacks {name}")
        parts.append(_member(name, length, block[name]))
    parts += [
        _member(name, length, block[name]) for name, length in _LATER.items() if block.get(name) is not None
    ]
    if number(block["number"]):
        place = list(_MEMBERS).index("extraData")
        parts[place] = _HASHED[consensus](parts[place])
    return keccak(rlp.encode(parts))


def _member(name: str, length: int | None, value: Any) -> bytes:
    if length is None:
        found = number(value)
        return found.to_bytes((found.bit_length() + 7) // 8, "big")
    if length:
        return octets(value, length)
    if not isinstance(value, str) or len(value) > 2 + 2 * MAX_EXTRA_DATA:
        raise MalformedLedgerAnswer(f"a header's {name} is not up to {MAX_EXTRA_DATA} bytes")
    return octets(value)


def _as_it_is(extra_data: bytes) -> bytes:
    return extra_data


def _qbft(extra_data: bytes) -> bytes:
    return bytes(rlp.encode([*_unsealed(extra_data), b"", []]))


def _ibft2(extra_data: bytes) -> bytes:
    return bytes(rlp.encode(_unsealed(extra_data)))


_HASHED: Mapping[Consensus, Callable[[bytes], bytes]] = {
    "ethereum": _as_it_is,
    "qbft": _qbft,
    "ibft2": _ibft2,
}


def _unsealed(extra_data: bytes) -> list[Any]:
    """Vanity, validators and vote out of [vanity, validators, vote, round, seals]."""
    try:
        members = rlp.decode(extra_data)
    except (RLPException, RecursionError):
        raise MalformedLedgerAnswer(
            "a header's extraData is not RLP: is `consensus` this ledger's?"
        ) from None
    if not isinstance(members, list) or len(members) != _BFT_MEMBERS or not _plausible(*members[:2]):
        raise MalformedLedgerAnswer(
            "a header's extraData is not a BFT engine's: is `consensus` this ledger's?"
        )
    return members[:3]


def _plausible(vanity: Any, validators: Any) -> bool:
    return (
        isinstance(vanity, bytes)
        and len(vanity) == _VANITY
        and isinstance(validators, list)
        and all(isinstance(one, bytes) and len(one) == ADDRESS for one in validators)
    )

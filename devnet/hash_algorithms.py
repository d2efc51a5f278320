"""The hash algorithms of timestamps: which there are on a ledger, and how the operator inserts one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from anchoring.errors import MalformedEntry
from anchoring.kinds import known_kind
from anchoring.payload import decode_payload
from devnet.errors import LedgerRefused, NotAsked
from devnet.office import Desk, at_office
from node.chain.logs import ENTRY_TOPIC, decode_event
from node.errors import MalformedLedgerAnswer

if TYPE_CHECKING:
    from devnet.rpc import JsonRpc
    from node.config import Deployment

ACTIVE = 1
"""The status of an algorithm that hashes may be stamped by."""

_KINDS = ("timestamp.algorithm.inserted", "timestamp.algorithm.updated")
_RANGE = 1_000  # blocks in one question for events; ledger nodes bound it
_NIST = "2.16.840.1.101.3.4.2"


@dataclass(frozen=True, slots=True)
class HashAlgorithm:
    """What `insertHashAlgorithm` says of one.

    Attributes:
        output_length: bits.
        oid: of the algorithm (NIST, CSOR).
        multi_hash: its name in Multiformats' table.
    """

    output_length: int
    oid: str
    multi_hash: str


ALGORITHMS: Final[Mapping[str, HashAlgorithm]] = MappingProxyType(
    {
        "sha-256": HashAlgorithm(256, f"{_NIST}.1", "sha2-256"),
        "sha-384": HashAlgorithm(384, f"{_NIST}.2", "sha2-384"),
        "sha-512": HashAlgorithm(512, f"{_NIST}.3", "sha2-512"),
        "sha3-224": HashAlgorithm(224, f"{_NIST}.7", "sha3-224"),
        "sha3-256": HashAlgorithm(256, f"{_NIST}.8", "sha3-256"),
        "sha3-384": HashAlgorithm(384, f"{_NIST}.9", "sha3-384"),
        "sha3-512": HashAlgorithm(512, f"{_NIST}.10", "sha3-512"),
    }
)
"""By the names that IANA's registry of named information hash algorithms has (RFC 6920)."""


def insert_hash_algorithm(desk: Desk, iana_name: str) -> int:
    """Return the number by which timestamps name the algorithm, which is on the ledger now, or was before.

    Args:
        desk: up.
        iana_name: one of `ALGORITHMS`.

    Raises:
        NotAsked: no such algorithm.
        NotUp: the devnet is down.
        TransactionRefused: the contract refused, in words.
    """
    algorithm = ALGORITHMS.get(iana_name)
    if algorithm is None:
        raise NotAsked(f"{iana_name[:64]!r} is no hash algorithm known here: {', '.join(ALGORITHMS)}")
    given = (algorithm.output_length, iana_name, algorithm.oid, ACTIVE, algorithm.multi_hash)
    with at_office(desk) as (operator, deployment):
        found = _number_of(operator.rpc, deployment, iana_name)
        if found is not None:
            return found
        registry = deployment.address("AnchorRegistry")
        receipt = operator.transact("AnchorRegistry", registry, "insertHashAlgorithm", *given)
        (event,) = receipt["logs"]
        return int(str(_told(event, deployment)["hashAlgorithmId"]))


def _number_of(rpc: JsonRpc, deployment: Deployment, iana_name: str) -> int | None:
    """The number of the first active algorithm of this name, as each was last described."""
    last = {fields["hashAlgorithmId"]: fields for fields in _described(rpc, deployment)}
    active = (fields for fields in last.values() if fields["status"] == ACTIVE)
    return next((int(str(one["hashAlgorithmId"])) for one in active if one["ianaName"] == iana_name), None)


def _described(rpc: JsonRpc, deployment: Deployment) -> Iterator[dict[str, object]]:
    topics = ["0x" + ENTRY_TOPIC.hex(), None, ["0x" + known_kind(kind).code.hex() for kind in _KINDS]]
    newest = int(rpc.request("eth_blockNumber"), 16)
    for first in range(deployment.first_block, newest + 1, _RANGE):
        asked = {"address": deployment.registry_log, "topics": topics, "fromBlock": hex(first)}
        asked["toBlock"] = hex(min(first + _RANGE - 1, newest))
        for event in rpc.request("eth_getLogs", asked):
            yield _told(event, deployment)


def _told(event: object, deployment: Deployment) -> dict[str, object]:
    try:
        entry = decode_event(event, deployment.registry_log.lower()).entry
        return decode_payload(entry.kind, entry.payload)
    except (MalformedLedgerAnswer, MalformedEntry) as error:
        raise LedgerRefused("eth_getLogs", 0, str(error)) from error

"""The hash algorithms of timestamps: which there are on a ledger, and how the operator inserts one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from devnet.entries import payload_of, payloads_of
from devnet.errors import NotAsked
from devnet.office import Desk, at_office

if TYPE_CHECKING:
    from devnet.rpc import JsonRpc
    from node.config import Deployment

ACTIVE = 1
"""The status of an algorithm that hashes may be stamped by."""

_KINDS = ("timestamp.algorithm.inserted", "timestamp.algorithm.updated")
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
        return int(str(payload_of(event, deployment)["hashAlgorithmId"]))


def _number_of(rpc: JsonRpc, deployment: Deployment, iana_name: str) -> int | None:
    """The number of the first active algorithm of this name, as each was last described."""
    last = {fields["hashAlgorithmId"]: fields for fields in payloads_of(rpc, deployment, _KINDS)}
    active = (fields for fields in last.values() if fields["status"] == ACTIVE)
    return next((int(str(one["hashAlgorithmId"])) for one in active if one["ianaName"] == iana_name), None)

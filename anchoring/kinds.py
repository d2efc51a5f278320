"""The kinds of entries, their payload fields and what they speak of (protocol sections 1, 2 and 10).

The contracts hold the same list; a test compares the two.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from .errors import UnknownKind

KIND_SIZE = 32


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of entry: its name, the type of its subject, and its fields as (ABI type, name)."""

    name: str
    subject_type: str
    fields: tuple[tuple[str, str], ...]

    @property
    def code(self) -> bytes:
        """The 32 bytes that stand on the ledger: ASCII, right-padded with zeros."""
        return self.name.encode("ascii").ljust(KIND_SIZE, b"\0")


# Field names and their order are the ledger's; every line but the log's own also ends in `uint8 authority`.
_RECORD_VERSION = (
    "bytes32 recordId, uint256 versionId, uint256[] hashAlgorithmIds, bytes[] hashValues, "
    "bytes[] timestampData, bytes versionInfo"
)
_ALGORITHM = (
    "uint256 hashAlgorithmId, uint256 outputLength, string ianaName, string oid, uint8 status, "
    "string multiHash"
)
_METHOD_END = "string did, string vMethodId, uint64 notAfter"
_PROXY = "string did, bytes32 proxyId, string proxyData"
_SCHEMA = "bytes32 schemaId, bytes32 schemaRevisionId, bytes schema, bytes metadata"
_POLICY = "string policyName, string description"
_GRANT = "address user, string[] attributes"
_TABLE: Final = (
    (
        "did",
        "did.inserted",
        (
            "string did, string baseDocument, string vMethodId, bytes publicKey, bool isSecp256k1, "
            "uint64 notBefore, uint64 notAfter"
        ),
    ),
    ("did", "did.base.updated", "string did, string baseDocument"),
    ("did", "did.controller.added", "string did, string controller"),
    ("did", "did.controller.revoked", "string did, string controller"),
    ("did", "did.method.added", "string did, string vMethodId, bool isSecp256k1, bytes publicKey"),
    ("did", "did.method.expired", _METHOD_END),
    ("did", "did.method.revoked", _METHOD_END),
    (
        "did",
        "did.method.rolled",
        (
            "string did, string vMethodId, bytes publicKey, bool isSecp256k1, uint64 notBefore, "
            "uint64 notAfter, string oldVMethodId, uint64 duration"
        ),
    ),
    (
        "did",
        "did.relationship.added",
        "string did, string name, string vMethodId, uint64 notBefore, uint64 notAfter",
    ),
    ("issuer", "issuer.began", "string did, bytes32 type, bytes32 id"),
    (
        "attribute",
        "issuer.attribute.metadata",
        (
            "string did, bytes32 attributeId, bytes32 revisionId, uint8 issuerType, string taoDid, "
            "bytes32 attributeIdTao"
        ),
    ),
    (
        "attribute",
        "issuer.attribute.data",
        "string did, bytes32 attributeId, bytes32 revisionId, bytes attributeData",
    ),
    ("proxy", "issuer.proxy.added", _PROXY),
    ("proxy", "issuer.proxy.updated", _PROXY),
    ("proxy", "issuer.proxy.removed", _PROXY),
    ("schema", "schema.inserted", _SCHEMA),
    ("schema", "schema.updated", _SCHEMA),
    (
        "schema",
        "schema.metadata.updated",
        "bytes32 schemaId, bytes32 schemaRevisionId, bytes32 metadataId, bytes metadata",
    ),
    ("policy", "policy.inserted", _POLICY),
    ("policy", "policy.updated", _POLICY),
    ("policy", "policy.activated", _POLICY),
    ("policy", "policy.deactivated", _POLICY),
    ("user", "policy.granted", _GRANT),
    ("user", "policy.withdrawn", _GRANT),
    ("anchors", "anchor.batch", "string did, bytes32 attributeId, bytes32 root, uint64 size"),
    (
        "status",
        "status.published",
        (
            "string did, bytes32 attributeId, string url, string purpose, uint64 bits, "
            "bytes32 credentialDigest, uint64 validFrom, uint64 validUntil"
        ),
    ),
    ("timestamp", "timestamp.hashes", "uint256 hashAlgorithmId, bytes hashValue, bytes timestampData"),
    ("algorithm", "timestamp.algorithm.inserted", _ALGORITHM),
    ("algorithm", "timestamp.algorithm.updated", _ALGORITHM),
    ("record", "timestamp.record.versioned", _RECORD_VERSION),
    ("record", "timestamp.record.appended", _RECORD_VERSION),
    ("record", "timestamp.record.detached", "bytes32 recordId, uint256 versionId, bytes versionHash"),
    ("record", "timestamp.record.info", "bytes32 recordId, uint256 versionId, bytes versionInfo"),
    (
        "record",
        "timestamp.record.owner.added",
        "bytes32 recordId, bytes ownerId, uint64 notBefore, uint64 notAfter",
    ),
    ("record", "timestamp.record.owner.revoked", "bytes32 recordId, bytes ownerId"),
    (
        "log",
        "log.opened",
        (
            "uint256 chainId, address log, address[] writers, bytes32[] codeHashes, "
            "string predecessorOrigin, uint64 predecessorSize, bytes32 predecessorRoot, address operator"
        ),
    ),
    ("log", "log.mark", ""),
    ("log", "log.closed", "address successor"),
)


def _read_row(subject_type: str, name: str, fields: str) -> Kind:
    pairs = [(abi_type, field) for abi_type, _, field in (part.partition(" ") for part in fields.split(", "))]
    if subject_type == "log":
        return Kind(name, subject_type, tuple(pairs) if fields else ())
    return Kind(name, subject_type, (*pairs, ("uint8", "authority")))


KINDS: Final[Mapping[str, Kind]] = MappingProxyType({row[1]: _read_row(*row) for row in _TABLE})
_BY_CODE: Final = {kind.code: kind.name for kind in KINDS.values()}


def known_kind(name: str) -> Kind:
    """Return the kind called `name` (protocol section 10).

    Raises:
        UnknownKind: there is none.
    """
    try:
        return KINDS[name]
    except KeyError:
        raise UnknownKind(name) from None


def kind_from_code(code: bytes) -> str:
    """Return the name of the kind whose 32 bytes stand on the ledger (protocol section 1).

    Raises:
        UnknownKind: no kind has this code.
    """
    try:
        return _BY_CODE[code]
    except KeyError:
        raise UnknownKind(code.hex()) from None

"""Calls of the timestamp contract through the node (ebsi-api section 6)."""

from node.services.registry_calls import Registry

_HASHES = ("hashAlgorithmIds", "hashValues", "timestampData")
_ALGORITHM = ("outputLength", "ianaName", "oid", "status", "multiHash")
TIMESTAMP = Registry(
    "AnchorRegistry",
    {
        "timestampHashes": _HASHES,
        "timestampRecordHashes": (*_HASHES, "versionInfo"),
        "timestampVersionHashes": ("versionHash", *_HASHES, "versionInfo"),
        "timestampRecordVersionHashes": ("recordId", *_HASHES, "versionInfo"),
        "appendRecordVersionHashes": ("recordId", "versionId", *_HASHES, "versionInfo"),
        "detachRecordVersionHash": ("recordId", "versionId", "hashValue"),
        "insertRecordVersionInfo": ("recordId", "versionId", "versionInfo"),
        "insertRecordOwner": ("recordId", "ownerId", "notBefore", "notAfter"),
        "revokeRecordOwner": ("recordId", "ownerId"),
        "insertHashAlgorithm": _ALGORITHM,
        "updateHashAlgorithm": ("hashAlgorithmId", *_ALGORITHM),
    },
    optional={"timestampData": [], "versionInfo": "0x", "oid": ""},
)
TIMESTAMP_POLICIES = ("insertHashAlgorithm", "updateHashAlgorithm")
"""Methods for those alone who hold the policy `TS:<method>`; the others stamp for anybody."""

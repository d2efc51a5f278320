"""Which kind of entry each function of the registries writes (protocol section 10)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

WRITTEN: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("DidRegistry", "insertDidDocument"): "did.inserted",
        ("DidRegistry", "updateBaseDocument"): "did.base.updated",
        ("DidRegistry", "addController"): "did.controller.added",
        ("DidRegistry", "revokeController"): "did.controller.revoked",
        ("DidRegistry", "addVerificationMethod"): "did.method.added",
        ("DidRegistry", "addVerificationRelationship"): "did.relationship.added",
        ("DidRegistry", "expireVerificationMethod"): "did.method.expired",
        ("DidRegistry", "revokeVerificationMethod"): "did.method.revoked",
        ("DidRegistry", "rollVerificationMethod"): "did.method.rolled",
        ("TrustedIssuersRegistry", "setAttributeMetadata"): "issuer.attribute.metadata",
        ("TrustedIssuersRegistry", "setAttributeData"): "issuer.attribute.data",
        ("TrustedIssuersRegistry", "addIssuerProxy"): "issuer.proxy.added",
        ("TrustedIssuersRegistry", "updateIssuerProxy"): "issuer.proxy.updated",
        ("TrustedIssuersRegistry", "removeIssuerProxy"): "issuer.proxy.removed",
        ("TrustedSchemasRegistry", "insertSchema"): "schema.inserted",
        ("TrustedSchemasRegistry", "updateSchema"): "schema.updated",
        ("TrustedSchemasRegistry", "updateMetadata"): "schema.metadata.updated",
        ("AnchorRegistry", "anchorBatch"): "anchor.batch",
        ("AnchorRegistry", "publishStatusList"): "status.published",
        ("AnchorRegistry", "insertHashAlgorithm"): "timestamp.algorithm.inserted",
        ("AnchorRegistry", "updateHashAlgorithm"): "timestamp.algorithm.updated",
        ("AnchorRegistry", "timestampHashes"): "timestamp.hashes",
        ("AnchorRegistry", "timestampRecordHashes"): "timestamp.record.versioned",
        ("AnchorRegistry", "timestampVersionHashes"): "timestamp.record.versioned",
        ("AnchorRegistry", "timestampRecordVersionHashes"): "timestamp.record.versioned",
        ("AnchorRegistry", "appendRecordVersionHashes"): "timestamp.record.appended",
        ("AnchorRegistry", "detachRecordVersionHash"): "timestamp.record.detached",
        ("AnchorRegistry", "insertRecordVersionInfo"): "timestamp.record.info",
        ("AnchorRegistry", "insertRecordOwner"): "timestamp.record.owner.added",
        ("AnchorRegistry", "revokeRecordOwner"): "timestamp.record.owner.revoked",
        ("TrustedPoliciesRegistry", "insertPolicy"): "policy.inserted",
        ("TrustedPoliciesRegistry", "updatePolicy"): "policy.updated",
        ("TrustedPoliciesRegistry", "activatePolicy"): "policy.activated",
        ("TrustedPoliciesRegistry", "deactivatePolicy"): "policy.deactivated",
        ("TrustedPoliciesRegistry", "insertUserAttributes"): "policy.granted",
        ("TrustedPoliciesRegistry", "deleteUserAttribute"): "policy.withdrawn",
    }
)
"""By contract and function; beside it a call may write `issuer.began` or `timestamp.hashes`."""

// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice The kinds of entries: ASCII, right-padded with zeros (protocol, sections 1 and 10).
library Kinds {
    bytes32 internal constant DID_INSERTED = "did.inserted";
    bytes32 internal constant DID_BASE_UPDATED = "did.base.updated";
    bytes32 internal constant DID_CONTROLLER_ADDED = "did.controller.added";
    bytes32 internal constant DID_CONTROLLER_REVOKED = "did.controller.revoked";
    bytes32 internal constant DID_METHOD_ADDED = "did.method.added";
    bytes32 internal constant DID_METHOD_EXPIRED = "did.method.expired";
    bytes32 internal constant DID_METHOD_REVOKED = "did.method.revoked";
    bytes32 internal constant DID_METHOD_ROLLED = "did.method.rolled";
    bytes32 internal constant DID_RELATIONSHIP_ADDED = "did.relationship.added";

    bytes32 internal constant ISSUER_BEGAN = "issuer.began";
    bytes32 internal constant ISSUER_ATTRIBUTE_METADATA = "issuer.attribute.metadata";
    bytes32 internal constant ISSUER_ATTRIBUTE_DATA = "issuer.attribute.data";
    bytes32 internal constant ISSUER_PROXY_ADDED = "issuer.proxy.added";
    bytes32 internal constant ISSUER_PROXY_UPDATED = "issuer.proxy.updated";
    bytes32 internal constant ISSUER_PROXY_REMOVED = "issuer.proxy.removed";

    bytes32 internal constant SCHEMA_INSERTED = "schema.inserted";
    bytes32 internal constant SCHEMA_UPDATED = "schema.updated";
    bytes32 internal constant SCHEMA_METADATA_UPDATED = "schema.metadata.updated";

    bytes32 internal constant POLICY_INSERTED = "policy.inserted";
    bytes32 internal constant POLICY_UPDATED = "policy.updated";
    bytes32 internal constant POLICY_ACTIVATED = "policy.activated";
    bytes32 internal constant POLICY_DEACTIVATED = "policy.deactivated";
    bytes32 internal constant POLICY_GRANTED = "policy.granted";
    bytes32 internal constant POLICY_WITHDRAWN = "policy.withdrawn";

    bytes32 internal constant ANCHOR_BATCH = "anchor.batch";
    bytes32 internal constant STATUS_PUBLISHED = "status.published";

    bytes32 internal constant TIMESTAMP_HASHES = "timestamp.hashes";
    bytes32 internal constant TIMESTAMP_ALGORITHM_INSERTED = "timestamp.algorithm.inserted";
    bytes32 internal constant TIMESTAMP_ALGORITHM_UPDATED = "timestamp.algorithm.updated";
    bytes32 internal constant TIMESTAMP_RECORD_VERSIONED = "timestamp.record.versioned";
    bytes32 internal constant TIMESTAMP_RECORD_APPENDED = "timestamp.record.appended";
    bytes32 internal constant TIMESTAMP_RECORD_DETACHED = "timestamp.record.detached";
    bytes32 internal constant TIMESTAMP_RECORD_INFO = "timestamp.record.info";
    bytes32 internal constant TIMESTAMP_RECORD_OWNER_ADDED = "timestamp.record.owner.added";
    bytes32 internal constant TIMESTAMP_RECORD_OWNER_REVOKED = "timestamp.record.owner.revoked";

    bytes32 internal constant LOG_OPENED = "log.opened";
    bytes32 internal constant LOG_MARK = "log.mark";
    bytes32 internal constant LOG_CLOSED = "log.closed";
}

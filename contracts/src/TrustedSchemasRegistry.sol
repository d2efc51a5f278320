// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ITrustedPoliciesRegistry} from "./interfaces/ITrustedPoliciesRegistry.sol";
import {ITrustedSchemasRegistry} from "./interfaces/ITrustedSchemasRegistry.sol";
import {Authorities} from "./Authorities.sol";
import {Kinds} from "./Kinds.sol";
import {LogWriter} from "./LogWriter.sol";

/// @title TrustedSchemasRegistry
/// @notice Keeps which ids are taken; schemas and metadata are in the log's entries.
contract TrustedSchemasRegistry is ITrustedSchemasRegistry, LogWriter {
    /// Where the registry looks up policies.
    ITrustedPoliciesRegistry public immutable policies;

    mapping(bytes32 schemaId => bool) private _schemas;
    mapping(bytes32 schemaRevisionId => bytes32 schemaId) private _schemaOf;

    /// @param policies_ The TrustedPoliciesRegistry.
    /// @param log_ Address at which the log will be deployed.
    constructor(
        address policies_,
        address log_
    ) LogWriter(log_) {
        policies = ITrustedPoliciesRegistry(policies_);
    }

    /// @inheritdoc ITrustedSchemasRegistry
    function insertSchema(
        bytes32 schemaId,
        bytes calldata schema,
        bytes calldata metadata
    ) external {
        _requirePolicy("TSR:insertSchema");
        if (schemaId == 0) revert InvalidSchemaId();
        if (_schemas[schemaId]) revert SchemaExists(schemaId);
        _schemas[schemaId] = true;
        _recordRevision(Kinds.SCHEMA_INSERTED, schemaId, schema, metadata);
    }

    /// @inheritdoc ITrustedSchemasRegistry
    function updateSchema(
        bytes32 schemaId,
        bytes calldata schema,
        bytes calldata metadata
    ) external {
        _requirePolicy("TSR:updateSchema");
        if (!_schemas[schemaId]) revert SchemaNotFound(schemaId);
        _recordRevision(Kinds.SCHEMA_UPDATED, schemaId, schema, metadata);
    }

    /// @inheritdoc ITrustedSchemasRegistry
    function updateMetadata(
        bytes32 schemaRevisionId,
        bytes calldata metadata
    ) external {
        _requirePolicy("TSR:updateMetadata");
        bytes32 schemaId = _schemaOf[schemaRevisionId];
        if (schemaId == 0) revert SchemaRevisionNotFound(schemaRevisionId);
        if (metadata.length == 0) revert EmptyMetadata();
        _record(
            Kinds.SCHEMA_METADATA_UPDATED,
            schemaId,
            0,
            abi.encode(schemaId, schemaRevisionId, sha256(metadata), metadata, Authorities.POLICY)
        );
    }

    function _recordRevision(
        bytes32 kind,
        bytes32 schemaId,
        bytes calldata schema,
        bytes calldata metadata
    ) private {
        if (schema.length == 0) revert EmptySchema();
        if (metadata.length == 0) revert EmptyMetadata();
        bytes32 schemaRevisionId = sha256(schema);
        if (_schemaOf[schemaRevisionId] != 0) revert SchemaRevisionExists(schemaRevisionId);
        _schemaOf[schemaRevisionId] = schemaId;
        _record(
            kind, schemaId, 0, abi.encode(schemaId, schemaRevisionId, schema, metadata, Authorities.POLICY)
        );
    }

    function _requirePolicy(
        string memory policyName
    ) private view {
        if (!policies.hasAttribute(msg.sender, policyName)) revert MissingPolicy(msg.sender, policyName);
    }
}

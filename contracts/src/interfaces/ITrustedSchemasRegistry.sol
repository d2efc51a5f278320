// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Schema id to revisions (EBSI Trusted Schemas Registry v3)
/// @notice A revision's id is the SHA-256 of its bytes, a metadata's likewise; a content is a revision once.
interface ITrustedSchemasRegistry {
    /// The caller does not hold the policy that the function needs.
    error MissingPolicy(address caller, string policyName);

    error InvalidSchemaId();

    error EmptySchema();

    error EmptyMetadata();

    error SchemaExists(bytes32 schemaId);

    error SchemaNotFound(bytes32 schemaId);

    error SchemaRevisionExists(bytes32 schemaRevisionId);

    error SchemaRevisionNotFound(bytes32 schemaRevisionId);

    /// @notice Inserts a schema. Needs the policy `TSR:insertSchema`.
    function insertSchema(
        bytes32 schemaId,
        bytes calldata schema,
        bytes calldata metadata
    ) external;

    /// @notice Adds a revision. Needs the policy `TSR:updateSchema`.
    function updateSchema(
        bytes32 schemaId,
        bytes calldata schema,
        bytes calldata metadata
    ) external;

    /// @notice Adds metadata to a revision. Needs the policy `TSR:updateMetadata`.
    function updateMetadata(
        bytes32 schemaRevisionId,
        bytes calldata metadata
    ) external;
}

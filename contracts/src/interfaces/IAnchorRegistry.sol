// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Batches of digests and status lists (protocol, section 3)
/// @notice A batch is the triple (did, root, size): two issuers may anchor one root, and a wrong size does not
/// bar the right one.
interface IAnchorRegistry {
    /// A batch has 1 to 1,048,576 leaves.
    error InvalidBatchSize(uint64 size, uint64 maximum);

    error EmptyRoot();

    /// The DID has no such attribute.
    error NoSuchAttribute(string did, bytes32 attributeId);

    /// The attribute was revoked: the issuer is no longer accredited by it.
    error AccreditationRevoked(string did, bytes32 attributeId);

    error BatchExists(string did, bytes32 root, uint64 size);

    /// A list's URL is 1 to 2,048 bytes.
    error InvalidUrl(uint256 length);

    /// A list's purpose is 1 to 64 bytes.
    error InvalidPurpose(uint256 length);

    /// Herd privacy: a list has at least 131,072 entries (Bitstring Status List v1.0, section 6.1).
    error StatusListTooShort(uint64 bits, uint64 minimum);

    /// Purpose and bits are fixed by a list's first publication.
    error StatusListChanged(string did, string url);

    error EmptyDigest();

    error InvalidValidity(uint64 validFrom, uint64 validUntil);

    /// @notice Anchors a batch. The sender acts for the DID, whose attribute is RootTAO, TAO or TI now.
    /// @param root Root over the leaves (RFC 9162, section 2.1.1).
    /// @param size Number of leaves.
    function anchorBatch(
        string calldata did,
        bytes32 attributeId,
        bytes32 root,
        uint64 size
    ) external;

    /// @notice Publishes a status list credential. The sender acts for the DID, whose attribute may be revoked:
    /// who lost an accreditation must still be able to revoke.
    /// @param purpose `statusPurpose` of the list.
    /// @param bits Number of entries of the list.
    /// @param credentialDigest Digest of the secured list credential.
    /// @param validFrom Seconds; the credential's own validity.
    /// @param validUntil Seconds.
    function publishStatusList(
        string calldata did,
        bytes32 attributeId,
        string calldata url,
        string calldata purpose,
        uint64 bits,
        bytes32 credentialDigest,
        uint64 validFrom,
        uint64 validUntil
    ) external;

    /// @notice Whether the DID anchored this root with this size.
    function isAnchored(
        string calldata did,
        bytes32 root,
        uint64 size
    ) external view returns (bool);
}

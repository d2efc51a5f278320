// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Timestamps of anything, and records of versions (EBSI Timestamp v4)
/// @notice Anybody may timestamp. A record belongs to its owners, who are accounts: an owner's id is the 20
/// bytes of its address. A hash's own id is the SHA-256 of its value.
interface ITimestamps {
    /// The caller does not hold the policy that the function needs.
    error MissingPolicy(address caller, string policyName);

    /// One call takes one to three hashes.
    error InvalidHashCount(uint256 count);

    /// As many algorithms as hashes, and no more data than hashes.
    error UnequalLengths(uint256 hashAlgorithmIds, uint256 hashValues, uint256 timestampData);

    error HashAlgorithmNotFound(uint256 hashAlgorithmId);

    error HashAlgorithmRevoked(uint256 hashAlgorithmId);

    /// The value is not as long as the algorithm's output.
    error InvalidHashLength(uint256 hashAlgorithmId, uint256 length);

    /// An algorithm has a name, an output of 8 to 4,096 bits in whole bytes, and the status 1 or 2.
    error InvalidHashAlgorithm();

    error RecordExists(bytes32 recordId);

    error RecordNotFound(bytes32 recordId);

    error VersionNotFound(bytes32 recordId, uint256 versionId);

    /// No version with this hash was recorded by the caller.
    error VersionHashNotFound(bytes versionHash);

    error NotARecordOwner(address caller, bytes32 recordId);

    /// An owner's id is the 20 bytes of an address.
    error InvalidOwnerId(bytes ownerId);

    error OwnerExists(bytes32 recordId, bytes ownerId);

    error OwnerNotFound(bytes32 recordId, bytes ownerId);

    error InvalidOwnerDates(uint256 notBefore, uint256 notAfter);

    /// The version does not hold the hash, or holds no other.
    error HashNotInVersion(bytes32 recordId, uint256 versionId, bytes hashValue);

    error EmptyVersionInfo();

    /// @notice Adds a hash algorithm; ids count from 0. Needs the policy `TS:insertHashAlgorithm`.
    /// @param outputLength Bits.
    /// @param status 1 active, 2 revoked.
    function insertHashAlgorithm(
        uint256 outputLength,
        string calldata ianaName,
        string calldata oid,
        uint8 status,
        string calldata multiHash
    ) external;

    /// @notice Replaces a hash algorithm. Needs the policy `TS:updateHashAlgorithm`.
    function updateHashAlgorithm(
        uint256 hashAlgorithmId,
        uint256 outputLength,
        string calldata ianaName,
        string calldata oid,
        uint8 status,
        string calldata multiHash
    ) external;

    /// @notice Timestamps up to three hashes; the earliest entry of a hash is its time.
    function timestampHashes(
        uint256[] calldata hashAlgorithmIds,
        bytes[] calldata hashValues,
        bytes[] calldata timestampData
    ) external;

    /// @notice Timestamps hashes as version 0 of a new record, which the sender owns. The record's id is the
    /// SHA-256 of abi.encode(sender, block.number, first hash value).
    function timestampRecordHashes(
        uint256[] calldata hashAlgorithmIds,
        bytes[] calldata hashValues,
        bytes[] calldata timestampData,
        bytes calldata versionInfo
    ) external returns (bytes32 recordId);

    /// @notice Timestamps hashes as the next version of the record in which the sender recorded `versionHash`
    /// last.
    function timestampVersionHashes(
        bytes calldata versionHash,
        uint256[] calldata hashAlgorithmIds,
        bytes[] calldata hashValues,
        bytes[] calldata timestampData,
        bytes calldata versionInfo
    ) external;

    /// @notice Timestamps hashes as the next version of a record.
    function timestampRecordVersionHashes(
        bytes32 recordId,
        uint256[] calldata hashAlgorithmIds,
        bytes[] calldata hashValues,
        bytes[] calldata timestampData,
        bytes calldata versionInfo
    ) external;

    /// @notice Timestamps hashes and adds them to a version.
    function appendRecordVersionHashes(
        bytes32 recordId,
        uint256 versionId,
        uint256[] calldata hashAlgorithmIds,
        bytes[] calldata hashValues,
        bytes[] calldata timestampData,
        bytes calldata versionInfo
    ) external;

    /// @notice Takes a hash out of a version, which keeps at least one; the timestamp stays.
    function detachRecordVersionHash(
        bytes32 recordId,
        uint256 versionId,
        bytes calldata hashValue
    ) external;

    /// @notice Adds information to a version.
    function insertRecordVersionInfo(
        bytes32 recordId,
        uint256 versionId,
        bytes calldata versionInfo
    ) external;

    /// @notice Adds an owner within [notBefore, notAfter), or without an end where notAfter is 0.
    function insertRecordOwner(
        bytes32 recordId,
        bytes calldata ownerId,
        uint256 notBefore,
        uint256 notAfter
    ) external;

    /// @notice Ends an ownership now, for ever.
    function revokeRecordOwner(
        bytes32 recordId,
        bytes calldata ownerId
    ) external;
}

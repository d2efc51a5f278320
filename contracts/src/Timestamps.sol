// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ITimestamps} from "./interfaces/ITimestamps.sol";
import {Authorities} from "./Authorities.sol";
import {HashAlgorithms} from "./HashAlgorithms.sol";
import {Kinds} from "./Kinds.sol";

/// @notice Timestamps and records of versions; what was hashed and said is in the log's entries.
abstract contract Timestamps is HashAlgorithms {
    struct Ownership {
        uint64 notBefore;
        uint64 notAfter;
        bool revoked;
    }

    struct Record {
        uint256 versions;
        mapping(address owner => Ownership) owners;
        mapping(uint256 versionId => uint256) hashCount;
        mapping(uint256 versionId => mapping(bytes32 timestampId => bool)) hashes;
    }

    uint256 private constant MAX_HASHES = 3;
    uint64 private constant FOR_EVER = type(uint64).max;

    mapping(bytes32 recordId => Record) private _records;
    mapping(address sender => mapping(bytes32 timestampId => bytes32 recordId)) private _recordOf;

    modifier onlyOwner(
        bytes32 recordId
    ) {
        if (_records[recordId].versions == 0) revert RecordNotFound(recordId);
        Ownership storage owner = _records[recordId].owners[msg.sender];
        if (owner.revoked || block.timestamp < owner.notBefore || owner.notAfter <= block.timestamp) {
            revert NotARecordOwner(msg.sender, recordId);
        }
        _;
    }

    modifier onlyVersion(
        bytes32 recordId,
        uint256 versionId
    ) {
        if (versionId >= _records[recordId].versions) revert VersionNotFound(recordId, versionId);
        _;
    }

    /// @inheritdoc ITimestamps
    function timestampHashes(
        uint256[] calldata hashAlgorithmIds,
        bytes[] calldata hashValues,
        bytes[] calldata timestampData
    ) external {
        _timestamp(hashAlgorithmIds, hashValues, timestampData);
    }

    /// @inheritdoc ITimestamps
    function timestampRecordHashes(
        uint256[] calldata hashAlgorithmIds,
        bytes[] calldata hashValues,
        bytes[] calldata timestampData,
        bytes calldata versionInfo
    ) external returns (bytes32 recordId) {
        _timestamp(hashAlgorithmIds, hashValues, timestampData);
        recordId = sha256(abi.encode(msg.sender, block.number, hashValues[0]));
        Record storage record = _records[recordId];
        if (record.versions != 0) revert RecordExists(recordId);
        record.owners[msg.sender] = Ownership(0, FOR_EVER, false);
        _recordVersion(recordId, hashAlgorithmIds, hashValues, timestampData, versionInfo);
    }

    /// @inheritdoc ITimestamps
    function timestampVersionHashes(
        bytes calldata versionHash,
        uint256[] calldata hashAlgorithmIds,
        bytes[] calldata hashValues,
        bytes[] calldata timestampData,
        bytes calldata versionInfo
    ) external {
        // Looked up among the sender's own: another's record with the same hash must not catch the version.
        bytes32 recordId = _recordOf[msg.sender][sha256(versionHash)];
        if (recordId == 0) revert VersionHashNotFound(versionHash);
        _addVersion(recordId, hashAlgorithmIds, hashValues, timestampData, versionInfo);
    }

    /// @inheritdoc ITimestamps
    function timestampRecordVersionHashes(
        bytes32 recordId,
        uint256[] calldata hashAlgorithmIds,
        bytes[] calldata hashValues,
        bytes[] calldata timestampData,
        bytes calldata versionInfo
    ) external {
        _addVersion(recordId, hashAlgorithmIds, hashValues, timestampData, versionInfo);
    }

    /// @inheritdoc ITimestamps
    function appendRecordVersionHashes(
        bytes32 recordId,
        uint256 versionId,
        uint256[] calldata hashAlgorithmIds,
        bytes[] calldata hashValues,
        bytes[] calldata timestampData,
        bytes calldata versionInfo
    ) external onlyOwner(recordId) onlyVersion(recordId, versionId) {
        _timestamp(hashAlgorithmIds, hashValues, timestampData);
        _keep(recordId, versionId, hashValues);
        _record(
            Kinds.TIMESTAMP_RECORD_APPENDED,
            recordId,
            0,
            abi.encode(
                recordId,
                versionId,
                hashAlgorithmIds,
                hashValues,
                timestampData,
                versionInfo,
                Authorities.OWN_KEY
            )
        );
    }

    /// @inheritdoc ITimestamps
    function detachRecordVersionHash(
        bytes32 recordId,
        uint256 versionId,
        bytes calldata hashValue
    ) external onlyOwner(recordId) onlyVersion(recordId, versionId) {
        Record storage record = _records[recordId];
        bytes32 timestampId = sha256(hashValue);
        if (!record.hashes[versionId][timestampId] || record.hashCount[versionId] == 1) {
            revert HashNotInVersion(recordId, versionId, hashValue);
        }
        record.hashes[versionId][timestampId] = false;
        --record.hashCount[versionId];
        _record(
            Kinds.TIMESTAMP_RECORD_DETACHED,
            recordId,
            0,
            abi.encode(recordId, versionId, hashValue, Authorities.OWN_KEY)
        );
    }

    /// @inheritdoc ITimestamps
    function insertRecordVersionInfo(
        bytes32 recordId,
        uint256 versionId,
        bytes calldata versionInfo
    ) external onlyOwner(recordId) onlyVersion(recordId, versionId) {
        if (versionInfo.length == 0) revert EmptyVersionInfo();
        bytes memory payload = abi.encode(recordId, versionId, versionInfo, Authorities.OWN_KEY);
        _record(Kinds.TIMESTAMP_RECORD_INFO, recordId, 0, payload);
    }

    /// @inheritdoc ITimestamps
    function insertRecordOwner(
        bytes32 recordId,
        bytes calldata ownerId,
        uint256 notBefore,
        uint256 notAfter
    ) external onlyOwner(recordId) {
        Ownership storage ownership = _records[recordId].owners[_owner(ownerId)];
        if (ownership.notAfter != 0) revert OwnerExists(recordId, ownerId);
        bool bounded = notAfter != 0;
        if (notBefore >= FOR_EVER || notAfter > FOR_EVER || (bounded && notAfter <= notBefore)) {
            revert InvalidOwnerDates(notBefore, notAfter);
        }
        (ownership.notBefore, ownership.notAfter) = (uint64(notBefore), bounded ? uint64(notAfter) : FOR_EVER);
        _record(
            Kinds.TIMESTAMP_RECORD_OWNER_ADDED,
            recordId,
            0,
            abi.encode(recordId, ownerId, uint64(notBefore), uint64(notAfter), Authorities.OWN_KEY)
        );
    }

    /// @inheritdoc ITimestamps
    function revokeRecordOwner(
        bytes32 recordId,
        bytes calldata ownerId
    ) external onlyOwner(recordId) {
        Ownership storage ownership = _records[recordId].owners[_owner(ownerId)];
        if (ownership.notAfter == 0 || ownership.revoked) revert OwnerNotFound(recordId, ownerId);
        ownership.revoked = true;
        bytes memory payload = abi.encode(recordId, ownerId, Authorities.OWN_KEY);
        _record(Kinds.TIMESTAMP_RECORD_OWNER_REVOKED, recordId, 0, payload);
    }

    function _addVersion(
        bytes32 recordId,
        uint256[] calldata hashAlgorithmIds,
        bytes[] calldata hashValues,
        bytes[] calldata timestampData,
        bytes calldata versionInfo
    ) private onlyOwner(recordId) {
        _timestamp(hashAlgorithmIds, hashValues, timestampData);
        _recordVersion(recordId, hashAlgorithmIds, hashValues, timestampData, versionInfo);
    }

    function _recordVersion(
        bytes32 recordId,
        uint256[] calldata hashAlgorithmIds,
        bytes[] calldata hashValues,
        bytes[] calldata timestampData,
        bytes calldata versionInfo
    ) private {
        uint256 versionId = _records[recordId].versions++;
        _keep(recordId, versionId, hashValues);
        _record(
            Kinds.TIMESTAMP_RECORD_VERSIONED,
            recordId,
            0,
            abi.encode(
                recordId,
                versionId,
                hashAlgorithmIds,
                hashValues,
                timestampData,
                versionInfo,
                Authorities.OWN_KEY
            )
        );
    }

    function _keep(
        bytes32 recordId,
        uint256 versionId,
        bytes[] calldata hashValues
    ) private {
        Record storage record = _records[recordId];
        for (uint256 i; i < hashValues.length; ++i) {
            bytes32 timestampId = sha256(hashValues[i]);
            _recordOf[msg.sender][timestampId] = recordId;
            if (record.hashes[versionId][timestampId]) continue;
            record.hashes[versionId][timestampId] = true;
            ++record.hashCount[versionId];
        }
    }

    /// @dev A hash may be stamped again: refusing it would let anybody bar another's record by stamping first.
    function _timestamp(
        uint256[] calldata hashAlgorithmIds,
        bytes[] calldata hashValues,
        bytes[] calldata timestampData
    ) private {
        uint256 count = hashValues.length;
        if (count == 0 || count > MAX_HASHES) revert InvalidHashCount(count);
        if (hashAlgorithmIds.length != count || timestampData.length > count) {
            revert UnequalLengths(hashAlgorithmIds.length, count, timestampData.length);
        }
        for (uint256 i; i < count; ++i) {
            uint256 id = hashAlgorithmIds[i];
            _checkHash(id, hashValues[i]);
            bytes memory data = i < timestampData.length ? timestampData[i] : bytes("");
            bytes memory payload = abi.encode(id, hashValues[i], data, Authorities.OWN_KEY);
            _record(Kinds.TIMESTAMP_HASHES, sha256(hashValues[i]), 0, payload);
        }
    }

    function _owner(
        bytes calldata ownerId
    ) private pure returns (address) {
        if (ownerId.length != 20) revert InvalidOwnerId(ownerId);
        return address(bytes20(ownerId));
    }
}

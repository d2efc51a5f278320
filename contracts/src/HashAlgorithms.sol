// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ITimestamps} from "./interfaces/ITimestamps.sol";
import {ITrustedPoliciesRegistry} from "./interfaces/ITrustedPoliciesRegistry.sol";
import {Authorities} from "./Authorities.sol";
import {Kinds} from "./Kinds.sol";
import {LogWriter} from "./LogWriter.sol";

/// @notice The hash algorithms that timestamps may name; only lengths and states are kept.
abstract contract HashAlgorithms is ITimestamps, LogWriter {
    struct HashAlgorithm {
        uint256 outputLength;
        uint8 status;
    }

    uint8 private constant ACTIVE = 1;
    uint8 private constant REVOKED = 2;
    uint256 private constant MAX_OUTPUT_LENGTH = 4096;

    /// Where the registry looks up policies.
    ITrustedPoliciesRegistry public immutable policies;

    HashAlgorithm[] private _algorithms;

    constructor(
        ITrustedPoliciesRegistry policies_
    ) {
        policies = policies_;
    }

    /// @inheritdoc ITimestamps
    function insertHashAlgorithm(
        uint256 outputLength,
        string calldata ianaName,
        string calldata oid,
        uint8 status,
        string calldata multiHash
    ) external {
        _requirePolicy("TS:insertHashAlgorithm");
        _checkAlgorithm(outputLength, ianaName, status);
        uint256 id = _algorithms.length;
        _algorithms.push(HashAlgorithm(outputLength, status));
        _record(
            Kinds.TIMESTAMP_ALGORITHM_INSERTED,
            bytes32(id),
            0,
            abi.encode(id, outputLength, ianaName, oid, status, multiHash, Authorities.POLICY)
        );
    }

    /// @inheritdoc ITimestamps
    function updateHashAlgorithm(
        uint256 hashAlgorithmId,
        uint256 outputLength,
        string calldata ianaName,
        string calldata oid,
        uint8 status,
        string calldata multiHash
    ) external {
        _requirePolicy("TS:updateHashAlgorithm");
        if (hashAlgorithmId >= _algorithms.length) revert HashAlgorithmNotFound(hashAlgorithmId);
        _checkAlgorithm(outputLength, ianaName, status);
        _algorithms[hashAlgorithmId] = HashAlgorithm(outputLength, status);
        _record(
            Kinds.TIMESTAMP_ALGORITHM_UPDATED,
            bytes32(hashAlgorithmId),
            0,
            abi.encode(hashAlgorithmId, outputLength, ianaName, oid, status, multiHash, Authorities.POLICY)
        );
    }

    function _checkHash(
        uint256 id,
        bytes calldata hashValue
    ) internal view {
        if (id >= _algorithms.length) revert HashAlgorithmNotFound(id);
        if (_algorithms[id].status != ACTIVE) revert HashAlgorithmRevoked(id);
        if (hashValue.length * 8 != _algorithms[id].outputLength) {
            revert InvalidHashLength(id, hashValue.length);
        }
    }

    function _checkAlgorithm(
        uint256 outputLength,
        string calldata ianaName,
        uint8 status
    ) private pure {
        bool valid = outputLength != 0 && outputLength <= MAX_OUTPUT_LENGTH && outputLength % 8 == 0
            && bytes(ianaName).length != 0 && (status == ACTIVE || status == REVOKED);
        if (!valid) revert InvalidHashAlgorithm();
    }

    function _requirePolicy(
        string memory policyName
    ) private view {
        if (!policies.hasAttribute(msg.sender, policyName)) revert MissingPolicy(msg.sender, policyName);
    }
}

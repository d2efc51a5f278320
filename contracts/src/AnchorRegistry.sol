// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAnchorRegistry} from "./interfaces/IAnchorRegistry.sol";
import {IDidRegistry} from "./interfaces/IDidRegistry.sol";
import {ITrustedIssuersRegistry} from "./interfaces/ITrustedIssuersRegistry.sol";
import {ITrustedPoliciesRegistry} from "./interfaces/ITrustedPoliciesRegistry.sol";
import {HashAlgorithms} from "./HashAlgorithms.sol";
import {Kinds} from "./Kinds.sol";
import {LogWriter} from "./LogWriter.sol";
import {Subjects} from "./Subjects.sol";
import {Timestamps} from "./Timestamps.sol";

/// @title AnchorRegistry
/// @notice Batches and status lists of issuers, and anybody's timestamps.
contract AnchorRegistry is IAnchorRegistry, Timestamps {
    uint64 private constant MAX_BATCH_SIZE = 1_048_576;
    uint64 private constant MIN_STATUS_LIST = 131_072;
    uint256 private constant MAX_URL = 2048;
    uint256 private constant MAX_PURPOSE = 64;

    /// Where the registry looks up who may act for a DID.
    IDidRegistry public immutable dids;
    /// Where the registry looks up accreditations.
    ITrustedIssuersRegistry public immutable issuers;

    mapping(bytes32 batch => bool) private _batches;
    mapping(bytes32 didHash => mapping(bytes32 urlHash => bytes32 shape)) private _statusLists;

    /// @param dids_ The DidRegistry.
    /// @param issuers_ The TrustedIssuersRegistry.
    /// @param policies_ The TrustedPoliciesRegistry.
    /// @param log_ Address at which the log will be deployed.
    constructor(
        address dids_,
        address issuers_,
        address policies_,
        address log_
    ) LogWriter(log_) HashAlgorithms(ITrustedPoliciesRegistry(policies_)) {
        dids = IDidRegistry(dids_);
        issuers = ITrustedIssuersRegistry(issuers_);
    }

    /// @inheritdoc IAnchorRegistry
    function anchorBatch(
        string calldata did,
        bytes32 attributeId,
        bytes32 root,
        uint64 size
    ) external {
        if (size == 0 || size > MAX_BATCH_SIZE) revert InvalidBatchSize(size, MAX_BATCH_SIZE);
        if (root == 0) revert EmptyRoot();
        uint8 authority = dids.actingAuthority(did, msg.sender);
        bytes32 key = sha256(bytes(did));
        uint8 issuerType = issuers.issuerTypeOf(key, attributeId);
        if (issuerType == uint8(ITrustedIssuersRegistry.IssuerType.Undefined)) {
            revert NoSuchAttribute(did, attributeId);
        }
        if (issuerType == uint8(ITrustedIssuersRegistry.IssuerType.Revoked)) {
            revert AccreditationRevoked(did, attributeId);
        }
        bytes32 batch = keccak256(abi.encode(key, root, size));
        if (_batches[batch]) revert BatchExists(did, root, size);
        _batches[batch] = true;
        _record(Kinds.ANCHOR_BATCH, key, 0, abi.encode(did, attributeId, root, size, authority));
    }

    /// @inheritdoc IAnchorRegistry
    function publishStatusList(
        string calldata did,
        bytes32 attributeId,
        string calldata url,
        string calldata purpose,
        uint64 bits,
        bytes32 credentialDigest,
        uint64 validFrom,
        uint64 validUntil
    ) external {
        if (credentialDigest == 0) revert EmptyDigest();
        if (validUntil <= validFrom) revert InvalidValidity(validFrom, validUntil);
        uint8 authority = dids.actingAuthority(did, msg.sender);
        bytes32 key = sha256(bytes(did));
        if (issuers.issuerTypeOf(key, attributeId) == uint8(ITrustedIssuersRegistry.IssuerType.Undefined)) {
            revert NoSuchAttribute(did, attributeId);
        }
        _fixShape(did, key, url, purpose, bits, authority);
        _record(
            Kinds.STATUS_PUBLISHED,
            key,
            sha256(bytes(url)),
            abi.encode(
                did, attributeId, url, purpose, bits, credentialDigest, validFrom, validUntil, authority
            )
        );
    }

    /// @inheritdoc IAnchorRegistry
    function isAnchored(
        string calldata did,
        bytes32 root,
        uint64 size
    ) external view returns (bool) {
        return _batches[keccak256(abi.encode(sha256(bytes(did)), root, size))];
    }

    /// @dev Purpose and bits are fixed by the first publication, which also begins the list in its issuer's
    /// history.
    function _fixShape(
        string calldata did,
        bytes32 key,
        string calldata url,
        string calldata purpose,
        uint64 bits,
        uint8 authority
    ) private {
        if (bytes(url).length == 0 || bytes(url).length > MAX_URL) revert InvalidUrl(bytes(url).length);
        if (bytes(purpose).length == 0 || bytes(purpose).length > MAX_PURPOSE) {
            revert InvalidPurpose(bytes(purpose).length);
        }
        if (bits < MIN_STATUS_LIST) revert StatusListTooShort(bits, MIN_STATUS_LIST);
        bytes32 list = sha256(bytes(url));
        bytes32 shape = keccak256(abi.encode(purpose, bits));
        bytes32 known = _statusLists[key][list];
        if (known == shape) return;
        if (known != 0) revert StatusListChanged(did, url);
        _statusLists[key][list] = shape;
        _record(Kinds.ISSUER_BEGAN, key, 0, abi.encode(did, Subjects.STATUS, list, authority));
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILogWriter} from "./interfaces/ILogWriter.sol";
import {IRegistryLog} from "./interfaces/IRegistryLog.sol";
import {ITrustedPoliciesRegistry} from "./interfaces/ITrustedPoliciesRegistry.sol";
import {Kinds} from "./Kinds.sol";
import {Rfc9162} from "./Rfc9162.sol";
import {Subjects} from "./Subjects.sol";

/// @title RegistryLog
/// @notice Deployed last, at the address that was computed into its writers; nobody administers it.
contract RegistryLog is IRegistryLog {
    using Rfc9162 for bytes32[64];

    uint8 private constant ENTRY_VERSION = 1;
    uint256 private constant MAX_PAYLOAD = 32 * 1024;

    /// @inheritdoc IRegistryLog
    uint64 public size;
    /// @inheritdoc IRegistryLog
    bool public closed;
    /// @inheritdoc IRegistryLog
    uint64 public markedBlock;
    /// @inheritdoc IRegistryLog
    bytes32 public root;
    /// @inheritdoc IRegistryLog
    mapping(bytes32 subject => bytes32 entryHash) public heads;

    bytes32[64] private _frontier;
    mapping(address writer => mapping(bytes32 kind => bytes32 subjectType)) private _subjectTypes;

    /// @param policies The TrustedPoliciesRegistry; it alone may close the log.
    /// @param dids The DidRegistry.
    /// @param issuers The TrustedIssuersRegistry.
    /// @param schemas The TrustedSchemasRegistry.
    /// @param anchors The AnchorRegistry.
    /// @param predecessorOrigin Checkpoint origin of the log that this one continues, or empty.
    /// @param predecessorSize Size at which that log was closed, or zero.
    /// @param predecessorRoot Root at which that log was closed, or zero.
    constructor(
        address policies,
        address dids,
        address issuers,
        address schemas,
        address anchors,
        string memory predecessorOrigin,
        uint64 predecessorSize,
        bytes32 predecessorRoot
    ) {
        bool named = bytes(predecessorOrigin).length != 0;
        if (named != (predecessorSize != 0) || named != (predecessorRoot != 0)) {
            revert InvalidPredecessor(predecessorOrigin, predecessorSize, predecessorRoot);
        }
        _allowPolicies(policies);
        _allowDids(dids);
        _allowIssuers(issuers);
        _allowSchemas(schemas);
        _allowAnchors(anchors);

        address[] memory writers = new address[](5);
        (writers[0], writers[1], writers[2], writers[3], writers[4]) =
        (policies, dids, issuers, schemas, anchors);
        bytes memory payload = abi.encode(
            block.chainid,
            address(this),
            writers,
            _codeHashes(writers),
            predecessorOrigin,
            predecessorSize,
            predecessorRoot,
            ITrustedPoliciesRegistry(policies).firstOperator()
        );
        _append(Kinds.LOG_OPENED, _subject(Subjects.LOG, 0, 0), msg.sender, payload);
    }

    /// @inheritdoc IRegistryLog
    function append(
        bytes32 kind,
        bytes32 a,
        bytes32 b,
        address actor,
        bytes calldata payload
    ) external {
        bytes32 subjectType = _subjectTypes[msg.sender][kind];
        if (subjectType == 0) revert NotAWriter(msg.sender, kind);
        if (payload.length > MAX_PAYLOAD) revert PayloadTooLarge(payload.length, MAX_PAYLOAD);
        _append(kind, _subject(subjectType, a, b), actor, payload);
        if (kind == Kinds.LOG_CLOSED) closed = true;
    }

    /// @inheritdoc IRegistryLog
    function mark() external {
        if (markedBlock == block.number) revert AlreadyMarked(markedBlock);
        markedBlock = uint64(block.number);
        _append(Kinds.LOG_MARK, _subject(Subjects.LOG, 0, 0), msg.sender, "");
    }

    /// @dev The subject is computed here and never passed in: no writer can speak about another type's subject.
    function _subject(
        bytes32 subjectType,
        bytes32 a,
        bytes32 b
    ) private pure returns (bytes32) {
        return sha256(abi.encode(subjectType, a, b));
    }

    function _append(
        bytes32 kind,
        bytes32 subject,
        address actor,
        bytes memory payload
    ) private {
        if (closed) revert LogClosed();
        uint64 index = size;
        uint64 time = uint64(block.timestamp);
        bytes32 previous = heads[subject];
        bytes32 parent = blockhash(block.number - 1);
        bytes32 entryHash = Rfc9162.hashLeaf(
            abi.encode(ENTRY_VERSION, kind, subject, previous, time, actor, parent, sha256(payload))
        );
        heads[subject] = entryHash;
        root = _frontier.append(index, entryHash);
        size = index + 1;
        emit Entry(index, kind, subject, previous, time, actor, parent, payload);
    }

    /// @dev A code hash covers the immutables, so it also says how the registries were wired to one another.
    function _codeHashes(
        address[] memory writers
    ) private view returns (bytes32[] memory hashes) {
        hashes = new bytes32[](writers.length);
        for (uint256 i; i < writers.length; ++i) {
            address writer = writers[i];
            if (writer.code.length == 0) revert WriterWithoutCode(writer);
            if (ILogWriter(writer).log() != address(this)) {
                revert WriterOfAnotherLog(writer, ILogWriter(writer).log());
            }
            hashes[i] = writer.codehash;
        }
    }

    function _allowPolicies(
        address writer
    ) private {
        mapping(bytes32 kind => bytes32 subjectType) storage types = _subjectTypes[writer];
        types[Kinds.POLICY_INSERTED] = Subjects.POLICY;
        types[Kinds.POLICY_UPDATED] = Subjects.POLICY;
        types[Kinds.POLICY_ACTIVATED] = Subjects.POLICY;
        types[Kinds.POLICY_DEACTIVATED] = Subjects.POLICY;
        types[Kinds.POLICY_GRANTED] = Subjects.USER;
        types[Kinds.POLICY_WITHDRAWN] = Subjects.USER;
        types[Kinds.LOG_CLOSED] = Subjects.LOG;
    }

    function _allowDids(
        address writer
    ) private {
        mapping(bytes32 kind => bytes32 subjectType) storage types = _subjectTypes[writer];
        types[Kinds.DID_INSERTED] = Subjects.DID;
        types[Kinds.DID_BASE_UPDATED] = Subjects.DID;
        types[Kinds.DID_CONTROLLER_ADDED] = Subjects.DID;
        types[Kinds.DID_CONTROLLER_REVOKED] = Subjects.DID;
        types[Kinds.DID_METHOD_ADDED] = Subjects.DID;
        types[Kinds.DID_METHOD_EXPIRED] = Subjects.DID;
        types[Kinds.DID_METHOD_REVOKED] = Subjects.DID;
        types[Kinds.DID_METHOD_ROLLED] = Subjects.DID;
        types[Kinds.DID_RELATIONSHIP_ADDED] = Subjects.DID;
    }

    function _allowIssuers(
        address writer
    ) private {
        mapping(bytes32 kind => bytes32 subjectType) storage types = _subjectTypes[writer];
        types[Kinds.ISSUER_BEGAN] = Subjects.ISSUER;
        types[Kinds.ISSUER_ATTRIBUTE_METADATA] = Subjects.ATTRIBUTE;
        types[Kinds.ISSUER_ATTRIBUTE_DATA] = Subjects.ATTRIBUTE;
        types[Kinds.ISSUER_PROXY_ADDED] = Subjects.PROXY;
        types[Kinds.ISSUER_PROXY_UPDATED] = Subjects.PROXY;
        types[Kinds.ISSUER_PROXY_REMOVED] = Subjects.PROXY;
    }

    function _allowSchemas(
        address writer
    ) private {
        mapping(bytes32 kind => bytes32 subjectType) storage types = _subjectTypes[writer];
        types[Kinds.SCHEMA_INSERTED] = Subjects.SCHEMA;
        types[Kinds.SCHEMA_UPDATED] = Subjects.SCHEMA;
        types[Kinds.SCHEMA_METADATA_UPDATED] = Subjects.SCHEMA;
    }

    function _allowAnchors(
        address writer
    ) private {
        mapping(bytes32 kind => bytes32 subjectType) storage types = _subjectTypes[writer];
        types[Kinds.ANCHOR_BATCH] = Subjects.ANCHORS;
        types[Kinds.STATUS_PUBLISHED] = Subjects.STATUS;
        types[Kinds.ISSUER_BEGAN] = Subjects.ISSUER;
        types[Kinds.TIMESTAMP_HASHES] = Subjects.TIMESTAMP;
        types[Kinds.TIMESTAMP_ALGORITHM_INSERTED] = Subjects.ALGORITHM;
        types[Kinds.TIMESTAMP_ALGORITHM_UPDATED] = Subjects.ALGORITHM;
        types[Kinds.TIMESTAMP_RECORD_VERSIONED] = Subjects.RECORD;
        types[Kinds.TIMESTAMP_RECORD_APPENDED] = Subjects.RECORD;
        types[Kinds.TIMESTAMP_RECORD_DETACHED] = Subjects.RECORD;
        types[Kinds.TIMESTAMP_RECORD_INFO] = Subjects.RECORD;
        types[Kinds.TIMESTAMP_RECORD_OWNER_ADDED] = Subjects.RECORD;
        types[Kinds.TIMESTAMP_RECORD_OWNER_REVOKED] = Subjects.RECORD;
    }
}

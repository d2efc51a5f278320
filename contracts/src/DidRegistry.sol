// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDidRegistry} from "./interfaces/IDidRegistry.sol";
import {Authorities} from "./Authorities.sol";
import {DidSyntax} from "./DidSyntax.sol";
import {Kinds} from "./Kinds.sol";
import {LogWriter} from "./LogWriter.sol";
import {PublicKeys} from "./PublicKeys.sol";
import {VerificationMethods} from "./VerificationMethods.sol";

/// @title DidRegistry
/// @notice Keeps what it needs to decide who may write; documents are assembled from the log's entries.
contract DidRegistry is IDidRegistry, LogWriter {
    using VerificationMethods for VerificationMethods.Methods;

    struct Document {
        bool exists;
        bytes32[] controllers;
        VerificationMethods.Methods methods;
    }

    uint256 private constant MAX_CONTROLLERS = 10;
    uint256 private constant MAX_BASE_DOCUMENT = 16 * 1024;

    mapping(bytes32 didHash => Document) private _documents;

    /// @param log_ Address at which the log will be deployed.
    constructor(
        address log_
    ) LogWriter(log_) {}

    /// @inheritdoc IDidRegistry
    function insertDidDocument(
        string calldata did,
        string calldata baseDocument,
        string calldata vMethodId,
        bytes calldata publicKey,
        bool isSecp256k1,
        uint256 notBefore,
        uint256 notAfter
    ) external {
        DidSyntax.check(did);
        _checkBaseDocument(baseDocument);
        bytes32 key = sha256(bytes(did));
        Document storage document = _documents[key];
        if (document.exists) revert DidExists(did);
        if (!isSecp256k1) revert FirstKeyNotSecp256k1();
        (uint64 from, uint64 end) = VerificationMethods.interval(notBefore, notAfter);

        document.exists = true;
        document.controllers.push(key);
        address keyAddress = document.methods.add(vMethodId, publicKey, true);
        // Who watches the ledger's queue cannot register another's DID under a key of that other.
        if (keyAddress != msg.sender) revert NotTheFirstKey(msg.sender, keyAddress);
        document.methods.relate(vMethodId, VerificationMethods.CAPABILITY_INVOCATION, from, end);
        document.methods.relate(vMethodId, VerificationMethods.AUTHENTICATION, from, end);
        _record(
            Kinds.DID_INSERTED,
            key,
            0,
            abi.encode(did, baseDocument, vMethodId, publicKey, true, from, end, Authorities.OWN_KEY)
        );
    }

    /// @inheritdoc IDidRegistry
    function updateBaseDocument(
        string calldata did,
        string calldata baseDocument
    ) external {
        (bytes32 key, uint8 authority) = _authorise(did);
        _checkBaseDocument(baseDocument);
        _record(Kinds.DID_BASE_UPDATED, key, 0, abi.encode(did, baseDocument, authority));
    }

    /// @inheritdoc IDidRegistry
    function addController(
        string calldata did,
        string calldata controller
    ) external {
        (bytes32 key, uint8 authority) = _authorise(did);
        bytes32 added = sha256(bytes(controller));
        if (!_documents[added].exists) revert ControllerNotFound(controller);
        bytes32[] storage controllers = _documents[key].controllers;
        if (controllers.length == MAX_CONTROLLERS) revert TooManyControllers(MAX_CONTROLLERS);
        if (_indexOf(controllers, added) != controllers.length) revert AlreadyAController(controller);
        controllers.push(added);
        _record(Kinds.DID_CONTROLLER_ADDED, key, 0, abi.encode(did, controller, authority));
    }

    /// @inheritdoc IDidRegistry
    function revokeController(
        string calldata did,
        string calldata controller
    ) external {
        (bytes32 key, uint8 authority) = _authorise(did);
        bytes32[] storage controllers = _documents[key].controllers;
        uint256 index = _indexOf(controllers, sha256(bytes(controller)));
        if (index == controllers.length) revert NotListedAsController(controller);
        controllers[index] = controllers[controllers.length - 1];
        controllers.pop();
        _record(Kinds.DID_CONTROLLER_REVOKED, key, 0, abi.encode(did, controller, authority));
    }

    /// @inheritdoc IDidRegistry
    function addVerificationMethod(
        string calldata did,
        string calldata vMethodId,
        bytes calldata publicKey,
        bool isSecp256k1
    ) external {
        (bytes32 key, uint8 authority) = _authorise(did);
        _documents[key].methods.add(vMethodId, publicKey, isSecp256k1);
        _record(Kinds.DID_METHOD_ADDED, key, 0, abi.encode(did, vMethodId, isSecp256k1, publicKey, authority));
    }

    /// @inheritdoc IDidRegistry
    function addVerificationRelationship(
        string calldata did,
        string calldata name,
        string calldata vMethodId,
        uint256 notBefore,
        uint256 notAfter
    ) external {
        (bytes32 key, uint8 authority) = _authorise(did);
        (uint64 from, uint64 end) = VerificationMethods.interval(notBefore, notAfter);
        _documents[key].methods.relate(vMethodId, name, from, end);
        _record(Kinds.DID_RELATIONSHIP_ADDED, key, 0, abi.encode(did, name, vMethodId, from, end, authority));
    }

    /// @inheritdoc IDidRegistry
    function expireVerificationMethod(
        string calldata did,
        string calldata vMethodId,
        uint256 notAfter
    ) external {
        (bytes32 key, uint8 authority) = _authorise(did);
        uint64 end = VerificationMethods.date(notAfter);
        if (end <= block.timestamp) revert EndInThePast(end, block.timestamp);
        _documents[key].methods.expire(vMethodId, end);
        _record(Kinds.DID_METHOD_EXPIRED, key, 0, abi.encode(did, vMethodId, end, authority));
    }

    /// @inheritdoc IDidRegistry
    function revokeVerificationMethod(
        string calldata did,
        string calldata vMethodId,
        uint256 notAfter
    ) external {
        (bytes32 key, uint8 authority) = _authorise(did);
        uint64 end = VerificationMethods.date(notAfter);
        if (end > block.timestamp) revert EndInTheFuture(end, block.timestamp);
        _documents[key].methods.revoke(vMethodId, end);
        _record(Kinds.DID_METHOD_REVOKED, key, 0, abi.encode(did, vMethodId, end, authority));
    }

    /// @inheritdoc IDidRegistry
    function rollVerificationMethod(
        RollArgs calldata args
    ) external {
        (bytes32 key, uint8 authority) = _authorise(args.did);
        (uint64 from, uint64 end, uint64 duration) = _documents[key].methods.roll(args);
        _record(
            Kinds.DID_METHOD_ROLLED,
            key,
            0,
            abi.encode(
                args.did,
                args.vMethodId,
                args.publicKey,
                args.isSecp256k1,
                from,
                end,
                args.oldVMethodId,
                duration,
                authority
            )
        );
    }

    /// @inheritdoc IDidRegistry
    function actingAuthority(
        string calldata did,
        address account
    ) external view returns (uint8) {
        (bool acts, uint8 authority) = _authority(sha256(bytes(did)), account);
        if (!acts) revert NotAController(account, did);
        return authority;
    }

    /// @inheritdoc IDidRegistry
    function authorityOf(
        string calldata did,
        address account
    ) external view returns (bool acts, uint8 authority) {
        return _authority(sha256(bytes(did)), account);
    }

    /// @inheritdoc IDidRegistry
    function isController(
        string calldata did,
        address account
    ) external view returns (bool acts) {
        (acts,) = _authority(sha256(bytes(did)), account);
    }

    function _authorise(
        string calldata did
    ) private view returns (bytes32 key, uint8 authority) {
        key = sha256(bytes(did));
        bool acts;
        (acts, authority) = _authority(key, msg.sender);
        if (!acts) revert NotAController(msg.sender, did);
    }

    /// @dev One level only: a controller's controllers have no say, so the cost and the reach are bounded.
    function _authority(
        bytes32 key,
        address account
    ) private view returns (bool acts, uint8 authority) {
        Document storage document = _documents[key];
        if (document.methods.holdsLedgerKey(account)) return (true, Authorities.OWN_KEY);
        bytes32[] storage controllers = document.controllers;
        uint256 count = controllers.length;
        for (uint256 i; i < count; ++i) {
            if (_documents[controllers[i]].methods.holdsLedgerKey(account)) {
                return (true, Authorities.CONTROLLER);
            }
        }
        return (false, 0);
    }

    function _indexOf(
        bytes32[] storage controllers,
        bytes32 controller
    ) private view returns (uint256 index) {
        while (index < controllers.length && controllers[index] != controller) ++index;
    }

    function _checkBaseDocument(
        string calldata baseDocument
    ) private pure {
        bytes calldata text = bytes(baseDocument);
        uint256 length = text.length;
        if (length < 2 || length > MAX_BASE_DOCUMENT || text[0] != "{" || text[length - 1] != "}") {
            revert InvalidBaseDocument(length);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title DID documents as base document, methods and relationships over time (EBSI DID Registry v5)
/// @notice A method's interval is [notBefore, notAfter) everywhere, in seconds. A DID is written by whoever
/// holds one of its ledger keys, or one of a controller's (one level): a ledger key is a secp256k1 key that is
/// under capabilityInvocation now. No policy acts on a DID.
interface IDidRegistry {
    /// Arguments of rollVerificationMethod, in EBSI's order.
    /// @param duration Seconds after notBefore for which the old method stays valid.
    struct RollArgs {
        string did;
        string vMethodId;
        bytes publicKey;
        bool isSecp256k1;
        uint256 notBefore;
        uint256 notAfter;
        string oldVMethodId;
        uint256 duration;
    }

    /// The caller holds no ledger key of the DID or of its controllers.
    error NotAController(address caller, string did);

    /// The sender of insertDidDocument must hold the first key.
    error NotTheFirstKey(address caller, address keyAddress);

    /// The first key must be a secp256k1 key, or the DID could never be written again.
    error FirstKeyNotSecp256k1();

    error DidExists(string did);

    error ControllerNotFound(string controller);

    error AlreadyAController(string controller);

    error NotListedAsController(string controller);

    /// At most ten controllers.
    error TooManyControllers(uint256 maximum);

    /// A base document is `{` ... `}`, at most 16 KiB.
    error InvalidBaseDocument(uint256 length);

    /// 1 to 128 bytes that may stand in the fragment of a DID URL.
    error InvalidMethodId(string vMethodId);

    error MethodExists(string vMethodId);

    error MethodNotFound(string vMethodId);

    /// Revocation is for ever.
    error MethodRevoked(string vMethodId);

    /// Each secp256k1 key stands in a DID once.
    error KeyInUse(address keyAddress);

    error UnknownRelationship(string name);

    error RelationshipExists(string name, string vMethodId);

    /// A date is at most 2**64 - 1.
    error DateOutOfRange(uint256 date);

    /// An interval must not be empty.
    error InvalidDates(uint256 notBefore, uint256 notAfter);

    /// Only revokeVerificationMethod sets an end that is past.
    error EndInThePast(uint256 end, uint256 time);

    /// revokeVerificationMethod sets no future end.
    error EndInTheFuture(uint256 end, uint256 time);

    /// The old method has no relationship that has not ended.
    error NothingToRoll(string oldVMethodId);

    /// A ledger key rolls to a ledger key, or the owner would be locked out.
    error RollNeedsSecp256k1(string oldVMethodId);

    /// @notice Registers a DID with its first key, under capabilityInvocation and authentication, and with
    /// itself as its controller. The sender must hold that key.
    function insertDidDocument(
        string calldata did,
        string calldata baseDocument,
        string calldata vMethodId,
        bytes calldata publicKey,
        bool isSecp256k1,
        uint256 notBefore,
        uint256 notAfter
    ) external;

    /// @notice Replaces the base document.
    function updateBaseDocument(
        string calldata did,
        string calldata baseDocument
    ) external;

    /// @notice Adds a registered DID as controller; ten at most.
    function addController(
        string calldata did,
        string calldata controller
    ) external;

    /// @notice Removes a controller. The DID's own ledger keys keep their right.
    function revokeController(
        string calldata did,
        string calldata controller
    ) external;

    /// @notice Adds a method, without any relationship yet.
    /// @param publicKey 65 bytes (0x04 || x || y) or, for other curves, the bytes of a JSON Web Key.
    function addVerificationMethod(
        string calldata did,
        string calldata vMethodId,
        bytes calldata publicKey,
        bool isSecp256k1
    ) external;

    /// @notice Puts a method under a relationship; each pair once.
    function addVerificationRelationship(
        string calldata did,
        string calldata name,
        string calldata vMethodId,
        uint256 notBefore,
        uint256 notAfter
    ) external;

    /// @notice Sets the future end of all the method's relationships that have not ended.
    function expireVerificationMethod(
        string calldata did,
        string calldata vMethodId,
        uint256 notAfter
    ) external;

    /// @notice Ends all the method's relationships at `notAfter`, now or past, where they do not end sooner;
    /// the method is revoked for ever.
    function revokeVerificationMethod(
        string calldata did,
        string calldata vMethodId,
        uint256 notAfter
    ) external;

    /// @notice Adds a method under each relationship of the old one that has not ended, within
    /// [notBefore, notAfter); the old one's end becomes notBefore + duration where it is not sooner.
    function rollVerificationMethod(
        RollArgs calldata args
    ) external;

    /// @notice 0 if the account holds a ledger key of the DID now, 1 if it holds one of a controller.
    /// Reverts with NotAController otherwise.
    function actingAuthority(
        string calldata did,
        address account
    ) external view returns (uint8);

    /// @notice The same without a revert: whether the account may act, and by which authority.
    function authorityOf(
        string calldata did,
        address account
    ) external view returns (bool acts, uint8 authority);

    /// @notice Whether the account may act for the DID now.
    function isController(
        string calldata did,
        address account
    ) external view returns (bool);
}

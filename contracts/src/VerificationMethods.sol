// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDidRegistry} from "./interfaces/IDidRegistry.sol";
import {PublicKeys} from "./PublicKeys.sol";

/// @notice A DID's verification methods and the intervals in which they stand under a relationship.
library VerificationMethods {
    struct Interval {
        uint64 notBefore;
        uint64 notAfter;
    }

    /// @param ledgerAddress Zero for any curve but secp256k1.
    /// @param relationships By relationship index; notAfter is zero where the method never had it.
    struct Method {
        address ledgerAddress;
        bool exists;
        bool revoked;
        Interval[5] relationships;
    }

    /// A copy of the capabilityInvocation interval, found by address in one read.
    struct LedgerKey {
        uint64 notBefore;
        uint64 notAfter;
        bool taken;
    }

    struct Methods {
        mapping(bytes32 idHash => Method) byId;
        mapping(address keyAddress => LedgerKey) ledgerKeys;
    }

    string internal constant CAPABILITY_INVOCATION = "capabilityInvocation";
    string internal constant AUTHENTICATION = "authentication";

    uint256 private constant INVOCATION = 0;
    uint256 private constant RELATIONSHIPS = 5;
    uint256 private constant MAX_ID = 128;
    // RFC 3986, section 3.5, without the percent sign: letters, digits and !$&'()*+,-./:;=?@_~
    uint256 private constant FRAGMENT =
        (uint256(0xAFFFFFD2) << 32) | (uint256(0x87FFFFFF) << 64) | (uint256(0x47FFFFFE) << 96);

    /// @notice Whether the account holds a ledger key now.
    function holdsLedgerKey(
        Methods storage methods,
        address account
    ) internal view returns (bool) {
        LedgerKey storage key = methods.ledgerKeys[account];
        return key.notBefore <= block.timestamp && block.timestamp < key.notAfter;
    }

    /// @notice Returns `value` as a date, or reverts.
    function date(
        uint256 value
    ) internal pure returns (uint64) {
        if (value > type(uint64).max) revert IDidRegistry.DateOutOfRange(value);
        return uint64(value);
    }

    /// @notice Returns the dates of a new interval, which must not be empty nor over already.
    function interval(
        uint256 notBefore,
        uint256 notAfter
    ) internal view returns (uint64 from, uint64 end) {
        (from, end) = (date(notBefore), date(notAfter));
        if (end <= from) revert IDidRegistry.InvalidDates(from, end);
        // Only a revocation speaks about the past: a back-dated key could sign what it never signed.
        if (end <= block.timestamp) revert IDidRegistry.EndInThePast(end, block.timestamp);
    }

    /// @notice Adds a method without relationships; returns its ledger address, if it has one.
    function add(
        Methods storage methods,
        string memory id,
        bytes calldata publicKey,
        bool isSecp256k1
    ) internal returns (address ledgerAddress) {
        _checkId(bytes(id), id);
        Method storage method = methods.byId[keccak256(bytes(id))];
        if (method.exists) revert IDidRegistry.MethodExists(id);
        method.exists = true;
        if (!isSecp256k1) {
            PublicKeys.checkJsonWebKey(publicKey);
            return address(0);
        }
        ledgerAddress = PublicKeys.ledgerAddress(publicKey);
        if (methods.ledgerKeys[ledgerAddress].taken) revert IDidRegistry.KeyInUse(ledgerAddress);
        methods.ledgerKeys[ledgerAddress].taken = true;
        method.ledgerAddress = ledgerAddress;
    }

    /// @notice Puts a method under a relationship for the first time.
    function relate(
        Methods storage methods,
        string memory id,
        string memory name,
        uint64 from,
        uint64 end
    ) internal {
        Method storage method = _unrevoked(methods, id);
        uint256 relationship = _relationship(name);
        if (method.relationships[relationship].notAfter != 0) {
            revert IDidRegistry.RelationshipExists(name, id);
        }
        method.relationships[relationship] = Interval(from, end);
        _mirror(methods, method);
    }

    /// @notice Sets a future end; what has ended stays ended.
    function expire(
        Methods storage methods,
        string memory id,
        uint64 end
    ) internal {
        Method storage method = _unrevoked(methods, id);
        for (uint256 i; i < RELATIONSHIPS; ++i) {
            if (method.relationships[i].notAfter > block.timestamp) method.relationships[i].notAfter = end;
        }
        _mirror(methods, method);
    }

    /// @notice Sets an end that is not in the future, and bars the method for ever.
    function revoke(
        Methods storage methods,
        string memory id,
        uint64 end
    ) internal {
        Method storage method = _unrevoked(methods, id);
        method.revoked = true;
        for (uint256 i; i < RELATIONSHIPS; ++i) {
            if (method.relationships[i].notAfter > end) method.relationships[i].notAfter = end;
        }
        _mirror(methods, method);
    }

    /// @notice Adds the new method under the old one's relationships, and ends the old one's.
    function roll(
        Methods storage methods,
        IDidRegistry.RollArgs calldata args
    ) internal returns (uint64 from, uint64 end, uint64 duration) {
        Method storage old = _unrevoked(methods, args.oldVMethodId);
        (from, end) = interval(args.notBefore, args.notAfter);
        duration = date(args.duration);
        uint64 oldEnd = date(uint256(from) + duration);
        if (oldEnd < block.timestamp) revert IDidRegistry.EndInThePast(oldEnd, block.timestamp);
        if (old.ledgerAddress != address(0) && !args.isSecp256k1) {
            revert IDidRegistry.RollNeedsSecp256k1(args.oldVMethodId);
        }

        add(methods, args.vMethodId, args.publicKey, args.isSecp256k1);
        Method storage successor = methods.byId[keccak256(bytes(args.vMethodId))];
        bool rolled;
        for (uint256 i; i < RELATIONSHIPS; ++i) {
            Interval storage current = old.relationships[i];
            if (current.notAfter <= block.timestamp) continue;
            rolled = true;
            successor.relationships[i] = Interval(from, end);
            if (current.notAfter > oldEnd) current.notAfter = oldEnd;
        }
        if (!rolled) revert IDidRegistry.NothingToRoll(args.oldVMethodId);
        _mirror(methods, old);
        _mirror(methods, successor);
    }

    function _mirror(
        Methods storage methods,
        Method storage method
    ) private {
        address ledgerAddress = method.ledgerAddress;
        if (ledgerAddress == address(0)) return;
        Interval memory invocation = method.relationships[INVOCATION];
        methods.ledgerKeys[ledgerAddress] = LedgerKey(invocation.notBefore, invocation.notAfter, true);
    }

    function _unrevoked(
        Methods storage methods,
        string memory id
    ) private view returns (Method storage method) {
        method = methods.byId[keccak256(bytes(id))];
        if (!method.exists) revert IDidRegistry.MethodNotFound(id);
        if (method.revoked) revert IDidRegistry.MethodRevoked(id);
    }

    function _relationship(
        string memory name
    ) private pure returns (uint256) {
        bytes32 hash = keccak256(bytes(name));
        if (hash == keccak256("capabilityInvocation")) return INVOCATION;
        if (hash == keccak256("authentication")) return 1;
        if (hash == keccak256("assertionMethod")) return 2;
        if (hash == keccak256("keyAgreement")) return 3;
        if (hash == keccak256("capabilityDelegation")) return 4;
        revert IDidRegistry.UnknownRelationship(name);
    }

    function _checkId(
        bytes memory text,
        string memory id
    ) private pure {
        bool valid = text.length != 0 && text.length <= MAX_ID;
        for (uint256 i; valid && i < text.length; ++i) {
            valid = (FRAGMENT >> uint8(text[i])) & 1 == 1;
        }
        if (!valid) revert IDidRegistry.InvalidMethodId(id);
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DidSyntax} from "../src/DidSyntax.sol";
import {IDidRegistry as IDR} from "../src/interfaces/IDidRegistry.sol";
import {Kinds} from "../src/Kinds.sol";
import {PublicKeys} from "../src/PublicKeys.sol";
import {vm, Vm} from "./Vm.sol";
import {World} from "./World.sol";

contract DidRegistryTest is World {
    bytes private constant JWK = "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"a\",\"y\":\"b\"}";

    function _insert(
        Actor memory actor,
        string memory did,
        uint256 notBefore,
        uint256 notAfter
    ) private {
        vm.prank(actor.account);
        dids.insertDidDocument(did, BASE, "key-1", actor.publicKey, true, notBefore, notAfter);
    }

    function test_insertDidDocument_makesTheKeyAndTheEntry() public {
        Actor memory actor = _actor(9);
        vm.recordLogs();
        _insert(actor, actor.did, START, END);
        Vm.Log memory entry = _lastEntry();
        vm.assertEq(entry.topics[2], Kinds.DID_INSERTED);
        vm.assertEq(entry.topics[3], _subject("did", _hash(actor.did), 0));
        vm.assertEq(
            _payload(entry),
            abi.encode(actor.did, BASE, "key-1", actor.publicKey, true, uint64(START), uint64(END), uint8(0))
        );
        vm.assertEq(uint256(dids.actingAuthority(actor.did, actor.account)), 0);
    }

    function testFuzz_insertDidDocument_refusesWhoDoesNotHoldTheKey(
        address caller
    ) public {
        Actor memory actor = _actor(9);
        vm.assume(caller != actor.account);
        vm.expectRevert(abi.encodeWithSelector(IDR.NotTheFirstKey.selector, caller, actor.account));
        vm.prank(caller);
        dids.insertDidDocument(actor.did, BASE, "key-1", actor.publicKey, true, START, END);
    }

    function test_insertDidDocument_refusesATakenDid() public {
        vm.expectRevert(abi.encodeWithSelector(IDR.DidExists.selector, university.did));
        _insert(stranger, university.did, START, END);
    }

    function test_insertDidDocument_refusesWhatIsNoDid() public {
        vm.expectRevert(abi.encodeWithSelector(DidSyntax.InvalidDid.selector, "did:ebsi:zabc"));
        _insert(stranger, "did:ebsi:zabc", START, END);
    }

    function test_insertDidDocument_refusesOtherCurves() public {
        vm.expectRevert(IDR.FirstKeyNotSecp256k1.selector);
        dids.insertDidDocument(_actor(9).did, BASE, "key-1", JWK, false, START, END);
    }

    function test_insertDidDocument_refusesPointsOffTheCurve() public {
        Actor memory actor = _actor(9);
        bytes memory key = actor.publicKey;
        key[64] = bytes1(uint8(key[64]) ^ 1);
        vm.expectRevert(abi.encodeWithSelector(PublicKeys.InvalidSecp256k1Key.selector, key));
        dids.insertDidDocument(actor.did, BASE, "key-1", key, true, START, END);
        vm.expectRevert(abi.encodeWithSelector(PublicKeys.InvalidSecp256k1Key.selector, hex"04"));
        dids.insertDidDocument(actor.did, BASE, "key-1", hex"04", true, START, END);
    }

    function test_insertDidDocument_refusesBadDates() public {
        Actor memory actor = _actor(9);
        vm.expectRevert(abi.encodeWithSelector(IDR.InvalidDates.selector, END, END));
        _insert(actor, actor.did, END, END);
        vm.expectRevert(abi.encodeWithSelector(IDR.DateOutOfRange.selector, uint256(1) << 64));
        _insert(actor, actor.did, START, uint256(1) << 64);
        vm.expectRevert(abi.encodeWithSelector(IDR.DateOutOfRange.selector, type(uint256).max));
        _insert(actor, actor.did, type(uint256).max, END);
    }

    /// A key may not be given an end that is past: only a revocation speaks about the past.
    function test_insertDidDocument_refusesAPastEnd() public {
        Actor memory actor = _actor(9);
        vm.expectRevert(abi.encodeWithSelector(IDR.EndInThePast.selector, START, START));
        _insert(actor, actor.did, START - 10, START);
    }

    function test_insertDidDocument_refusesBadBaseDocuments() public {
        Actor memory actor = _actor(9);
        string[3] memory bad = ["", "[]", "{"];
        for (uint256 i; i < bad.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IDR.InvalidBaseDocument.selector, bytes(bad[i]).length));
            vm.prank(actor.account);
            dids.insertDidDocument(actor.did, bad[i], "key-1", actor.publicKey, true, START, END);
        }
        bytes memory long = new bytes(16 * 1024 + 1);
        (long[0], long[long.length - 1]) = ("{", "}");
        vm.expectRevert(abi.encodeWithSelector(IDR.InvalidBaseDocument.selector, long.length));
        vm.prank(university.account);
        dids.updateBaseDocument(university.did, string(long));
    }

    function test_updateBaseDocument_isAnEntry() public {
        vm.recordLogs();
        vm.prank(university.account);
        dids.updateBaseDocument(university.did, "{}");
        vm.assertEq(_payload(_lastEntry()), abi.encode(university.did, "{}", uint8(0)));
    }

    function test_addVerificationMethod_refusesBadIdsAndTwice() public {
        string[5] memory bad = ["", "key 1", "key#1", "key\"1", "100%"];
        for (uint256 i; i < bad.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IDR.InvalidMethodId.selector, bad[i]));
            _addMethod(bad[i], JWK, false);
        }
        string memory long = string(new bytes(129));
        vm.expectRevert(abi.encodeWithSelector(IDR.InvalidMethodId.selector, long));
        _addMethod(long, JWK, false);
        vm.expectRevert(abi.encodeWithSelector(IDR.MethodExists.selector, "key-1"));
        _addMethod("key-1", JWK, false);
    }

    function test_addVerificationMethod_refusesTheSameLedgerKeyTwice() public {
        vm.expectRevert(abi.encodeWithSelector(IDR.KeyInUse.selector, university.account));
        _addMethod("key-2", university.publicKey, true);
        vm.prank(university.account);
        dids.revokeVerificationMethod(university.did, "key-1", START);
        vm.expectRevert(
            abi.encodeWithSelector(IDR.NotAController.selector, university.account, university.did)
        );
        _addMethod("key-2", university.publicKey, true);
    }

    function test_addVerificationMethod_refusesAKeyThatStandsThereUnused() public {
        Actor memory second = _actor(20);
        _addMethod("key-2", second.publicKey, true);
        vm.expectRevert(abi.encodeWithSelector(IDR.KeyInUse.selector, second.account));
        _addMethod("key-3", second.publicKey, true);
    }

    function test_addVerificationMethod_boundsJsonWebKeys() public {
        bytes[4] memory bad = [bytes(""), bytes("{"), bytes("[]"), new bytes(2049)];
        (bad[3][0], bad[3][2048]) = ("{", "}");
        for (uint256 i; i < bad.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(PublicKeys.InvalidJsonWebKey.selector, bad[i]));
            _addMethod("key-2", bad[i], false);
        }
        vm.recordLogs();
        _addMethod("key-2", JWK, false);
        vm.assertEq(_payload(_lastEntry()), abi.encode(university.did, "key-2", false, JWK, uint8(0)));
    }

    function _addMethod(
        string memory id,
        bytes memory key,
        bool isSecp256k1
    ) private {
        vm.prank(university.account);
        dids.addVerificationMethod(university.did, id, key, isSecp256k1);
    }

    function _relate(
        string memory name,
        string memory id,
        uint256 notBefore,
        uint256 notAfter
    ) private {
        vm.prank(university.account);
        dids.addVerificationRelationship(university.did, name, id, notBefore, notAfter);
    }

    function test_addVerificationRelationship_makesALedgerKeyInItsInterval() public {
        Actor memory second = _actor(20);
        _addMethod("key-2", second.publicKey, true);
        vm.assertFalse(dids.isController(university.did, second.account));
        vm.recordLogs();
        _relate("capabilityInvocation", "key-2", START + 10, START + 20);
        vm.assertEq(
            _payload(_lastEntry()),
            abi.encode(
                university.did,
                "capabilityInvocation",
                "key-2",
                uint64(START + 10),
                uint64(START + 20),
                uint8(0)
            )
        );
        uint64[4] memory times = [START + 9, START + 10, START + 19, START + 20];
        bool[4] memory live = [false, true, true, false];
        for (uint256 i; i < times.length; ++i) {
            vm.warp(times[i]);
            vm.assertTrue(dids.isController(university.did, second.account) == live[i]);
        }
    }

    function test_addVerificationRelationship_refusesWhatItCannotRelate() public {
        vm.expectRevert(abi.encodeWithSelector(IDR.UnknownRelationship.selector, "owner"));
        _relate("owner", "key-1", START, END);
        vm.expectRevert(abi.encodeWithSelector(IDR.MethodNotFound.selector, "key-9"));
        _relate("assertionMethod", "key-9", START, END);
        vm.expectRevert(abi.encodeWithSelector(IDR.RelationshipExists.selector, "authentication", "key-1"));
        _relate("authentication", "key-1", START, END);
        vm.expectRevert(abi.encodeWithSelector(IDR.EndInThePast.selector, START, START));
        _relate("assertionMethod", "key-1", START - 5, START);
        vm.expectRevert(abi.encodeWithSelector(IDR.InvalidDates.selector, END, START));
        _relate("assertionMethod", "key-1", END, START);
    }

    function test_addVerificationRelationship_takesEveryName() public {
        _relate("assertionMethod", "key-1", START, END);
        _relate("keyAgreement", "key-1", START, END);
        _relate("capabilityDelegation", "key-1", START, END);
    }

    /// The policies registry cannot reach keys: who holds every policy, DID:* names among them, writes no DID.
    function test_everyPolicy_isPowerlessOverADid() public {
        string[3] memory names = ["DID:updateBaseDocument", "DID:addController", "DID:addVerificationMethod"];
        string[] memory grant = new string[](3);
        for (uint256 i; i < names.length; ++i) {
            vm.prank(operator);
            policies.insertPolicy(names[i], "");
            grant[i] = names[i];
        }
        vm.prank(operator);
        policies.insertUserAttributes(operator, grant);
        vm.expectRevert(abi.encodeWithSelector(IDR.NotAController.selector, operator, university.did));
        vm.prank(operator);
        dids.updateBaseDocument(university.did, BASE);
        vm.expectRevert(abi.encodeWithSelector(IDR.NotAController.selector, operator, university.did));
        vm.prank(operator);
        dids.addController(university.did, root.did);
        vm.expectRevert(abi.encodeWithSelector(IDR.NotAController.selector, operator, university.did));
        vm.prank(operator);
        dids.revokeVerificationMethod(university.did, "key-1", START);
    }
}

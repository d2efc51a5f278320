// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDidRegistry as IDR} from "../src/interfaces/IDidRegistry.sol";
import {vm} from "./Vm.sol";
import {World} from "./World.sol";

/// Expiring, revoking and rolling methods: what they may say about the past, and that nobody is locked out.
contract RotationTest is World {
    bytes private constant JWK = "{\"kty\":\"EC\",\"crv\":\"P-256\"}";
    Actor private _second;

    function setUp() public override {
        super.setUp();
        _second = _actor(50);
    }

    function _args(
        uint256 notBefore,
        uint256 duration
    ) private view returns (IDR.RollArgs memory) {
        return
            IDR.RollArgs(university.did, "key-2", _second.publicKey, true, notBefore, END, "key-1", duration);
    }

    function _roll(
        IDR.RollArgs memory args
    ) private {
        vm.prank(university.account);
        dids.rollVerificationMethod(args);
    }

    function _acts(
        address account,
        uint256 time
    ) private returns (bool) {
        vm.warp(time);
        return dids.isController(university.did, account);
    }

    /// EBSI's trap: there, rolling the only ledger key locks its owner out.
    function test_roll_handsTheOnlyLedgerKeyOver() public {
        vm.recordLogs();
        _roll(_args(START + 100, 50));
        vm.assertEq(
            _payload(_lastEntry()),
            abi.encode(
                university.did,
                "key-2",
                _second.publicKey,
                true,
                uint64(START + 100),
                uint64(END),
                "key-1",
                uint64(50),
                uint8(0)
            )
        );
        vm.assertTrue(_acts(university.account, START));
        vm.assertFalse(_acts(_second.account, START + 99));
        vm.assertTrue(_acts(_second.account, START + 100));
        vm.assertTrue(_acts(university.account, START + 149));
        vm.assertFalse(_acts(university.account, START + 150));
        vm.assertTrue(_acts(_second.account, END - 1));
        vm.assertFalse(_acts(_second.account, END));
        vm.warp(START + 200);
        vm.prank(_second.account);
        dids.updateBaseDocument(university.did, BASE);
    }

    function test_roll_atOnceEndsTheOldKeyNow() public {
        _roll(_args(START, 0));
        vm.assertFalse(_acts(university.account, START));
        vm.assertTrue(_acts(_second.account, START));
    }

    function test_roll_refusesAPastEndOfTheOldKey() public {
        vm.expectRevert(abi.encodeWithSelector(IDR.EndInThePast.selector, START - 1, START));
        _roll(_args(START - 51, 50));
    }

    function test_roll_refusesAPastEndOfTheNewKey() public {
        IDR.RollArgs memory args = _args(START - 100, 200);
        args.notAfter = START;
        vm.expectRevert(abi.encodeWithSelector(IDR.EndInThePast.selector, START, START));
        _roll(args);
    }

    function test_roll_refusesOverflowingDates() public {
        IDR.RollArgs memory args = _args(START, type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(IDR.DateOutOfRange.selector, type(uint256).max));
        _roll(args);
        args = _args(START, type(uint64).max);
        vm.expectRevert(
            abi.encodeWithSelector(IDR.DateOutOfRange.selector, uint256(type(uint64).max) + START)
        );
        _roll(args);
    }

    function test_roll_needsALedgerKeyForALedgerKey() public {
        IDR.RollArgs memory args = _args(START, 0);
        (args.publicKey, args.isSecp256k1) = (JWK, false);
        vm.expectRevert(abi.encodeWithSelector(IDR.RollNeedsSecp256k1.selector, "key-1"));
        _roll(args);
    }

    function test_roll_refusesAKeyInUse() public {
        IDR.RollArgs memory args = _args(START, 0);
        args.publicKey = university.publicKey;
        vm.expectRevert(abi.encodeWithSelector(IDR.KeyInUse.selector, university.account));
        _roll(args);
    }

    function test_roll_refusesUnknownRevokedAndSpentMethods() public {
        _addJwk("key-c");
        IDR.RollArgs memory args = _args(START, 0);
        args.oldVMethodId = "key-9";
        vm.expectRevert(abi.encodeWithSelector(IDR.MethodNotFound.selector, "key-9"));
        _roll(args);
        args.oldVMethodId = "key-c";
        vm.expectRevert(abi.encodeWithSelector(IDR.NothingToRoll.selector, "key-c"));
        _roll(args);
        _revoke("key-c", START);
        vm.expectRevert(abi.encodeWithSelector(IDR.MethodRevoked.selector, "key-c"));
        _roll(args);
    }

    function test_roll_carriesOnlyWhatHasNotEnded() public {
        _roll(_args(START, 0));
        IDR.RollArgs memory back = _args(START + 10, 10);
        (back.vMethodId, back.oldVMethodId, back.publicKey) = ("key-3", "key-1", _actor(51).publicKey);
        vm.expectRevert(abi.encodeWithSelector(IDR.NothingToRoll.selector, "key-1"));
        vm.prank(_second.account);
        dids.rollVerificationMethod(back);
    }

    function test_roll_doesNotCarryAnEndedRelationship() public {
        vm.prank(university.account);
        dids.addVerificationRelationship(university.did, "assertionMethod", "key-1", START, START + 10);
        vm.warp(START + 10);
        _roll(_args(START + 10, 0));
        vm.expectRevert(abi.encodeWithSelector(IDR.RelationshipExists.selector, "authentication", "key-2"));
        vm.prank(_second.account);
        dids.addVerificationRelationship(university.did, "authentication", "key-2", START, END);
        vm.prank(_second.account);
        dids.addVerificationRelationship(university.did, "assertionMethod", "key-2", START, END);
    }

    function test_roll_neverLengthensTheOldKey() public {
        vm.prank(university.account);
        dids.expireVerificationMethod(university.did, "key-1", START + 10);
        _roll(_args(START, 1000));
        vm.assertTrue(_acts(university.account, START + 9));
        vm.assertFalse(_acts(university.account, START + 10));
    }

    function testFuzz_roll_leavesSomebodyAbleToWrite(
        uint32 wait,
        uint32 duration,
        uint32 later
    ) public {
        _roll(_args(START + wait % 1000 days, duration));
        vm.warp(START + later % 1000 days);
        vm.assertTrue(
            dids.isController(university.did, university.account)
                || dids.isController(university.did, _second.account)
        );
    }

    function _addJwk(
        string memory id
    ) private {
        vm.prank(university.account);
        dids.addVerificationMethod(university.did, id, JWK, false);
    }

    function _revoke(
        string memory id,
        uint256 notAfter
    ) private {
        vm.prank(university.account);
        dids.revokeVerificationMethod(university.did, id, notAfter);
    }

    function test_expire_setsAFutureEnd() public {
        vm.recordLogs();
        vm.prank(university.account);
        dids.expireVerificationMethod(university.did, "key-1", START + 10);
        vm.assertEq(_payload(_lastEntry()), abi.encode(university.did, "key-1", uint64(START + 10), uint8(0)));
        vm.assertTrue(_acts(university.account, START + 9));
        vm.assertFalse(_acts(university.account, START + 10));
    }

    function test_expire_mayLengthenWhatHasNotEnded() public {
        vm.prank(university.account);
        dids.expireVerificationMethod(university.did, "key-1", END + 10);
        vm.assertTrue(_acts(university.account, END + 9));
    }

    function test_expire_refusesNowAndThePast() public {
        vm.expectRevert(abi.encodeWithSelector(IDR.EndInThePast.selector, START, START));
        vm.prank(university.account);
        dids.expireVerificationMethod(university.did, "key-1", START);
    }

    function test_expire_neverRevivesWhatEnded() public {
        _addJwk("key-c");
        vm.prank(university.account);
        dids.addController(university.did, tao.did);
        vm.prank(university.account);
        dids.expireVerificationMethod(university.did, "key-1", START + 10);
        vm.warp(START + 20);
        vm.prank(tao.account);
        dids.expireVerificationMethod(university.did, "key-1", END);
        vm.assertFalse(dids.isController(university.did, university.account));
    }

    function test_revoke_maySetAPastEndAndIsForEver() public {
        _roll(_args(START, 100));
        vm.warp(START + 50);
        _revoke("key-1", START - 1000);
        vm.assertFalse(dids.isController(university.did, university.account));
        vm.expectRevert(abi.encodeWithSelector(IDR.MethodRevoked.selector, "key-1"));
        vm.prank(_second.account);
        dids.expireVerificationMethod(university.did, "key-1", END);
        vm.expectRevert(abi.encodeWithSelector(IDR.MethodRevoked.selector, "key-1"));
        vm.prank(_second.account);
        dids.addVerificationRelationship(university.did, "assertionMethod", "key-1", START, END);
        vm.expectRevert(abi.encodeWithSelector(IDR.MethodRevoked.selector, "key-1"));
        vm.prank(_second.account);
        dids.revokeVerificationMethod(university.did, "key-1", START);
        vm.assertTrue(dids.isController(university.did, _second.account));
    }

    function test_revoke_refusesTheFuture() public {
        vm.expectRevert(abi.encodeWithSelector(IDR.EndInTheFuture.selector, START + 1, START));
        _revoke("key-1", START + 1);
        vm.expectRevert(abi.encodeWithSelector(IDR.MethodNotFound.selector, "key-9"));
        _revoke("key-9", START);
    }

    function testFuzz_revoke_endsTheKeyWhateverTheDate(
        uint64 notAfter
    ) public {
        _revoke("key-1", notAfter % (START + 1));
        vm.assertFalse(dids.isController(university.did, university.account));
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDidRegistry as IDR} from "../src/interfaces/IDidRegistry.sol";
import {vm} from "./Vm.sol";
import {World} from "./World.sol";

contract ControllersTest is World {
    function _add(
        Actor memory actor,
        string memory controller
    ) private {
        vm.prank(actor.account);
        dids.addController(actor.did, controller);
    }

    function test_addController_letsItsLedgerKeysAct() public {
        vm.recordLogs();
        _add(university, tao.did);
        vm.assertEq(_payload(_lastEntry()), abi.encode(university.did, tao.did, uint8(0)));
        vm.assertEq(uint256(dids.actingAuthority(university.did, tao.account)), 1);
        vm.prank(tao.account);
        dids.updateBaseDocument(university.did, BASE);
        vm.assertEq(_payload(_lastEntry()), abi.encode(university.did, BASE, uint8(1)));
    }

    function test_addController_reachesOneLevelOnly() public {
        _add(university, tao.did);
        _add(tao, root.did);
        vm.assertFalse(dids.isController(university.did, root.account));
        vm.expectRevert(abi.encodeWithSelector(IDR.NotAController.selector, root.account, university.did));
        dids.actingAuthority(university.did, root.account);
    }

    function test_addController_refusesUnknownTwiceAndTheEleventh() public {
        string memory ghost = _actor(99).did;
        vm.expectRevert(abi.encodeWithSelector(IDR.ControllerNotFound.selector, ghost));
        _add(university, ghost);
        vm.expectRevert(abi.encodeWithSelector(IDR.AlreadyAController.selector, university.did));
        _add(university, university.did);
        for (uint128 i; i < 9; ++i) {
            _add(university, _register(100 + i).did);
        }
        vm.expectRevert(abi.encodeWithSelector(IDR.TooManyControllers.selector, 10));
        _add(university, tao.did);
        vm.assertEq(uint256(dids.actingAuthority(university.did, _actor(108).account)), 1);
    }

    function test_revokeController_endsItsRight() public {
        _add(university, tao.did);
        vm.prank(university.account);
        dids.revokeController(university.did, tao.did);
        vm.assertFalse(dids.isController(university.did, tao.account));
        vm.expectRevert(abi.encodeWithSelector(IDR.NotListedAsController.selector, tao.did));
        vm.prank(university.account);
        dids.revokeController(university.did, tao.did);
    }

    function test_revokeController_leavesTheOwnKeysTheirRight() public {
        vm.prank(university.account);
        dids.revokeController(university.did, university.did);
        vm.assertEq(uint256(dids.actingAuthority(university.did, university.account)), 0);
    }

    function test_controller_losesItsRightWithItsKey() public {
        _add(university, tao.did);
        vm.prank(tao.account);
        dids.revokeVerificationMethod(tao.did, "key-1", START);
        vm.assertFalse(dids.isController(university.did, tao.account));
    }

    function testFuzz_isController_isFalseForStrangers(
        address account
    ) public {
        _add(university, tao.did);
        vm.assume(account != university.account && account != tao.account);
        vm.assertFalse(dids.isController(university.did, account));
        (bool acts, uint8 authority) = dids.authorityOf(university.did, account);
        vm.assertFalse(acts);
        vm.assertEq(uint256(authority), 0);
        vm.expectRevert(abi.encodeWithSelector(IDR.NotAController.selector, account, university.did));
        dids.actingAuthority(university.did, account);
    }

    function test_isController_isFalseForUnknownDids() public {
        string memory ghost = _actor(99).did;
        vm.assertFalse(dids.isController(ghost, address(0)));
        vm.assertFalse(dids.isController("", university.account));
    }
}

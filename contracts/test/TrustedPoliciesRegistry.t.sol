// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ITrustedPoliciesRegistry as ITPR} from "../src/interfaces/ITrustedPoliciesRegistry.sol";
import {Kinds} from "../src/Kinds.sol";
import {Artifacts} from "./Artifacts.sol";
import {vm, Vm} from "./Vm.sol";
import {World} from "./World.sol";

contract TrustedPoliciesRegistryTest is World {
    function create(
        string calldata name,
        bytes calldata arguments
    ) external {
        Artifacts.create(name, arguments);
    }

    function _one(
        string memory name
    ) private pure returns (string[] memory names) {
        names = new string[](1);
        names[0] = name;
    }

    function _grant(
        address user,
        string memory name
    ) private {
        vm.prank(operator);
        policies.insertUserAttributes(user, _one(name));
    }

    function test_constructor_makesTheFirstOperator() public view {
        vm.assertEq(policies.firstOperator(), operator);
        vm.assertTrue(policies.hasAttribute(operator, "TPR:operator"));
    }

    function test_constructor_refusesNobody() public {
        vm.expectRevert(abi.encodeWithSelector(ITPR.InvalidUser.selector, address(0)));
        this.create("TrustedPoliciesRegistry", abi.encode(address(0), log));
    }

    function testFuzz_every_function_needsAnOperator(
        address caller
    ) public {
        vm.assume(caller != operator);
        bytes[6] memory calls = [
            abi.encodeCall(ITPR.insertPolicy, ("new", "")),
            abi.encodeCall(ITPR.updatePolicy, ("LOG:close", "")),
            abi.encodeCall(ITPR.activatePolicy, ("LOG:close")),
            abi.encodeCall(ITPR.deactivatePolicy, ("LOG:close")),
            abi.encodeCall(ITPR.insertUserAttributes, (caller, _one("TPR:operator"))),
            abi.encodeCall(ITPR.deleteUserAttribute, (operator, "TPR:operator"))
        ];
        for (uint256 i; i < calls.length; ++i) {
            vm.prank(caller);
            (bool done, bytes memory reason) = address(policies).call(calls[i]);
            vm.assertFalse(done);
            vm.assertEq(reason, abi.encodeWithSelector(ITPR.NotAnOperator.selector, caller));
        }
    }

    function test_insertPolicy_countsAtOnceAndOnce() public {
        vm.recordLogs();
        vm.prank(operator);
        policies.insertPolicy("new", "what it allows");
        Vm.Log memory entry = _lastEntry();
        vm.assertEq(entry.topics[2], Kinds.POLICY_INSERTED);
        vm.assertEq(entry.topics[3], _subject("policy", _hash("new"), 0));
        vm.assertEq(_payload(entry), abi.encode("new", "what it allows", uint8(2)));
        vm.expectRevert(abi.encodeWithSelector(ITPR.PolicyExists.selector, "new"));
        vm.prank(operator);
        policies.insertPolicy("new", "again");
    }

    function test_insertPolicy_refusesTheBuiltInOne() public {
        vm.expectRevert(abi.encodeWithSelector(ITPR.PolicyExists.selector, "TPR:operator"));
        vm.prank(operator);
        policies.insertPolicy("TPR:operator", "mine");
    }

    function test_insertPolicy_boundsTheName() public {
        string memory long = "0123456789012345678901234567890123456789012345678901234567890123x";
        vm.expectRevert(abi.encodeWithSelector(ITPR.InvalidPolicyName.selector, long));
        vm.prank(operator);
        policies.insertPolicy(long, "");
        vm.expectRevert(abi.encodeWithSelector(ITPR.InvalidPolicyName.selector, ""));
        vm.prank(operator);
        policies.insertPolicy("", "");
    }

    function test_deactivatePolicy_stopsEveryHolder() public {
        vm.prank(operator);
        policies.deactivatePolicy("LOG:close");
        vm.assertFalse(policies.hasAttribute(operator, "LOG:close"));
        vm.expectRevert(abi.encodeWithSelector(ITPR.NotAllowedToClose.selector, operator));
        vm.prank(operator);
        policies.closeLog(address(0));
        vm.prank(operator);
        policies.activatePolicy("LOG:close");
        vm.assertTrue(policies.hasAttribute(operator, "LOG:close"));
    }

    function test_deactivatePolicy_refusesThePermanentOne() public {
        vm.expectRevert(abi.encodeWithSelector(ITPR.PolicyIsPermanent.selector, "TPR:operator"));
        vm.prank(operator);
        policies.deactivatePolicy("TPR:operator");
    }

    function test_states_changeOnlyWhenTheyDiffer() public {
        vm.expectRevert(abi.encodeWithSelector(ITPR.PolicyAlreadyActive.selector, "LOG:close"));
        vm.prank(operator);
        policies.activatePolicy("LOG:close");
        vm.prank(operator);
        policies.deactivatePolicy("LOG:close");
        vm.expectRevert(abi.encodeWithSelector(ITPR.PolicyAlreadyInactive.selector, "LOG:close"));
        vm.prank(operator);
        policies.deactivatePolicy("LOG:close");
    }

    function test_unknownPolicies_areRefusedEverywhere() public {
        bytes memory reason = abi.encodeWithSelector(ITPR.PolicyNotFound.selector, "ghost");
        vm.expectRevert(reason);
        vm.prank(operator);
        policies.updatePolicy("ghost", "");
        vm.expectRevert(reason);
        vm.prank(operator);
        policies.activatePolicy("ghost");
        vm.expectRevert(reason);
        vm.prank(operator);
        policies.deactivatePolicy("ghost");
        vm.expectRevert(reason);
        vm.prank(operator);
        policies.insertUserAttributes(stranger.account, _one("ghost"));
    }

    function test_updatePolicy_isAnEntry() public {
        vm.recordLogs();
        vm.prank(operator);
        policies.updatePolicy("LOG:close", "ends the log");
        vm.assertEq(_payload(_lastEntry()), abi.encode("LOG:close", "ends the log", uint8(2)));
    }

    function test_insertUserAttributes_isOneEntryOfTheUser() public {
        vm.recordLogs();
        vm.prank(operator);
        policies.insertUserAttributes(stranger.account, _names());
        Vm.Log memory entry = _lastEntry();
        vm.assertEq(entry.topics[3], _subject("user", bytes32(uint256(uint160(stranger.account))), 0));
        vm.assertEq(_payload(entry), abi.encode(stranger.account, _names(), uint8(2)));
        vm.assertTrue(policies.hasAttribute(stranger.account, "TSR:insertSchema"));
    }

    function test_insertUserAttributes_refusesNoneTooManyAndTwice() public {
        vm.expectRevert(abi.encodeWithSelector(ITPR.InvalidAttributeCount.selector, 0));
        vm.prank(operator);
        policies.insertUserAttributes(stranger.account, new string[](0));
        vm.expectRevert(abi.encodeWithSelector(ITPR.InvalidAttributeCount.selector, 33));
        vm.prank(operator);
        policies.insertUserAttributes(stranger.account, new string[](33));
        vm.expectRevert(abi.encodeWithSelector(ITPR.AttributeAlreadyGranted.selector, operator, "LOG:close"));
        _grant(operator, "LOG:close");
        vm.expectRevert(abi.encodeWithSelector(ITPR.InvalidUser.selector, address(0)));
        _grant(address(0), "LOG:close");
    }

    function test_deleteUserAttribute_takesThePolicyAway() public {
        _grant(stranger.account, "LOG:close");
        vm.recordLogs();
        vm.prank(operator);
        policies.deleteUserAttribute(stranger.account, "LOG:close");
        Vm.Log memory entry = _lastEntry();
        vm.assertEq(entry.topics[2], Kinds.POLICY_WITHDRAWN);
        vm.assertEq(_payload(entry), abi.encode(stranger.account, _one("LOG:close"), uint8(2)));
        vm.assertFalse(policies.hasAttribute(stranger.account, "LOG:close"));
        vm.expectRevert(
            abi.encodeWithSelector(ITPR.AttributeNotGranted.selector, stranger.account, "LOG:close")
        );
        vm.prank(operator);
        policies.deleteUserAttribute(stranger.account, "LOG:close");
    }

    function test_deleteUserAttribute_keepsTheLastOperator() public {
        vm.expectRevert(abi.encodeWithSelector(ITPR.LastOperator.selector, operator));
        vm.prank(operator);
        policies.deleteUserAttribute(operator, "TPR:operator");
        _grant(stranger.account, "TPR:operator");
        vm.prank(stranger.account);
        policies.deleteUserAttribute(operator, "TPR:operator");
        vm.assertFalse(policies.hasAttribute(operator, "TPR:operator"));
        vm.expectRevert(abi.encodeWithSelector(ITPR.LastOperator.selector, stranger.account));
        vm.prank(stranger.account);
        policies.deleteUserAttribute(stranger.account, "TPR:operator");
    }
}

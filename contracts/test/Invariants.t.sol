// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Handler} from "./Handler.sol";
import {SlowTree} from "./SlowTree.sol";
import {vm} from "./Vm.sol";

contract InvariantsTest {
    Handler private _handler;

    function setUp() public {
        _handler = new Handler();
    }

    /// Where forge aims its random calls.
    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function invariant_everyEntryIsInTheTreeAndNothingElse() public view {
        uint256 count = _handler.count();
        bytes32[] memory leaves = new bytes32[](count);
        for (uint256 i; i < count; ++i) {
            leaves[i] = _handler.leaves(i);
        }
        vm.assertEq(uint256(_handler.logSize()), count);
        vm.assertEq(_handler.logRoot(), SlowTree.root(leaves));
    }

    function invariant_headsEqualTheLastEntries() public view {
        uint256 count = _handler.subjectCount();
        for (uint256 i; i < count; ++i) {
            bytes32 subject = _handler.subjects(i);
            vm.assertEq(_handler.head(subject), _handler.lastEntryOf(subject));
        }
    }

    function invariant_entriesAreChainedAndInOrder() public view {
        vm.assertTrue(_handler.chained());
        vm.assertTrue(_handler.timely());
    }

    /// The handler must not spin on refusals alone.
    function afterInvariant() public view {
        vm.assertTrue(_handler.count() >= 24, "no traffic");
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {vm, Vm} from "./Vm.sol";
import {World} from "./World.sol";

/// What a batch anchor costs its sender as a whole transaction (21,000, calldata and execution), by the DID's own
/// key, at sizes of the log up to 2**20. Each test has its snapshot: more gas than that fails.
contract GasTest is World {
    uint256 private constant FIRST_LIMIT = 200_000;
    uint256 private constant LATER_LIMIT = 170_000;

    Actor private _issuer;
    bytes32 private _attribute;

    /// The longest DID, and an attribute without zero bytes: they cost most as calldata.
    function setUp() public override {
        super.setUp();
        _issuer = _register(type(uint128).max);
        _attribute = sha256("an attribute");
        vm.prank(tao.account);
        issuers.setAttributeMetadata(_issuer.did, _attribute, TI, tao.did, TAO_ATTRIBUTE);
    }

    function _first(
        uint64 logSize
    ) private returns (uint256) {
        if (logSize != 0) _grow(logSize);
        _anchor(_issuer, _attribute, sha256("a first batch"), 1_048_576);
        return vm.lastCallGas().gasTotalUsed;
    }

    function _later(
        uint64 logSize
    ) private returns (uint256) {
        _anchor(_issuer, _attribute, sha256("a first batch"), 1_048_576);
        _grow(logSize);
        _anchor(_issuer, _attribute, sha256("a later batch"), 1);
        return vm.lastCallGas().gasTotalUsed;
    }

    /// A log of that size as its storage would be: a peak on each level that was ever reached.
    function _grow(
        uint64 logSize
    ) private {
        uint256 packed = uint256(vm.load(address(log), 0));
        packed = (packed >> 64 << 64) | logSize;
        vm.store(address(log), 0, bytes32(packed));
        for (uint256 level; uint256(1) << level <= logSize; ++level) {
            vm.store(address(log), bytes32(3 + level), keccak256(abi.encode(level)));
        }
    }

    function _check(
        uint256 gas,
        uint256 snapshot,
        uint256 limit
    ) private pure {
        vm.assertLe(gas, snapshot, "more gas than the snapshot");
        vm.assertLe(snapshot, limit, "the snapshot is above the limit");
    }

    function test_firstAnchor_inAYoungLog() public {
        _check(_first(0), 123_795, FIRST_LIMIT);
    }

    function test_firstAnchor_beforeAFullTree() public {
        _check(_first((1 << 20) - 2), 162_546, FIRST_LIMIT);
    }

    function test_firstAnchor_completesAFullTree() public {
        _check(_first((1 << 20) - 1), 181_354, FIRST_LIMIT);
    }

    function test_firstAnchor_afterAFullTree() public {
        _check(_first(1 << 20), 118_610, FIRST_LIMIT);
    }

    function test_laterAnchor_inAYoungLog() public {
        _check(_later(100), 104_614, LATER_LIMIT);
    }

    function test_laterAnchor_beforeAFullTree() public {
        _check(_later((1 << 20) - 2), 145_446, LATER_LIMIT);
    }

    function test_laterAnchor_completesAFullTree() public {
        _check(_later((1 << 20) - 1), 164_254, LATER_LIMIT);
    }

    function test_laterAnchor_afterAFullTree() public {
        _check(_later(1 << 20), 101_510, LATER_LIMIT);
    }
}

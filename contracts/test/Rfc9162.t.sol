// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Rfc9162} from "../src/Rfc9162.sol";
import {SlowTree} from "./SlowTree.sol";
import {vm} from "./Vm.sol";

contract Rfc9162Test {
    bytes32[64] private _frontier;

    function test_append_equalsSlowTwinForEverySizeUpTo70() public {
        bytes32[] memory leaves;
        for (uint64 size; size < 70; ++size) {
            bytes32 leaf = sha256(abi.encode(size));
            leaves = _with(leaves, leaf);
            vm.assertEq(Rfc9162.append(_frontier, size, leaf), SlowTree.root(leaves));
        }
    }

    function testFuzz_append_equalsSlowTwin(
        uint16 seed
    ) public {
        uint256 count = uint256(seed) % 300 + 1;
        bytes32[] memory leaves = new bytes32[](count);
        bytes32 root;
        for (uint64 i; i < count; ++i) {
            leaves[i] = keccak256(abi.encode(seed, i));
            root = Rfc9162.append(_frontier, i, leaves[i]);
        }
        vm.assertEq(root, SlowTree.root(leaves));
    }

    /// Sizes that nobody can build leaf by leaf: the peaks are opaque subtrees, and the twin splits by size.
    function testFuzz_append_equalsSlowTwinAtAnySize(
        uint64 size,
        bytes32 seed
    ) public {
        size = size % (1 << 62);
        for (uint256 i; i < 64; ++i) {
            _frontier[i] = keccak256(abi.encode(seed, i));
        }
        bytes32[64] memory peaks = _frontier;
        bytes32 leaf = keccak256(abi.encode(seed));
        vm.assertEq(Rfc9162.append(_frontier, size, leaf), _rootOfPeaks(peaks, size, leaf));
    }

    function test_hashLeaf_separatesLeavesFromNodes() public view {
        bytes32 left = sha256("left");
        bytes32 right = sha256("right");
        vm.assertNotEq(Rfc9162.hashLeaf(abi.encode(left, right)), Rfc9162.hashChildren(left, right));
    }

    /// The known root of RFC 6962's one empty leaf.
    function test_hashLeaf_equalsKnownAnswer() public pure {
        vm.assertEq(Rfc9162.hashLeaf(""), 0x6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d);
    }

    /// The tree of `size` leaves and one more: the left part of each split is perfect, thus a peak, or ends in
    /// the new leaf, thus the sum of lower peaks.
    function _rootOfPeaks(
        bytes32[64] memory peaks,
        uint64 size,
        bytes32 leaf
    ) private pure returns (bytes32) {
        if (size == 0) return leaf;
        uint256 k = SlowTree.split(uint256(size) + 1);
        bytes32 left = peaks[_log2(k)];
        return sha256(bytes.concat(hex"01", left, _rootOfPeaks(peaks, uint64(size - k), leaf)));
    }

    function _log2(
        uint256 k
    ) private pure returns (uint256 n) {
        while (k >> (n + 1) != 0) ++n;
    }

    function _with(
        bytes32[] memory list,
        bytes32 item
    ) private pure returns (bytes32[] memory longer) {
        longer = new bytes32[](list.length + 1);
        for (uint256 i; i < list.length; ++i) {
            longer[i] = list[i];
        }
        longer[list.length] = item;
    }
}

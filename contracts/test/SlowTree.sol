// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice MTH as RFC 9162, section 2.1.1 writes it: recursion over the list, no frontier, no assembly.
library SlowTree {
    /// @notice Returns the root over leaf hashes from `start`, `count` of them.
    function root(
        bytes32[] memory leafHashes,
        uint256 start,
        uint256 count
    ) internal pure returns (bytes32) {
        if (count == 0) return sha256("");
        if (count == 1) return leafHashes[start];
        uint256 k = split(count);
        return
            sha256(bytes.concat(hex"01", root(leafHashes, start, k), root(leafHashes, start + k, count - k)));
    }

    /// @notice Returns the root over all leaf hashes.
    function root(
        bytes32[] memory leafHashes
    ) internal pure returns (bytes32) {
        return root(leafHashes, 0, leafHashes.length);
    }

    /// @notice Returns the largest power of two smaller than `count`, which is at least 2.
    function split(
        uint256 count
    ) internal pure returns (uint256 k) {
        k = 1;
        while (k << 1 < count) k <<= 1;
    }
}

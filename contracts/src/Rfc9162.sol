// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Merkle tree hashing with SHA-256 (RFC 9162, section 2.1.1), over a frontier of perfect subtrees.
/// @dev `frontier[i]` is the root of the perfect subtree of 2**i leaves that ends the tree where bit i of the
/// size is set; where the bit is clear, the slot holds a leftover that is never read.
library Rfc9162 {
    /// The SHA-256 precompile failed, which only an exhausted gas limit can cause.
    error HashFailed();

    /// @notice Returns HASH(0x00 || entry), the hash of a leaf.
    function hashLeaf(
        bytes memory entry
    ) internal pure returns (bytes32) {
        return sha256(bytes.concat(hex"00", entry));
    }

    /// @notice Returns HASH(0x01 || left || right), the hash of an inner node.
    function hashChildren(
        bytes32 left,
        bytes32 right
    ) internal view returns (bytes32 node) {
        bool done;
        assembly ("memory-safe") {
            // 65 bytes beyond the free memory pointer, given up at once: no allocation for each of 40 hashes.
            let preimage := mload(0x40)
            mstore8(preimage, 1)
            mstore(add(preimage, 1), left)
            mstore(add(preimage, 33), right)
            done := staticcall(gas(), 2, preimage, 65, 0, 32)
            node := mload(0)
        }
        if (!done) revert HashFailed();
    }

    /// @notice Takes `leaf` as the leaf with index `size` and returns the root of the size + 1 leaves.
    function append(
        bytes32[64] storage frontier,
        uint64 size,
        bytes32 leaf
    ) internal returns (bytes32 root) {
        root = leaf;
        uint256 level;
        uint256 rest = size;
        for (; rest & 1 == 1; rest >>= 1) {
            root = hashChildren(_peak(frontier, level++), root);
        }
        assembly ("memory-safe") {
            sstore(add(frontier.slot, level), root)
        }
        for (; rest != 0; rest >>= 1) {
            if (rest & 1 == 1) root = hashChildren(_peak(frontier, level), root);
            ++level;
        }
    }

    /// @dev No bounds check: a level is a bit of a uint64.
    function _peak(
        bytes32[64] storage frontier,
        uint256 level
    ) private view returns (bytes32 peak) {
        assembly ("memory-safe") {
            peak := sload(add(frontier.slot, level))
        }
    }
}

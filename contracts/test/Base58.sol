// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Writes DIDs from their 17 bytes: the way opposite to DidSyntax, by long division.
library Base58 {
    bytes private constant ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    /// @notice Returns the base58btc digits of `value`, without leading zeros.
    function encode(
        uint256 value
    ) internal pure returns (string memory digits) {
        for (; value != 0; value /= 58) {
            digits = string.concat(string(abi.encodePacked(ALPHABET[value % 58])), digits);
        }
    }

    /// @notice Returns the did:ebsi v1 with these 16 random bytes.
    function did(
        uint128 random
    ) internal pure returns (string memory) {
        return string.concat("did:ebsi:z", encode((1 << 128) | uint256(random)));
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice The syntax of did:ebsi, version 1: `did:ebsi:z` and base58btc(0x01 || 16 bytes).
library DidSyntax {
    /// The text is no did:ebsi of version 1, or not in its only canonical spelling.
    error InvalidDid(string did);

    bytes10 private constant PREFIX = "did:ebsi:z";

    /// @notice Reverts with InvalidDid unless `did` is a did:ebsi v1.
    /// @dev 17 bytes that begin with 0x01 are a number in [2**128, 2**129): 22 or 23 digits of base 58. Such a
    /// number has one spelling without leading zero digits ('1'), so no two texts name one DID.
    function check(
        string calldata did
    ) internal pure {
        bytes calldata text = bytes(did);
        if (text.length < 32 || text.length > 33 || bytes10(text[:10]) != PREFIX || text[10] == "1") {
            revert InvalidDid(did);
        }
        uint256 value;
        for (uint256 i = 10; i < text.length; ++i) {
            (bool valid, uint256 digit) = _digit(uint8(text[i]));
            if (!valid) revert InvalidDid(did);
            value = value * 58 + digit;
        }
        if (value >> 128 != 1) revert InvalidDid(did);
    }

    /// @dev 123456789 ABCDEFGH JKLMN PQRSTUVWXYZ abcdefghijk mnopqrstuvwxyz: no 0, O, I, l.
    function _digit(
        uint8 c
    ) private pure returns (bool valid, uint256 digit) {
        unchecked {
            if (c >= 0x31 && c <= 0x39) return (true, c - 0x31);
            if (c >= 0x41 && c <= 0x48) return (true, c - 0x41 + 9);
            if (c >= 0x4a && c <= 0x4e) return (true, c - 0x4a + 17);
            if (c >= 0x50 && c <= 0x5a) return (true, c - 0x50 + 22);
            if (c >= 0x61 && c <= 0x6b) return (true, c - 0x61 + 33);
            if (c >= 0x6d && c <= 0x7a) return (true, c - 0x6d + 44);
        }
        return (false, 0);
    }
}

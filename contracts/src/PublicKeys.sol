// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Public keys as EBSI's registry takes them: a raw secp256k1 point, or the bytes of a JSON Web Key.
library PublicKeys {
    /// The bytes are no uncompressed point of secp256k1 (SEC 1, section 2.3.3: 0x04 || x || y, on the curve).
    error InvalidSecp256k1Key(bytes publicKey);

    /// The bytes are not `{` ... `}` of 2 to 2,048 bytes, as every JSON Web Key is.
    error InvalidJsonWebKey(bytes publicKey);

    uint256 private constant FIELD = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFC2F;
    uint256 private constant MAX_JSON_WEB_KEY = 2048;

    /// @notice Returns the address whose transactions the key signs.
    function ledgerAddress(
        bytes calldata publicKey
    ) internal pure returns (address) {
        if (publicKey.length != 65 || publicKey[0] != 0x04) revert InvalidSecp256k1Key(publicKey);
        uint256 x = uint256(bytes32(publicKey[1:33]));
        uint256 y = uint256(bytes32(publicKey[33:65]));
        bool onCurve = x < FIELD && y < FIELD
            && mulmod(y, y, FIELD) == addmod(mulmod(mulmod(x, x, FIELD), x, FIELD), 7, FIELD);
        // A point off the curve would give every resolver a document that it cannot read.
        if (!onCurve) revert InvalidSecp256k1Key(publicKey);
        return address(uint160(uint256(keccak256(publicKey[1:65]))));
    }

    /// @notice Reverts unless the bytes may be a JSON Web Key; its inside is for resolvers to judge.
    function checkJsonWebKey(
        bytes calldata publicKey
    ) internal pure {
        uint256 length = publicKey.length;
        if (length < 2 || length > MAX_JSON_WEB_KEY || publicKey[0] != "{" || publicKey[length - 1] != "}") {
            revert InvalidJsonWebKey(publicKey);
        }
    }
}

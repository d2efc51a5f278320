// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ITrustedIssuersRegistry} from "./interfaces/ITrustedIssuersRegistry.sol";

/// @notice What may stand in a proxy's JSON text on a ledger that is public for ever (protocol, section 8).
library ProxyData {
    uint256 private constant MAX_LENGTH = 8 * 1024;
    // "authorization" with its quotation marks, lower case.
    bytes15 private constant NAME = "\"authorization\"";
    // Bit 5 of each letter: set, it makes an upper-case letter lower-case.
    bytes15 private constant LOWER = 0x002020202020202020202020202000;

    /// @notice Reverts unless the text is a bounded JSON object without an Authorization member.
    /// @dev JSON can spell a letter only plainly or by a backslash escape, and backslashes are refused.
    function check(
        string calldata proxyData
    ) internal pure {
        bytes calldata text = bytes(proxyData);
        uint256 length = text.length;
        if (length < 2 || length > MAX_LENGTH || text[0] != "{" || text[length - 1] != "}") {
            revert ITrustedIssuersRegistry.InvalidProxyData();
        }
        for (uint256 i; i < length; ++i) {
            if (text[i] == "\\") revert ITrustedIssuersRegistry.InvalidProxyData();
            if (text[i] != "\"" || i + 15 > length) continue;
            if ((bytes15(text[i:i + 15]) | LOWER) == NAME) {
                revert ITrustedIssuersRegistry.ProxyDataHoldsAuthorization();
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Stage} from "./Stage.sol";

/// @notice The stage, built anew before each test.
abstract contract World is Stage {
    function setUp() public virtual {
        _build();
    }
}

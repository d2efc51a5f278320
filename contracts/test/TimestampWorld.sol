// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {vm} from "./Vm.sol";
import {World} from "./World.sol";

/// @notice A world with SHA-256 as hash algorithm 0.
abstract contract TimestampWorld is World {
    bytes internal constant HASH = hex"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    bytes internal constant OTHER = hex"ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    address internal constant OWNER = address(0x0113);
    address internal constant GUEST = address(0x6657);

    bytes32 internal immutable RECORD = sha256(abi.encode(OWNER, uint256(1000), HASH));

    function setUp() public virtual override {
        super.setUp();
        vm.prank(operator);
        timestamps.insertHashAlgorithm(256, "sha-256", "2.16.840.1.101.3.4.2.1", 1, "sha2-256");
    }

    function _ids(
        uint256 count
    ) internal pure returns (uint256[] memory) {
        return new uint256[](count);
    }

    function _list(
        bytes memory item
    ) internal pure returns (bytes[] memory list) {
        list = new bytes[](1);
        list[0] = item;
    }

    function _record() internal {
        vm.prank(OWNER);
        timestamps.timestampRecordHashes(_ids(1), _list(HASH), _list("{}"), "info");
    }
}

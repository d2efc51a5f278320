// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice The cheatcodes that these tests use; forge answers at a fixed address.
interface Vm {
    struct Wallet {
        address addr;
        uint256 publicKeyX;
        uint256 publicKeyY;
        uint256 privateKey;
    }

    struct Gas {
        uint64 gasLimit;
        uint64 gasTotalUsed;
        uint64 gasMemoryUsed;
        int64 gasRefunded;
        uint64 gasRemaining;
    }

    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    function createWallet(
        uint256 privateKey
    ) external returns (Wallet memory);
    function computeCreateAddress(
        address deployer,
        uint256 nonce
    ) external pure returns (address);
    function getNonce(
        address account
    ) external view returns (uint64);
    function warp(
        uint256 timestamp
    ) external;
    function roll(
        uint256 number
    ) external;
    function setBlockhash(
        uint256 number,
        bytes32 blockHash
    ) external;
    function prank(
        address sender
    ) external;
    function store(
        address target,
        bytes32 slot,
        bytes32 value
    ) external;
    function load(
        address target,
        bytes32 slot
    ) external view returns (bytes32);
    function expectRevert(
        bytes calldata reason
    ) external;
    function expectRevert(
        bytes4 selector
    ) external;
    function recordLogs() external;
    function getRecordedLogs() external returns (Log[] memory);
    function readFile(
        string calldata path
    ) external view returns (string memory);
    function parseJsonBytes(
        string calldata json,
        string calldata key
    ) external pure returns (bytes memory);
    function lastCallGas() external view returns (Gas memory);
    function assume(
        bool condition
    ) external pure;
    function assertEq(
        uint256 left,
        uint256 right
    ) external pure;
    function assertEq(
        bytes32 left,
        bytes32 right
    ) external pure;
    function assertEq(
        address left,
        address right
    ) external pure;
    function assertEq(
        bytes calldata left,
        bytes calldata right
    ) external pure;
    function assertTrue(
        bool condition
    ) external pure;
    function assertTrue(
        bool condition,
        string calldata reason
    ) external pure;
    function assertFalse(
        bool condition
    ) external pure;
    function assertLe(
        uint256 left,
        uint256 right,
        string calldata reason
    ) external pure;
    function assertNotEq(
        bytes32 left,
        bytes32 right
    ) external pure;
}

Vm constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

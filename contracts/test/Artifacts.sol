// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {vm} from "./Vm.sol";

/// @notice The committed bytecode, so that these tests run the very bytes that are deployed.
/// @dev `python -m devnet.contracts check`, a test of its own, compares them with the sources.
library Artifacts {
    /// @notice Returns a contract's creation code with its constructor's arguments.
    function creationCode(
        string memory name,
        bytes memory arguments
    ) internal view returns (bytes memory) {
        string memory artifact = vm.readFile(string.concat("../node/chain/abi/", name, ".json"));
        return bytes.concat(vm.parseJsonBytes(artifact, ".bytecode"), arguments);
    }

    /// @notice Returns the address of a new contract; reverts as its constructor does.
    function create(
        string memory name,
        bytes memory arguments
    ) internal returns (address deployed) {
        bytes memory code = creationCode(name, arguments);
        assembly ("memory-safe") {
            deployed := create(0, add(code, 32), mload(code))
            if iszero(deployed) {
                let reason := mload(0x40)
                returndatacopy(reason, 0, returndatasize())
                revert(reason, returndatasize())
            }
        }
    }
}

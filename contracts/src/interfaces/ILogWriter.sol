// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title A registry that records its changes in the log
interface ILogWriter {
    /// @notice The log this registry was built for.
    function log() external view returns (address);
}

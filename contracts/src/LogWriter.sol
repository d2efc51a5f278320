// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILogWriter} from "./interfaces/ILogWriter.sol";
import {IRegistryLog} from "./interfaces/IRegistryLog.sol";

/// @notice Records each accepted change as one entry, with the sender as its actor.
abstract contract LogWriter is ILogWriter {
    /// @inheritdoc ILogWriter
    address public immutable log;

    /// @param log_ Address at which the log will be deployed, after this registry.
    constructor(
        address log_
    ) {
        log = log_;
    }

    function _record(
        bytes32 kind,
        bytes32 a,
        bytes32 b,
        bytes memory payload
    ) internal {
        IRegistryLog(log).append(kind, a, b, msg.sender, payload);
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice By which authority a sender acted: the last field of nearly every payload (protocol, section 10).
library Authorities {
    /// The sender holds a ledger key of the DID itself, or acts for nobody but itself.
    uint8 internal constant OWN_KEY = 0;
    /// The sender holds a ledger key of a controller of the DID.
    uint8 internal constant CONTROLLER = 1;
    /// The sender holds a policy of the policies registry.
    uint8 internal constant POLICY = 2;
}

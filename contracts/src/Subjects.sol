// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice The types of subjects: ASCII, right-padded with zeros (protocol, section 2).
library Subjects {
    bytes32 internal constant DID = "did";
    bytes32 internal constant ATTRIBUTE = "attribute";
    bytes32 internal constant PROXY = "proxy";
    bytes32 internal constant ISSUER = "issuer";
    bytes32 internal constant ANCHORS = "anchors";
    bytes32 internal constant STATUS = "status";
    bytes32 internal constant SCHEMA = "schema";
    bytes32 internal constant RECORD = "record";
    bytes32 internal constant ALGORITHM = "algorithm";
    bytes32 internal constant POLICY = "policy";
    bytes32 internal constant USER = "user";
    bytes32 internal constant TIMESTAMP = "timestamp";
    bytes32 internal constant LOG = "log";
}

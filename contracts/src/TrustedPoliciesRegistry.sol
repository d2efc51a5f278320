// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ITrustedPoliciesRegistry} from "./interfaces/ITrustedPoliciesRegistry.sol";
import {Authorities} from "./Authorities.sol";
import {Kinds} from "./Kinds.sol";
import {LogWriter} from "./LogWriter.sol";

/// @title TrustedPoliciesRegistry
/// @notice Roles as entries of the log: no role changes without one.
contract TrustedPoliciesRegistry is ITrustedPoliciesRegistry, LogWriter {
    enum State {
        Unknown,
        Active,
        Inactive
    }

    bytes32 private constant OPERATOR = keccak256("TPR:operator");
    bytes32 private constant CLOSER = keccak256("LOG:close");
    uint256 private constant MAX_NAME = 64;
    uint256 private constant MAX_ATTRIBUTES = 32;

    /// @inheritdoc ITrustedPoliciesRegistry
    address public immutable firstOperator;

    uint256 private _operators = 1;
    mapping(bytes32 policy => State) private _policies;
    mapping(address user => mapping(bytes32 policy => bool)) private _granted;

    /// @param firstOperator_ The first holder of `TPR:operator`.
    /// @param log_ Address at which the log will be deployed.
    constructor(
        address firstOperator_,
        address log_
    ) LogWriter(log_) {
        if (firstOperator_ == address(0)) revert InvalidUser(firstOperator_);
        firstOperator = firstOperator_;
        _policies[OPERATOR] = State.Active;
        _granted[firstOperator_][OPERATOR] = true;
    }

    modifier onlyOperator() {
        if (!_holds(msg.sender, OPERATOR)) revert NotAnOperator(msg.sender);
        _;
    }

    /// @inheritdoc ITrustedPoliciesRegistry
    function insertPolicy(
        string calldata policyName,
        string calldata description
    ) external onlyOperator {
        bytes32 policy = keccak256(bytes(policyName));
        uint256 length = bytes(policyName).length;
        if (length == 0 || length > MAX_NAME) revert InvalidPolicyName(policyName);
        if (_policies[policy] != State.Unknown) revert PolicyExists(policyName);
        _policies[policy] = State.Active;
        _recordPolicy(Kinds.POLICY_INSERTED, policyName, description);
    }

    /// @inheritdoc ITrustedPoliciesRegistry
    function updatePolicy(
        string calldata policyName,
        string calldata description
    ) external onlyOperator {
        if (_policies[keccak256(bytes(policyName))] == State.Unknown) revert PolicyNotFound(policyName);
        _recordPolicy(Kinds.POLICY_UPDATED, policyName, description);
    }

    /// @inheritdoc ITrustedPoliciesRegistry
    function activatePolicy(
        string calldata policyName
    ) external onlyOperator {
        bytes32 policy = keccak256(bytes(policyName));
        if (_policies[policy] == State.Unknown) revert PolicyNotFound(policyName);
        if (_policies[policy] == State.Active) revert PolicyAlreadyActive(policyName);
        _policies[policy] = State.Active;
        _recordPolicy(Kinds.POLICY_ACTIVATED, policyName, "");
    }

    /// @inheritdoc ITrustedPoliciesRegistry
    function deactivatePolicy(
        string calldata policyName
    ) external onlyOperator {
        bytes32 policy = keccak256(bytes(policyName));
        if (policy == OPERATOR) revert PolicyIsPermanent(policyName);
        if (_policies[policy] == State.Unknown) revert PolicyNotFound(policyName);
        if (_policies[policy] == State.Inactive) revert PolicyAlreadyInactive(policyName);
        _policies[policy] = State.Inactive;
        _recordPolicy(Kinds.POLICY_DEACTIVATED, policyName, "");
    }

    /// @inheritdoc ITrustedPoliciesRegistry
    function insertUserAttributes(
        address user,
        string[] calldata attributes
    ) external onlyOperator {
        if (user == address(0)) revert InvalidUser(user);
        if (attributes.length == 0 || attributes.length > MAX_ATTRIBUTES) {
            revert InvalidAttributeCount(attributes.length);
        }
        for (uint256 i; i < attributes.length; ++i) {
            bytes32 policy = keccak256(bytes(attributes[i]));
            if (_policies[policy] == State.Unknown) revert PolicyNotFound(attributes[i]);
            if (_granted[user][policy]) revert AttributeAlreadyGranted(user, attributes[i]);
            _granted[user][policy] = true;
            if (policy == OPERATOR) ++_operators;
        }
        _record(Kinds.POLICY_GRANTED, _user(user), 0, abi.encode(user, attributes, Authorities.POLICY));
    }

    /// @inheritdoc ITrustedPoliciesRegistry
    function deleteUserAttribute(
        address user,
        string calldata attribute
    ) external onlyOperator {
        bytes32 policy = keccak256(bytes(attribute));
        if (!_granted[user][policy]) revert AttributeNotGranted(user, attribute);
        if (policy == OPERATOR) {
            if (_operators == 1) revert LastOperator(user);
            --_operators;
        }
        _granted[user][policy] = false;
        string[] memory attributes = new string[](1);
        attributes[0] = attribute;
        _record(Kinds.POLICY_WITHDRAWN, _user(user), 0, abi.encode(user, attributes, Authorities.POLICY));
    }

    /// @inheritdoc ITrustedPoliciesRegistry
    function closeLog(
        address successor
    ) external {
        if (!_holds(msg.sender, CLOSER)) revert NotAllowedToClose(msg.sender);
        _record(Kinds.LOG_CLOSED, 0, 0, abi.encode(successor));
    }

    /// @inheritdoc ITrustedPoliciesRegistry
    function hasAttribute(
        address user,
        string calldata attribute
    ) external view returns (bool) {
        return _holds(user, keccak256(bytes(attribute)));
    }

    function _holds(
        address user,
        bytes32 policy
    ) private view returns (bool) {
        return _granted[user][policy] && _policies[policy] == State.Active;
    }

    function _recordPolicy(
        bytes32 kind,
        string calldata policyName,
        string memory description
    ) private {
        bytes memory payload = abi.encode(policyName, description, Authorities.POLICY);
        _record(kind, sha256(bytes(policyName)), 0, payload);
    }

    function _user(
        address user
    ) private pure returns (bytes32) {
        return bytes32(uint256(uint160(user)));
    }
}

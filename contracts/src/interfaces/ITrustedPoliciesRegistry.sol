// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Which account may do what (EBSI Trusted Policies Registry v3)
/// @notice A policy lets an operator grant, revoke and repair registrations of issuers, schemas and algorithms.
/// None acts on a DID's keys, controllers or base document.
/// @dev `TPR:operator` exists and is active from the start, and log.opened names its first holder; every other
/// policy, `LOG:close` among them, counts only while its name is inserted and active.
interface ITrustedPoliciesRegistry {
    /// The caller does not hold `TPR:operator`.
    error NotAnOperator(address caller);

    /// The caller does not hold `LOG:close`.
    error NotAllowedToClose(address caller);

    /// A policy's name is 1 to 64 bytes.
    error InvalidPolicyName(string policyName);

    error PolicyExists(string policyName);

    error PolicyNotFound(string policyName);

    error PolicyAlreadyActive(string policyName);

    error PolicyAlreadyInactive(string policyName);

    /// Without `TPR:operator` nobody could ever change a role again.
    error PolicyIsPermanent(string policyName);

    /// One grant names 1 to 32 attributes.
    error InvalidAttributeCount(uint256 count);

    error AttributeAlreadyGranted(address user, string attribute);

    error AttributeNotGranted(address user, string attribute);

    /// The last operator cannot be withdrawn.
    error LastOperator(address user);

    error InvalidUser(address user);

    /// @notice Inserts a policy, active at once.
    function insertPolicy(
        string calldata policyName,
        string calldata description
    ) external;

    /// @notice Replaces a policy's description.
    function updatePolicy(
        string calldata policyName,
        string calldata description
    ) external;

    /// @notice Makes a policy count again.
    function activatePolicy(
        string calldata policyName
    ) external;

    /// @notice Makes a policy count for nobody, until it is activated.
    function deactivatePolicy(
        string calldata policyName
    ) external;

    /// @notice Grants policies to an account; each name must have been inserted.
    function insertUserAttributes(
        address user,
        string[] calldata attributes
    ) external;

    /// @notice Withdraws one policy from an account.
    function deleteUserAttribute(
        address user,
        string calldata attribute
    ) external;

    /// @notice Closes the log for ever. Holders of `LOG:close` only.
    /// @param successor The log that continues, or zero.
    function closeLog(
        address successor
    ) external;

    /// @notice Whether the account holds the policy and the policy is active.
    function hasAttribute(
        address user,
        string calldata attribute
    ) external view returns (bool);

    /// @notice The holder of `TPR:operator` that the log's first entry names.
    function firstOperator() external view returns (address);
}

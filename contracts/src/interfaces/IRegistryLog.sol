// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The one append-only log of all registries (RFC 9162; protocol, sections 1, 2 and 10)
/// @notice Storage layout, part of the protocol: slot 0 packs size (uint64), closed (bool) and markedBlock
/// (uint64) from the low end; slot 1 is root; slot 2 is the mapping heads.
interface IRegistryLog {
    /// @notice One entry. With version 1 and the payload's SHA-256, the fields give the entry's hash.
    /// @param index Position in the log, from 0.
    /// @param kind ASCII, right-padded with zeros.
    /// @param subject SHA-256 of abi.encode(type, a, b).
    /// @param previous The head of the subject before this entry; zero for its first.
    /// @param time block.timestamp, in seconds.
    /// @param actor Sender of the call to the registry.
    /// @param parent Hash of the block before: a proof of the entry is one of that block's header too.
    /// @param payload abi.encode of the kind's own fields.
    event Entry(
        uint64 indexed index,
        bytes32 indexed kind,
        bytes32 indexed subject,
        bytes32 previous,
        uint64 time,
        address actor,
        bytes32 parent,
        bytes payload
    );

    /// The caller may not write entries of this kind.
    error NotAWriter(address caller, bytes32 kind);

    /// Nothing is appended to a closed log.
    error LogClosed();

    /// A payload holds at most 32 KiB.
    error PayloadTooLarge(uint256 length, uint256 maximum);

    /// One mark per block.
    error AlreadyMarked(uint64 blockNumber);

    /// A writer must be a deployed contract.
    error WriterWithoutCode(address writer);

    /// A writer must have been built for this log.
    error WriterOfAnotherLog(address writer, address log);

    /// A predecessor is named whole (origin, size and root) or not at all.
    error InvalidPredecessor(string origin, uint64 size, bytes32 root);

    /// @notice Appends an entry about the subject (type of the kind, a, b). Writers only.
    /// @param kind One of the caller's kinds, fixed when the log was built.
    /// @param a First part of the subject.
    /// @param b Second part of the subject.
    /// @param actor Who called the registry.
    /// @param payload abi.encode of the kind's own fields, at most 32 KiB.
    function append(
        bytes32 kind,
        bytes32 a,
        bytes32 b,
        address actor,
        bytes calldata payload
    ) external;

    /// @notice Appends `log.mark`, so that quiet times too have provable headers. Anybody, once per block.
    function mark() external;

    /// @notice Number of entries.
    function size() external view returns (uint64);

    /// @notice Root of the tree over all entries (RFC 9162, section 2.1.1).
    function root() external view returns (bytes32);

    /// @notice Hash of the last entry about a subject; zero if there is none.
    function heads(
        bytes32 subject
    ) external view returns (bytes32);

    /// @notice Whether the log is closed, which is for ever.
    function closed() external view returns (bool);

    /// @notice The block that was marked last.
    function markedBlock() external view returns (uint64);
}

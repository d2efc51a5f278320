// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAnchorRegistry} from "../src/interfaces/IAnchorRegistry.sol";
import {IDidRegistry} from "../src/interfaces/IDidRegistry.sol";
import {IRegistryLog} from "../src/interfaces/IRegistryLog.sol";
import {ITimestamps} from "../src/interfaces/ITimestamps.sol";
import {ITrustedIssuersRegistry} from "../src/interfaces/ITrustedIssuersRegistry.sol";
import {ITrustedPoliciesRegistry} from "../src/interfaces/ITrustedPoliciesRegistry.sol";
import {ITrustedSchemasRegistry} from "../src/interfaces/ITrustedSchemasRegistry.sol";
import {Artifacts} from "./Artifacts.sol";
import {Base58} from "./Base58.sol";
import {vm, Vm} from "./Vm.sol";

/// @notice Six registries, an operator with its policies, and a chain: a root TAO, a TAO, a university.
abstract contract Stage {
    struct Actor {
        string did;
        address account;
        bytes publicKey;
    }

    uint64 internal constant START = 1_800_000_000;
    uint256 internal constant END = START + 1000 days;
    string internal constant BASE = "{\"@context\":\"https://www.w3.org/ns/did/v1\"}";
    bytes32 internal constant ROOT_ATTRIBUTE = bytes32(uint256(0xa1));
    bytes32 internal constant TAO_ATTRIBUTE = bytes32(uint256(0xa2));
    bytes32 internal constant TI_ATTRIBUTE = bytes32(uint256(0xa3));
    bytes32 internal constant SCHEMA = bytes32(uint256(0x5c));
    uint8 internal constant ROOT_TAO = 1;
    uint8 internal constant TAO = 2;
    uint8 internal constant TI = 3;
    uint8 internal constant REVOKED = 4;

    ITrustedPoliciesRegistry internal policies;
    IDidRegistry internal dids;
    ITrustedIssuersRegistry internal issuers;
    ITrustedSchemasRegistry internal schemas;
    IAnchorRegistry internal anchors;
    ITimestamps internal timestamps;
    IRegistryLog internal log;

    address internal operator;
    Actor internal root;
    Actor internal tao;
    Actor internal university;
    Actor internal stranger;

    function _build() internal {
        vm.warp(START);
        vm.roll(1000);
        operator = vm.createWallet(0x0b).addr;
        _deploy("", 0, 0);
        _policies();
        root = _register(1);
        tao = _register(2);
        university = _register(3);
        stranger = _register(4);
        vm.prank(operator);
        issuers.setAttributeMetadata(root.did, ROOT_ATTRIBUTE, ROOT_TAO, "", 0);
        vm.prank(root.account);
        issuers.setAttributeMetadata(tao.did, TAO_ATTRIBUTE, TAO, root.did, ROOT_ATTRIBUTE);
        vm.prank(tao.account);
        issuers.setAttributeMetadata(university.did, TI_ATTRIBUTE, TI, tao.did, TAO_ATTRIBUTE);
    }

    function _deploy(
        string memory origin,
        uint64 size,
        bytes32 rootHash
    ) internal {
        address logAddress = vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + 5);
        policies = ITrustedPoliciesRegistry(
            Artifacts.create("TrustedPoliciesRegistry", abi.encode(operator, logAddress))
        );
        dids = IDidRegistry(Artifacts.create("DidRegistry", abi.encode(logAddress)));
        issuers = ITrustedIssuersRegistry(
            Artifacts.create("TrustedIssuersRegistry", abi.encode(dids, policies, logAddress))
        );
        schemas = ITrustedSchemasRegistry(
            Artifacts.create("TrustedSchemasRegistry", abi.encode(policies, logAddress))
        );
        anchors = IAnchorRegistry(
            Artifacts.create("AnchorRegistry", abi.encode(dids, issuers, policies, logAddress))
        );
        timestamps = ITimestamps(address(anchors));
        log = IRegistryLog(
            Artifacts.create(
                "RegistryLog", abi.encode(policies, dids, issuers, schemas, anchors, origin, size, rootHash)
            )
        );
    }

    function _names() internal pure returns (string[] memory names) {
        names = new string[](8);
        names[0] = "TIR:setAttributeMetadata";
        names[1] = "TIR:updateIssuer";
        names[2] = "TSR:insertSchema";
        names[3] = "TSR:updateSchema";
        names[4] = "TSR:updateMetadata";
        names[5] = "TS:insertHashAlgorithm";
        names[6] = "TS:updateHashAlgorithm";
        names[7] = "LOG:close";
    }

    function _policies() private {
        string[] memory names = _names();
        for (uint256 i; i < names.length; ++i) {
            vm.prank(operator);
            policies.insertPolicy(names[i], "a policy");
        }
        vm.prank(operator);
        policies.insertUserAttributes(operator, names);
    }

    function _actor(
        uint128 seed
    ) internal returns (Actor memory actor) {
        Vm.Wallet memory wallet = vm.createWallet(uint256(seed) + 1000);
        actor.did = Base58.did(seed);
        actor.account = wallet.addr;
        actor.publicKey = abi.encodePacked(hex"04", wallet.publicKeyX, wallet.publicKeyY);
    }

    function _register(
        uint128 seed
    ) internal returns (Actor memory actor) {
        actor = _actor(seed);
        vm.prank(actor.account);
        dids.insertDidDocument(actor.did, BASE, "key-1", actor.publicKey, true, START, END);
    }

    function _anchor(
        Actor memory actor,
        bytes32 attributeId,
        bytes32 rootHash,
        uint64 size
    ) internal {
        vm.prank(actor.account);
        anchors.anchorBatch(actor.did, attributeId, rootHash, size);
    }

    function _subject(
        bytes32 subjectType,
        bytes32 a,
        bytes32 b
    ) internal pure returns (bytes32) {
        return sha256(abi.encode(subjectType, a, b));
    }

    function _hash(
        string memory text
    ) internal pure returns (bytes32) {
        return sha256(bytes(text));
    }

    /// The leaf hash of a recorded entry, from the event alone, as an indexer computes it.
    function _leaf(
        Vm.Log memory entry
    ) internal pure returns (bytes32) {
        (bytes32 previous, uint64 time, address actor, bytes32 parent, bytes memory payload) =
            abi.decode(entry.data, (bytes32, uint64, address, bytes32, bytes));
        bytes memory data = abi.encode(
            uint8(1), entry.topics[2], entry.topics[3], previous, time, actor, parent, sha256(payload)
        );
        return sha256(bytes.concat(hex"00", data));
    }

    function _lastEntry() internal returns (Vm.Log memory) {
        Vm.Log[] memory entries = vm.getRecordedLogs();
        return entries[entries.length - 1];
    }

    function _payload(
        Vm.Log memory entry
    ) internal pure returns (bytes memory payload) {
        (,,,, payload) = abi.decode(entry.data, (bytes32, uint64, address, bytes32, bytes));
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRegistryLog} from "../src/interfaces/IRegistryLog.sol";
import {ITrustedPoliciesRegistry} from "../src/interfaces/ITrustedPoliciesRegistry.sol";
import {Kinds} from "../src/Kinds.sol";
import {Artifacts} from "./Artifacts.sol";
import {SlowTree} from "./SlowTree.sol";
import {vm, Vm} from "./Vm.sol";
import {World} from "./World.sol";

contract RegistryLogTest is World {
    bytes32[] private _leaves;

    function setUp() public override {
        vm.recordLogs();
        super.setUp();
        _collect();
    }

    function create(
        bytes calldata arguments
    ) external {
        Artifacts.create("RegistryLog", arguments);
    }

    function _collect() private {
        Vm.Log[] memory entries = vm.getRecordedLogs();
        for (uint256 i; i < entries.length; ++i) {
            vm.assertEq(uint256(entries[i].topics[1]), _leaves.length);
            _leaves.push(_leaf(entries[i]));
        }
    }

    function _mark() private {
        vm.roll(block.number + 1);
        log.mark();
    }

    function test_root_equalsSlowTwinForEverySizeUpTo70() public {
        while (_leaves.length < 70) {
            _mark();
            _collect();
            vm.assertEq(uint256(log.size()), _leaves.length);
            vm.assertEq(log.root(), SlowTree.root(_leaves));
        }
    }

    function test_constructor_recordsWritersWithCodeHashes() public {
        vm.recordLogs();
        _deploy("ankyra/31337/0x00", 7, bytes32(uint256(9)));
        Vm.Log memory entry = _lastEntry();
        vm.assertEq(entry.topics[2], Kinds.LOG_OPENED);
        vm.assertEq(entry.topics[3], _subject("log", 0, 0));
        (
            uint256 chainId,
            address self,
            address[] memory writers,
            bytes32[] memory hashes,
            string memory origin,
            uint64 size,
            bytes32 rootHash,
            address first
        ) = abi.decode(
            _payload(entry), (uint256, address, address[], bytes32[], string, uint64, bytes32, address)
        );
        vm.assertEq(chainId, block.chainid);
        vm.assertEq(self, address(log));
        vm.assertEq(writers.length, 5);
        vm.assertEq(writers[1], address(dids));
        vm.assertEq(hashes[1], address(dids).codehash);
        vm.assertEq(bytes(origin), "ankyra/31337/0x00");
        vm.assertEq(uint256(size), 7);
        vm.assertEq(rootHash, bytes32(uint256(9)));
        vm.assertEq(first, operator);
        vm.assertEq(uint256(log.size()), 1);
    }

    function test_constructor_refusesWriterWithoutCode() public {
        address ghost = address(0xdead);
        vm.expectRevert(abi.encodeWithSelector(IRegistryLog.WriterWithoutCode.selector, ghost));
        this.create(abi.encode(ghost, dids, issuers, schemas, anchors, "", uint64(0), bytes32(0)));
    }

    function test_constructor_refusesWriterOfAnotherLog() public {
        vm.expectRevert(
            abi.encodeWithSelector(IRegistryLog.WriterOfAnotherLog.selector, address(policies), address(log))
        );
        this.create(abi.encode(policies, dids, issuers, schemas, anchors, "", uint64(0), bytes32(0)));
    }

    function test_constructor_refusesHalfAPredecessor() public {
        vm.expectRevert(
            abi.encodeWithSelector(IRegistryLog.InvalidPredecessor.selector, "a/1/0x", 5, bytes32(0))
        );
        this.create(abi.encode(policies, dids, issuers, schemas, anchors, "a/1/0x", uint64(5), bytes32(0)));
    }

    function testFuzz_append_refusesEveryStranger(
        address caller,
        bytes32 kind,
        bytes32 a
    ) public {
        vm.assume(
            caller != address(policies) && caller != address(dids) && caller != address(issuers)
                && caller != address(schemas) && caller != address(anchors)
        );
        vm.expectRevert(abi.encodeWithSelector(IRegistryLog.NotAWriter.selector, caller, kind));
        vm.prank(caller);
        log.append(kind, a, 0, caller, "");
    }

    /// A registry that was deceived can still not speak about another registry's subjects.
    function test_append_refusesAnotherWritersKind() public {
        vm.expectRevert(
            abi.encodeWithSelector(IRegistryLog.NotAWriter.selector, address(issuers), Kinds.DID_INSERTED)
        );
        vm.prank(address(issuers));
        log.append(Kinds.DID_INSERTED, 0, 0, address(this), "");
    }

    function test_append_refusesLogKindsToAllButPolicies() public {
        bytes32[3] memory kinds = [Kinds.LOG_OPENED, Kinds.LOG_MARK, Kinds.LOG_CLOSED];
        for (uint256 i; i < kinds.length; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(IRegistryLog.NotAWriter.selector, address(anchors), kinds[i])
            );
            vm.prank(address(anchors));
            log.append(kinds[i], 0, 0, address(this), "");
        }
        vm.expectRevert(
            abi.encodeWithSelector(IRegistryLog.NotAWriter.selector, address(policies), Kinds.LOG_OPENED)
        );
        vm.prank(address(policies));
        log.append(Kinds.LOG_OPENED, 0, 0, address(this), "");
    }

    function test_append_givesOneIdTwoSubjectsUnderTwoTypes() public {
        bytes32 did = _hash(university.did);
        vm.assertNotEq(log.heads(_subject("did", did, 0)), log.heads(_subject("issuer", did, 0)));
        vm.assertEq(log.heads(_subject("anchors", did, 0)), 0);
        _anchor(university, TI_ATTRIBUTE, "root", 1);
        vm.assertNotEq(log.heads(_subject("anchors", did, 0)), 0);
    }

    function test_append_chainsASubjectsEntries() public {
        vm.recordLogs();
        bytes32 subject = _subject("anchors", _hash(university.did), 0);
        bytes32 head;
        for (uint64 size = 1; size < 5; ++size) {
            _anchor(university, TI_ATTRIBUTE, "root", size);
            Vm.Log memory entry = _lastEntry();
            (bytes32 previous,,,,) = abi.decode(entry.data, (bytes32, uint64, address, bytes32, bytes));
            vm.assertEq(previous, head);
            head = _leaf(entry);
            vm.assertEq(log.heads(subject), head);
        }
    }

    function test_append_namesTheBlockBeforeAndTheSender() public {
        vm.roll(2000);
        vm.setBlockhash(1999, sha256("header"));
        vm.recordLogs();
        _anchor(university, TI_ATTRIBUTE, "root", 1);
        (, uint64 time, address actor, bytes32 parent,) =
            abi.decode(_lastEntry().data, (bytes32, uint64, address, bytes32, bytes));
        vm.assertEq(parent, sha256("header"));
        vm.assertEq(actor, university.account);
        vm.assertEq(uint256(time), block.timestamp);
    }

    function test_append_refusesMoreThan32KiB() public {
        bytes memory payload = new bytes(32 * 1024 + 1);
        vm.expectRevert(
            abi.encodeWithSelector(IRegistryLog.PayloadTooLarge.selector, payload.length, 32 * 1024)
        );
        vm.prank(address(dids));
        log.append(Kinds.DID_INSERTED, 0, 0, address(this), payload);
        vm.prank(address(dids));
        log.append(Kinds.DID_INSERTED, 0, 0, address(this), new bytes(32 * 1024));
    }

    function testFuzz_mark_isForAnybodyOncePerBlock(
        address caller
    ) public {
        vm.roll(5000);
        vm.prank(caller);
        log.mark();
        vm.expectRevert(abi.encodeWithSelector(IRegistryLog.AlreadyMarked.selector, 5000));
        vm.prank(operator);
        log.mark();
        vm.roll(5001);
        vm.prank(caller);
        log.mark();
    }

    function testFuzz_close_refusesWhoDoesNotHoldThePolicy(
        address caller
    ) public {
        vm.assume(caller != operator);
        vm.expectRevert(abi.encodeWithSelector(ITrustedPoliciesRegistry.NotAllowedToClose.selector, caller));
        vm.prank(caller);
        policies.closeLog(caller);
        vm.assertFalse(log.closed());
    }

    function test_close_endsEveryRegistryForEver() public {
        vm.recordLogs();
        vm.prank(operator);
        policies.closeLog(address(0x5));
        vm.assertTrue(log.closed());
        Vm.Log memory entry = _lastEntry();
        vm.assertEq(entry.topics[2], Kinds.LOG_CLOSED);
        vm.assertEq(_payload(entry), abi.encode(address(0x5)));

        uint64 size = log.size();
        vm.roll(block.number + 1);
        vm.expectRevert(IRegistryLog.LogClosed.selector);
        log.mark();
        vm.expectRevert(IRegistryLog.LogClosed.selector);
        vm.prank(operator);
        policies.closeLog(address(0));
        vm.expectRevert(IRegistryLog.LogClosed.selector);
        vm.prank(operator);
        policies.insertPolicy("new", "");
        vm.expectRevert(IRegistryLog.LogClosed.selector);
        vm.prank(university.account);
        dids.updateBaseDocument(university.did, BASE);
        vm.expectRevert(IRegistryLog.LogClosed.selector);
        vm.prank(university.account);
        issuers.setAttributeData(university.did, TI_ATTRIBUTE, "jwt");
        vm.expectRevert(IRegistryLog.LogClosed.selector);
        vm.prank(operator);
        schemas.insertSchema(SCHEMA, "{}", "{}");
        vm.expectRevert(IRegistryLog.LogClosed.selector);
        vm.prank(university.account);
        anchors.anchorBatch(university.did, TI_ATTRIBUTE, "root", 1);
        vm.assertEq(uint256(log.size()), size);
    }

    /// Slots 0 to 2 are part of the protocol: evidence bundles carry proofs of them.
    function test_storage_liesWhereTheProtocolSays() public {
        vm.roll(7000);
        log.mark();
        uint256 packed = uint256(vm.load(address(log), 0));
        vm.assertEq(uint64(packed), uint256(log.size()));
        vm.assertEq((packed >> 64) & 0xff, 0);
        vm.assertEq(uint64(packed >> 72), 7000);
        vm.assertEq(vm.load(address(log), bytes32(uint256(1))), log.root());
        bytes32 subject = _subject("did", _hash(university.did), 0);
        vm.assertEq(vm.load(address(log), keccak256(abi.encode(subject, uint256(2)))), log.heads(subject));
        vm.prank(operator);
        policies.closeLog(address(0));
        vm.assertEq((uint256(vm.load(address(log), 0)) >> 64) & 0xff, 1);
    }
}

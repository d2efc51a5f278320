// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ITimestamps as ITS} from "../src/interfaces/ITimestamps.sol";
import {TimestampWorld} from "./TimestampWorld.sol";
import {vm} from "./Vm.sol";

contract RecordOwnersTest is TimestampWorld {
    function setUp() public override {
        super.setUp();
        _record();
    }

    function _addOwner(
        address owner,
        uint256 notBefore,
        uint256 notAfter
    ) private {
        vm.prank(OWNER);
        timestamps.insertRecordOwner(RECORD, abi.encodePacked(owner), notBefore, notAfter);
    }

    function _write(
        address owner
    ) private {
        vm.prank(owner);
        timestamps.insertRecordVersionInfo(RECORD, 0, "{}");
    }

    function test_insertRecordOwner_worksWithinItsInterval() public {
        vm.recordLogs();
        _addOwner(GUEST, START + 10, START + 20);
        vm.assertEq(
            _payload(_lastEntry()),
            abi.encode(RECORD, abi.encodePacked(GUEST), uint64(START + 10), uint64(START + 20), uint8(0))
        );
        bytes memory reason = abi.encodeWithSelector(ITS.NotARecordOwner.selector, GUEST, RECORD);
        vm.expectRevert(reason);
        _write(GUEST);
        vm.warp(START + 10);
        _write(GUEST);
        vm.warp(START + 20);
        vm.expectRevert(reason);
        _write(GUEST);
    }

    function test_insertRecordOwner_takesZeroForNoEnd() public {
        _addOwner(GUEST, START, 0);
        vm.warp(END * 10);
        _write(GUEST);
    }

    function test_insertRecordOwner_refusesTwiceAndBadArguments() public {
        bytes memory id = abi.encodePacked(OWNER);
        vm.expectRevert(abi.encodeWithSelector(ITS.OwnerExists.selector, RECORD, id));
        _addOwner(OWNER, START, 0);
        vm.expectRevert(abi.encodeWithSelector(ITS.InvalidOwnerDates.selector, START, START));
        _addOwner(GUEST, START, START);
        vm.expectRevert(abi.encodeWithSelector(ITS.InvalidOwnerDates.selector, type(uint64).max, 0));
        _addOwner(GUEST, type(uint64).max, 0);
        vm.expectRevert(abi.encodeWithSelector(ITS.InvalidOwnerId.selector, hex"00"));
        vm.prank(OWNER);
        timestamps.insertRecordOwner(RECORD, hex"00", 0, 0);
    }

    function test_revokeRecordOwner_isForEver() public {
        bytes memory id = abi.encodePacked(GUEST);
        vm.expectRevert(abi.encodeWithSelector(ITS.OwnerNotFound.selector, RECORD, id));
        vm.prank(OWNER);
        timestamps.revokeRecordOwner(RECORD, id);
        _addOwner(GUEST, START, 0);
        vm.recordLogs();
        vm.prank(OWNER);
        timestamps.revokeRecordOwner(RECORD, id);
        vm.assertEq(_payload(_lastEntry()), abi.encode(RECORD, id, uint8(0)));
        vm.expectRevert(abi.encodeWithSelector(ITS.NotARecordOwner.selector, GUEST, RECORD));
        _write(GUEST);
        vm.expectRevert(abi.encodeWithSelector(ITS.OwnerExists.selector, RECORD, id));
        _addOwner(GUEST, START, 0);
    }

    function testFuzz_everyRecordFunction_refusesStrangers(
        address caller
    ) public {
        vm.assume(caller != OWNER);
        bytes[6] memory calls = [
            abi.encodeCall(ITS.timestampRecordVersionHashes, (RECORD, _ids(1), _list(OTHER), _list(""), "")),
            abi.encodeCall(ITS.appendRecordVersionHashes, (RECORD, 0, _ids(1), _list(OTHER), _list(""), "")),
            abi.encodeCall(ITS.detachRecordVersionHash, (RECORD, 0, HASH)),
            abi.encodeCall(ITS.insertRecordVersionInfo, (RECORD, 0, "{}")),
            abi.encodeCall(ITS.insertRecordOwner, (RECORD, abi.encodePacked(caller), 0, 0)),
            abi.encodeCall(ITS.revokeRecordOwner, (RECORD, abi.encodePacked(OWNER)))
        ];
        for (uint256 i; i < calls.length; ++i) {
            vm.prank(caller);
            (bool done, bytes memory reason) = address(timestamps).call(calls[i]);
            vm.assertFalse(done);
            vm.assertEq(reason, abi.encodeWithSelector(ITS.NotARecordOwner.selector, caller, RECORD));
        }
    }

    function test_unknownRecords_areRefused() public {
        vm.expectRevert(abi.encodeWithSelector(ITS.RecordNotFound.selector, bytes32(uint256(1))));
        vm.prank(OWNER);
        timestamps.insertRecordVersionInfo(bytes32(uint256(1)), 0, "{}");
    }
}

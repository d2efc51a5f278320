// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ITimestamps as ITS} from "../src/interfaces/ITimestamps.sol";
import {Kinds} from "../src/Kinds.sol";
import {TimestampWorld} from "./TimestampWorld.sol";
import {vm, Vm} from "./Vm.sol";

contract TimestampsTest is TimestampWorld {
    function test_insertHashAlgorithm_countsFromZero() public {
        vm.recordLogs();
        vm.prank(operator);
        timestamps.insertHashAlgorithm(512, "sha-512", "oid", 2, "sha2-512");
        Vm.Log memory entry = _lastEntry();
        vm.assertEq(entry.topics[2], Kinds.TIMESTAMP_ALGORITHM_INSERTED);
        vm.assertEq(entry.topics[3], _subject("algorithm", bytes32(uint256(1)), 0));
        vm.assertEq(
            _payload(entry),
            abi.encode(uint256(1), uint256(512), "sha-512", "oid", uint8(2), "sha2-512", uint8(2))
        );
    }

    function test_insertHashAlgorithm_refusesWhatIsNone() public {
        uint256[4] memory lengths = [uint256(0), 255, 4104, type(uint256).max];
        for (uint256 i; i < lengths.length; ++i) {
            vm.expectRevert(ITS.InvalidHashAlgorithm.selector);
            vm.prank(operator);
            timestamps.insertHashAlgorithm(lengths[i], "x", "", 1, "");
        }
        vm.expectRevert(ITS.InvalidHashAlgorithm.selector);
        vm.prank(operator);
        timestamps.insertHashAlgorithm(256, "", "", 1, "");
        vm.expectRevert(ITS.InvalidHashAlgorithm.selector);
        vm.prank(operator);
        timestamps.insertHashAlgorithm(256, "x", "", 3, "");
    }

    function test_updateHashAlgorithm_revokesOne() public {
        vm.expectRevert(abi.encodeWithSelector(ITS.HashAlgorithmNotFound.selector, 1));
        vm.prank(operator);
        timestamps.updateHashAlgorithm(1, 256, "x", "", 1, "");
        vm.prank(operator);
        timestamps.updateHashAlgorithm(0, 256, "sha-256", "", 2, "sha2-256");
        vm.expectRevert(abi.encodeWithSelector(ITS.HashAlgorithmRevoked.selector, 0));
        timestamps.timestampHashes(_ids(1), _list(HASH), _list("{}"));
    }

    function testFuzz_hashAlgorithms_needTheirPolicy(
        address caller
    ) public {
        vm.assume(caller != operator);
        vm.expectRevert(abi.encodeWithSelector(ITS.MissingPolicy.selector, caller, "TS:insertHashAlgorithm"));
        vm.prank(caller);
        timestamps.insertHashAlgorithm(256, "x", "", 1, "");
        vm.expectRevert(abi.encodeWithSelector(ITS.MissingPolicy.selector, caller, "TS:updateHashAlgorithm"));
        vm.prank(caller);
        timestamps.updateHashAlgorithm(0, 256, "x", "", 1, "");
    }

    function testFuzz_timestampHashes_isForAnybody(
        address caller,
        bytes32 hash
    ) public {
        bytes memory value = abi.encode(hash);
        vm.recordLogs();
        vm.prank(caller);
        timestamps.timestampHashes(_ids(1), _list(value), new bytes[](0));
        Vm.Log memory entry = _lastEntry();
        vm.assertEq(entry.topics[2], Kinds.TIMESTAMP_HASHES);
        vm.assertEq(entry.topics[3], _subject("timestamp", sha256(value), 0));
        vm.assertEq(_payload(entry), abi.encode(uint256(0), value, bytes(""), uint8(0)));
    }

    function test_timestampHashes_refusesNoneFourAndUnequal() public {
        vm.expectRevert(abi.encodeWithSelector(ITS.InvalidHashCount.selector, 0));
        timestamps.timestampHashes(_ids(0), new bytes[](0), new bytes[](0));
        vm.expectRevert(abi.encodeWithSelector(ITS.InvalidHashCount.selector, 4));
        timestamps.timestampHashes(_ids(4), new bytes[](4), new bytes[](0));
        vm.expectRevert(abi.encodeWithSelector(ITS.UnequalLengths.selector, 2, 1, 0));
        timestamps.timestampHashes(_ids(2), _list(HASH), new bytes[](0));
        vm.expectRevert(abi.encodeWithSelector(ITS.UnequalLengths.selector, 1, 1, 2));
        timestamps.timestampHashes(_ids(1), _list(HASH), new bytes[](2));
        vm.expectRevert(abi.encodeWithSelector(ITS.InvalidHashLength.selector, 0, 31));
        timestamps.timestampHashes(_ids(1), _list(new bytes(31)), new bytes[](0));
        uint256[] memory unknown = new uint256[](1);
        unknown[0] = 7;
        vm.expectRevert(abi.encodeWithSelector(ITS.HashAlgorithmNotFound.selector, 7));
        timestamps.timestampHashes(unknown, _list(HASH), new bytes[](0));
    }

    /// Who stamps a hash first must not bar another's record of it.
    function test_timestampRecordHashes_isNotBarredByAnEarlierStamp() public {
        vm.prank(GUEST);
        timestamps.timestampHashes(_ids(1), _list(HASH), _list("{}"));
        vm.recordLogs();
        _record();
        Vm.Log[] memory entries = vm.getRecordedLogs();
        vm.assertEq(entries.length, 2);
        vm.assertEq(entries[0].topics[2], Kinds.TIMESTAMP_HASHES);
        vm.assertEq(entries[1].topics[2], Kinds.TIMESTAMP_RECORD_VERSIONED);
        vm.assertEq(entries[1].topics[3], _subject("record", RECORD, 0));
        vm.assertEq(
            _payload(entries[1]),
            abi.encode(RECORD, uint256(0), _ids(1), _list(HASH), _list("{}"), bytes("info"), uint8(0))
        );
        vm.expectRevert(abi.encodeWithSelector(ITS.RecordExists.selector, RECORD));
        _record();
    }

    function test_timestampRecordVersionHashes_addsVersions() public {
        _record();
        vm.recordLogs();
        vm.prank(OWNER);
        timestamps.timestampRecordVersionHashes(RECORD, _ids(1), _list(OTHER), _list(""), "");
        vm.assertEq(
            _payload(_lastEntry()),
            abi.encode(RECORD, uint256(1), _ids(1), _list(OTHER), _list(""), bytes(""), uint8(0))
        );
        vm.prank(OWNER);
        timestamps.timestampVersionHashes(OTHER, _ids(1), _list(HASH), _list(""), "");
        (bytes32 id, uint256 version,,,,,) =
            abi.decode(_payload(_lastEntry()), (bytes32, uint256, uint256[], bytes[], bytes[], bytes, uint8));
        vm.assertEq(id, RECORD);
        vm.assertEq(version, 2);
    }

    /// Another's record that holds the same hash must not catch a version.
    function test_timestampVersionHashes_looksAmongTheSendersOwn() public {
        _record();
        vm.expectRevert(abi.encodeWithSelector(ITS.VersionHashNotFound.selector, HASH));
        vm.prank(GUEST);
        timestamps.timestampVersionHashes(HASH, _ids(1), _list(OTHER), _list(""), "");
    }

    function test_appendRecordVersionHashes_addsToAVersion() public {
        _record();
        vm.expectRevert(abi.encodeWithSelector(ITS.VersionNotFound.selector, RECORD, 1));
        vm.prank(OWNER);
        timestamps.appendRecordVersionHashes(RECORD, 1, _ids(1), _list(OTHER), _list(""), "");
        vm.recordLogs();
        vm.prank(OWNER);
        timestamps.appendRecordVersionHashes(RECORD, 0, _ids(1), _list(OTHER), _list(""), "i");
        Vm.Log memory entry = _lastEntry();
        vm.assertEq(entry.topics[2], Kinds.TIMESTAMP_RECORD_APPENDED);
        vm.assertEq(
            _payload(entry),
            abi.encode(RECORD, uint256(0), _ids(1), _list(OTHER), _list(""), bytes("i"), uint8(0))
        );
    }

    function test_detachRecordVersionHash_keepsAtLeastOne() public {
        _record();
        vm.expectRevert(abi.encodeWithSelector(ITS.HashNotInVersion.selector, RECORD, 0, HASH));
        vm.prank(OWNER);
        timestamps.detachRecordVersionHash(RECORD, 0, HASH);
        vm.prank(OWNER);
        timestamps.appendRecordVersionHashes(RECORD, 0, _ids(1), _list(OTHER), _list(""), "");
        vm.recordLogs();
        vm.prank(OWNER);
        timestamps.detachRecordVersionHash(RECORD, 0, HASH);
        vm.assertEq(_payload(_lastEntry()), abi.encode(RECORD, uint256(0), HASH, uint8(0)));
        vm.expectRevert(abi.encodeWithSelector(ITS.HashNotInVersion.selector, RECORD, 0, HASH));
        vm.prank(OWNER);
        timestamps.detachRecordVersionHash(RECORD, 0, HASH);
    }

    function test_insertRecordVersionInfo_isAnEntry() public {
        _record();
        vm.recordLogs();
        vm.prank(OWNER);
        timestamps.insertRecordVersionInfo(RECORD, 0, "{}");
        vm.assertEq(_payload(_lastEntry()), abi.encode(RECORD, uint256(0), bytes("{}"), uint8(0)));
        vm.expectRevert(ITS.EmptyVersionInfo.selector);
        vm.prank(OWNER);
        timestamps.insertRecordVersionInfo(RECORD, 0, "");
    }
}

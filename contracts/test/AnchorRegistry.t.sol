// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAnchorRegistry as IAR} from "../src/interfaces/IAnchorRegistry.sol";
import {IDidRegistry} from "../src/interfaces/IDidRegistry.sol";
import {Kinds} from "../src/Kinds.sol";
import {vm, Vm} from "./Vm.sol";
import {World} from "./World.sol";

contract AnchorRegistryTest is World {
    bytes32 private constant BATCH = bytes32(uint256(0xba7c4));

    function _revoke() private {
        vm.prank(tao.account);
        issuers.setAttributeMetadata(university.did, TI_ATTRIBUTE, REVOKED, tao.did, TAO_ATTRIBUTE);
    }

    function test_anchorBatch_isAnEntryOfTheIssuersAnchors() public {
        vm.recordLogs();
        _anchor(university, TI_ATTRIBUTE, BATCH, 10_000);
        Vm.Log memory entry = _lastEntry();
        vm.assertEq(entry.topics[2], Kinds.ANCHOR_BATCH);
        vm.assertEq(entry.topics[3], _subject("anchors", _hash(university.did), 0));
        vm.assertEq(
            _payload(entry), abi.encode(university.did, TI_ATTRIBUTE, BATCH, uint64(10_000), uint8(0))
        );
        vm.assertTrue(anchors.isAnchored(university.did, BATCH, 10_000));
    }

    function test_anchorBatch_refusesTheSameTripleTwice() public {
        _anchor(university, TI_ATTRIBUTE, BATCH, 5);
        vm.expectRevert(abi.encodeWithSelector(IAR.BatchExists.selector, university.did, BATCH, 5));
        _anchor(university, TI_ATTRIBUTE, BATCH, 5);
    }

    /// A wrong size, by mistake or by malice, does not bar the right one.
    function test_anchorBatch_takesTheSameRootWithAnotherSize() public {
        _anchor(university, TI_ATTRIBUTE, BATCH, 4);
        _anchor(university, TI_ATTRIBUTE, BATCH, 5);
        vm.assertTrue(anchors.isAnchored(university.did, BATCH, 4));
        vm.assertTrue(anchors.isAnchored(university.did, BATCH, 5));
    }

    /// Who sees another's root in the queue and anchors it first takes nothing from the other.
    function test_anchorBatch_takesAnotherIssuersRoot() public {
        _anchor(tao, TAO_ATTRIBUTE, BATCH, 5);
        _anchor(university, TI_ATTRIBUTE, BATCH, 5);
        vm.assertTrue(anchors.isAnchored(tao.did, BATCH, 5));
        vm.assertTrue(anchors.isAnchored(university.did, BATCH, 5));
        vm.assertFalse(anchors.isAnchored(root.did, BATCH, 5));
    }

    function test_anchorBatch_takesEveryAccreditedType() public {
        _anchor(root, ROOT_ATTRIBUTE, BATCH, 1);
        _anchor(tao, TAO_ATTRIBUTE, BATCH, 1);
        _anchor(university, TI_ATTRIBUTE, BATCH, 1);
    }

    function test_anchorBatch_refusesBadSizesAndNoRoot() public {
        vm.expectRevert(abi.encodeWithSelector(IAR.InvalidBatchSize.selector, 0, 1_048_576));
        _anchor(university, TI_ATTRIBUTE, BATCH, 0);
        vm.expectRevert(abi.encodeWithSelector(IAR.InvalidBatchSize.selector, 1_048_577, 1_048_576));
        _anchor(university, TI_ATTRIBUTE, BATCH, 1_048_577);
        vm.expectRevert(IAR.EmptyRoot.selector);
        _anchor(university, TI_ATTRIBUTE, 0, 1);
        _anchor(university, TI_ATTRIBUTE, BATCH, 1_048_576);
    }

    function test_anchorBatch_refusesAnotherDidsAttribute() public {
        vm.expectRevert(abi.encodeWithSelector(IAR.NoSuchAttribute.selector, university.did, TAO_ATTRIBUTE));
        _anchor(university, TAO_ATTRIBUTE, BATCH, 1);
        vm.expectRevert(abi.encodeWithSelector(IAR.NoSuchAttribute.selector, stranger.did, TI_ATTRIBUTE));
        _anchor(stranger, TI_ATTRIBUTE, BATCH, 1);
    }

    function test_anchorBatch_refusesTheRevokedButKeepsWhatTheyAnchored() public {
        _anchor(university, TI_ATTRIBUTE, BATCH, 1);
        _revoke();
        vm.expectRevert(
            abi.encodeWithSelector(IAR.AccreditationRevoked.selector, university.did, TI_ATTRIBUTE)
        );
        _anchor(university, TI_ATTRIBUTE, BATCH, 2);
        vm.assertTrue(anchors.isAnchored(university.did, BATCH, 1));
    }

    function testFuzz_anchorBatch_refusesWhoDoesNotActForTheDid(
        address caller
    ) public {
        vm.assume(caller != university.account);
        vm.expectRevert(abi.encodeWithSelector(IDidRegistry.NotAController.selector, caller, university.did));
        vm.prank(caller);
        anchors.anchorBatch(university.did, TI_ATTRIBUTE, BATCH, 1);
    }

    function test_anchorBatch_refusesAnExpiredKey() public {
        vm.warp(END);
        vm.expectRevert(
            abi.encodeWithSelector(IDidRegistry.NotAController.selector, university.account, university.did)
        );
        _anchor(university, TI_ATTRIBUTE, BATCH, 1);
    }

    function test_anchorBatch_byControllerSaysSo() public {
        vm.prank(university.account);
        dids.addController(university.did, tao.did);
        vm.recordLogs();
        vm.prank(tao.account);
        anchors.anchorBatch(university.did, TI_ATTRIBUTE, BATCH, 1);
        vm.assertEq(
            _payload(_lastEntry()), abi.encode(university.did, TI_ATTRIBUTE, BATCH, uint64(1), uint8(1))
        );
    }
}

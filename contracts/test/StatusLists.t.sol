// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAnchorRegistry as IAR} from "../src/interfaces/IAnchorRegistry.sol";
import {IDidRegistry} from "../src/interfaces/IDidRegistry.sol";
import {Kinds} from "../src/Kinds.sol";
import {vm, Vm} from "./Vm.sol";
import {World} from "./World.sol";

contract StatusListsTest is World {
    string private constant URL = "https://lists.example/1";
    bytes32 private constant DIGEST = bytes32(uint256(0xd1));
    uint64 private constant BITS = 131_072;

    function _publish(
        Actor memory actor,
        bytes32 attributeId,
        string memory purpose,
        uint64 bits
    ) private {
        vm.prank(actor.account);
        anchors.publishStatusList(actor.did, attributeId, URL, purpose, bits, DIGEST, START, START + 1 days);
    }

    function test_publishStatusList_beginsOnceAndIsAnEntryEachTime() public {
        vm.recordLogs();
        _publish(university, TI_ATTRIBUTE, "revocation", BITS);
        _publish(university, TI_ATTRIBUTE, "revocation", BITS);
        Vm.Log[] memory entries = vm.getRecordedLogs();
        vm.assertEq(entries.length, 3);
        vm.assertEq(entries[0].topics[2], Kinds.ISSUER_BEGAN);
        vm.assertEq(_payload(entries[0]), abi.encode(university.did, bytes32("status"), _hash(URL), uint8(0)));
        for (uint256 i = 1; i < 3; ++i) {
            vm.assertEq(entries[i].topics[2], Kinds.STATUS_PUBLISHED);
            vm.assertEq(entries[i].topics[3], _subject("status", _hash(university.did), _hash(URL)));
            vm.assertEq(
                _payload(entries[i]),
                abi.encode(
                    university.did,
                    TI_ATTRIBUTE,
                    URL,
                    "revocation",
                    BITS,
                    DIGEST,
                    START,
                    START + uint64(1 days),
                    uint8(0)
                )
            );
        }
    }

    /// Who lost an accreditation must still be able to revoke.
    function test_publishStatusList_isOpenToTheRevoked() public {
        vm.prank(tao.account);
        issuers.setAttributeMetadata(university.did, TI_ATTRIBUTE, REVOKED, tao.did, TAO_ATTRIBUTE);
        _publish(university, TI_ATTRIBUTE, "revocation", BITS);
    }

    /// A URL alone belongs to nobody: publishing under it first takes nothing from its issuer.
    function test_publishStatusList_keepsIssuersApart() public {
        _publish(tao, TAO_ATTRIBUTE, "suspension", BITS);
        _publish(university, TI_ATTRIBUTE, "revocation", BITS);
        vm.assertNotEq(
            log.heads(_subject("status", _hash(tao.did), _hash(URL))),
            log.heads(_subject("status", _hash(university.did), _hash(URL)))
        );
    }

    function test_publishStatusList_fixesPurposeAndBits() public {
        _publish(university, TI_ATTRIBUTE, "revocation", BITS);
        bytes memory reason = abi.encodeWithSelector(IAR.StatusListChanged.selector, university.did, URL);
        vm.expectRevert(reason);
        _publish(university, TI_ATTRIBUTE, "suspension", BITS);
        vm.expectRevert(reason);
        _publish(university, TI_ATTRIBUTE, "revocation", BITS * 2);
    }

    function test_publishStatusList_refusesAnotherDidsAttribute() public {
        vm.expectRevert(abi.encodeWithSelector(IAR.NoSuchAttribute.selector, stranger.did, TI_ATTRIBUTE));
        _publish(stranger, TI_ATTRIBUTE, "revocation", BITS);
    }

    function test_publishStatusList_refusesBadShapes() public {
        vm.expectRevert(abi.encodeWithSelector(IAR.StatusListTooShort.selector, BITS - 1, BITS));
        _publish(university, TI_ATTRIBUTE, "revocation", BITS - 1);
        vm.expectRevert(abi.encodeWithSelector(IAR.InvalidPurpose.selector, 0));
        _publish(university, TI_ATTRIBUTE, "", BITS);
        vm.expectRevert(abi.encodeWithSelector(IAR.InvalidPurpose.selector, 65));
        _publish(university, TI_ATTRIBUTE, string(new bytes(65)), BITS);
    }

    function test_publishStatusList_refusesBadUrlsDigestsAndDates() public {
        string[2] memory urls = ["", string(new bytes(2049))];
        for (uint256 i; i < urls.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IAR.InvalidUrl.selector, bytes(urls[i]).length));
            vm.prank(university.account);
            anchors.publishStatusList(university.did, TI_ATTRIBUTE, urls[i], "p", BITS, DIGEST, 1, 2);
        }
        vm.expectRevert(IAR.EmptyDigest.selector);
        vm.prank(university.account);
        anchors.publishStatusList(university.did, TI_ATTRIBUTE, URL, "p", BITS, 0, 1, 2);
        vm.expectRevert(abi.encodeWithSelector(IAR.InvalidValidity.selector, 2, 2));
        vm.prank(university.account);
        anchors.publishStatusList(university.did, TI_ATTRIBUTE, URL, "p", BITS, DIGEST, 2, 2);
    }

    function testFuzz_publishStatusList_refusesWhoDoesNotActForTheDid(
        address caller
    ) public {
        vm.assume(caller != university.account);
        vm.expectRevert(abi.encodeWithSelector(IDidRegistry.NotAController.selector, caller, university.did));
        vm.prank(caller);
        anchors.publishStatusList(university.did, TI_ATTRIBUTE, URL, "p", BITS, DIGEST, 1, 2);
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DidSyntax} from "../src/DidSyntax.sol";
import {ITrustedIssuersRegistry as ITIR} from "../src/interfaces/ITrustedIssuersRegistry.sol";
import {Kinds} from "../src/Kinds.sol";
import {vm, Vm} from "./Vm.sol";
import {World} from "./World.sol";

contract TrustedIssuersRegistryTest is World {
    bytes32 private constant NEW = bytes32(uint256(0xbeef));

    function _set(
        address caller,
        Actor memory subject,
        bytes32 revisionId,
        uint8 issuerType,
        string memory taoDid,
        bytes32 attributeIdTao
    ) private {
        vm.prank(caller);
        issuers.setAttributeMetadata(subject.did, revisionId, issuerType, taoDid, attributeIdTao);
    }

    function _type(
        Actor memory actor,
        bytes32 attributeId
    ) private view returns (uint256) {
        return issuers.issuerTypeOf(_hash(actor.did), attributeId);
    }

    function test_setAttributeMetadata_beginsAnAttribute() public {
        vm.recordLogs();
        _set(tao.account, stranger, NEW, TI, tao.did, TAO_ATTRIBUTE);
        Vm.Log[] memory entries = vm.getRecordedLogs();
        vm.assertEq(entries.length, 2);
        vm.assertEq(entries[0].topics[2], Kinds.ISSUER_BEGAN);
        vm.assertEq(entries[0].topics[3], _subject("issuer", _hash(stranger.did), 0));
        vm.assertEq(_payload(entries[0]), abi.encode(stranger.did, bytes32("attribute"), NEW, uint8(0)));
        vm.assertEq(entries[1].topics[2], Kinds.ISSUER_ATTRIBUTE_METADATA);
        vm.assertEq(entries[1].topics[3], _subject("attribute", _hash(stranger.did), NEW));
        vm.assertEq(
            _payload(entries[1]), abi.encode(stranger.did, NEW, NEW, TI, tao.did, TAO_ATTRIBUTE, uint8(0))
        );
        vm.assertEq(_type(stranger, NEW), TI);
    }

    function test_setAttributeMetadata_changeHasEbsisRevisionId() public {
        vm.recordLogs();
        _set(tao.account, university, TI_ATTRIBUTE, REVOKED, tao.did, TAO_ATTRIBUTE);
        Vm.Log[] memory entries = vm.getRecordedLogs();
        vm.assertEq(entries.length, 1);
        bytes32 revisionId = sha256(abi.encode(block.timestamp, university.did, TI_ATTRIBUTE));
        vm.assertEq(
            _payload(entries[0]),
            abi.encode(university.did, TI_ATTRIBUTE, revisionId, REVOKED, tao.did, TAO_ATTRIBUTE, uint8(0))
        );
        vm.assertEq(_type(university, TI_ATTRIBUTE), REVOKED);
    }

    function test_setAttributeMetadata_acceptsAnyRevisionOfTheAttribute() public {
        vm.prank(university.account);
        issuers.setAttributeData(university.did, TI_ATTRIBUTE, "jwt");
        _set(tao.account, university, sha256("jwt"), REVOKED, tao.did, TAO_ATTRIBUTE);
        vm.assertEq(_type(university, TI_ATTRIBUTE), REVOKED);
    }

    function test_setAttributeMetadata_refusesAnotherDidsRevision() public {
        vm.expectRevert(abi.encodeWithSelector(ITIR.AttributeStoredForAnotherDid.selector, TI_ATTRIBUTE));
        _set(tao.account, stranger, TI_ATTRIBUTE, TI, tao.did, TAO_ATTRIBUTE);
    }

    function test_setAttributeMetadata_refusesBadArguments() public {
        vm.expectRevert(abi.encodeWithSelector(ITIR.InvalidIssuerType.selector, 0));
        _set(tao.account, stranger, NEW, 0, tao.did, TAO_ATTRIBUTE);
        vm.expectRevert(abi.encodeWithSelector(ITIR.InvalidIssuerType.selector, 5));
        _set(tao.account, stranger, NEW, 5, tao.did, TAO_ATTRIBUTE);
        vm.expectRevert(abi.encodeWithSelector(ITIR.InvalidIssuerType.selector, REVOKED));
        _set(tao.account, stranger, NEW, REVOKED, tao.did, TAO_ATTRIBUTE);
        vm.expectRevert(ITIR.InvalidRevisionId.selector);
        _set(tao.account, stranger, 0, TI, tao.did, TAO_ATTRIBUTE);
        vm.expectRevert(abi.encodeWithSelector(DidSyntax.InvalidDid.selector, "did:key:z1"));
        vm.prank(tao.account);
        issuers.setAttributeMetadata("did:key:z1", NEW, TI, tao.did, TAO_ATTRIBUTE);
        vm.expectRevert(abi.encodeWithSelector(ITIR.TaoAttributeNotFound.selector, tao.did, NEW));
        _set(tao.account, stranger, NEW, TI, tao.did, NEW);
    }

    function testFuzz_setAttributeMetadata_rootNeedsThePolicy(
        address caller
    ) public {
        vm.assume(caller != operator);
        vm.expectRevert(abi.encodeWithSelector(ITIR.RootTaoNeedsPolicy.selector, caller));
        _set(caller, stranger, NEW, ROOT_TAO, stranger.did, NEW);
    }

    function test_setAttributeMetadata_rootIsItsOwnTao() public {
        vm.recordLogs();
        _set(operator, stranger, NEW, ROOT_TAO, tao.did, TAO_ATTRIBUTE);
        Vm.Log memory entry = _lastEntry();
        vm.assertEq(
            _payload(entry), abi.encode(stranger.did, NEW, NEW, ROOT_TAO, stranger.did, NEW, uint8(2))
        );
    }

    function testFuzz_setAttributeMetadata_refusesWhoDoesNotActForTheTao(
        address caller
    ) public {
        vm.assume(caller != operator && caller != tao.account);
        vm.expectRevert(abi.encodeWithSelector(ITIR.NotAllowedToAccredit.selector, caller, tao.did));
        _set(caller, stranger, NEW, TI, tao.did, TAO_ATTRIBUTE);
    }

    function test_setAttributeMetadata_refusesATrustedIssuerAsTao() public {
        vm.expectRevert(
            abi.encodeWithSelector(ITIR.TaoNotAccredited.selector, university.did, TI_ATTRIBUTE, TI)
        );
        _set(university.account, stranger, NEW, TI, university.did, TI_ATTRIBUTE);
    }

    function test_setAttributeMetadata_refusesARevokedTao() public {
        _set(root.account, tao, TAO_ATTRIBUTE, REVOKED, root.did, ROOT_ATTRIBUTE);
        bytes memory reason =
            abi.encodeWithSelector(ITIR.TaoNotAccredited.selector, tao.did, TAO_ATTRIBUTE, REVOKED);
        vm.expectRevert(reason);
        _set(tao.account, stranger, NEW, TI, tao.did, TAO_ATTRIBUTE);
        vm.expectRevert(reason);
        _set(tao.account, university, TI_ATTRIBUTE, REVOKED, tao.did, TAO_ATTRIBUTE);
        vm.expectRevert(reason);
        _set(operator, stranger, NEW, TI, tao.did, TAO_ATTRIBUTE);
    }

    function test_setAttributeMetadata_letsTheRootRevokeBelowItsTao() public {
        _set(root.account, tao, TAO_ATTRIBUTE, REVOKED, root.did, ROOT_ATTRIBUTE);
        _set(root.account, university, TI_ATTRIBUTE, REVOKED, root.did, ROOT_ATTRIBUTE);
        vm.assertEq(_type(university, TI_ATTRIBUTE), REVOKED);
    }

    function test_setAttributeMetadata_refusesATaoOfAnotherBranch() public {
        _set(root.account, stranger, NEW, TAO, root.did, ROOT_ATTRIBUTE);
        vm.expectRevert(
            abi.encodeWithSelector(ITIR.NotTheTaoOfAttribute.selector, stranger.did, TI_ATTRIBUTE)
        );
        _set(stranger.account, university, TI_ATTRIBUTE, REVOKED, stranger.did, NEW);
    }

    function test_setAttributeMetadata_refusesAnotherRoot() public {
        _set(operator, stranger, NEW, ROOT_TAO, "", 0);
        vm.expectRevert(
            abi.encodeWithSelector(ITIR.NotTheTaoOfAttribute.selector, stranger.did, TI_ATTRIBUTE)
        );
        _set(stranger.account, university, TI_ATTRIBUTE, REVOKED, stranger.did, NEW);
    }

    /// A root that made itself its own TAO would be a chain without an end.
    function test_setAttributeMetadata_refusesItsOwnParent() public {
        vm.expectRevert(abi.encodeWithSelector(ITIR.SelfAccreditation.selector, ROOT_ATTRIBUTE));
        _set(root.account, root, ROOT_ATTRIBUTE, TAO, root.did, ROOT_ATTRIBUTE);
        vm.expectRevert(abi.encodeWithSelector(ITIR.SelfAccreditation.selector, ROOT_ATTRIBUTE));
        _set(operator, root, ROOT_ATTRIBUTE, TAO, root.did, ROOT_ATTRIBUTE);
        _set(root.account, root, ROOT_ATTRIBUTE, REVOKED, root.did, ROOT_ATTRIBUTE);
        vm.assertEq(_type(root, ROOT_ATTRIBUTE), REVOKED);
    }

    function test_setAttributeMetadata_letsThePolicyRepair() public {
        _set(root.account, tao, TAO_ATTRIBUTE, REVOKED, root.did, ROOT_ATTRIBUTE);
        vm.recordLogs();
        _set(operator, university, TI_ATTRIBUTE, REVOKED, tao.did, TAO_ATTRIBUTE);
        vm.assertEq(_type(university, TI_ATTRIBUTE), REVOKED);
        _set(operator, university, TI_ATTRIBUTE, TI, root.did, ROOT_ATTRIBUTE);
        vm.assertEq(_type(university, TI_ATTRIBUTE), TI);
        bytes memory payload = _payload(_lastEntry());
        (,,,,,, uint8 authority) =
            abi.decode(payload, (string, bytes32, bytes32, uint8, string, bytes32, uint8));
        vm.assertEq(uint256(authority), 2);
    }

    /// The id of a coming revocation can be foreseen; reserving it must not stop the revocation.
    function test_setAttributeMetadata_isNotBlockedByAReservedId() public {
        bytes32 foreseen = sha256(abi.encode(block.timestamp, university.did, TI_ATTRIBUTE));
        _set(root.account, stranger, NEW, TAO, root.did, ROOT_ATTRIBUTE);
        _set(stranger.account, stranger, foreseen, TI, stranger.did, NEW);
        _set(tao.account, university, TI_ATTRIBUTE, REVOKED, tao.did, TAO_ATTRIBUTE);
        vm.assertEq(_type(university, TI_ATTRIBUTE), REVOKED);
        vm.assertEq(_type(stranger, foreseen), TI);
        _set(stranger.account, stranger, foreseen, REVOKED, stranger.did, NEW);
        vm.assertEq(_type(stranger, foreseen), REVOKED);
    }

    function test_setAttributeData_isEntryOfTheHashOfItsBytes() public {
        vm.recordLogs();
        vm.prank(university.account);
        issuers.setAttributeData(university.did, TI_ATTRIBUTE, "jwt");
        Vm.Log memory entry = _lastEntry();
        vm.assertEq(entry.topics[3], _subject("attribute", _hash(university.did), TI_ATTRIBUTE));
        vm.assertEq(
            _payload(entry), abi.encode(university.did, TI_ATTRIBUTE, sha256("jwt"), bytes("jwt"), uint8(0))
        );
        vm.assertEq(_type(university, TI_ATTRIBUTE), TI);
    }

    function testFuzz_setAttributeData_refusesAllButTheIssuer(
        address caller
    ) public {
        vm.assume(caller != university.account);
        vm.expectRevert(abi.encodeWithSelector(ITIR.NotTheIssuer.selector, caller, university.did));
        vm.prank(caller);
        issuers.setAttributeData(university.did, TI_ATTRIBUTE, "jwt");
    }

    function test_setAttributeData_refusesUnknownEmptyAndTheSameTwice() public {
        vm.expectRevert(
            abi.encodeWithSelector(ITIR.AttributeNotFound.selector, university.did, TAO_ATTRIBUTE)
        );
        vm.prank(university.account);
        issuers.setAttributeData(university.did, TAO_ATTRIBUTE, "jwt");
        vm.expectRevert(ITIR.EmptyAttributeData.selector);
        vm.prank(university.account);
        issuers.setAttributeData(university.did, TI_ATTRIBUTE, "");
        vm.prank(university.account);
        issuers.setAttributeData(university.did, TI_ATTRIBUTE, "jwt");
        vm.expectRevert(abi.encodeWithSelector(ITIR.RevisionExists.selector, sha256("jwt")));
        vm.prank(university.account);
        issuers.setAttributeData(university.did, TI_ATTRIBUTE, "jwt");
    }

    function test_issuerTypeOf_isZeroForUnknown() public view {
        vm.assertEq(_type(stranger, TI_ATTRIBUTE), 0);
        vm.assertEq(_type(university, TAO_ATTRIBUTE), 0);
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ITrustedIssuersRegistry as ITIR} from "../src/interfaces/ITrustedIssuersRegistry.sol";
import {Kinds} from "../src/Kinds.sol";
import {vm, Vm} from "./Vm.sol";
import {World} from "./World.sol";

contract ProxiesTest is World {
    // Not computed in an argument: a call of the SHA-256 precompile would take the prank.
    bytes32 private immutable ID = sha256(bytes(DATA));
    string private constant DATA =
        "{\"prefix\":\"https://lists.example\",\"headers\":{},\"testSuffix\":\"/1\"}";

    function _add(
        address caller,
        string memory data
    ) private {
        vm.prank(caller);
        issuers.addIssuerProxy(university.did, data);
    }

    function test_addIssuerProxy_beginsAProxy() public {
        vm.recordLogs();
        _add(university.account, DATA);
        Vm.Log[] memory entries = vm.getRecordedLogs();
        bytes32 id = ID;
        vm.assertEq(entries.length, 2);
        vm.assertEq(_payload(entries[0]), abi.encode(university.did, bytes32("proxy"), id, uint8(0)));
        vm.assertEq(entries[1].topics[2], Kinds.ISSUER_PROXY_ADDED);
        vm.assertEq(entries[1].topics[3], _subject("proxy", _hash(university.did), id));
        vm.assertEq(_payload(entries[1]), abi.encode(university.did, id, DATA, uint8(0)));
    }

    function test_addIssuerProxy_refusesTwiceButNotAfterRemoval() public {
        _add(university.account, DATA);
        vm.expectRevert(abi.encodeWithSelector(ITIR.ProxyExists.selector, ID));
        _add(university.account, DATA);
        vm.prank(university.account);
        issuers.removeIssuerProxy(university.did, ID);
        vm.recordLogs();
        _add(university.account, DATA);
        vm.assertEq(vm.getRecordedLogs().length, 1);
    }

    function test_addIssuerProxy_refusesAuthorizationHeaders() public {
        string[4] memory bad = [
            "{\"headers\":{\"Authorization\":\"Bearer x\"}}",
            "{\"headers\":{\"authorization\":\"Bearer x\"}}",
            "{\"headers\":{\"AUTHORIZATION\" : \"Bearer x\"}}",
            "{\"authoriZation\":1}"
        ];
        for (uint256 i; i < bad.length; ++i) {
            vm.expectRevert(ITIR.ProxyDataHoldsAuthorization.selector);
            _add(university.account, bad[i]);
        }
    }

    function testFuzz_addIssuerProxy_refusesAuthorizationInAnyCase(
        uint16 upper
    ) public {
        bytes memory name = "authorization";
        for (uint256 i; i < name.length; ++i) {
            if ((upper >> i) & 1 == 1) name[i] = bytes1(uint8(name[i]) - 32);
        }
        vm.expectRevert(ITIR.ProxyDataHoldsAuthorization.selector);
        _add(university.account, string.concat("{\"headers\":{\"", string(name), "\":\"x\"}}"));
    }

    /// JSON could spell the same name with an escape.
    function test_addIssuerProxy_refusesEscapes() public {
        vm.expectRevert(ITIR.InvalidProxyData.selector);
        _add(university.account, "{\"headers\":{\"\\u0041uthorization\":\"Bearer x\"}}");
    }

    function test_addIssuerProxy_refusesWhatIsNoObject() public {
        string[3] memory bad = ["", "[]", "{"];
        for (uint256 i; i < bad.length; ++i) {
            vm.expectRevert(ITIR.InvalidProxyData.selector);
            _add(university.account, bad[i]);
        }
        bytes memory long = new bytes(8 * 1024 + 1);
        (long[0], long[long.length - 1]) = ("{", "}");
        vm.expectRevert(ITIR.InvalidProxyData.selector);
        _add(university.account, string(long));
    }

    function test_addIssuerProxy_takesTheWordElsewhere() public {
        _add(university.account, "{\"prefix\":\"https://authorization.example\"}");
    }

    function test_addIssuerProxy_refusesWhoIsNoIssuer() public {
        vm.expectRevert(abi.encodeWithSelector(ITIR.IssuerNotFound.selector, stranger.did));
        vm.prank(stranger.account);
        issuers.addIssuerProxy(stranger.did, DATA);
    }

    function testFuzz_everyProxyFunction_refusesStrangers(
        address caller
    ) public {
        vm.assume(caller != university.account && caller != operator);
        _add(university.account, DATA);
        bytes memory reason =
            abi.encodeWithSelector(ITIR.NotAllowedToUpdateIssuer.selector, caller, university.did);
        vm.expectRevert(reason);
        _add(caller, "{}");
        vm.expectRevert(reason);
        vm.prank(caller);
        issuers.updateIssuerProxy(university.did, ID, "{}");
        vm.expectRevert(reason);
        vm.prank(caller);
        issuers.removeIssuerProxy(university.did, ID);
    }

    function test_updateIssuerProxy_keepsTheId() public {
        _add(university.account, DATA);
        vm.recordLogs();
        vm.prank(university.account);
        issuers.updateIssuerProxy(university.did, ID, "{}");
        Vm.Log memory entry = _lastEntry();
        vm.assertEq(entry.topics[2], Kinds.ISSUER_PROXY_UPDATED);
        vm.assertEq(_payload(entry), abi.encode(university.did, ID, "{}", uint8(0)));
        vm.expectRevert(ITIR.ProxyDataHoldsAuthorization.selector);
        vm.prank(university.account);
        issuers.updateIssuerProxy(university.did, ID, "{\"Authorization\":1}");
    }

    function test_proxies_mustExist() public {
        bytes32 id = ID;
        vm.expectRevert(abi.encodeWithSelector(ITIR.ProxyNotFound.selector, id));
        vm.prank(university.account);
        issuers.updateIssuerProxy(university.did, id, "{}");
        vm.expectRevert(abi.encodeWithSelector(ITIR.ProxyNotFound.selector, id));
        vm.prank(university.account);
        issuers.removeIssuerProxy(university.did, id);
    }

    function test_removeIssuerProxy_byPolicySaysSo() public {
        _add(university.account, DATA);
        vm.recordLogs();
        vm.prank(operator);
        issuers.removeIssuerProxy(university.did, ID);
        vm.assertEq(_payload(_lastEntry()), abi.encode(university.did, ID, "", uint8(2)));
    }
}

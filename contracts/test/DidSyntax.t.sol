// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DidSyntax} from "../src/DidSyntax.sol";
import {Base58} from "./Base58.sol";
import {vm} from "./Vm.sol";

contract DidSyntaxTest {
    function check(
        string calldata did
    ) external pure {
        DidSyntax.check(did);
    }

    function testFuzz_check_acceptsEveryDid(
        uint128 random
    ) public view {
        this.check(Base58.did(random));
    }

    function test_check_acceptsBothEnds() public view {
        this.check(Base58.did(0));
        this.check(Base58.did(type(uint128).max));
    }

    function testFuzz_check_refusesAnyChangedByte(
        uint128 random,
        uint8 place,
        bytes1 other
    ) public view {
        bytes memory did = bytes(Base58.did(random));
        uint256 index = place % did.length;
        vm.assume(did[index] != other);
        did[index] = other;
        // A changed digit may give another DID, but never one that does not read back as its own text.
        try this.check(string(did)) {
            vm.assertTrue(index >= 10);
            vm.assertEq(bytes(Base58.did(_random(did))), did);
        } catch (bytes memory reason) {
            vm.assertEq(reason, abi.encodeWithSelector(DidSyntax.InvalidDid.selector, did));
        }
    }

    function test_check_refusesVersion2() public {
        _refused(string.concat("did:ebsi:z", Base58.encode((2 << 128) | 7)));
    }

    function test_check_refusesVersion0() public {
        _refused(string.concat("did:ebsi:z", Base58.encode((1 << 128) - 1)));
    }

    function test_check_refusesLeadingZeroDigit() public {
        _refused(string.concat("did:ebsi:z1", Base58.encode(1 << 128)));
    }

    function test_check_refusesOtherMethodsAndCases() public {
        string memory id = Base58.encode((1 << 128) | 7);
        _refused("");
        _refused("did:ebsi:z");
        _refused("did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK");
        _refused(string.concat("did:EBSI:z", id));
        _refused(string.concat("did:ebsi:m", id));
        _refused(string.concat(" did:ebsi:z", id));
        _refused(string.concat("did:ebsi:z", id, "#key-1"));
        _refused(string.concat("did:ebsi:z", id, "\n"));
    }

    function _refused(
        string memory did
    ) private {
        vm.expectRevert(abi.encodeWithSelector(DidSyntax.InvalidDid.selector, did));
        this.check(did);
    }

    function _random(
        bytes memory did
    ) private pure returns (uint128) {
        bytes memory alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
        uint256 value;
        for (uint256 i = 10; i < did.length; ++i) {
            uint256 digit;
            while (alphabet[digit] != did[i]) ++digit;
            value = value * 58 + digit;
        }
        return uint128(value);
    }
}

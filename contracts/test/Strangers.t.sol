// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAnchorRegistry} from "../src/interfaces/IAnchorRegistry.sol";
import {IDidRegistry} from "../src/interfaces/IDidRegistry.sol";
import {IRegistryLog} from "../src/interfaces/IRegistryLog.sol";
import {ITimestamps} from "../src/interfaces/ITimestamps.sol";
import {ITrustedIssuersRegistry} from "../src/interfaces/ITrustedIssuersRegistry.sol";
import {ITrustedPoliciesRegistry} from "../src/interfaces/ITrustedPoliciesRegistry.sol";
import {ITrustedSchemasRegistry} from "../src/interfaces/ITrustedSchemasRegistry.sol";
import {Kinds} from "../src/Kinds.sol";
import {vm} from "./Vm.sol";
import {World} from "./World.sol";

/// Nobody writes without the right: every function that needs one, called by anybody, appends nothing.
contract StrangersTest is World {
    struct Attempt {
        address target;
        bytes data;
    }

    Attempt[] private _attempts;

    function setUp() public override {
        super.setUp();
        _attemptDids();
        _attemptIssuers();
        _attemptOthers();
        _attemptPolicies();
    }

    function _try(
        address target,
        bytes memory data
    ) private {
        _attempts.push(Attempt(target, data));
    }

    function _attemptDids() private {
        Actor memory fresh = _actor(77);
        address to = address(dids);
        string memory did = university.did;
        bytes memory key = fresh.publicKey;
        _try(
            to, abi.encodeCall(IDidRegistry.insertDidDocument, (fresh.did, BASE, "k", key, true, START, END))
        );
        _try(to, abi.encodeCall(IDidRegistry.updateBaseDocument, (did, BASE)));
        _try(to, abi.encodeCall(IDidRegistry.addController, (did, tao.did)));
        _try(to, abi.encodeCall(IDidRegistry.revokeController, (did, did)));
        _try(to, abi.encodeCall(IDidRegistry.addVerificationMethod, (did, "k", key, true)));
        _try(
            to,
            abi.encodeCall(
                IDidRegistry.addVerificationRelationship, (did, "assertionMethod", "key-1", START, END)
            )
        );
        _try(to, abi.encodeCall(IDidRegistry.expireVerificationMethod, (did, "key-1", END)));
        _try(to, abi.encodeCall(IDidRegistry.revokeVerificationMethod, (did, "key-1", START)));
        IDidRegistry.RollArgs memory args = IDidRegistry.RollArgs(did, "k", key, true, START, END, "key-1", 0);
        _try(to, abi.encodeCall(IDidRegistry.rollVerificationMethod, (args)));
    }

    function _attemptIssuers() private {
        address to = address(issuers);
        string memory did = university.did;
        _try(to, abi.encodeCall(ITrustedIssuersRegistry.setAttributeMetadata, (did, "n", ROOT_TAO, "", 0)));
        _try(
            to,
            abi.encodeCall(
                ITrustedIssuersRegistry.setAttributeMetadata, (did, "n", TI, tao.did, TAO_ATTRIBUTE)
            )
        );
        _try(
            to,
            abi.encodeCall(
                ITrustedIssuersRegistry.setAttributeMetadata,
                (did, TI_ATTRIBUTE, REVOKED, tao.did, TAO_ATTRIBUTE)
            )
        );
        _try(to, abi.encodeCall(ITrustedIssuersRegistry.setAttributeData, (did, TI_ATTRIBUTE, "jwt")));
        _try(to, abi.encodeCall(ITrustedIssuersRegistry.addIssuerProxy, (did, "{}")));
        _try(to, abi.encodeCall(ITrustedIssuersRegistry.updateIssuerProxy, (did, 0, "{}")));
        _try(to, abi.encodeCall(ITrustedIssuersRegistry.removeIssuerProxy, (did, 0)));
    }

    function _attemptOthers() private {
        string memory did = university.did;
        _try(address(schemas), abi.encodeCall(ITrustedSchemasRegistry.insertSchema, (SCHEMA, "{}", "{}")));
        _try(address(schemas), abi.encodeCall(ITrustedSchemasRegistry.updateSchema, (SCHEMA, "{}", "{}")));
        _try(address(schemas), abi.encodeCall(ITrustedSchemasRegistry.updateMetadata, (SCHEMA, "{}")));
        _try(address(anchors), abi.encodeCall(IAnchorRegistry.anchorBatch, (did, TI_ATTRIBUTE, "root", 1)));
        _try(
            address(anchors),
            abi.encodeCall(
                IAnchorRegistry.publishStatusList, (did, TI_ATTRIBUTE, "url", "p", 131_072, "d", 1, 2)
            )
        );
        _try(address(anchors), abi.encodeCall(ITimestamps.insertHashAlgorithm, (256, "x", "", 1, "")));
        _try(address(anchors), abi.encodeCall(ITimestamps.updateHashAlgorithm, (0, 256, "x", "", 1, "")));
        _try(address(log), abi.encodeCall(IRegistryLog.append, (Kinds.ANCHOR_BATCH, 0, 0, address(0), "")));
    }

    function _attemptPolicies() private {
        address to = address(policies);
        _try(to, abi.encodeCall(ITrustedPoliciesRegistry.insertPolicy, ("new", "")));
        _try(to, abi.encodeCall(ITrustedPoliciesRegistry.updatePolicy, ("LOG:close", "")));
        _try(to, abi.encodeCall(ITrustedPoliciesRegistry.activatePolicy, ("LOG:close")));
        _try(to, abi.encodeCall(ITrustedPoliciesRegistry.deactivatePolicy, ("LOG:close")));
        _try(to, abi.encodeCall(ITrustedPoliciesRegistry.insertUserAttributes, (address(1), _names())));
        _try(to, abi.encodeCall(ITrustedPoliciesRegistry.deleteUserAttribute, (operator, "LOG:close")));
        _try(to, abi.encodeCall(ITrustedPoliciesRegistry.closeLog, (address(0))));
    }

    function testFuzz_noFunction_writesForAStranger(
        address caller
    ) public {
        vm.assume(
            caller != operator && caller != university.account && caller != tao.account
                && caller != _actor(77).account && caller != address(policies) && caller != address(dids)
                && caller != address(issuers) && caller != address(schemas) && caller != address(anchors)
        );
        _nobodyWrites(caller);
    }

    /// A registered DID without an accreditation is a stranger too.
    function test_noFunction_writesForAnotherDid() public {
        _nobodyWrites(stranger.account);
    }

    function _nobodyWrites(
        address caller
    ) private {
        uint256 size = log.size();
        bytes32 rootBefore = log.root();
        for (uint256 i; i < _attempts.length; ++i) {
            vm.prank(caller);
            (bool done,) = _attempts[i].target.call(_attempts[i].data);
            vm.assertFalse(done);
        }
        vm.assertEq(uint256(log.size()), size);
        vm.assertEq(log.root(), rootBefore);
    }
}

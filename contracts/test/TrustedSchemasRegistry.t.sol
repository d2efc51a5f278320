// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ITrustedSchemasRegistry as ITSR} from "../src/interfaces/ITrustedSchemasRegistry.sol";
import {Kinds} from "../src/Kinds.sol";
import {vm, Vm} from "./Vm.sol";
import {World} from "./World.sol";

contract TrustedSchemasRegistryTest is World {
    function _insert(
        bytes32 id,
        bytes memory schema,
        bytes memory metadata
    ) private {
        vm.prank(operator);
        schemas.insertSchema(id, schema, metadata);
    }

    function test_insertSchema_isAnEntry() public {
        vm.recordLogs();
        _insert(SCHEMA, "{}", "{\"a\":1}");
        Vm.Log memory entry = _lastEntry();
        vm.assertEq(entry.topics[2], Kinds.SCHEMA_INSERTED);
        vm.assertEq(entry.topics[3], _subject("schema", SCHEMA, 0));
        vm.assertEq(
            _payload(entry), abi.encode(SCHEMA, sha256("{}"), bytes("{}"), bytes("{\"a\":1}"), uint8(2))
        );
    }

    function test_insertSchema_refusesTakenIdsRevisionsAndNothing() public {
        _insert(SCHEMA, "{}", "{}");
        vm.expectRevert(abi.encodeWithSelector(ITSR.SchemaExists.selector, SCHEMA));
        _insert(SCHEMA, "{ }", "{}");
        vm.expectRevert(abi.encodeWithSelector(ITSR.SchemaRevisionExists.selector, sha256("{}")));
        _insert("other", "{}", "{}");
        vm.expectRevert(ITSR.InvalidSchemaId.selector);
        _insert(0, "{ }", "{}");
        vm.expectRevert(ITSR.EmptySchema.selector);
        _insert("other", "", "{}");
        vm.expectRevert(ITSR.EmptyMetadata.selector);
        _insert("other", "{ }", "");
    }

    function test_updateSchema_addsARevision() public {
        vm.expectRevert(abi.encodeWithSelector(ITSR.SchemaNotFound.selector, SCHEMA));
        vm.prank(operator);
        schemas.updateSchema(SCHEMA, "{ }", "{}");
        _insert(SCHEMA, "{}", "{}");
        vm.recordLogs();
        vm.prank(operator);
        schemas.updateSchema(SCHEMA, "{ }", "{}");
        Vm.Log memory entry = _lastEntry();
        vm.assertEq(entry.topics[2], Kinds.SCHEMA_UPDATED);
        vm.assertEq(_payload(entry), abi.encode(SCHEMA, sha256("{ }"), bytes("{ }"), bytes("{}"), uint8(2)));
    }

    function test_updateMetadata_namesItsSchema() public {
        bytes32 revisionId = sha256("{}");
        vm.expectRevert(abi.encodeWithSelector(ITSR.SchemaRevisionNotFound.selector, revisionId));
        vm.prank(operator);
        schemas.updateMetadata(revisionId, "{}");
        _insert(SCHEMA, "{}", "{}");
        vm.recordLogs();
        vm.prank(operator);
        schemas.updateMetadata(revisionId, "{\"b\":2}");
        Vm.Log memory entry = _lastEntry();
        vm.assertEq(entry.topics[3], _subject("schema", SCHEMA, 0));
        vm.assertEq(
            _payload(entry), abi.encode(SCHEMA, revisionId, sha256("{\"b\":2}"), bytes("{\"b\":2}"), uint8(2))
        );
        vm.expectRevert(ITSR.EmptyMetadata.selector);
        vm.prank(operator);
        schemas.updateMetadata(revisionId, "");
    }

    function testFuzz_everyFunction_needsItsPolicy(
        address caller
    ) public {
        vm.assume(caller != operator);
        vm.expectRevert(abi.encodeWithSelector(ITSR.MissingPolicy.selector, caller, "TSR:insertSchema"));
        vm.prank(caller);
        schemas.insertSchema(SCHEMA, "{}", "{}");
        vm.expectRevert(abi.encodeWithSelector(ITSR.MissingPolicy.selector, caller, "TSR:updateSchema"));
        vm.prank(caller);
        schemas.updateSchema(SCHEMA, "{}", "{}");
        vm.expectRevert(abi.encodeWithSelector(ITSR.MissingPolicy.selector, caller, "TSR:updateMetadata"));
        vm.prank(caller);
        schemas.updateMetadata(SCHEMA, "{}");
    }
}

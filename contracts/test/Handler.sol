// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Stage} from "./Stage.sol";
import {vm, Vm} from "./Vm.sol";

/// @notice Random but sensible traffic on all registries; keeps what the log ought to hold.
contract Handler is Stage {
    bytes32[] public leaves;
    bytes32[] public subjects;
    mapping(bytes32 subject => bytes32) public lastEntryOf;
    uint64 public lastTime;
    bool public chained = true;
    bool public timely = true;

    uint128 private _dids = 1000;
    uint256 private _blocks = 1000;
    uint256 private _time = START;

    constructor() {
        vm.recordLogs();
        _build();
        _collect();
    }

    function logSize() external view returns (uint64) {
        return log.size();
    }

    function logRoot() external view returns (bytes32) {
        return log.root();
    }

    function head(
        bytes32 subject
    ) external view returns (bytes32) {
        return log.heads(subject);
    }

    function count() external view returns (uint256) {
        return leaves.length;
    }

    function subjectCount() external view returns (uint256) {
        return subjects.length;
    }

    function wait(
        uint16 seconds_
    ) external {
        vm.roll(++_blocks);
        vm.warp(_time += seconds_);
    }

    function mark() external {
        vm.roll(++_blocks);
        log.mark();
        _collect();
    }

    function register() external {
        _register(++_dids);
        _collect();
    }

    function anchor(
        uint8 who,
        bytes32 rootHash,
        uint64 size
    ) external {
        (Actor memory actor, bytes32 attributeId) = _pick(who);
        _call(
            actor.account,
            address(anchors),
            abi.encodeCall(anchors.anchorBatch, (actor.did, attributeId, rootHash, size % 1_100_000))
        );
    }

    function publish(
        uint8 who,
        uint8 list
    ) external {
        (Actor memory actor, bytes32 attributeId) = _pick(who);
        string memory url = string(abi.encodePacked("https://lists.example/", bytes1(list)));
        _call(
            actor.account,
            address(anchors),
            abi.encodeCall(
                anchors.publishStatusList,
                (actor.did, attributeId, url, "revocation", 131_072, "digest", 1, 2)
            )
        );
    }

    function accredit(
        uint8 who,
        uint8 issuerType,
        bytes32 attributeId
    ) external {
        (Actor memory actor,) = _pick(who);
        bytes32 id = issuerType % 2 == 0 ? attributeId : TI_ATTRIBUTE;
        _call(
            tao.account,
            address(issuers),
            abi.encodeCall(
                issuers.setAttributeMetadata, (actor.did, id, issuerType % 6, tao.did, TAO_ATTRIBUTE)
            )
        );
    }

    function accept_(
        uint8 who,
        bytes calldata data
    ) external {
        (Actor memory actor, bytes32 attributeId) = _pick(who);
        _call(
            actor.account,
            address(issuers),
            abi.encodeCall(issuers.setAttributeData, (actor.did, attributeId, data))
        );
    }

    function update(
        uint8 who
    ) external {
        (Actor memory actor,) = _pick(who);
        _call(actor.account, address(dids), abi.encodeCall(dids.updateBaseDocument, (actor.did, BASE)));
    }

    function toggle(
        bool active
    ) external {
        bytes memory data = active
            ? abi.encodeCall(policies.activatePolicy, ("TSR:insertSchema"))
            : abi.encodeCall(policies.deactivatePolicy, ("TSR:insertSchema"));
        _call(operator, address(policies), data);
    }

    function insertSchema(
        bytes32 id,
        bytes calldata schema
    ) external {
        _call(operator, address(schemas), abi.encodeCall(schemas.insertSchema, (id, schema, "{}")));
    }

    function _pick(
        uint8 who
    ) private view returns (Actor memory, bytes32) {
        if (who % 4 == 0) return (root, ROOT_ATTRIBUTE);
        if (who % 4 == 1) return (tao, TAO_ATTRIBUTE);
        if (who % 4 == 2) return (university, TI_ATTRIBUTE);
        return (stranger, bytes32("none"));
    }

    /// What is refused must leave no entry, which the invariants would notice.
    function _call(
        address sender,
        address target,
        bytes memory data
    ) private {
        vm.prank(sender);
        (bool done,) = target.call(data);
        if (done) _collect();
    }

    function _collect() private {
        Vm.Log[] memory entries = vm.getRecordedLogs();
        for (uint256 i; i < entries.length; ++i) {
            (bytes32 previous, uint64 time,,,) =
                abi.decode(entries[i].data, (bytes32, uint64, address, bytes32, bytes));
            bytes32 subject = entries[i].topics[3];
            if (lastEntryOf[subject] == 0) subjects.push(subject);
            chained = chained && previous == lastEntryOf[subject];
            timely = timely && time >= lastTime && uint256(entries[i].topics[1]) == leaves.length;
            lastTime = time;
            lastEntryOf[subject] = _leaf(entries[i]);
            leaves.push(lastEntryOf[subject]);
        }
    }
}

"""Receipts are read strictly, and tell of an entry only where the log itself wrote one."""

from typing import Any

import pytest

from anchoring.kinds import KINDS
from node.artifacts import load_artifact
from node.chain.client import LedgerClient
from node.chain.receipts import read_receipt
from node.errors import MalformedLedgerAnswer
from node.services.policy_calls import TRUSTED_POLICIES_REGISTRY
from node.services.registry_calls import (
    DID_REGISTRY,
    STATUS_LISTS,
    TRUSTED_ISSUERS_REGISTRY,
    TRUSTED_SCHEMAS_REGISTRY,
)
from node.services.timestamp_calls import TIMESTAMP
from node.written_kinds import WRITTEN
from tests.ledger import DeployedLedger
from tests.node.registrations import Registrar, some_leaves


def answered(deployed: DeployedLedger) -> tuple[dict[str, Any], bytes, bytes]:
    """A receipt of an anchored batch as the engine gives it, its hash, its sender."""
    registrar = Registrar(deployed)
    issuer = registrar.issuer()
    registrar.anchor(issuer, some_leaves(3))
    block = deployed.ledger.rpc.request("eth_getBlockByNumber", "latest", False)  # noqa: FBT003 - JSON-RPC's
    name = block["transactions"][0]
    with LedgerClient([deployed.ledger.url]) as client:
        answer = client.request("eth_getTransactionReceipt", name)
    return answer, bytes.fromhex(name[2:]), bytes.fromhex(answer["from"][2:])


@pytest.mark.enable_socket
def test_a_receipt_tells_of_the_entries_and_of_nothing_else(deployed: DeployedLedger) -> None:
    answer, name, sender = answered(deployed)
    log = deployed.deployment.registry_log

    def read(**change: Any) -> Any:
        return read_receipt({**answer, **change}, transaction_hash=name, log_address=log)

    receipt = read()
    assert receipt.succeeded
    assert receipt.wrote("anchor.batch", actor=sender)
    assert not receipt.wrote("status.published", actor=sender)
    assert not receipt.wrote("anchor.batch", actor=bytes(20))
    assert not read(logs=[]).wrote("anchor.batch", actor=sender)
    assert not read(status="0x0").succeeded
    elsewhere = read_receipt(answer, transaction_hash=name, log_address="0x" + "11" * 20)
    assert elsewhere is not None
    assert elsewhere.entries == ()
    assert read_receipt(None, transaction_hash=name, log_address=log) is None
    with pytest.raises(MalformedLedgerAnswer, match="another transaction's"):
        read_receipt(answer, transaction_hash=bytes(32), log_address=log)
    foreign = [{**event, "transactionHash": "0x" + "22" * 32} for event in answer["logs"]]
    moved = [{**event, "blockHash": "0x" + "22" * 32} for event in answer["logs"]]
    damaged = [{**event, "data": event["data"][:-64]} for event in answer["logs"]]
    wrongs: tuple[dict[str, Any], ...] = (
        {"logs": foreign},
        {"logs": moved},
        {"logs": damaged},
        {"logs": None},
        {"logs": [None]},
        {"logs": [{}]},
        {"logs": answer["logs"] * 5_000},
        {"status": "0x2"},
        {"status": None},
        {"blockNumber": 7},
        {"blockHash": "0x"},
    )
    for wrong in wrongs:
        with pytest.raises(MalformedLedgerAnswer):
            read(**wrong)


@pytest.mark.parametrize("answer", [[], "0x", 7, {}, {"transactionHash": 5}, True])
def test_what_is_no_receipt_is_refused(answer: object) -> None:
    with pytest.raises(MalformedLedgerAnswer):
        read_receipt(answer, transaction_hash=bytes(32), log_address="0x" + "11" * 20)


def test_every_function_that_is_served_has_its_kind() -> None:
    served = {("AnchorRegistry", "anchorBatch")}
    for registry in (
        *(DID_REGISTRY, TRUSTED_ISSUERS_REGISTRY, TRUSTED_SCHEMAS_REGISTRY, STATUS_LISTS),
        *(TRUSTED_POLICIES_REGISTRY, TIMESTAMP),
    ):
        served |= {(registry.contract, name) for name in registry.methods}
    assert set(WRITTEN) == served
    assert set(WRITTEN.values()) <= set(KINDS)
    for contract, function in WRITTEN:
        load_artifact(contract).function(function)

"""The contracts are where the registries expect them, and the operator is the one who deployed."""

import json
from pathlib import Path

import pytest
from eth_account import Account

from anchoring.entry import KINDS
from devnet.chain import start_ledger
from devnet.deploy import NOT_GRANTED, POLICIES, deploy, take_office, write_deployment
from devnet.errors import StateUnusable, TransactionRefused
from devnet.sender import Sender, created_address
from node.config import load_deployment
from tests.ledger import DEPLOYED_AT, DeployedLedger

pytestmark = pytest.mark.enable_socket

POLICY_ENTRIES = len(POLICIES) + 1


def test_the_log_is_opened_and_every_policy_recorded(deployed: DeployedLedger) -> None:
    log = deployed.deployment.registry_log
    assert deployed.operator.call("RegistryLog", log, "size") == (1 + POLICY_ENTRIES,)
    found = deployed.ledger.rpc.request(
        "eth_getLogs", {"address": log, "fromBlock": "0x0", "toBlock": "latest"}
    )
    kinds = [bytes.fromhex(event["topics"][2][2:]).rstrip(b"\0").decode() for event in found]
    assert kinds == ["log.opened", *["policy.inserted"] * len(POLICIES), "policy.granted"]
    assert set(kinds) <= set(KINDS)
    assert int(found[0]["blockNumber"], 16) >= deployed.deployment.first_block


def test_the_operator_holds_what_it_needs_and_cannot_close(deployed: DeployedLedger) -> None:
    registry = deployed.deployment.address("TrustedPoliciesRegistry")
    for policy in (*POLICIES, "TPR:operator"):
        (held,) = deployed.operator.call(
            "TrustedPoliciesRegistry", registry, "hasAttribute", deployed.operator.address, policy
        )
        assert held is (policy not in NOT_GRANTED), policy


def test_a_stranger_is_refused_in_words(deployed: DeployedLedger) -> None:
    stranger = deployed.sender(b"\x07" * 32)
    with pytest.raises(TransactionRefused, match="does not hold TPR:operator") as caught:
        take_office(stranger, deployed.deployment)
    assert stranger.address.lower() in str(caught.value).lower()


def test_each_test_s_ledger_starts_shortly_after_the_deployment(deployed: DeployedLedger) -> None:
    deployed.ledger.mine()
    assert DEPLOYED_AT + 60 <= deployed.ledger.time() < DEPLOYED_AT + 120
    assert deployed.ledger.walk(DEPLOYED_AT + 86_400) == DEPLOYED_AT + 86_400


def test_an_operator_with_a_past_deploys_as_well() -> None:
    with start_ledger() as ledger:
        operator = Sender(ledger.rpc, Account.from_key(b"\x09" * 32))
        operator.send(operator.address, b"")
        deployment = deploy(operator, name="second")
        assert deployment.name == "second"
        assert deployment.registry_log == created_address(operator.address, 6)
        (writer,) = operator.call("DidRegistry", deployment.address("DidRegistry"), "log")
        assert writer.lower() == deployment.registry_log.lower()


def test_many_transactions_go_into_one_block_on_demand() -> None:
    with start_ledger(automine=False) as ledger:
        account = Sender(ledger.rpc, Account.from_key(b"\x0a" * 32))
        receipts = account.send_many([(account.address, n.to_bytes(2)) for n in range(300)], mine=True)
        assert {receipt["blockNumber"] for receipt in receipts} == {"0x1"}
        assert account.nonce() == 300


def test_a_node_reads_the_file_that_deploying_wrote(deployed: DeployedLedger, tmp_path: Path) -> None:
    path = tmp_path / "deployment.json"
    write_deployment(path, deployed.deployment, operator=deployed.operator.address)
    assert load_deployment(path) == deployed.deployment
    assert json.loads(path.read_text())["operator"] == deployed.operator.address


def test_a_folder_that_is_not_there_is_named(deployed: DeployedLedger, tmp_path: Path) -> None:
    with pytest.raises(StateUnusable, match="nowhere"):
        write_deployment(tmp_path / "nowhere" / "deployment.json", deployed.deployment, operator="0x")

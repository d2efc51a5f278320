"""The state proves what the projection says: `heads[subject]` by eth_getProof, judged by @ethereumjs/mpt."""

import json
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak

from anchoring.history import History
from devnet.toolchain import binary
from node.artifacts import load_artifact
from node.chain.client import LedgerClient
from node.chain.headers import head
from node.chain.logs import fetch_entries
from tests.ledger import DeployedLedger

pytestmark = pytest.mark.enable_socket

_CHECKER = Path(__file__).with_name("storage_proof.mjs")


def _slot(mapping: str, key: bytes) -> str:
    layout = load_artifact("RegistryLog").raw["storageLayout"]["storage"]
    place = next(int(item["slot"]) for item in layout if item["label"] == mapping)
    return "0x" + keccak(key + place.to_bytes(32, "big")).hex()


def _judge(proof: dict[str, Any], state_root: str) -> subprocess.CompletedProcess[str]:
    asked = {
        "stateRoot": state_root,
        "address": proof["address"],
        "slot": proof["storageProof"][0]["key"],
        "accountProof": proof["accountProof"],
        "storageProof": proof["storageProof"][0]["proof"],
    }
    return subprocess.run(
        [str(binary("node")), str(_CHECKER)],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def _history(deployed: DeployedLedger) -> History:
    """The projection's view: the log replayed from the ledger's events."""
    history = History()
    with LedgerClient([deployed.ledger.url]) as ledger:
        log = deployed.deployment.registry_log
        for logged in fetch_entries(ledger, log, first=0, last=head(ledger).number):
            history.append(logged.entry)
    return history


def test_foreign_code_proves_every_head_of_the_projection(deployed: DeployedLedger) -> None:
    history = _history(deployed)
    header = deployed.ledger.rpc.request("eth_getBlockByNumber", "latest", False)  # noqa: FBT003 - JSON-RPC
    assert len(history.heads) > 5
    for subject, entry_hash in history.heads.items():
        proof = deployed.ledger.rpc.request(
            "eth_getProof", deployed.deployment.registry_log, [_slot("heads", subject)], header["number"]
        )
        judged = _judge(proof, header["stateRoot"])
        assert judged.returncode == 0, judged.stderr
        assert json.loads(judged.stdout)["value"] == "0x" + entry_hash.hex()
        assert json.loads(judged.stdout)["storageRoot"] == proof["storageHash"]


def test_foreign_code_proves_that_an_unknown_subject_has_no_head(deployed: DeployedLedger) -> None:
    subject = sha256(encode(["bytes32", "bytes32", "bytes32"], [b"did", bytes(32), bytes(32)])).digest()
    header = deployed.ledger.rpc.request("eth_getBlockByNumber", "latest", False)  # noqa: FBT003 - JSON-RPC
    proof = deployed.ledger.rpc.request(
        "eth_getProof", deployed.deployment.registry_log, [_slot("heads", subject)], header["number"]
    )
    assert json.loads(_judge(proof, header["stateRoot"]).stdout)["value"] == "0x" + bytes(32).hex()


def test_foreign_code_refuses_a_proof_under_another_state_root(deployed: DeployedLedger) -> None:
    subject = next(iter(_history(deployed).heads))
    proof = deployed.ledger.rpc.request(
        "eth_getProof", deployed.deployment.registry_log, [_slot("heads", subject)], "latest"
    )
    assert _judge(proof, "0x" + sha256(b"another state").hexdigest()).returncode != 0

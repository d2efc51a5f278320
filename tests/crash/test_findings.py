"""The eye of a crash run: what was done twice is seen, and what came too early and was made good is not."""

import pytest
from eth_account import Account

from devnet.sender import Sender
from node.artifacts import load_artifact
from tests.crash.findings import refused_transactions
from tests.crash.peer import Peer
from tests.crash.stage import Stage
from tests.ledger import DeployedLedger

pytestmark = pytest.mark.enable_socket


def send(sender: Sender, to: str, data: bytes) -> None:
    """Send what may be refused, and wait for its block."""
    signed = sender._sign(to, data, sender.nonce())
    sender._receipts([sender.rpc.request("eth_sendRawTransaction", "0x" + signed.hex())])


def test_what_was_done_already_is_found_and_what_came_too_early_is_not(
    deployed: DeployedLedger, tmp_path: object
) -> None:
    deployed.ledger.mine()
    policies = load_artifact("TrustedPoliciesRegistry")
    at = deployed.deployment.address("TrustedPoliciesRegistry")
    stage = Stage(
        folder=tmp_path,  # type: ignore[arg-type]  # not looked at
        ledger=deployed.ledger,
        deployment=deployed.deployment,
        operator=deployed.operator,
        members=[],
        program=None,  # type: ignore[arg-type]  # likewise
        url="",
        settings={},
        peer=Peer(""),
    )
    grant = policies.function("insertUserAttributes").encode([Account.create().address, ["X:one"]])
    insert = policies.function("insertPolicy").encode(["X:one", "a policy"])
    figures: dict[str, int] = {}
    send(deployed.operator, at, grant)  # of a policy that is not there yet
    send(deployed.operator, at, insert)
    send(deployed.operator, at, grant)
    assert list(refused_transactions(stage, figures)) == []
    assert figures["transactions refused by a contract"] == 1
    send(deployed.operator, at, insert)
    (sentence,) = refused_transactions(stage, figures)
    assert "refused after it was done" in sentence
    assert figures["transactions refused by a contract"] == 2

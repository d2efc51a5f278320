"""The contracts on a real ledger: what they emit is what `anchoring` replays, and what it costs."""

from hashlib import sha256

import pytest

from anchoring.history import History
from anchoring.kinds import KINDS
from node.chain.client import LedgerClient
from node.chain.logs import fetch_entries
from tests.contracts.ledger_traffic import ROOT, Party, play, transact
from tests.ledger import DeployedLedger

pytestmark = pytest.mark.enable_socket

FIRST_LIMIT = 200_000  # gas of an issuer's first batch anchor, as a whole transaction
LATER_LIMIT = 170_000


def _history(deployed: DeployedLedger) -> tuple[History, set[str]]:
    history, kinds = History(), set()
    with LedgerClient([deployed.ledger.rpc.url]) as ledger:
        last = int(ledger.request("eth_blockNumber"), 16)
        for logged in fetch_entries(ledger, deployed.deployment.registry_log, first=0, last=last):
            history.append(logged.entry)
            kinds.add(logged.entry.kind)
    return history, kinds


def test_every_kind_is_replayed_to_the_ledgers_root_and_heads(deployed: DeployedLedger) -> None:
    play(deployed)
    history, kinds = _history(deployed)
    assert kinds == set(KINDS)
    log = deployed.deployment.registry_log
    assert deployed.operator.call("RegistryLog", log, "size") == (history.size,)
    assert deployed.operator.call("RegistryLog", log, "root") == (history.root(),)
    assert deployed.operator.call("RegistryLog", log, "closed") == (True,)
    for subject, head in history.heads.items():
        assert deployed.operator.call("RegistryLog", log, "heads", subject) == (head,)


def test_a_batch_anchor_costs_what_was_promised(deployed: DeployedLedger) -> None:
    """By the engine's own receipts; contracts/test/Gas.t.sol measures the same at sizes up to 2**20."""
    issuer = Party(deployed, 3)
    issuer.register()
    transact(
        deployed.operator,
        deployed.deployment,
        "TrustedIssuersRegistry",
        "setAttributeMetadata",
        issuer.did,
        ROOT,
        1,
        "",
        bytes(32),
    )
    costs = []
    for name, size in ((b"one", 1), (b"two", 1_048_576)):
        root = sha256(name).digest()
        receipt = issuer.send("AnchorRegistry", "anchorBatch", issuer.did, ROOT, root, size)
        costs.append(int(receipt["gasUsed"], 16))
    assert costs[0] <= FIRST_LIMIT
    assert costs[1] <= LATER_LIMIT

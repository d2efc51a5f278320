"""A reorganisation drops a batch: its state goes back, the kept transaction is sent again, and ends final."""

import json

import pytest

from anchoring.checkpoint import parse_checkpoint
from anchoring.receipt import parse_receipt
from anchoring.receipt_verification import verify_receipt
from node.indexer.outbox_states import RESEND_AFTER
from tests.node.api.conftest import KAUNAS, TRENTO
from tests.node.api.world import World, digests

pytestmark = pytest.mark.enable_socket


def test_a_dropped_batch_goes_back_is_sent_again_and_ends_final(own: World) -> None:
    leaves = digests("dropped", "with", "its block")
    state = own.anchor(KAUNAS, leaves)
    path = f"/v1/batches/{KAUNAS.did}/{state['root']}/{state['size']}"
    before = own.get("/v1/log/checkpoint").text
    own.ledger.ledger.reorg(1)
    assert own.ok(path)["state"] == "anchored", "nobody has looked yet"
    own.background._follower.step()
    assert own.ok(path)["state"] == "submitted"
    assert own.ok(f"/v1/anchors/{leaves[0].hex()}")["anchors"] == []
    assert own.get("/v1/log/checkpoint").text != before
    own.clock.pass_by(RESEND_AFTER + 1)
    own.follow()
    own.ledger.ledger.mine(own.node.settings.finality_depth)
    own.follow()
    again = own.ok(path)
    assert (again["state"], again["transactionHash"]) == ("final", state["transactionHash"])
    found = own.ok(f"/v1/anchors/{leaves[0].hex()}")["anchors"][0]["receipt"]
    receipt = parse_receipt(json.dumps(found, indent=2).encode() + b"\n")
    checkpoint = parse_checkpoint(own.get("/v1/log/checkpoint").content)
    assert verify_receipt(receipt, digest=leaves[0], checkpoint=checkpoint).attested


def test_the_tree_in_memory_follows_a_branch_of_equal_length(own: World) -> None:
    own.anchor(KAUNAS, digests("first branch"))
    first = parse_checkpoint(own.get("/v1/log/checkpoint").content)
    own.ledger.ledger.reorg(1)
    accepted = own.ledger.sender(TRENTO.ledger_secret)
    anchors = own.ledger.deployment.address("AnchorRegistry")
    accepted.transact(
        "AnchorRegistry", anchors, "anchorBatch", TRENTO.did, TRENTO.attribute_id, bytes(31) + b"\1", 1
    )
    own.follow()
    size = parse_checkpoint(own.get("/v1/log/checkpoint").content).size
    assert size >= first.size
    second = parse_checkpoint(own.get("/v1/log/checkpoint", params={"size": str(first.size)}).content)
    assert second.root != first.root

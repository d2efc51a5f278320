"""What runs beside the API does not wait for one another."""

import threading
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from tests.ledger import DeployedState, resume
from tests.node.api.conftest import KAUNAS, TRENTO, people
from tests.node.api.world import World, batch_body, digests, sign, world
from tests.node.indexer.test_leaves import peer
from tests.node.keeping import keep_raw

pytestmark = pytest.mark.enable_socket


def keep(made: World, leaves: list[bytes]) -> str:
    """Hand in a batch and keep its transaction, which nobody has sent yet; return the batch's path."""
    answer = made.http.post("/v1/batches", json=batch_body(KAUNAS, leaves))
    state = answer.json()
    raw = bytes.fromhex(sign(state["unsignedTransaction"], KAUNAS.ledger_secret)[2:])
    batch = (KAUNAS.did, bytes.fromhex(state["root"]), state["size"])
    keep_raw(made.node.engine, raw, now=made.clock.seconds, did=KAUNAS.did, batch=batch)
    return answer.headers["location"]


def test_a_peer_that_never_answers_keeps_no_transaction_waiting(
    deployed_state: DeployedState, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("node.indexer.peers._TIMEOUT", 600.0)
    over, began = threading.Event(), threading.Event()

    def silent(_handler: BaseHTTPRequestHandler) -> None:
        began.set()
        over.wait()

    with (
        peer(silent) as (url, _),
        resume(deployed_state, tmp_path / "ledger.json") as ledger,
        world(ledger, tmp_path / "node", peers=(url,), poll_interval=0.02) as made,
    ):
        people(made)
        elsewhere = ledger.sender(TRENTO.ledger_secret)
        at = ledger.deployment.address("AnchorRegistry")
        batch = (TRENTO.did, TRENTO.attribute_id, b"r" * 32, 5)
        elsewhere.transact("AnchorRegistry", at, "anchorBatch", *batch)
        made.background.start()
        try:
            assert began.wait(60)
            path = keep(made, digests("kept"))
            deadline = time.monotonic() + 60
            while made.ok(path)["state"] != "anchored":
                assert time.monotonic() < deadline, made.ok(path)
                time.sleep(0.02)
        finally:
            over.set()

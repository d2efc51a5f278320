"""A restored outbox knows less than the ledger: what is final there already is not done twice."""

from pathlib import Path

import pytest

from node.backup.making import back_up_node
from node.backup.restoring import restore_node
from node.chain.client import LedgerClient
from node.chain.registries import Registries
from node.db.kept_transactions import FINAL, SUBMITTED, find_kept
from node.db.session import open_engine, reading
from node.indexer.outbox import Outbox
from node.upkeep import check_node
from tests.databases import database_url
from tests.ledger import DeployedState, resume
from tests.node.api.conftest import KAUNAS, people
from tests.node.api.world import batch_body, digests, settings_for, sign, world

pytestmark = pytest.mark.enable_socket


def test_what_is_final_by_now_is_not_done_twice(deployed_state: DeployedState, tmp_path: Path) -> None:
    with resume(deployed_state, tmp_path / "ledger.json") as ledger, world(ledger, tmp_path / "one") as made:
        people(made)
        answer = made.http.post("/v1/batches", json=batch_body(KAUNAS, digests(*range(9))))
        path = answer.headers["location"]
        signed = sign(answer.json()["unsignedTransaction"], KAUNAS.ledger_secret)
        sent = made.http.post(path + "/transaction", json={"signedRawTransaction": signed})
        assert sent.status_code == 202, sent.text
        back_up_node(made.node.settings, tmp_path / "file", clock=made.clock)  # while it is under way
        made.follow()
        for _ in range(4):
            ledger.ledger.mine()
        made.follow()
        transaction = bytes.fromhex(made.ok(path)["transactionHash"][2:])
        made.background._follower.release()
        url = database_url(tmp_path / "two", "restored", empty=True)
        there = settings_for(ledger.ledger.url, ledger.deployment, tmp_path / "two", database_url=url)
        restore_node(there, tmp_path / "file", clock=made.clock)
        before = [ledger.ledger.rpc.request("eth_getTransactionCount", KAUNAS.address, "latest")]

        engine, client = open_engine(url), LedgerClient((ledger.ledger.url,))
        with reading(engine) as connection:
            kept = find_kept(connection, transaction)
            assert kept is not None
            assert kept.state == SUBMITTED
        for _ in range(2):  # before anything is followed
            Outbox(engine, client, Registries(client, ledger.deployment), 2).step(made.clock())
        client.close()
        engine.dispose()
        with world(ledger, tmp_path / "two", database_url=url) as other:
            for _ in range(3):
                other.follow()
            assert other.ok(path)["state"] == FINAL
            assert len(other.ok("/v1/history", params={"kind": "anchor.batch"})["items"]) == 1
            assert check_node(other.node.settings, clock=other.clock).differences == ()
        assert [ledger.ledger.rpc.request("eth_getTransactionCount", KAUNAS.address, "latest")] == before
        assert int(ledger.ledger.rpc.request("txpool_status")["pending"], 16) == 0

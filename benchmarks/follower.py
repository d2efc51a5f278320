"""20,000 anchors of one issuer, from the ledger's RPC into SQLite: fetched, replayed, compared, projected."""

from __future__ import annotations

import tempfile
import time
from hashlib import sha256
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.ledger import ledger_with_issuer
from node.chain.client import LedgerClient
from node.clock import wall_clock
from node.db.session import open_engine, upgrade
from node.indexer.follower import Follower, Step

COUNT = 20_000
IN_ONE_BLOCK = 500


def run() -> list[Figure]:
    with ledger_with_issuer() as (ledger, deployment, issuer), tempfile.TemporaryDirectory() as folder:
        ledger.rpc.request("evm_setAutomine", False)  # noqa: FBT003 - JSON-RPC
        registry = deployment.address("AnchorRegistry")
        for start in range(0, COUNT, IN_ONE_BLOCK):
            roots = (sha256(b"root %d" % place).digest() for place in range(start, start + IN_ONE_BLOCK))
            issuer.sender.send_many(((registry, issuer.batch_call(root, 1)) for root in roots), mine=True)
        engine = open_engine(f"sqlite:///{Path(folder) / 'node.sqlite'}")
        upgrade(engine)
        with LedgerClient([ledger.url]) as client:
            follower = Follower(engine, client, deployment, holder="benchmark", now=wall_clock)
            started = time.perf_counter()
            while follower.step() is Step.MOVED:
                pass
            seconds = time.perf_counter() - started
            follower.release()
        with engine.connect() as connection:
            followed = connection.exec_driver_sql("SELECT count(*) FROM entry").scalar_one()
            batches = connection.exec_driver_sql("SELECT count(*) FROM batch").scalar_one()
        engine.dispose()
    assert batches == COUNT
    return [
        Figure("entries followed", followed, "entries"),
        Figure("from the first request to the last commit", seconds, "s"),
        Figure("entries per second", followed / seconds, "/s", limit=5_000, floor=True),
    ]

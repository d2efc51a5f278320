"""`GET /v1/anchors/{digest}` out of 1,000,000 leaves: a real node process, asked over two connections."""

from __future__ import annotations

import http.client
import json
import random
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from anchoring.batch import Batch
from benchmarks.figures import Figure
from benchmarks.ledger import ledger_with_issuer
from devnet.deploy import write_deployment
from devnet.node_process import NodeProcess, free_ports
from node.db.leaves import store_leaves
from node.db.session import open_engine, upgrade, writing

SIZE = 1_000_000
CONNECTIONS = 2
REQUESTS = 2_000  # on each connection


def _ask(port: int, digests: list[bytes]) -> list[float]:
    """Seconds that each answer took, over one connection that is kept."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    seconds = []
    for digest in digests:
        started = time.perf_counter()
        connection.request("GET", f"/v1/anchors/{digest.hex()}")
        answer = connection.getresponse()
        body = answer.read()
        seconds.append(time.perf_counter() - started)
        assert answer.status == 200 and digest.hex() in json.loads(body)["digest"]  # noqa: PT018
    connection.close()
    return seconds


def _store(database_url: str, batch: Batch) -> float:
    engine = open_engine(database_url)
    upgrade(engine)
    started = time.perf_counter()
    with writing(engine) as connection:
        store_leaves(connection, root=batch.root, size=batch.size, leaves=batch.leaves)
    seconds = time.perf_counter() - started
    engine.dispose()
    return seconds


def run() -> list[Figure]:
    chance = random.Random(9162)
    source = chance.randbytes(32 * SIZE)
    digests = [source[at : at + 32] for at in range(0, len(source), 32)]
    batch = Batch.from_digests(digests)
    with ledger_with_issuer() as (ledger, deployment, issuer), tempfile.TemporaryDirectory() as folder:
        named = Path(folder) / "deployment.json"
        write_deployment(named, deployment, operator=issuer.sender.address)
        issuer.sender.send(deployment.address("AnchorRegistry"), issuer.batch_call(batch.root, SIZE))
        ledger.mine(5)
        port = free_ports(1)[0]
        node = NodeProcess(
            "bench", Path(folder) / "node", port=port, ledger_url=ledger.url, deployment=named, peers=()
        )
        stored = _store(node.database_url, batch)
        node.start()
        try:
            _wait(port, digests[0])
            asked = [chance.sample(digests, REQUESTS) for _ in range(CONNECTIONS)]
            started = time.perf_counter()
            with ThreadPoolExecutor(CONNECTIONS) as pool:
                seconds = sorted(s for part in pool.map(_ask, [port] * CONNECTIONS, asked) for s in part)
            total = time.perf_counter() - started
        finally:
            node.stop()
    return [
        Figure("1,000,000 leaves hashed and stored in SQLite", stored, "s"),
        Figure(f"look-ups per second over {CONNECTIONS} connections", len(seconds) / total, "/s"),
        Figure("median", 1000 * seconds[len(seconds) // 2], "ms"),
        Figure("p99", 1000 * seconds[len(seconds) * 99 // 100], "ms"),
    ]


def _wait(port: int, digest: bytes) -> None:
    """Return once the node has followed the batch's anchor."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for _ in range(300):
        connection.request("GET", f"/v1/anchors/{digest.hex()}")
        if json.loads(connection.getresponse().read())["anchors"]:
            connection.close()
            return
        time.sleep(0.1)
    raise SystemExit("the node did not follow the ledger within half a minute")

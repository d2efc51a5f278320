"""`ankyra node rebuild` of 20,000 entries and 1,000,000 leaves: compared, dropped, followed, compared."""

from __future__ import annotations

import tempfile
import time
from hashlib import sha256
from pathlib import Path
from random import Random

from anchoring.batch import Batch
from benchmarks.databases import databases
from benchmarks.figures import Figure
from benchmarks.follower import COUNT, IN_ONE_BLOCK
from benchmarks.ledger import ledger_with_issuer
from devnet.deploy import write_deployment
from node.config import Settings
from node.db.leaves import store_leaves
from node.db.session import open_engine, upgrade, writing
from node.upkeep.checking import check_node
from node.upkeep.rebuilding import rebuild_node

LEAVES = 1_000_000


def run() -> list[Figure]:
    source = Random(9162).randbytes(32 * LEAVES)
    batch = Batch.from_digests(source[at : at + 32] for at in range(0, len(source), 32))
    figures = []
    with (
        ledger_with_issuer() as (ledger, deployment, issuer),
        tempfile.TemporaryDirectory() as folder,
        databases() as made,
    ):
        ledger.rpc.request("evm_setAutomine", False)  # noqa: FBT003 - JSON-RPC
        registry = deployment.address("AnchorRegistry")
        great = [(registry, issuer.batch_call(batch.root, LEAVES))]
        issuer.sender.send_many(great, mine=True)
        for start in range(1, COUNT, IN_ONE_BLOCK):
            roots = (sha256(b"root %d" % place).digest() for place in range(start, start + IN_ONE_BLOCK))
            issuer.sender.send_many(((registry, issuer.batch_call(root, 1)) for root in roots), mine=True)
        named = Path(folder) / "deployment.json"
        write_deployment(named, deployment, operator=issuer.sender.address)
        for name, new in made.items():
            settings = Settings(
                ledger_urls=(ledger.url,),
                deployment=named,
                data_dir=Path(folder) / name,
                database_url=new(Path(folder)),
            )
            stored = _store(settings, batch)
            started = time.perf_counter()
            first = rebuild_node(settings)  # from nothing: the ledger alone
            followed = time.perf_counter()
            again = rebuild_node(settings)
            rebuilt = time.perf_counter()
            report = check_node(settings)
            checked = time.perf_counter()
            assert not report.differences, report.sentence
            assert first.check.digest == again.check.digest == report.digest
            figures += [
                Figure(f"{name}: {LEAVES:,} leaves hashed and stored", stored, "s"),
                Figure(
                    f"{name}: {report.size:,} entries from the ledger into an empty projection",
                    followed - started,
                    "s",
                ),
                Figure(f"{name}: rebuild", rebuilt - followed, "s"),
                Figure(f"{name}: check", checked - rebuilt, "s"),
            ]
    return figures


def _store(settings: Settings, batch: Batch) -> float:
    settings.data_dir.mkdir()
    engine = open_engine(settings.database)
    upgrade(engine)
    started = time.perf_counter()
    with writing(engine) as connection:
        store_leaves(connection, root=batch.root, size=batch.size, leaves=batch.leaves)
    seconds = time.perf_counter() - started
    engine.dispose()
    return seconds

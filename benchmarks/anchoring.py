"""100 batches of 10,000 digests from a university to the ledger and to finality, through a real node."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random

import httpx
from eth_account import Account

from benchmarks.databases import New, databases
from benchmarks.figures import Figure
from devnet.chain import start_ledger
from devnet.deploy import deploy, take_office, write_deployment
from devnet.node_process import NodeProcess, free_ports
from devnet.sender import Sender
from tests.ledger import DEPLOYED_AT, DeployedLedger
from tests.node.api.world import ROOT_TAO, Actor, accredit, batch_body, register, sign

BATCHES, SIZE = 100, 10_000
_SECONDS = 300.0


def run() -> list[Figure]:
    chance = Random(9162)
    batches = [
        sorted(chance.randbytes(32) for _ in range(SIZE)) for _ in range(BATCHES)
    ]  # made once: digesting has a benchmark of its own
    figures = []
    with databases() as made:
        for name, new in made.items():
            figures += _on(name, new, batches)
    return figures


def _on(name: str, new: New, batches: Sequence[Sequence[bytes]]) -> list[Figure]:
    with (
        start_ledger(timestamp=DEPLOYED_AT, block_time=1) as ledger,
        tempfile.TemporaryDirectory() as folder,
    ):
        operator = Sender(ledger.rpc, Account.create())
        deployment = deploy(operator)
        take_office(operator, deployment)
        university = Actor(1, "University")
        register(DeployedLedger(ledger, deployment, operator), university)
        accredit(DeployedLedger(ledger, deployment, operator), None, university, ROOT_TAO)
        named = Path(folder) / "deployment.json"
        write_deployment(named, deployment, operator=operator.address)
        node = NodeProcess(
            "bench",
            Path(folder) / "node",
            port=free_ports(1)[0],
            ledger_url=ledger.url,
            deployment=named,
            peers=(),
        )
        node.settings["ANKYRA_DATABASE_URL"] = new(Path(folder))
        node.start()
        try:
            accepted, final = _anchor(node.url, university, batches)
        finally:
            node.stop()
            node.api.close()
    count = BATCHES * SIZE
    return [
        Figure(f"{name}: credentials handed in and submitted per second", count / accepted, "/s"),
        Figure(f"{name}: credentials final per second, end to end", count / final, "/s"),
        Figure(f"{name}: from the first batch to the last one's finality", final, "s"),
    ]


def _anchor(url: str, university: Actor, batches: Sequence[Sequence[bytes]]) -> tuple[float, float]:
    """Seconds until all batches were submitted, and until all were final."""
    with httpx.Client(base_url=url, trust_env=False, timeout=60) as http:
        _await_registration(http, university)
        started = time.perf_counter()
        paths = [_submit(http, university, leaves) for leaves in batches]
        submitted = time.perf_counter() - started
        waiting = set(paths)
        while waiting:
            assert time.perf_counter() - started < _SECONDS, f"{len(waiting)} batches are not final"
            time.sleep(0.1)
            for path in sorted(waiting):
                state = http.get(path).json()["state"]
                assert state in {"submitted", "anchored", "final"}, state
                if state != "final":
                    break
                waiting.discard(path)
        return submitted, time.perf_counter() - started


def _submit(http: httpx.Client, university: Actor, leaves: Sequence[bytes]) -> str:
    answer = http.post("/v1/batches", json=batch_body(university, leaves))
    assert answer.status_code == 202, answer.text
    path: str = answer.headers["location"]
    signed = sign(answer.json()["unsignedTransaction"], university.ledger_secret)
    sent = http.post(path + "/transaction", json={"signedRawTransaction": signed})
    assert sent.status_code == 202, sent.text
    return path


def _await_registration(http: httpx.Client, university: Actor) -> None:
    for _ in range(300):
        if http.get(f"/v1/issuers/{university.did}").status_code == 200:
            return
        time.sleep(0.1)
    raise SystemExit("the node did not follow the ledger within half a minute")

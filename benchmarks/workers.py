"""Verdicts of `ankyra node serve` with one worker and with two, on one database, after the whole play."""

from __future__ import annotations

import asyncio
import io
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import httpx
from rich.console import Console

from benchmarks.databases import New, databases
from benchmarks.figures import Figure
from benchmarks.verification import load
from devnet.members import chosen_members
from devnet.node_process import NodeProcess, free_ports
from devnet.performance import perform
from devnet.report import Report
from devnet.scenarios import STEPS
from devnet.steps.issued import MODELS, issued
from devnet.summary import Teller
from devnet.world import Plan, open_world

CREDENTIALS, REQUESTS, ROUNDS = 200, 2_000, 3
WORKERS = (1, 2)


def run() -> list[Figure]:
    figures = []
    with databases() as made:
        for name, new in made.items():
            one, two = _on(name, new)
            figures += [
                Figure(f"{name}: verdicts per second, one worker", one, "/s"),
                Figure(f"{name}: verdicts per second, two workers", two, "/s"),
                Figure(f"{name}: two workers beside one, the asker on the same cores", two / one, "x"),
            ]
    return figures


def _on(name: str, new: New) -> list[float]:
    """Verdicts per second by the number of workers: the best of several rounds each."""
    with ExitStack() as left:
        folder = Path(left.enter_context(tempfile.TemporaryDirectory(prefix="ankyra-bench-")))
        plan = Plan(
            present=int(time.time()),
            members=chosen_members(4),
            credentials=1_000,
            micro_credentials=CREDENTIALS,
        )
        ports = free_ports(2)
        world = left.enter_context(open_world(plan, folder, ports=(ports[0], ports[1])))
        for node in world.nodes:
            node.settings |= {"ANKYRA_DATABASE_URL": new(folder), "ANKYRA_RATE_LIMIT": "0"}
        told = io.StringIO()
        if perform(world, Report(len(STEPS), 0.0), Teller(Console(file=told))):
            raise RuntimeError(f"the play failed on {name}:\n{told.getvalue()}")
        documents = [path.read_bytes() for model in MODELS for path in issued(world, model)]
        world.home.stop()  # the ledger's other reader would take a share of the cores
        return [_with_workers(world.abroad, workers, documents) for workers in WORKERS]


def _with_workers(node: NodeProcess, workers: int, documents: list[bytes]) -> float:
    node.stop()
    node.settings["ANKYRA_WORKERS"] = str(workers)
    node.start()
    _await_ready(node.url)
    valid = [one for one in documents if _outcome(node.url, one) == "valid"]
    assert len(valid) > CREDENTIALS // 2, f"{len(valid)} valid"
    port = int(node.url.rpartition(":")[2])
    asyncio.run(load(port, valid, 4 * len(valid)))  # each worker has seen each credential
    return REQUESTS / min(asyncio.run(load(port, valid, REQUESTS)) for _ in range(ROUNDS))


def _await_ready(url: str) -> None:
    deadline = time.monotonic() + 60
    while httpx.get(url + "/readyz", trust_env=False).status_code != httpx.codes.OK:
        assert time.monotonic() < deadline, "the node does not become ready"
        time.sleep(0.1)


def _outcome(url: str, document: bytes) -> str:
    answer = httpx.post(
        f"{url}/v1/verifications",
        content=document,
        headers={"Content-Type": "application/vc+jwt"},
        trust_env=False,
        timeout=60,
    )
    answer.raise_for_status()
    return str(answer.json()["outcome"])

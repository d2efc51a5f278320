"""One performance: the stage set, the steps played, told and reported, and the nodes left to look at."""

from __future__ import annotations

import argparse
import io
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryFile

from rich.console import Console

import node.accounts  # noqa: F401 - first: it loads the ledger's libraries without what takes half the time
from devnet.commands import program
from devnet.content import samples
from devnet.errors import StateUnusable
from devnet.interruption import Interrupted
from devnet.members import chosen_members
from devnet.node_process import check_port
from devnet.report import Report
from devnet.scenarios import STEPS, play
from devnet.scratch import scratch_folder
from devnet.step import Step
from devnet.summary import Teller
from devnet.toolchain import binary
from devnet.world import Plan, World, open_world

DONE, NOT_HELD = 0, 1
MICRO_CREDENTIALS = 1_000
"""Credentials with a status, half of them of each data model; a small play has fewer."""

_LOOK = 1.0  # seconds between two looks at the processes that serve


def run(options: argparse.Namespace) -> int:
    """Return the exit code of a whole performance.

    Args:
        options: of `devnet.demo`.

    Raises:
        DevnetError: it cannot begin, or its ledger or a node ended by itself.
    """
    plan = _prepared(options)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal without these signs is no reason to fail
    teller = Teller(Console(highlight=False))
    report = Report(len(STEPS), options.setup_seconds)
    teller.opening(report, samples=len(plan.samples))
    started = time.monotonic()
    with (
        scratch_folder("ankyra-demo-") as folder,
        open_world(plan, folder, ports=tuple(options.ports)) as world,
    ):
        code = perform(world, report, teller, json=options.json, started=started)
        if code == DONE:
            teller.closing(report, world, serving=not options.once)
            if not options.once:
                _serve(world)
    return code


def perform(
    world: World,
    report: Report,
    teller: Teller,
    *,
    steps: Sequence[Step] = STEPS,
    json: Path | None = None,
    started: float | None = None,
    before_observe: Callable[[Step, World], None] = lambda _step, _world: None,
) -> int:
    """Return the exit code of `steps`, played on `world`, told, and written to the report.

    Args:
        world: where the steps before these, if any, have been played.
        report: receives the outcomes.
        teller: tells each step.
        steps: in their order.
        json: where the report is written, if anywhere, also when a step fails.
        started: when the scenario began, on the monotonic clock; now if not given.
        before_observe: called between doing and looking.

    Raises:
        StateUnusable: the report cannot be written.
    """
    begun = time.monotonic() if started is None else started
    with teller.playing() as begins:
        for outcome in play(world, steps=steps, before_act=begins, before_observe=before_observe):
            report.outcomes.append(outcome)
            teller.step(outcome)
    report.scenario_seconds = time.monotonic() - begun
    report.look_at(world)
    if json is not None:
        report.write(json)
    return DONE if report.ok else NOT_HELD


def _prepared(options: argparse.Namespace) -> Plan:
    """Return the plan, once everything that it needs is known to be there.

    Raises:
        DevnetError: a tool is missing, a port is taken, a folder cannot be written.
    """
    binary("anvil")
    program()
    for port in options.ports:
        check_port(port)
    if options.json is not None:
        _check_writable(options.json)
    return Plan(
        present=int(time.time()),
        members=chosen_members(options.members),
        credentials=options.credentials,
        micro_credentials=min(MICRO_CREDENTIALS, options.credentials),
        samples=samples(os.environ),
        database=options.database,
    )


def _check_writable(report: Path) -> None:
    """Make and drop a file beside `report`: access rights alone do not tell of a file system that refuses."""
    if report.is_dir():
        raise StateUnusable(report, "the report cannot be written there: this is a folder, name a file")
    try:
        with TemporaryFile(dir=report.absolute().parent, prefix=f".{report.name}."):
            pass
    except OSError as error:
        cause = error.strerror or str(error)
        raise StateUnusable(
            report, f"the report cannot be written there ({cause}): name another file"
        ) from error


def _serve(world: World) -> None:
    """Return when somebody interrupts, which is the good end of a demo.

    Raises:
        StateUnusable: the ledger or a node has ended by itself.
    """
    try:
        while world.ledger.running and all(node.running for node in world.nodes):
            time.sleep(_LOOK)
    except Interrupted:
        print()
        return
    raise StateUnusable(world.folder, "the ledger or a node has ended by itself")

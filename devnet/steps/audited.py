"""[audited] An officer replays the history at both nodes, against the ledger, from an earlier checkpoint."""

from __future__ import annotations

from typing import Any

from anchoring.checkpoint import Checkpoint, parse_checkpoint
from devnet.commands import ankyra
from devnet.errors import CommandFailed
from devnet.members import ANCHORING
from devnet.node_process import NodeProcess
from devnet.step import Facts, Step
from devnet.world import World
from node.client.api import Node
from node.client.audit import AuditReport, audit

CHECKPOINT = "audit.checkpoint"
"""What the officer keeps, in the folder of the audit."""

_LINES = 3


def _act(world: World) -> None:
    """Let the officer run the command and keep three lines."""
    world.walk(10)
    world.follow()
    world.audit_folder.mkdir()
    done = ankyra(
        *("audit", "--node", world.abroad.url, "--rpc", world.ledger.url),
        *("--from", str(world.checkpoint_file), "--out", CHECKPOINT),
        cwd=world.audit_folder,
    )
    if done.code:
        raise CommandFailed("ankyra audit", "; ".join(done.printed.get("failures", ())) or done.said)


def _expected(world: World) -> Facts:
    """Every entry of the ledger's own log, every digest, one history for everybody."""
    seen = {
        "outcome": "valid",
        "failures": [],
        "entries": world.log_size(),
        "root": "the ledger's",
        "batches": {"rehashed": 3},
        "digests": world.plan.credentials + 2,
        "goes_on_from_earlier": True,
        "timelines": len(world.plan.members) + 2,
        "lines_of_the_university": True,
    }
    return {
        **{node.name: seen for node in world.nodes},
        "lines_kept": _LINES,
        "checkpoints_equal": True,
        "projections_equal": True,
    }


def _observe(world: World) -> Facts:
    """What a replay here of what each node shows comes to, beside what the officer kept."""
    kept = (world.audit_folder / CHECKPOINT).read_text(encoding="ascii")
    earlier = parse_checkpoint(world.checkpoint_file.read_bytes())
    reports = {node.name: _replayed(node, world, earlier) for node in world.nodes}
    first, second = reports.values()
    return {
        **{name: _found(report, world, earlier) for name, report in reports.items()},
        "lines_kept": kept.count("\n"),
        "checkpoints_equal": first.checkpoint.text() == second.checkpoint.text() == kept,
        "projections_equal": first.projection_digest == second.projection_digest is not None,
    }


def _replayed(node: NodeProcess, world: World, earlier: Checkpoint) -> AuditReport:
    with Node(world.ledger.url) as rpc:
        return audit(node.api, now=world.now(), rpc=rpc, earlier=earlier)


def _found(report: AuditReport, world: World, earlier: Checkpoint) -> dict[str, Any]:
    states = [batch.state for batch in report.batches]
    lines = report.issuers.get(world.cast[ANCHORING].did, [])
    told = {line.kind for line in lines}
    return {
        "outcome": report.outcome,
        "failures": list(report.failures),
        "entries": report.entries,
        "root": "the ledger's" if report.ledger_root_compared and not report.failures else "not compared",
        "batches": {state: states.count(state) for state in sorted(set(states))},
        "digests": report.digests,
        "goes_on_from_earlier": report.continues == earlier,
        "timelines": sum(did is not None for did in report.issuers),
        "lines_of_the_university": {"did.inserted", "did.method.rolled", "anchor.batch"} <= told,
    }


STEP = Step(
    id="audited",
    title="The whole history replayed at both nodes",
    act=_act,
    expected=_expected,
    observe=_observe,
)

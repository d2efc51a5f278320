"""`ankyra audit`: the whole history replayed, and three lines to keep."""

from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from node.cli.context import AsJson, ProfileName, folder_of, present, read_checkpoint, reading_node
from node.cli.output import counted, mark, print_json, say, table
from node.cli.verify import EXIT_CODES
from node.client.api import Node
from node.client.atomic import replace_file
from node.client.audit import AuditReport
from node.client.audit import audit as run_audit
from node.client.profile import Deployment, load_profile


def audit(
    *,
    node: Annotated[
        str | None, typer.Option("--node", help="Whose history; the profile's node if not given.")
    ] = None,
    rpc: Annotated[
        str | None, typer.Option("--rpc", help="A ledger's JSON-RPC, to compare roots with the ledger's own.")
    ] = None,
    earlier: Annotated[
        Path | None,
        typer.Option("--from", help="Checkpoint of an earlier audit, from which the log must go on."),
    ] = None,
    issuer: Annotated[
        str | None, typer.Option("--issuer", help="Show the timeline of this DID only.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Where to write the checkpoint.")] = None,
    profile: ProfileName = None,
    as_json: AsJson = False,
) -> None:
    """Replay a node's whole history, hash every batch again, compare the roots, keep three lines.

    Exit codes: 0 all holds, 1 something does not, 3 digests of a batch are not at hand, 4 no answer.

    Example:
        ankyra audit --node http://127.0.0.1:8081 --rpc http://127.0.0.1:8545 --out 2026.checkpoint
        ankyra audit --node http://127.0.0.1:8081 --from 2025.checkpoint
    """
    kept = read_checkpoint(earlier) if earlier else None
    with reading_node(profile, node) as asking, Node(rpc) if rpc else nullcontext() as ledger:
        report = run_audit(
            asking,
            now=present(),
            deployment=_pinned(profile),
            rpc=ledger,
            earlier=kept,
            progress=(lambda _stage, _count: None) if as_json else _progress,
        )
    if out is not None and report.outcome != "invalid":
        replace_file(out, report.checkpoint.text().encode())
    if as_json:
        print_json(report.to_json())
    else:
        _show(report, only=issuer)
    raise typer.Exit(EXIT_CODES[report.outcome])


def _pinned(profile: str | None) -> Deployment | None:
    folder = folder_of(profile)
    return load_profile(folder).deployment if (folder / "profile.json").exists() else None


def _progress(stage: str, count: int) -> None:
    if not count % 1000 and count:
        say(f"{count} {stage} …", style="dim", stderr=True)


def _show(report: AuditReport, *, only: str | None) -> None:
    for did, lines in report.issuers.items():
        if only is None or did == only:
            rows = [(_when(line.time), line.index, line.sentence) for line in lines]
            table(("time (UTC)", "entry", "what"), rows, title=_title(did, report))
    replayed = (
        f"{counted(report.entries, 'entry', 'entries')} replayed, "
        f"{counted(len(report.batches), 'batch', 'batches')} of {counted(report.digests, 'digest')} hashed"
    )
    for sentence in report.failures or (replayed,):
        mark(report.outcome, sentence)
    for batch in report.unavailable:
        say(
            f"  not at hand: batch of entry {batch.index} by {batch.did}, {counted(batch.size, 'digest')}",
            style="yellow",
        )
    for batch in report.batches:
        if batch.state == "malformed":
            say(
                f"  malformed, as anchored: entry {batch.index} by {batch.did}: {batch.detail}",
                style="yellow",
            )
    if not report.ledger_root_compared:
        say("  roots were not compared with the ledger's own: give --rpc URL", style="dim")
    if report.continues is not None and not report.failures:
        say(f"  the log goes on from the earlier checkpoint of size {report.continues.size}")
    say(report.checkpoint.text().rstrip("\n"))


def _title(did: str | None, report: AuditReport) -> str:
    if did is None:
        return "The registries themselves"
    name = report.names.get(did)
    return f"{name} ({did})" if name else did


def _when(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S}"

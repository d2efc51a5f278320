"""`ankyra verify`: one credential or file, one answer."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from node.cli.context import AsJson, moment, present, read_checkpoint
from node.cli.failures import DONE, INDETERMINATE, INVALID, is_outage
from node.cli.output import hanging, mark, print_json, say, table
from node.cli.policy import read_policy
from node.cli.verdict_table import show_checks
from node.client.api import Node
from node.client.errors import NodeProblem, UnexpectedAnswer, Unusable
from node.client.issuing import rfc3339
from node.client.saved_receipt import save_receipt as keep_receipt
from node.client.verdict import AnchorFinding, FileVerdict
from node.client.verify import verify_file

EXIT_CODES = {"valid": DONE, "invalid": INVALID, "indeterminate": INDETERMINATE}


def verify(
    file: Annotated[Path, typer.Argument(help="The file to check.")],
    *,
    node: Annotated[
        str | None, typer.Option("--node", help="Ask this node; its proofs are checked here.")
    ] = None,
    receipt: Annotated[
        Path | None, typer.Option("--receipt", help="The file's receipt; FILE.receipt.json if not given.")
    ] = None,
    checkpoint: Annotated[
        Path | None, typer.Option("--checkpoint", help="A checkpoint that you trust: three lines.")
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", help="The time to judge for; only what was anchored by then counts."),
    ] = None,
    policy: Annotated[
        Path | None, typer.Option("--policy", help='File with {"relax": [names of checks]}.')
    ] = None,
    relax: Annotated[
        list[str] | None, typer.Option("--relax", help="Check that shall not decide; may be repeated.")
    ] = None,
    save_receipt: Annotated[
        bool, typer.Option("--save-receipt", help="Keep a receipt that fits the checkpoint beside the file.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check a credential or any other anchored file.

    A credential gets the node's whole verdict: format, issuer, signature, validity, schema, accreditation,
    status, anchor, timeline; for that it is sent there, and not kept. Its anchor is proved here, whatever the
    node says. Any other file is not sent: intact, anchored when, by whom, accredited by whom up to the root.
    Without --node the receipt beside the file is checked from its bytes alone; a checkpoint that you obtained
    earlier vouches for it, if both are of one size: --save-receipt fetches a receipt that fits.
    Exit codes: 0 valid, 1 invalid, 2 usage, 3 could not be determined, 4 no answer.

    Example:
        ankyra verify credential.jwt --node http://127.0.0.1:8081
        ankyra verify credential.jwt --node http://127.0.0.1:8081 --as-of 2026-11-21 --relax schema
        ankyra verify diploma.pdf --node http://127.0.0.1:8081 --checkpoint kept.checkpoint --save-receipt
        ankyra verify diploma.pdf --checkpoint kept.checkpoint
    """
    if save_receipt and node is None:
        raise Unusable("--save-receipt needs a node to ask: give --node URL")
    relaxed = frozenset(relax or ()) | (read_policy(policy) if policy else frozenset())
    if relaxed and node is None:
        raise Unusable("a policy is for a node's verdict: give --node URL")
    trusted = read_checkpoint(checkpoint) if checkpoint else None
    asking = Node(node) if node else None
    asked_for = moment(as_of) if as_of else None
    saved = None
    try:
        verdict = verify_file(
            file,
            now=present(),
            node=asking,
            receipt_file=receipt,
            checkpoint=trusted,
            as_of=asked_for,
            relaxed=relaxed,
        )
        if save_receipt and asking is not None and verdict.outcome == "valid" and verdict.anchors:
            saved = keep_receipt(verdict, node=asking, receipt_file=receipt, checkpoint=trusted)
    except (NodeProblem, UnexpectedAnswer) as error:  # a node that proves nothing says nothing of the file
        if isinstance(error, NodeProblem) and is_outage(error.status):
            raise
        verdict = FileVerdict(
            file, "indeterminate", f"{file.name}: {str(error).rstrip('.')}; ask another node"
        )
    finally:
        if asking is not None:
            asking.close()
    if as_json:
        print_json(verdict.to_json() | ({"receiptSaved": saved and str(saved)} if save_receipt else {}))
    else:
        _show(verdict, asked_for=asked_for)
        if save_receipt:
            say(f"  {_kept(saved, verdict)}")
    raise typer.Exit(EXIT_CODES[verdict.outcome])


def _kept(saved: Path | None, verdict: FileVerdict) -> str:
    if saved is not None:
        return f"receipt kept in {saved}"
    why = f"the verdict is {verdict.outcome}" if verdict.outcome != "valid" else "no anchor was proved"
    return f"no receipt kept: {why}"


def _show(verdict: FileVerdict, *, asked_for: datetime | None) -> None:
    mark(verdict.outcome, verdict.sentence)
    if verdict.told is not None:
        show_checks(verdict.told)
    if verdict.as_of is not None:
        at = asked_for if verdict.told is None else verdict.told.at
        moment_of = f"judged as of {rfc3339(at)}, " if at is not None else "judged "
        say(f"  {moment_of}by the node's log of size {verdict.as_of.get('size')}", style="dim")
    for note in verdict.notes:
        hanging("  note: ", note, style="dim")
    if verdict.told is not None:
        say(
            "Proved here, whoever was asked:" if verdict.anchors else "Nothing was proved here.", style="bold"
        )
    if verdict.digest is not None:
        say(f"  digest {verdict.digest.hex()} ({verdict.form})", style="dim")
    for anchor in verdict.anchors:
        if verdict.told is not None:
            say(f"  {anchor.sentence()}")
        _show_anchor(anchor)


def _show_anchor(anchor: AnchorFinding) -> None:
    say(
        f"  entry {anchor.log_index} of the log, {anchor.anchored_at:%Y-%m-%d %H:%M:%S} UTC, "
        f"vouched for by: {anchor.attested_by}",
        style="dim",
    )
    rows = [
        (f"    {link.issuer_type}", link.shown, link.did if link.name else "", _span(link.since, link.until))
        for link in anchor.links
    ]
    if rows:
        table(("    role", "who", "DID", "accredited"), rows)


def _span(since: object, until: object) -> str:
    return f"since {since:%Y-%m-%d}" + (f" until {until:%Y-%m-%d}" if until else "") if since else ""

"""`ankyra verify`: one credential or file, one answer; several of them, and what they come to together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from anchoring.checkpoint import Checkpoint
from credentials.errors import MalformedPresentation
from credentials.expected import Expected
from credentials.presentation import Presentation
from node.cli.context import AsJson, moment, present, read_checkpoint
from node.cli.failures import DONE, INDETERMINATE, INVALID, is_outage
from node.cli.output import hanging, mark, print_json, say, table
from node.cli.policy import read_policy
from node.cli.portfolio_table import show_portfolio
from node.cli.verdict_table import show_checks
from node.client.api import Node
from node.client.errors import NodeProblem, UnexpectedAnswer, Unusable
from node.client.issuing import rfc3339
from node.client.portfolio import portfolio_of_files
from node.client.saved_receipt import save_receipt as keep_receipt
from node.client.verdict import AnchorFinding, FileVerdict
from node.client.verified_credential import check_asked
from node.client.verified_presentation import PresentationFile, presentation_in, verify_presentation
from node.client.verify import verify_file

MOST_FILES = 100
"""Put side by side: as many as a presentation may show."""
EXIT_CODES = {"valid": DONE, "invalid": INVALID, "indeterminate": INDETERMINATE}


def verify(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="The file to check, or several.")],
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
    nonce: Annotated[
        str | None, typer.Option("--nonce", help="The nonce that whoever shows it was given.")
    ] = None,
    audience: Annotated[
        str | None, typer.Option("--audience", help="The name by which whoever shows it was asked.")
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
    A presentation is told by its content: its holder is judged by --nonce and --audience, and each credential
    in it gets a verdict. Several files, or a presentation, are summed up: credits by level, overlaps.
    Exit codes: 0 valid, 1 invalid, 2 usage, 3 could not be determined, 4 no answer.

    Example:
        ankyra verify credential.jwt --node http://127.0.0.1:8081
        ankyra verify credential.jwt --node http://127.0.0.1:8081 --as-of 2026-11-21 --relax schema
        ankyra verify diploma.pdf --node http://127.0.0.1:8081 --checkpoint kept.checkpoint --save-receipt
        ankyra verify diploma.pdf --checkpoint kept.checkpoint
        ankyra verify shown.jwt --node http://127.0.0.1:8081 --nonce n-1 --audience https://verifier.example
        ankyra verify a.jwt b.json c.jwt --node http://127.0.0.1:8081
    """
    if len(files) > MOST_FILES:
        raise Unusable(f"at most {MOST_FILES} files are put side by side")
    if len(files) > 1 and (receipt is not None or save_receipt):
        raise Unusable("--receipt and --save-receipt are for one file; receipts of others lie beside them")
    if save_receipt and node is None:
        raise Unusable("--save-receipt needs a node to ask: give --node URL")
    relaxed = frozenset(relax or ()) | (read_policy(policy) if policy else frozenset())
    if relaxed and node is None:
        raise Unusable("a policy is for a node's verdict: give --node URL")
    asked = Asked(
        node=Node(node) if node else None,
        receipt=receipt,
        checkpoint=read_checkpoint(checkpoint) if checkpoint else None,
        as_of=moment(as_of) if as_of else None,
        relaxed=relaxed,
        expected=Expected(nonce=nonce, audience=audience),
        save_receipt=save_receipt,
    )
    check_asked(asked.relaxed, as_of=asked.as_of, now=present())
    try:
        answers = [answer(file, asked) for file in files]
    finally:
        if asked.node is not None:
            asked.node.close()
    verdicts = [verdict for verdict, _ in answers]
    if len(verdicts) == 1 and isinstance(verdicts[0], FileVerdict):
        _print_one(verdicts[0], answers[0][1], asked, as_json=as_json)
    else:
        _print_several(verdicts, as_of=asked.as_of, as_json=as_json)
    raise typer.Exit(EXIT_CODES[_worst(verdicts)])


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of each file."""

    node: Node | None
    receipt: Path | None
    checkpoint: Checkpoint | None
    as_of: datetime | None
    relaxed: frozenset[str]
    expected: Expected
    save_receipt: bool


def answer(file: Path, asked: Asked) -> tuple[FileVerdict | PresentationFile, Path | None]:
    """The verdict on one file, or on the presentation in it; and where its receipt was kept.

    Raises:
        Unusable: the file cannot be read, or there is nobody to ask.
        ClientError: the node does not answer.
    """
    try:
        found = presentation_in(file)
        if found is not None:
            return _presented(file, *found, asked), None
        verdict = verify_file(
            file,
            now=present(),
            node=asked.node,
            receipt_file=asked.receipt,
            checkpoint=asked.checkpoint,
            as_of=asked.as_of,
            relaxed=asked.relaxed,
            expected=asked.expected,
        )
        if not asked.save_receipt or asked.node is None or verdict.outcome != "valid" or not verdict.anchors:
            return verdict, None
        saved = keep_receipt(
            verdict, node=asked.node, receipt_file=asked.receipt, checkpoint=asked.checkpoint
        )
    except (NodeProblem, UnexpectedAnswer) as error:  # a node that proves nothing says nothing of the file
        if isinstance(error, NodeProblem) and is_outage(error.status):
            raise
        words = f"{file.name}: {str(error).rstrip('.')}; ask another node"
        return FileVerdict(file, "indeterminate", words), None
    return verdict, saved


def _presented(
    file: Path, content: bytes, presentation: Presentation | MalformedPresentation, asked: Asked
) -> PresentationFile:
    if asked.node is None:
        raise Unusable(f"{file.name} is a presentation, which only a node judges: give --node URL")
    if asked.save_receipt:
        raise Unusable("a presentation has no receipt: its credentials have")
    return verify_presentation(
        file,
        content,
        presentation,
        node=asked.node,
        checkpoint=asked.checkpoint,
        as_of=asked.as_of,
        relaxed=asked.relaxed,
        expected=asked.expected,
    )


def _worst(verdicts: Sequence[FileVerdict | PresentationFile]) -> str:
    outcomes = {verdict.outcome for verdict in verdicts}
    return next(outcome for outcome in ("invalid", "indeterminate", "valid") if outcome in outcomes)


def _print_one(verdict: FileVerdict, saved: Path | None, asked: Asked, *, as_json: bool) -> None:
    if as_json:
        kept = {"receiptSaved": saved and str(saved)} if asked.save_receipt else {}
        print_json(verdict.to_json() | kept)
        return
    _show(verdict, asked_for=asked.as_of)
    if asked.save_receipt:
        say(f"  {_kept(saved, verdict)}")


def _print_several(
    verdicts: Sequence[FileVerdict | PresentationFile], *, as_of: datetime | None, as_json: bool
) -> None:
    portfolio = portfolio_of_files(verdicts)
    if as_json:
        print_json(
            {
                "outcome": _worst(verdicts),
                "files": [verdict.to_json() for verdict in verdicts],
                "portfolio": portfolio.to_json(),
            }
        )
        return
    for verdict in verdicts:
        if isinstance(verdict, FileVerdict):
            _show(verdict, asked_for=as_of)
            continue
        mark(verdict.outcome, verdict.sentence)
        for note in verdict.notes:
            hanging("  note: ", note, style="dim")
        for one in verdict.shown:
            _show(one, asked_for=as_of)
    if portfolio.entries:
        show_portfolio(portfolio)


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

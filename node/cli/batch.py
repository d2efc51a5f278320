"""`ankyra batch`: files anchored in one transaction, and what became of a batch."""

from pathlib import Path
from typing import Annotated, Literal, cast

import typer

from anchoring.batch import MAX_BATCH_SIZE
from node.cli.context import (
    AsJson,
    NodeUrl,
    PassphraseFile,
    ProfileName,
    folder_of,
    hash_of,
    open_issuer,
    reading_node,
)
from node.cli.output import counted, print_json, say, table
from node.client.batches import BatchState, Progress, anchor_files
from node.client.errors import Unusable
from node.client.issue_anchoring import anchor_lines, is_issued_folder, is_issued_lines, unanchored_files
from node.client.issuer import Issuer
from node.client.profile import load_profile

app = typer.Typer(
    help="Batches: anchor files, see what became of them.\n\nExample: ankyra batch anchor credentials/",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_STAGES = {
    "digested": "Files digested; only digests leave this machine.",
    "accepted": "The node holds the digests.",
    "submitted": "The transaction is signed and sent.",
    "anchored": "The ledger holds the batch.",
    "final": "The batch is final.",
}


@app.command()
def anchor(
    paths: Annotated[list[Path], typer.Argument(help="Files and folders.")],
    *,
    attribute: Annotated[
        str | None,
        typer.Option("--attribute", help="The accreditation to anchor under; your latest if not given."),
    ] = None,
    until: Annotated[str, typer.Option("--until", help="Wait until anchored or final.")] = "final",
    node: NodeUrl = None,
    profile: ProfileName = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Anchor files in one transaction and write FILE.receipt.json beside each.

    Signed credentials are anchored by their signature, all other files salted. The same files again are the
    same batch: nothing is sent twice. Of one .ndjson that `ankyra credential issue` wrote, each line is
    anchored, and the receipts are in a .ndjson beside it.

    Example:
        ankyra batch anchor credentials/ diploma.pdf
    """
    if until not in {"anchored", "final"}:
        raise Unusable("--until is anchored or final")
    attribute_id = hash_of(attribute, name="--attribute") if attribute else None
    issued = [path for path in paths if is_issued_lines(path)]
    if issued and len(paths) > 1:
        raise Unusable(f"{issued[0]} is anchored line by line: name it alone")
    if len(paths) == 1 and is_issued_folder(paths[0]):
        issued = list(paths)
    with open_issuer(profile, passphrase_file, node) as issuer:
        if issued:
            told = anchor_issued(
                issuer,
                issued[0],
                attribute_id=attribute_id,
                until=cast("Literal['anchored', 'final']", until),
                as_json=as_json,
            )
            if as_json:
                print_json(told)
            return
        done = anchor_files(
            issuer,
            paths,
            attribute_id=attribute_id,
            until=cast("Literal['anchored', 'final']", until),
            progress=(lambda _stage, _state: None) if as_json else _progress,
        )
    salted = sum(document.salt is not None for document in done.documents)
    if as_json:
        print_json(
            {
                **_members(done.state),
                "files": len(done.documents),
                "salted": salted,
                "receiptsWritten": done.receipts_written,
                "receiptsKept": done.receipts_kept,
            }
        )
        return
    digests = counted(done.state.size, "digest")
    say(f"{counted(len(done.documents), 'file')} anchored in one batch of {digests}.", style="bold green")
    members = _members(done.state)
    table(("", ""), [(name, members[name]) for name in ("did", "root", "size", "state")])
    if salted:
        say(f"Unsigned and therefore salted: {salted}. Without its receipt no such file can be checked.")
    say(f"{counted(done.receipts_written, 'receipt')} written, {done.receipts_kept} kept from before.")


def anchor_issued(
    issuer: Issuer,
    out: Path,
    *,
    attribute_id: bytes | None = None,
    until: Literal["anchored", "final"] = "final",
    as_json: bool,
) -> dict[str, object]:
    """Anchor what `credential issue` wrote, say so to people; what programs are told.

    Raises:
        ClientError: the node, the ledger or the keystore refused; the same command goes on later.
    """
    progress: Progress = (lambda _stage, _state: None) if as_json else _progress
    if out.is_dir():
        files, before = unanchored_files(out)
        states: tuple[BatchState, ...] = ()
        credentials = len(files)
        written: tuple[Path, ...] = ()
        for start in range(0, len(files), MAX_BATCH_SIZE):
            part = files[start : start + MAX_BATCH_SIZE]
            done = anchor_files(issuer, part, attribute_id=attribute_id, until=until, progress=progress)
            states = (*states, done.state)
    else:
        lines = anchor_lines(issuer, out, attribute_id=attribute_id, until=until, progress=progress)
        states, credentials, before = lines.batches, lines.credentials, lines.before
        written = lines.receipts
    if not as_json:
        say(f"{counted(credentials, 'credential')} anchored, {before} anchored before.", style="bold green")
        for state in states:
            members = _members(state)
            table(("", ""), [(name, members[name]) for name in ("did", "root", "size", "state")])
        for path in written:
            say(f"Receipts: {path}")
    return {
        "anchored": credentials,
        "anchoredBefore": before,
        "batches": [_members(state) for state in states],
        "receipts": [str(path) for path in written],
    }


@app.command()
def show(
    root: Annotated[str, typer.Argument(help="Root of the batch, 64 hexadecimal digits.")],
    size: Annotated[int, typer.Argument(help="Number of its digests.", min=1)],
    *,
    did: Annotated[str | None, typer.Option("--did", help="Whose batch; yours if not given.")] = None,
    node: NodeUrl = None,
    profile: ProfileName = None,
    as_json: AsJson = False,
) -> None:
    """Show where a batch is: accepted, submitted, anchored, final, failed or expired.

    Example:
        ankyra batch show 5f3e…64 digits… 10000
    """
    asked = did or load_profile(folder_of(profile)).did
    digits = hash_of(root, name="the root").hex()
    with reading_node(profile, node) as asking:
        found = asking.get(f"/v1/batches/{asked}/{digits}/{size}")
    if as_json:
        print_json(found)
        return
    state = BatchState.from_json(found)
    table(("", ""), [(name, value) for name, value in _members(state).items() if value is not None])


def _progress(stage: str, state: BatchState | None) -> None:
    if stage in _STAGES:
        transaction = f" (transaction {state.transaction_hash})" if state and stage == "submitted" else ""
        say(_STAGES[stage] + transaction, style="dim", stderr=True)


def _members(state: BatchState) -> dict[str, object]:
    return {
        "did": state.did,
        "attributeId": state.attribute_id,
        "root": state.root,
        "size": state.size,
        "state": state.state,
        "transactionHash": state.transaction_hash,
        "anchoredAt": state.anchored_at,
        "confirmations": state.confirmations,
        "reason": state.reason,
    }

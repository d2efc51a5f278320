"""`ankyra outbox`: the transactions that this profile signed, brought to the ledger and looked at."""

from typing import Annotated

import typer

from node.cli.context import (
    AsJson,
    NodeUrl,
    PassphraseFile,
    ProfileName,
    folder_of,
    keys_if_needed,
    open_issuer,
)
from node.cli.failures import INDETERMINATE
from node.cli.output import counted, print_json, say, table
from node.client.courier import Courier
from node.client.errors import NodeProblem, Refused
from node.client.issuer import Issuer
from node.client.outbox import Outbox
from node.client.outbox_entry import OutboxEntry
from node.client.profile import load_profile
from node.client.writes import LedgerWriter

app = typer.Typer(
    help=(
        "Transactions that you signed: list them, go on with them, replace one that is stuck.\n\n"
        "Example: ankyra outbox list"
    ),
    no_args_is_help=True,
    rich_markup_mode=None,
)

_COLUMNS = ("nonce", "for", "function", "state", "transaction", "reason")


@app.command("list")
def list_entries(
    *,
    every: Annotated[bool, typer.Option("--all", help="Also those that are over.")] = False,
    profile: ProfileName = None,
    as_json: AsJson = False,
) -> None:
    """List the transactions that are on their way, as they were known last.

    signed: nobody has it; sent: the node has it; mined: the ledger has it; final: for good; failed: the
    contract refused it; replaced: another transaction used its nonce.

    Example:
        ankyra outbox list --all
    """
    folder = folder_of(profile)
    load_profile(folder)
    entries = Outbox(folder / "outbox").entries()
    shown = [entry for entry in entries if every or entry.is_open]
    if as_json:
        print_json({"transactions": [_members(entry) for entry in shown]})
        return
    _show(shown)


@app.command("resume")
def resume(
    *,
    node: NodeUrl = None,
    profile: ProfileName = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Go on with all of them: ask what became of each, send again what is not on the ledger.

    All is signed: the passphrase is asked only if a registry's transaction goes again, which takes an access
    token. What a command did beside its transactions, the same command goes on with. Exit code 3: not all of
    them are on the ledger yet.

    Example:
        ankyra outbox resume
    """
    with keys_if_needed(profile, passphrase_file, node) as issuer:
        courier = issuer.courier()
        entries = _settled(issuer, courier)
    waiting = [entry for entry in entries if entry.state in {"signed", "sent"}]
    if as_json:
        refusals = {entry.hash: courier.refusal_of(entry) for entry in waiting}
        print_json(
            {"transactions": [{**_members(entry), "refusal": refusals.get(entry.hash)} for entry in entries]}
        )
    else:
        _show([entry for entry in entries if entry.is_open])
        for entry in waiting:
            if refusal := courier.refusal_of(entry):
                say(f"nonce {entry.nonce}: the node does not take it: {refusal}", style="yellow", stderr=True)
    if waiting:
        raise typer.Exit(INDETERMINATE)


@app.command("replace")
def replace(
    nonce: Annotated[int, typer.Argument(help="Nonce of a transaction that waits.", min=0)],
    *,
    node: NodeUrl = None,
    profile: ProfileName = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Sign the same call anew with the same nonce and more gas; the ledger takes one of the two.

    Gas costs nothing here, so there is no fee to raise: a ledger node that holds the first transaction may
    refuse the second, and says so.

    Example:
        ankyra outbox replace 7
    """
    with open_issuer(profile, passphrase_file, node) as issuer:
        key = issuer.keystore.open(issuer.profile.ledger_key)
        courier = issuer.courier()
        fresh = courier.replace(
            key.address.lower(), nonce, key=key, build=lambda entry: _unsigned(issuer, courier, entry)
        )
        told = _objection(issuer, fresh)
    if as_json:
        print_json({**_members(fresh), "objection": told})
        return
    say(f"Signed anew and handed in: {fresh.hash}, nonce {nonce}.", style="bold green")
    if told:
        say(f"The ledger does not take it now: {told}. The first one still may be mined.", style="yellow")


def _objection(issuer: Issuer, entry: OutboxEntry) -> str | None:
    """What the node heard from its ledger against a transaction that it keeps; None if nothing."""
    try:
        reason = issuer.node.get(f"/v1/transactions/{entry.hash}").get("reason")
    except NodeProblem:
        return None
    return reason if isinstance(reason, str) else None


def _unsigned(issuer: Issuer, courier: Courier, entry: OutboxEntry) -> object:
    """The unsigned transaction of an entry's call, from where the first one came."""
    if not entry.route.startswith("/"):
        return LedgerWriter(courier, issuer.keystore.open(issuer.profile.ledger_key)).unsigned(entry)
    found = issuer.node.get(entry.route.removesuffix("/transaction")).get("unsignedTransaction")
    if found is None:
        raise Refused("the batch needs no transaction any more: see `ankyra batch show`")
    return found


def _settled(issuer: Issuer, courier: Courier) -> list[OutboxEntry]:
    """What became of all, asked until nothing waits or patience ends."""
    entries: list[OutboxEntry] = []
    for _ in issuer.patience.tries():
        entries = courier.settle()
        if not any(entry.is_waiting and courier.refusal_of(entry) is None for entry in entries):
            break
    return entries


def _members(entry: OutboxEntry) -> dict[str, object]:
    return {
        "account": entry.account,
        "nonce": entry.nonce,
        "deed": entry.deed,
        "contract": entry.contract,
        "function": entry.function,
        "state": entry.state,
        "block": entry.block,
        "transactionHash": entry.hash,
        "reason": entry.reason,
    }


def _show(entries: list[OutboxEntry]) -> None:
    if not entries:
        say("Nothing is on its way.")
        return
    say(f"{counted(len(entries), 'transaction')}:")
    table(_COLUMNS, [(one.nonce, one.deed, one.function, one.state, one.hash, one.reason) for one in entries])

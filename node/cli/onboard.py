"""`ankyra issuer onboard`: onto the ledger with one command, and on from wherever it was cut off."""

import json
import shlex
from contextlib import ExitStack
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Annotated, cast, get_args

import typer

from node.cli.accreditation_terms import Jurisdictions, Name, Schemas, Types, ValidUntil, jwt_in, terms_of
from node.cli.context import (
    DEFAULT_NODE,
    AsJson,
    NodeUrl,
    PassphraseFile,
    ProfileName,
    folder_of,
    keystore_of,
    new_profile,
    present,
)
from node.cli.failures import WAITING
from node.cli.onboard_options import (
    AccreditorPassphraseFile,
    AccreditWith,
    As,
    AskedChallenge,
    GivenAccreditation,
    Invitation,
    Out,
    check_options,
    check_papers_have_a_profile,
)
from node.cli.output import print_json, say, table
from node.cli.progress import shown
from node.client.api import Node
from node.client.errors import Unusable
from node.client.issuer import Issuer
from node.client.onboard import Given, Goal, Onboarded, Terms, Waiting, check_at_desk, onboard, standing
from node.client.onboard_report import Planned, Sent, planned, sent
from node.client.profile import load_profile
from node.failpoints import reach


def onboard_issuer(
    *,
    goal: As,
    invitation: Invitation = None,
    challenge: AskedChallenge = None,
    accreditation: GivenAccreditation = None,
    out: Out = None,
    accredit_with: AccreditWith = None,
    accreditor_passphrase_file: AccreditorPassphraseFile = None,
    name: Name = None,
    schema: Schemas = None,
    types: Types = None,
    jurisdiction: Jurisdictions = None,
    valid_until: ValidUntil = None,
    years: Annotated[int, typer.Option(min=1, max=50, help="How long the keys are valid.")] = 5,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say which transactions would be sent; do nothing.")
    ] = False,
    node: NodeUrl = None,
    profile: ProfileName = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Onboard an organisation: keys, DID, registration, accreditation, acceptance.

    What is done already is left as it is, so the same command goes on after any interruption. Where somebody
    else has to do something first, it says what to send to whom, and ends with exit code 5.

    root: --invitation, of the node's operator; then --name, --schema, --type and --valid-until, by which a
    Root TAO accredits itself once the ledger's operator has appointed it.

    tao, issuer: --invitation, --challenge and --accreditation, one after the other, as your accreditor sends
    them. With the accreditor at this desk too, instead: --accredit-with, --name, --schema, --type and
    --valid-until.

    Example:
        ankyra issuer onboard --as issuer --profile ktu --node http://127.0.0.1:8080
        ankyra issuer onboard --as issuer --profile ktu --invitation invitation.jwt
        ankyra issuer onboard --as issuer --profile ktu --challenge "did:ebsi:z…?challenge=…" --out answer.jwt
        ankyra issuer onboard --as issuer --profile ktu --accreditation ktu.jwt
        ankyra issuer onboard --as issuer --profile ktu --accredit-with agency --name KTU --schema zDpW…
        --type MicroCredential --valid-until 2031-12-31
    """
    if goal not in get_args(Goal):
        raise Unusable("--as is root, tao or issuer")
    aim = cast("Goal", goal)
    terms = terms_of(name, schema, types, jurisdiction, valid_until)
    check_options(
        aim,
        accredit_with=accredit_with,
        accreditor_passphrase_file=accreditor_passphrase_file,
        challenge=challenge,
        accreditation=accreditation,
        with_terms=terms is not None,
    )
    folder = folder_of(profile)
    check_papers_have_a_profile(
        folder, invitation=invitation, challenge=challenge, accreditation=accreditation
    )
    with ExitStack() as stack:
        accreditor = None
        if accredit_with is not None:
            accreditor = stack.enter_context(_opened(accredit_with, accreditor_passphrase_file, node))
        if dry_run:
            _show_plan(
                stack, folder, passphrase_file, node, aim, terms, accreditor=accreditor, as_json=as_json
            )
            return
        given = Given(
            invitation=None if invitation is None else jwt_in(invitation),
            challenge=challenge,
            accreditation=None if accreditation is None else jwt_in(accreditation),
            terms=terms,
            key_life=timedelta(days=365 * years),
        )
        if accreditor is not None and given.terms is None:
            raise Unusable("to accredit, give --name, --schema, --type and --valid-until")
        if _exists(folder):
            keystore = keystore_of(folder, passphrase_file)
        else:
            expected = None if accreditor is None else accreditor.deployment()
            first = _first_node(node, accreditor)
            keystore = new_profile(folder, passphrase_file, first, expected=expected)
            reach("client-step")
        applicant = stack.enter_context(Issuer(folder, keystore=keystore, node=Node(node) if node else None))
        applicant.open_keys()
        with shown(as_json=as_json) as tell:
            ended = onboard(applicant, aim, given, accreditor=accreditor, now=present(), tell=tell)
        paper = _to_send(applicant, ended)
        if out is not None and paper is not None:
            out.write_text(paper + "\n", encoding="utf-8")
        transactions = sent(applicant, accreditor)
    if as_json:
        print_json(_members(applicant, ended, paper, transactions))
    else:
        _say(applicant, aim, ended, paper, transactions, out=out, profile=profile)
    if isinstance(ended, Waiting):
        raise typer.Exit(WAITING)


def _opened(profile: str, passphrase_file: Path | None, node: str | None) -> Issuer:
    folder = folder_of(profile)
    load_profile(folder)
    return Issuer(folder, keystore=keystore_of(folder, passphrase_file), node=Node(node) if node else None)


def _first_node(named: str | None, accreditor: Issuer | None) -> str:
    """The node of a profile that is not there yet: as named, else the accreditor's, else this machine's."""
    return named or (DEFAULT_NODE if accreditor is None else accreditor.node.url)


def _exists(folder: Path) -> bool:
    return (folder / "profile.json").exists()


def _show_plan(
    stack: ExitStack,
    folder: Path,
    passphrase_file: Path | None,
    node: str | None,
    goal: Goal,
    terms: Terms | None,
    *,
    accreditor: Issuer | None,
    as_json: bool,
) -> None:
    """Say what would be sent; a profile that is not there is not made."""
    applicant = None
    if _exists(folder):
        keystore = keystore_of(folder, passphrase_file)
        applicant = stack.enter_context(Issuer(folder, keystore=keystore, node=Node(node) if node else None))
    stands = None if applicant is None else standing(applicant, goal, Given(terms=terms), now=present())
    asked = applicant.node if applicant else stack.enter_context(Node(_first_node(node, accreditor)))
    found = planned(asked.deployment(), goal, applicant=applicant, accreditor=accreditor)
    if found and accreditor is not None and terms is not None:
        check_at_desk(accreditor, terms)
    did = applicant.did if applicant else None
    if as_json:
        print_json({"did": did, "state": "planned", "transactions": [asdict(one) for one in found]})
        return
    for sentence in () if stands is None else stands.others:
        say(sentence)
    if not found:
        say(f"{did} is {_NAMED[goal]}. Nothing is missing.", style="bold green")
        return
    say(f"{did or 'A new DID'} would become {_NAMED[goal]}; nothing was sent, and nothing is kept.")
    table(("by", "function", "contract", "address", "sender"), [_planned_row(one) for one in found])


def _planned_row(one: Planned) -> tuple[object, ...]:
    return one.who, one.function, one.contract, one.address, one.sender or "a key that is not here"


_NAMED: dict[Goal, str] = {"root": "a Root TAO", "tao": "a TAO", "issuer": "an issuer"}


def _to_send(applicant: Issuer, ended: Onboarded | Waiting) -> str | None:
    """What the other one needs: the public key for an invitation, or the answer to a challenge."""
    if not isinstance(ended, Waiting):
        return None
    if ended.missing == "invitation":
        key = applicant.keystore.open(applicant.profile.credential_key)
        return json.dumps(dict(key.public_jwk), sort_keys=True, separators=(",", ":"))
    return ended.answer


def _members(
    applicant: Issuer, ended: Onboarded | Waiting, paper: str | None, transactions: list[Sent]
) -> dict[str, object]:
    found: dict[str, object] = {"did": applicant.did, "profile": str(applicant.folder)}
    found |= {"ledgerKey": applicant.profile.ledger_key, "credentialKey": applicant.profile.credential_key}
    if isinstance(ended, Waiting):
        found |= {"state": "waiting", "missing": ended.missing, "toSend": paper}
    else:
        found |= {"state": "done", "attributeId": ended.attribute_id.hex()}
    return found | {"transactions": [asdict(one) for one in transactions]}


def _say(
    applicant: Issuer,
    goal: Goal,
    ended: Onboarded | Waiting,
    paper: str | None,
    transactions: list[Sent],
    *,
    out: Path | None,
    profile: str | None,
) -> None:
    if transactions:
        rows = [(one.who, one.function, one.block, one.state, one.hash) for one in transactions]
        table(("by", "function", "block", "state", "transaction"), rows)
    if isinstance(ended, Onboarded):
        attribute = ended.attribute_id.hex()
        say(f"{applicant.did} is {_NAMED[goal]}, by the attribute {attribute}.", style="bold green")
        return
    did, again = applicant.did, f"ankyra issuer onboard --as {goal}"
    if profile is not None:
        again += f" --profile {shlex.quote(profile)}"
    by = "the operator of your node" if goal == "root" else "your accreditor"
    named = str(out or "what stands below")
    accredit = f"ankyra issuer accredit {did}" + (" --as TAO" if goal == "tao" else "")
    command = {"root": "ankyra node invite"}.get(goal, "ankyra issuer invite")
    lines = {
        "invitation": (
            f"Send {named} and this DID to {by}: {did}",
            f"They run `{command} {did} --bound-to FILE` and send you an invitation; then run:",
            f"{again} --invitation FILE",
        ),
        "challenge": (
            f"Ask {by} to accredit this DID: {did}",
            f"They run `{accredit}` and send you a challenge; then run:",
            f"{again} --challenge CHALLENGE --out answer.jwt",
        ),
        "accreditation": (
            f"Send {named} to {by}.",
            f"They pass it to `{accredit}` as --answer and send you an accreditation; then run:",
            f"{again} --accreditation FILE",
        ),
        "appointment": (
            f"Ask the operator of the ledger to appoint this DID as a Root TAO: {did}",
            "On a devnet that is `ankyra-devnet appoint`; then run:",
            f"{again} --name NAME --schema ID --type TYPE --valid-until DATE",
        ),
    }[ended.missing]
    for line in lines:
        say(line, style="bold" if line.startswith("ankyra") else "")
    if paper is not None and out is None:
        say(paper)

"""`ankyra did`: a did:ebsi made, shown, its keys replaced."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import typer

from credentials.errors import UnusableCertificate
from node.cli.accreditation_terms import jwt_in
from node.cli.context import (
    AsJson,
    NodeUrl,
    PassphraseFile,
    ProfileName,
    folder_of,
    keystore_of,
    moment,
    new_profile,
    open_issuer,
    present,
    reading_node,
)
from node.cli.onboard_options import check_papers_have_a_profile
from node.cli.output import print_json, say, table
from node.client.api import Node
from node.client.errors import ClientError, NodeProblem, ProfileExists, Refused, Unusable
from node.client.further_keys import end_key, record_seal_key
from node.client.invitation import check_invitation
from node.client.issue_seals import read_certificates
from node.client.issuer import Issuer
from node.client.issuing import rfc3339
from node.client.onboarding import DEED, register
from node.client.papers import keep_paper
from node.client.profile import load_profile
from node.client.rotation import Use, rotate

_DID = re.compile(r"did:[a-z0-9]+:[A-Za-z0-9._:%-]{1,4096}")

app = typer.Typer(
    help="Your DID: make it, show it, replace its keys.\n\nExample: ankyra did show",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command()
def create(
    *,
    node: NodeUrl = None,
    profile: ProfileName = None,
    invitation: Annotated[
        Path | None, typer.Option("--invitation", help="File with the invitation that you were sent.")
    ] = None,
    years: Annotated[int, typer.Option(min=1, max=50, help="How long the keys are valid.")] = 5,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Make a DID and its two keys, keep them in a profile, register the DID on the ledger.

    A registration that was cut off goes on. Keys never leave this machine. A node that registers by
    invitation alone asks for one: `ankyra issuer onboard` says from whom.

    Example:
        ankyra did create --profile ktu --node http://127.0.0.1:8080
    """
    folder = folder_of(profile)
    exists = (folder / "profile.json").exists()
    check_papers_have_a_profile(folder, invitation=invitation)
    keystore = keystore_of(folder, passphrase_file) if exists else new_profile(folder, passphrase_file, node)
    with Issuer(folder, keystore=keystore, node=Node(node) if node else None) as issuer:
        if invitation is not None:
            credential = jwt_in(invitation)
            check_invitation(credential, did=issuer.did, node=issuer.node)
            keep_paper(folder, "invitation", credential)
        was_cut_off = issuer.outbox.was_cut_off(DEED)
        written = register(issuer, now=present(), key_life=timedelta(days=365 * years))
        if was_cut_off:
            issuer.courier().settle()
    if exists and not written and not was_cut_off:
        raise ProfileExists(folder)
    found = {"did": issuer.did, "profile": str(folder), "node": issuer.profile.node}
    keys = {"ledgerKey": issuer.profile.ledger_key, "credentialKey": issuer.profile.credential_key}
    if as_json:
        print_json({**found, **keys})
        return
    say(f"{issuer.did} is registered.", style="bold green")
    table(("", ""), [*found.items(), *keys.items()])


@app.command()
def show(
    did: Annotated[str | None, typer.Argument(help="A DID; your own if not given.")] = None,
    *,
    at: Annotated[str | None, typer.Option("--at", help="The document as it was at this time.")] = None,
    node: NodeUrl = None,
    profile: ProfileName = None,
    as_json: AsJson = False,
) -> None:
    """Show a DID document, now or as of a time.

    Example:
        ankyra did show did:ebsi:zZeKyEJfUTGwajhNyNX928z --at 2026-11-21T10:00:00Z
    """
    asked = did or load_profile(folder_of(profile)).did
    params = {"versionTime": rfc3339(moment(at))} if at else None
    if not _DID.fullmatch(asked):
        raise Unusable(f"`{asked}` is no DID; one looks like did:ebsi:zZeKyEJfUTGwajhNyNX928z")
    with reading_node(profile, node) as asking:
        try:
            result = asking.get(f"/1.0/identifiers/{quote(asked)}", params=params)
        except NodeProblem as problem:
            raise _unresolved(asked, problem, at=at) from None
    if as_json:
        print_json(result)
        return
    document = result.get("didDocument")
    if not isinstance(document, dict):
        raise Refused(f"{asked} is not known")
    say(asked, style="bold")
    methods = document.get("verificationMethod") or []
    rows = [(method["id"].partition("#")[2], _kind(method["publicKeyJwk"])) for method in methods]
    uses = [", ".join(_uses(document, f"{asked}#{name}")) for name, _ in rows]
    table(("key", "kind", "for"), [(*row, use) for row, use in zip(rows, uses, strict=True)])
    say(f"controllers: {', '.join(document.get('controller') or [])}")
    metadata = result.get("didDocumentMetadata") or {}
    say(f"created {metadata.get('created')}, updated {metadata.get('updated')}")


@app.command("rotate")
def rotate_keys(
    *,
    credential_key: Annotated[bool, typer.Option("--credential-key", help="Replace the ES256 key.")] = False,
    ledger_key: Annotated[bool, typer.Option("--ledger-key", help="Replace the ES256K key.")] = False,
    overlap: Annotated[float, typer.Option(min=0, help="Hours that the old key stays valid.")] = 1.0,
    node: NodeUrl = None,
    profile: ProfileName = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Replace a key. The old one is kept, and what it signed stays good.

    Example:
        ankyra did rotate --credential-key
    """
    if credential_key == ledger_key:
        raise Unusable("name one key to replace: --credential-key or --ledger-key")
    use: Use = "ledger" if ledger_key else "credential"
    with open_issuer(profile, passphrase_file, node) as issuer:
        kid = rotate(issuer, use, now=present(), overlap=timedelta(hours=overlap))
    if as_json:
        print_json({"did": issuer.did, "replaced": use, "key": kid, "retired": issuer.profile.retired_keys})
        return
    say(f"The new {use} key of {issuer.did} is {kid}.", style="bold green")


@app.command("add")
def add_key(
    certificate: Annotated[Path, typer.Argument(help="Certificate of an e-seal in PEM, its own first.")],
    *,
    until: Annotated[
        str | None, typer.Option("--until", help="When the key ends; with the certificate if not given.")
    ] = None,
    node: NodeUrl = None,
    profile: ProfileName = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Record the key of an e-seal's certificate: what it seals is yours from then on.

    It goes under assertionMethod of your DID document. The private key stays where it is.

    Example:
        ankyra did add seal.pem
    """
    (der, *_) = read_certificates(certificate)
    ends = moment(until) if until else None
    with open_issuer(profile, passphrase_file, node) as issuer:
        try:
            recorded = record_seal_key(issuer, der, now=present(), until=ends)
        except UnusableCertificate as error:
            raise Unusable(f"{certificate}: {error}") from None
    if as_json:
        end = None if recorded.until is None else rfc3339(recorded.until)
        print_json({"key": recorded.kid, "organisation": recorded.organisation, "until": end})
        return
    if recorded.until is None:
        say(f"{recorded.kid} was recorded before.", style="bold green")
    else:
        say(f"{recorded.kid} is yours until {rfc3339(recorded.until)}.", style="bold green")
    say(f"Next: ankyra credential issue --form jades --seal-certificate {certificate} --seal-key KEY …")


@app.command("end")
def end_a_key(
    key: Annotated[str, typer.Argument(help="Name of the key, as `ankyra did show` tells it.")],
    *,
    at: Annotated[
        str | None,
        typer.Option("--at", help="When it ends; a time in the past revokes it. In a minute if not given."),
    ] = None,
    node: NodeUrl = None,
    profile: ProfileName = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """End a key that you do not need any more, or that somebody else has got hold of.

    What it signed, and was anchored, before that moment stays good; what came later does not.

    Example:
        ankyra did end 0F0r5Oyt_lahvvz6MWlYs3mcYNKZiiQdUfqv8tshHN9w --at 2026-11-20T08:00:00Z
    """
    with open_issuer(profile, passphrase_file, node) as issuer:
        now = present()
        end = end_key(issuer, key, now=now, at=moment(at) if at else None)
        kid = f"{issuer.did}#{key.removeprefix(f'{issuer.did}#')}"
    if as_json:
        print_json({"key": kid, "end": rfc3339(end), "revoked": end <= now})
        return
    said = "is revoked since" if end <= now else "ends at"
    say(f"{kid} {said} {rfc3339(end)}.", style="bold green")


def _unresolved(did: str, problem: NodeProblem, *, at: str | None) -> ClientError:
    """DID Resolution's errors in words; any other problem as it is."""
    if problem.code == "notFound":
        return Refused(f"{did} is not registered" + (f", or was not yet at {at}" if at else ""))
    if problem.code == "deactivated":
        return Refused(f"{did} is deactivated" + (f", at {at}" if at else ""))
    if problem.code == "methodNotSupported":
        return Unusable(f"{did} is of a method that the node does not resolve: {problem.detail}")
    if problem.code.startswith("invalid") or problem.code == "unsupportedPublicKeyType":
        return Unusable(f"{did} cannot be resolved: {problem.detail or problem.code}")
    return problem


def _kind(jwk: dict[str, str]) -> str:
    """The curve of a key; of RSA, that it is such a key."""
    return jwk.get("crv", jwk["kty"])


def _uses(document: dict[str, object], key: str) -> list[str]:
    names = (
        "authentication",
        "assertionMethod",
        "capabilityInvocation",
        "capabilityDelegation",
        "keyAgreement",
    )
    found = []
    for name in names:
        listed = document.get(name)
        if isinstance(listed, list) and key in listed:
            found.append(name)
    return found

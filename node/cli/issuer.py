"""`ankyra issuer`: accreditations given, accepted, revoked, shown."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, cast

import typer

from node.cli.accreditation_terms import Jurisdictions, Name, Schemas, Types, ValidUntil, jwt_in, terms_of
from node.cli.context import (
    AsJson,
    NodeUrl,
    PassphraseFile,
    ProfileName,
    folder_of,
    hash_of,
    open_issuer,
    present,
    reading_node,
)
from node.cli.failures import INDETERMINATE
from node.cli.onboard import onboard_issuer
from node.cli.output import counted, print_json, say, table
from node.client.accreditation import accept, accept_root, accredit, begun_accreditation, revoke
from node.client.atomic import replace_file
from node.client.challenge import answer_challenge
from node.client.errors import Unusable
from node.client.invitation import VALIDITY, invite, read_public_key
from node.client.issuer import Issuer
from node.client.offers import forget_challenge, kept_challenge
from node.client.profile import load_profile

app = typer.Typer(
    help="Accreditations: onboard, invite, give, accept, revoke, show.\n\nExample: ankyra issuer show",
    no_args_is_help=True,
    rich_markup_mode=None,
)

app.command("onboard")(onboard_issuer)


@app.command("accredit")
def accredit_did(
    did: Annotated[str, typer.Argument(help="Who is to be accredited.")],
    *,
    role: Annotated[str, typer.Option("--as", help="TAO may accredit others, TI may issue.")] = "TI",
    name: Name = None,
    schema: Schemas = None,
    types: Types = None,
    jurisdiction: Jurisdictions = None,
    valid_until: ValidUntil = None,
    answer: Annotated[
        Path | None, typer.Option("--answer", help="File with the answer to the challenge.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Where to write the accreditation.")] = None,
    node: NodeUrl = None,
    profile: ProfileName = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Accredit a DID, once its holder has proved that the keys are theirs.

    Without --answer a challenge is printed (exit code 3): send it to the holder, who answers it with
    `ankyra issuer onboard --challenge`, or `ankyra issuer accept --challenge`. With the answer, --name,
    --schema, --type and --valid-until the accreditation is made: send it to the holder, who passes it on as
    `ankyra issuer onboard --accreditation FILE`, or `ankyra issuer accept FILE`.

    Example:
        ankyra issuer accredit did:ebsi:zZeKyEJfUTGwajhNyNX928z
        ankyra issuer accredit did:ebsi:zZeKyEJfUTGwajhNyNX928z --as TI --name "University of Trento"
        --schema zDpWGUBenmqXzurskry9Nsk6vq2R8thh9VSeoRqguoyMD --type MicroCredential --valid-until 2031-12-31
        --answer answer.jwt --out trento.jwt
    """
    if role not in {"TAO", "TI"}:
        raise Unusable("--as is TAO or TI")
    folder = folder_of(profile)
    own = load_profile(folder).did
    challenge = kept_challenge(folder, own=own, did=did)
    if answer is None:
        _show_challenge(challenge, did=did, as_json=as_json)
        raise typer.Exit(INDETERMINATE)
    terms = terms_of(name, schema, types, jurisdiction, valid_until)
    if terms is None:
        raise Unusable("give --name, --schema, --type and --valid-until")
    with open_issuer(profile, passphrase_file, node) as issuer:
        made = accredit(
            issuer,
            did=did,
            role=cast("Literal['TAO', 'TI']", role),
            name=terms.name,
            accredited_for=terms.accredited_for,
            expires=terms.expires,
            challenge=challenge,
            answer=jwt_in(answer),
            now=present(),
        )
        if out is not None:
            replace_file(out, made.credential.encode() + b"\n")
        forget_challenge(folder, did=did)  # from here on, the same command would begin another accreditation
    begun_accreditation(folder, did=did, role=role, challenge=challenge).forget()
    attribute = made.attribute_id.hex()
    if as_json:
        print_json({"did": did, "attributeId": attribute, "issuerType": role, "credential": made.credential})
        return
    say(f"{terms.name} ({did}) is accredited as {role}, attribute {attribute}.", style="bold green")
    say(f"Send {out} to the holder." if out else f"Send this to the holder:\n{made.credential}")


@app.command("invite")
def invite_did(
    did: Annotated[str, typer.Argument(help="Who is to register itself.")],
    *,
    bound_to: Annotated[
        Path | None,
        typer.Option(
            "--bound-to", help="File with the applicant's public key, a JWK: nobody else can use it."
        ),
    ] = None,
    days: Annotated[
        int, typer.Option(min=1, max=366, help="How long the invitation counts.")
    ] = VALIDITY.days,
    out: Annotated[Path | None, typer.Option("--out", help="Where to write the invitation.")] = None,
    node: NodeUrl = None,
    profile: ProfileName = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Invite a DID to register itself. That accredits it for nothing yet.

    Example:
        ankyra issuer invite did:ebsi:zZeKyEJfUTGwajhNyNX928z --bound-to key.json --out invitation.jwt
    """
    key = None if bound_to is None else read_public_key(jwt_in(bound_to))
    with open_issuer(profile, passphrase_file, node) as issuer:
        now = present()
        invitation = invite(issuer, did=did, expires=now + timedelta(days=days), now=now, public_key=key)
        if out is not None:
            replace_file(out, invitation.encode() + b"\n")
    if as_json:
        print_json({"did": did, "invitation": invitation})
        return
    say(f"{did} is invited for {counted(days, 'day')}.", style="bold green")
    say(f"Send {out} to the holder." if out else f"Send this to the holder:\n{invitation}")


@app.command("accept")
def accept_accreditation(
    file: Annotated[Path | None, typer.Argument(help="The accreditation that you were sent.")] = None,
    *,
    challenge: Annotated[
        str | None, typer.Option("--challenge", help="Answer this challenge instead.")
    ] = None,
    root: Annotated[
        str | None,
        typer.Option("--root", help="Attribute reserved for you as a Root TAO: accredit yourself."),
    ] = None,
    name: Name = None,
    schema: Schemas = None,
    types: Types = None,
    jurisdiction: Jurisdictions = None,
    valid_until: ValidUntil = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Where to write the answer to a challenge.")
    ] = None,
    node: NodeUrl = None,
    profile: ProfileName = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Record the accreditation that you were sent, or answer the challenge that comes before it.

    Give one of the file, --challenge (with --out) and --root (with --name, --schema, --type and
    --valid-until). `ankyra issuer onboard` does the same as steps of the whole way.

    Example:
        ankyra issuer accept --challenge "did:ebsi:z…?challenge=…" --out answer.jwt
        ankyra issuer accept ktu.jwt
    """
    if sum(given is not None for given in (file, challenge, root)) != 1:
        raise Unusable("give one: the file with the accreditation, --challenge, or --root")
    with open_issuer(profile, passphrase_file, node) as issuer:
        if challenge is not None:
            _answer(issuer, challenge, out=out, as_json=as_json)
            return
        if root is None:
            assert file is not None
            attribute_id = accept(issuer, jwt_in(file))
        else:
            attribute_id = hash_of(root, name="--root")
            terms = terms_of(name, schema, types, jurisdiction, valid_until)
            if terms is None:
                raise Unusable("a Root TAO gives --name, --schema, --type and --valid-until")
            accept_root(
                issuer,
                attribute_id=attribute_id,
                name=terms.name,
                accredited_for=terms.accredited_for,
                expires=terms.expires,
                now=present(),
            )
    if as_json:
        print_json({"did": issuer.did, "attributeId": attribute_id.hex()})
        return
    say(f"The accreditation of {issuer.did} is recorded, attribute {attribute_id.hex()}.", style="bold green")


@app.command("revoke")
def revoke_accreditation(
    did: Annotated[str, typer.Argument(help="Whose accreditation ends.")],
    attribute: Annotated[str, typer.Argument(help="Its attribute id, 64 hexadecimal digits.")],
    *,
    node: NodeUrl = None,
    profile: ProfileName = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """End an accreditation from now on. What was anchored under it stays, and is shown as accredited then.

    Example:
        ankyra issuer revoke did:ebsi:zZeKyEJfUTGwajhNyNX928z 3b1f…64 digits…
    """
    attribute_id = hash_of(attribute, name="the attribute id")
    with open_issuer(profile, passphrase_file, node) as issuer:
        revoke(issuer, did=did, attribute_id=attribute_id)
    if as_json:
        print_json({"did": did, "attributeId": attribute_id.hex(), "revoked": True})
        return
    say(f"The accreditation {attribute_id.hex()} of {did} is revoked.", style="bold green")


@app.command("show")
def show_issuer(
    did: Annotated[str | None, typer.Argument(help="A DID; your own if not given.")] = None,
    *,
    node: NodeUrl = None,
    profile: ProfileName = None,
    as_json: AsJson = False,
) -> None:
    """Show who accredited an issuer, since when, up to which root, and what it anchored.

    Example:
        ankyra issuer show did:ebsi:zZeKyEJfUTGwajhNyNX928z
    """
    asked = did or load_profile(folder_of(profile)).did
    with reading_node(profile, node) as asking:
        found = asking.get(f"/v1/issuers/{asked}")
    if as_json:
        print_json(found)
        return
    say(f"{found.get('name') or 'no name stated'}  {asked}", style="bold")
    accreditation = found.get("accreditation") or {}
    if accreditation.get("sentence"):
        say(accreditation["sentence"])
    columns = ("attributeId", "issuerType", "tao", "since", "until")
    attributes = found.get("attributes") or []
    table(columns, [[attribute.get(column) for column in columns] for attribute in attributes])
    anchors = found.get("anchors") or {}
    batches = counted(anchors.get("count", 0), "batch", "batches")
    say(f"{batches}, {counted(anchors.get('digests', 0), 'digest')} anchored")


def _answer(issuer: Issuer, challenge: str, *, out: Path | None, as_json: bool) -> None:
    answer = answer_challenge(challenge, signer=issuer.signer(), now=present())
    if out is not None:
        out.write_text(answer + "\n", encoding="ascii")
    if as_json:
        print_json({"did": issuer.did, "answer": answer})
        return
    say(f"Send {out} to who asked." if out else f"Send this to who asked:\n{answer}")


def _show_challenge(challenge: str, *, did: str, as_json: bool) -> None:
    if as_json:
        print_json({"did": did, "challenge": challenge})
        return
    say(f"Send this challenge to {did}, and come back with --answer FILE:")
    say(challenge, style="bold")

"""`ankyra issuer`: accreditations given, accepted, revoked, shown."""

from pathlib import Path
from typing import Annotated, Literal, cast

import typer

from node.cli.context import (
    AsJson,
    NodeUrl,
    PassphraseFile,
    ProfileName,
    folder_of,
    hash_of,
    moment,
    open_issuer,
    present,
    reading_node,
)
from node.cli.failures import INDETERMINATE
from node.cli.output import counted, print_json, say, table
from node.client.accreditation import accept, accept_root, accredit, begun_accreditation, revoke
from node.client.accreditation_credential import AccreditedFor
from node.client.atomic import replace_file
from node.client.challenge import answer_challenge
from node.client.errors import Unusable
from node.client.issuer import Issuer
from node.client.offers import forget_challenge, kept_challenge
from node.client.profile import load_profile

app = typer.Typer(
    help="Accreditations: give, accept, revoke, show.\n\nExample: ankyra issuer show",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Name = Annotated[str | None, typer.Option("--name", help="Name of the organisation, as you state it.")]
Schema = Annotated[str | None, typer.Option("--schema", help="Schema id (z…) that the accreditation covers.")]
Types = Annotated[list[str] | None, typer.Option("--type", help="Credential type covered; may be repeated.")]
Expires = Annotated[
    str | None, typer.Option("--expires", help="End of the accreditation, such as 2031-12-31.")
]
_MAX_FILE = 64 * 1024  # bytes


@app.command("accredit")
def accredit_did(
    did: Annotated[str, typer.Argument(help="Who is to be accredited.")],
    *,
    role: Annotated[str, typer.Option("--as", help="TAO may accredit others, TI may issue.")] = "TI",
    name: Name = None,
    schema: Schema = None,
    types: Types = None,
    expires: Expires = None,
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
    `ankyra issuer accept --challenge`. With the answer the accreditation is made; send it to the holder.

    Example:
        ankyra issuer accredit did:ebsi:zZeKyEJfUTGwajhNyNX928z --as TI --name "University of Trento"
        --schema zDpWGUBenmqXzurskry9Nsk6vq2R8thh9VSeoRqguoyMD --type MicroCredential --expires 2031-12-31
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
    scope = _scope(schema, types)
    if not name or not expires:
        raise Unusable("give --name, --schema, --type and --expires")
    with open_issuer(profile, passphrase_file, node) as issuer:
        made = accredit(
            issuer,
            did=did,
            role=cast("Literal['TAO', 'TI']", role),
            name=name,
            accredited_for=scope,
            expires=moment(expires),
            challenge=challenge,
            answer=_text_of(answer),
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
    say(f"{name} ({did}) is accredited as {role}, attribute {attribute}.", style="bold green")
    say(f"Send {out} to the holder." if out else f"Send this to the holder:\n{made.credential}")


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
    schema: Schema = None,
    types: Types = None,
    expires: Expires = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Where to write the answer to a challenge.")
    ] = None,
    node: NodeUrl = None,
    profile: ProfileName = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Record the accreditation that you were sent, or answer the challenge that comes before it.

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
            attribute_id = accept(issuer, _text_of(file))
        else:
            attribute_id = hash_of(root, name="--root")
            scope = _scope(schema, types)
            if not name or not expires:
                raise Unusable("a Root TAO gives --name, --schema, --type and --expires")
            accept_root(
                issuer,
                attribute_id=attribute_id,
                name=name,
                accredited_for=scope,
                expires=moment(expires),
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


def _scope(schema: str | None, types: list[str] | None) -> list[AccreditedFor]:
    if not schema or not types:
        raise Unusable("give --schema and at least one --type: what the accreditation covers")
    return [AccreditedFor(schema, tuple(types))]


def _text_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_FILE + 1)
        if len(content) > _MAX_FILE:
            raise Unusable(f"{path} is larger than {_MAX_FILE} bytes")
        return content.decode("ascii").strip()
    except OSError as error:
        raise Unusable(f"cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Unusable(f"{path} is no JWT") from None

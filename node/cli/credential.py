"""`ankyra credential`: credentials issued, one or thousands; shown by a command of its own file."""

import sys
from pathlib import Path
from typing import Annotated, cast

import typer

from credentials.model import Version
from node.cli import credential_template
from node.cli.context import (
    AsJson,
    NodeUrl,
    PassphraseFile,
    ProfileName,
    hash_of,
    moment,
    open_issuer,
    present,
)
from node.cli.credential_show import show
from node.cli.output import counted, print_json, say, table
from node.client.credential_drafts import Terms
from node.client.credential_issuing import Issued, accreditation_to_issue, issue_credentials
from node.client.credential_payloads import read_payloads
from node.client.errors import Unusable

app = typer.Typer(
    help="Credentials: issue, show; course templates.\n\nExample: ankyra credential show 0001.jwt",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_MODELS = ("1.1", "2.0")
_SHOWN = 10  # credentials of a run that are listed
_NO_STATUS = (
    "They name no status list: they cannot be revoked. For a list: ankyra status create, then --status."
)


@app.command()
def issue(
    payloads: Annotated[
        list[Path],
        typer.Argument(help="Files of one JSON object, or of one on each line; - is standard input."),
    ],
    *,
    out: Annotated[Path, typer.Option("--out", help="Folder for the credentials, new or empty.")],
    types: Annotated[
        list[str] | None, typer.Option("--type", help="Type, where a payload names none; may be repeated.")
    ] = None,
    schema: Annotated[
        str | None,
        typer.Option("--schema", help="Schema by id (z… or 0x…) or URL, where a payload names none."),
    ] = None,
    valid_until: Annotated[
        str | None, typer.Option("--valid-until", help="End of validity, where a payload names none.")
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", help="Data model, 1.1 or 2.0; the payload's own, else 1.1.")
    ] = None,
    status: Annotated[
        list[str] | None, typer.Option("--status", help="Status list to get a place in; may be repeated.")
    ] = None,
    attribute: Annotated[
        str | None,
        typer.Option("--attribute", help="The accreditation to issue under; your latest if not given."),
    ] = None,
    origin: Annotated[
        str | None,
        typer.Option("--origin", help="Origin of the registry's URLs inside, one that the node names."),
    ] = None,
    node: NodeUrl = None,
    profile: ProfileName = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Sign credentials, each a file of its own; all of them, or none.

    A payload is a whole credential without proof, or the short form:
    {"subject": {"id": "did:key:…", …}, "type": "MicroCredential", "schema": "z…", "validUntil": "…"}.
    The id, issuer, dates and accreditation are filled in. They are not anchored yet: ankyra batch anchor.
    What your accreditation does not cover, or a schema that nobody registered, is refused unsigned.

    Example:
        ankyra credential issue spring.ndjson --out spring/ --type MicroCredential
        --schema zDpWGUBenmqXzurskry9Nsk6vq2R8thh9VSeoRqguoyMD --status revocation
    """
    if model is not None and model not in _MODELS:
        raise Unusable("--model is 1.1 or 2.0")
    attribute_id = hash_of(attribute, name="--attribute") if attribute else None
    ends = moment(valid_until) if valid_until else None
    found = read_payloads(payloads, standard_input=sys.stdin.buffer)
    with open_issuer(profile, passphrase_file, node) as issuer:
        terms = Terms(
            issuer=issuer.did,
            origin=origin or issuer.registry_origin(),
            attribute_id=attribute_id or accreditation_to_issue(issuer),
            now=present(),
            model=cast("Version | None", model),
            types=tuple(types or ()),
            schema=schema,
            valid_until=ends,
        )
        issued = issue_credentials(
            issuer,
            found,
            out=out,
            terms=terms,
            lists=tuple(status or ()),
            progress=(lambda _signed, _all: None) if as_json else _progress,
        )
    if as_json:
        print_json({"issuer": terms.issuer, "issued": [one.to_json() for one in issued]})
        return
    say(f"{counted(len(issued), 'credential')} issued in {out}.", style="bold green")
    _show_issued(issued, out)
    if not all(one.credential.statuses for one in issued):
        say(_NO_STATUS, style="yellow")
    say(f"Next: ankyra batch anchor {out}")
    say(f"Then, as any verifier does: ankyra verify {issued[0].path} --node {issuer.node.url}")


app.command()(show)
app.add_typer(credential_template.app, name="template")


def _progress(signed: int, total: int) -> None:
    if total > 1:
        say(f"{signed} of {total} signed.", style="dim", stderr=True)


def _show_issued(issued: list[Issued], out: Path) -> None:
    rows = [(one.path.name, one.credential.subjects[0].get("id"), _places(one)) for one in issued[:_SHOWN]]
    table(("file", "subject", "status"), rows)
    if len(issued) > _SHOWN:
        say(f"… and {len(issued) - _SHOWN} more in {out}.", style="dim")


def _places(one: Issued) -> str:
    entries = (
        (status.get("statusPurpose"), status.get("statusListIndex")) for status in one.credential.statuses
    )
    return ", ".join(f"{purpose} {index}" for purpose, index in entries)

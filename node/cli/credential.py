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
from node.cli.credential_rows import RowOptions, issue_course
from node.cli.credential_show import show
from node.cli.output import counted, print_json, say, table
from node.client.credential_drafts import Terms
from node.client.credential_issuing import Issued, accreditation_to_issue, issue_credentials
from node.client.credential_payloads import read_payloads
from node.client.errors import Unusable
from node.client.issue_workers import MOST_WORKERS

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
        typer.Argument(help="Files of one JSON object, or one on each line; rows; - is standard input."),
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
    template: Annotated[
        Path | None, typer.Option("--template", help="Course template; the files are then learners' rows.")
    ] = None,
    form: Annotated[
        str, typer.Option("--form", help="With a template: vc-jwt, vc-jose, sd-jwt-vc or jades.")
    ] = "vc-jwt",
    rejects: Annotated[
        Path | None,
        typer.Option("--rejects", help="File of the rows that are refused; beside --out if not given."),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option("--workers", help="Processes that sign; one for each core.", min=1, max=MOST_WORKERS),
    ] = None,
    elm: Annotated[
        Path | None,
        typer.Option("--export-elm", help="Folder for unsigned exports, as Europass imports them."),
    ] = None,
    on_behalf_of: Annotated[
        str | None, typer.Option("--on-behalf-of", help="DID of the member for which it is sealed.")
    ] = None,
    seal_certificate: Annotated[
        Path | None, typer.Option("--seal-certificate", help="Certificates of the seal, in PEM.")
    ] = None,
    seal_key: Annotated[
        Path | None,
        typer.Option("--seal-key", help="Its key, encrypted (PKCS#8); the profile's if not given."),
    ] = None,
    seal_passphrase_file: Annotated[
        Path | None,
        typer.Option("--seal-passphrase-file", help="File with that key's passphrase; else you are asked."),
    ] = None,
    anchor: Annotated[bool, typer.Option("--anchor", help="With a template: anchor them at once.")] = False,
    node: NodeUrl = None,
    profile: ProfileName = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Sign credentials: of payloads, all of them or none; or of learners' rows, by a course template.

    A payload is a whole credential without proof, or the short form:
    {"subject": {"id": "did:key:…", …}, "type": "MicroCredential", "schema": "z…", "validUntil": "…"}.
    The id, issuer, dates and accreditation are filled in. They are not anchored yet: ankyra batch anchor.
    What your accreditation does not cover, or a schema that nobody registered, is refused unsigned.

    Rows (CSV, JSON or NDJSON, up to 1,000,000) go into a folder, or into one file if --out ends in .ndjson.
    Rows that are refused go into a file with their line and the reason, and the others are issued: exit code
    1. The same rows again issue nothing twice; a run that was cut off goes on when it is typed again.

    Example:
        ankyra credential issue --template water.toml learners.csv --out spring.ndjson --status revocation
    """
    options = RowOptions(
        template=template,
        form=form,
        rejects=rejects,
        workers=workers,
        elm=elm,
        on_behalf_of=on_behalf_of,
        seal_certificate=seal_certificate,
        seal_key=seal_key,
        seal_passphrase_file=seal_passphrase_file,
        anchor=anchor,
    )
    course = options.course(payloads)
    if model is not None and model not in _MODELS:
        raise Unusable("--model is 1.1 or 2.0")
    attribute_id = hash_of(attribute, name="--attribute") if attribute else None
    ends = moment(valid_until) if valid_until else None
    found = [] if course else read_payloads(payloads, standard_input=sys.stdin.buffer)
    with open_issuer(profile, passphrase_file, node) as issuer:
        terms = Terms(
            issuer=issuer.did,
            origin=origin or issuer.registry_origin(),
            attribute_id=attribute_id
            if attribute_id and on_behalf_of is None
            else accreditation_to_issue(issuer, by=on_behalf_of, named=attribute_id),
            now=present(),
            model=options.model(course, named=cast("Version | None", model)),
            types=tuple(types or ()),
            schema=schema,
            valid_until=ends,
        )
        lists = tuple(dict.fromkeys(status or ()))
        if course is not None:
            raise typer.Exit(
                issue_course(issuer, payloads[0], out, course, options, terms, lists, as_json=as_json)
            )
        issued = issue_credentials(
            issuer,
            found,
            out=out,
            terms=terms,
            lists=lists,
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

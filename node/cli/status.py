"""`ankyra status`: status lists made and published, credentials revoked, suspended, reinstated."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, cast

import typer

from node.cli.context import (
    AsJson,
    NodeUrl,
    PassphraseFile,
    ProfileName,
    folder_of,
    open_issuer,
    present,
)
from node.cli.output import counted, print_json, say
from node.cli.status_changes import Given, change_statuses
from node.cli.status_output import list_members, list_table
from node.cli.status_publishing import progress_of, publish_records
from node.client.errors import Unusable
from node.client.profile import load_profile
from node.client.status_list_record import (
    KINDS,
    PURPOSES,
    Kind,
    Purpose,
    StatusListRecord,
    list_names,
    load_record,
)
from node.client.status_lists import create as create_list
from node.client.status_publication import publish as publish_list

app = typer.Typer(
    help=(
        "Status lists: make, revoke, suspend, reinstate, publish, show.\n\n"
        "Example: ankyra status revoke 0001.jwt"
    ),
    no_args_is_help=True,
    rich_markup_mode=None,
)

Files = Annotated[list[Path] | None, typer.Argument(help="Credentials as they were issued.")]
ListName = Annotated[str | None, typer.Option("--list", help="Name of a list, with --index.")]
Indexes = Annotated[
    list[int] | None, typer.Option("--index", help="Place in the list, for a lost file; may be repeated.")
]
Now = Annotated[
    bool,
    typer.Option("--now", help="Publish at once: lists of before and after then tell whose status it is."),
]


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Small letters, digits, dashes; stands in every credential.")],
    *,
    purpose: Annotated[str, typer.Option("--for", help="revocation or suspension.")] = "revocation",
    kind: Annotated[
        str,
        typer.Option("--kind", help="StatusList2021 for the data model 1.1, BitstringStatusList for 2.0."),
    ] = "StatusList2021",
    length: Annotated[int, typer.Option("--length", help="Places, at least 131072.")] = 131_072,
    every: Annotated[
        int, typer.Option("--every", min=1, max=8_784, help="Hours between two publications.")
    ] = 24,
    node: NodeUrl = None,
    profile: ProfileName = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Make an empty list and publish it, so that credentials can be given places in it.

    Places are given out by `ankyra credential issue --status NAME`.

    Example:
        ankyra status create revocation-2026
        ankyra status create suspension-2026 --for suspension --kind BitstringStatusList
    """
    if purpose not in PURPOSES or kind not in KINDS:
        raise Unusable(f"--for is {' or '.join(PURPOSES)}, --kind is {' or '.join(KINDS)}")
    with open_issuer(profile, passphrase_file, node) as issuer:
        issuer.open_keys()
        create_list(
            issuer,
            name,
            purpose=cast("Purpose", purpose),
            kind=cast("Kind", kind),
            length=length,
            every=timedelta(hours=every),
        )
        done = publish_list(issuer, name, now=present(), progress=progress_of(as_json=as_json))
    if as_json:
        print_json(list_members(done.record, done.next_due))
        return
    say(f"The list {name} is made and published, {length} places free.", style="bold green")
    list_table([done.record], present())


@app.command()
def revoke(
    files: Files = None,
    *,
    list_name: ListName = None,
    indexes: Indexes = None,
    now: Now = False,
    node: NodeUrl = None,
    profile: ProfileName = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Revoke credentials, for ever; verifiers see it once the list is published.

    Example:
        ankyra status revoke 0001.jwt
        ankyra status revoke --list revocation-2026 --index 73984 --now
    """
    given = Given(files, list_name, indexes, now, node, profile, passphrase_file, as_json)
    change_statuses("revoked", "revocation", given)


@app.command()
def suspend(
    files: Files = None,
    *,
    list_name: ListName = None,
    indexes: Indexes = None,
    now: Now = False,
    node: NodeUrl = None,
    profile: ProfileName = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Suspend credentials until they are reinstated; verifiers see it once the list is published.

    Example:
        ankyra status suspend 0002.jwt --now
    """
    given = Given(files, list_name, indexes, now, node, profile, passphrase_file, as_json)
    change_statuses("suspended", "suspension", given)


@app.command("reinstate")
def reinstate_credentials(
    files: Files = None,
    *,
    list_name: ListName = None,
    indexes: Indexes = None,
    now: Now = False,
    node: NodeUrl = None,
    profile: ProfileName = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """End the suspension of credentials. A revocation is for ever, and is refused here.

    Example:
        ankyra status reinstate 0002.jwt --now
    """
    given = Given(files, list_name, indexes, now, node, profile, passphrase_file, as_json)
    change_statuses("reinstated", "suspension", given)


@app.command("publish")
def publish_lists(
    names: Annotated[list[str] | None, typer.Argument(help="Lists; all if none is named.")] = None,
    *,
    now: Now = False,
    node: NodeUrl = None,
    profile: ProfileName = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Publish the lists that are due, changed or not; run it every hour or so.

    Lists are published on a schedule that follows nothing, since two lists side by side show who changed.
    A run that was cut off goes on.

    Example:
        ankyra status publish
        ankyra status publish revocation-2026 --now
    """
    done = publish_records(
        _records(profile, names), profile, passphrase_file, node, at_once=now, as_json=as_json
    )
    if as_json:
        lists = [{**list_members(one.record, one.next_due), "changed": one.changed} for one in done]
        print_json({"lists": lists})
        return
    published = sum(one.changed for one in done)
    say(f"{counted(published, 'list')} published, {len(done) - published} not due.")
    list_table([one.record for one in done], present())


@app.command("show")
def show_lists(
    names: Annotated[list[str] | None, typer.Argument(help="Lists; all if none is named.")] = None,
    *,
    profile: ProfileName = None,
    as_json: AsJson = False,
) -> None:
    """Show the profile's lists: places given out, statuses set, when they are to be published.

    A list is full when three quarters of its places are given out.

    Example:
        ankyra status show
    """
    found, now = _records(profile, names), present()
    if as_json:
        print_json({"lists": [list_members(one, one.next_publication(now)) for one in found]})
        return
    if not found:
        say("No list yet. Make one with: ankyra status create NAME")
        return
    list_table(found, now)


def _records(profile: str | None, names: list[str] | None) -> list[StatusListRecord]:
    """The lists named, or all that the profile keeps; a profile that is not there keeps none, and is told.

    Raises:
        ClientError: there is no usable profile, or it keeps no such list.
    """
    folder = folder_of(profile)
    load_profile(folder)
    return [load_record(folder, name) for name in dict.fromkeys(names or list_names(folder))]

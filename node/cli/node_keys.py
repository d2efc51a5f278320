"""`ankyra node keys` and `ankyra node invite`: what signs at a node, and whom its operator lets in.

The server's parts are imported only when asked for: a verifier's machine does not have them.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from did.errors import InvalidJson
from did.json_text import parse_object
from node.cli.context import AsJson
from node.cli.node_settings import server_settings
from node.cli.output import mark, print_json, say, table
from node.client.atomic import replace_file
from node.client.errors import Unusable
from node.client.issuing import rfc3339

_MAX_JWK = 4096

app = typer.Typer(
    help="The keys that sign a node's access tokens: list, rotate.\n\nExample: ankyra node keys list",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("list")
def list_keys(*, as_json: AsJson = False) -> None:
    """List the keys whose tokens count; the node may serve.

    Example:
        ankyra node keys list
    """
    settings = server_settings()
    from node.upkeep.signing import list_keys as listed

    keys = listed(settings)
    if as_json:
        print_json({"keys": [_form(key) for key in keys]})
        return
    rows = [(key.kid, _written(key.created_at), _until(key)) for key in keys]
    table(("key", "made", "use"), rows)
    if not keys:
        say("No key yet: the first question to the server makes one.")


@app.command()
def rotate(
    *,
    at_once: Annotated[
        bool, typer.Option("--at-once", help="End the others' tokens now: a key was stolen.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make a new key, which alone signs from now on; the node may serve.

    Those before it stay in the key set and are accepted until their last token has expired.

    Example:
        ankyra node keys rotate
        ankyra node keys rotate --at-once
    """
    settings = server_settings()
    from node.upkeep.signing import rotate_keys

    kid = rotate_keys(settings, at_once=at_once)
    if as_json:
        print_json({"kid": kid})
    else:
        mark("valid", f"{kid} signs from now on.")


def invite(
    did: Annotated[str, typer.Argument(help="Who is invited.", metavar="DID", show_default=False)],
    *,
    bound_to: Annotated[
        Path | None, typer.Option("--bound-to", help="File with the applicant's public key, a JWK.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="File for the invitation; standard output if not given.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Invite a DID to register at this node, within a week: a Root TAO, whom nobody else can invite.

    With --bound-to only the holder of that key can use the invitation, else whoever has it.

    Example:
        ankyra node invite did:ebsi:zZeKyEJfUTGwajhNyNX928z --out invitation.jwt
    """
    settings = server_settings()
    from node.upkeep.signing import invite_did

    made = invite_did(settings, did, bound_to=None if bound_to is None else _jwk(bound_to))
    if out is not None:
        replace_file(out, f"{made}\n".encode(), mode=0o600)
    if as_json:
        print_json({"did": did, "invitation": made, "file": None if out is None else str(out)})
    elif out is None:
        say(made)
    else:
        mark("valid", f"The invitation is in {out}: send it to whom it is for, and to nobody else.")


def _jwk(file: Path) -> dict[str, Any]:
    with file.open("rb") as opened:
        content = opened.read(_MAX_JWK + 1)
    try:
        return parse_object(content, max_bytes=_MAX_JWK)
    except InvalidJson as error:
        raise Unusable(f"{file}: {error.reason}") from None


def _form(key: Any) -> dict[str, Any]:
    retires = None if key.retires_at is None else _written(key.retires_at)
    return {"kid": key.kid, "createdAt": _written(key.created_at), "retiresAt": retires}


def _until(key: Any) -> str:
    return "signs" if key.retires_at is None else f"its tokens count until {_written(key.retires_at)}"


def _written(seconds: int) -> str:
    return rfc3339(datetime.fromtimestamp(seconds, UTC))

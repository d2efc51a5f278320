"""What every command needs: options that mean the same everywhere, the clock, the opened profile."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from anchoring.checkpoint import MAX_CHECKPOINT_SIZE, Checkpoint, parse_checkpoint
from node.client.api import Node
from node.client.errors import Unusable
from node.client.issuer import Issuer
from node.client.keystore import Keystore
from node.client.onboarding import create_profile
from node.client.passphrase import read_passphrase
from node.client.profile import Deployment, compare_deployments, load_profile, profile_folder
from node.clock import wall_clock as present

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
ProfileName = Annotated[
    str | None,
    typer.Option("--profile", help="Name or folder of the profile [env: ANKYRA_PROFILE; default: default]."),
]
PassphraseFile = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file",
        help="File whose first line is the passphrase [env: ANKYRA_PASSPHRASE_FILE, ANKYRA_PASSPHRASE].",
    ),
]
NodeUrl = Annotated[str | None, typer.Option("--node", help="Address of a node; the profile's if not given.")]

__all__ = ["present"]

DEFAULT_NODE = "http://127.0.0.1:8080"


def folder_of(profile: str | None) -> Path:
    """The profile's folder.

    Raises:
        Unusable: no such name.
    """
    return profile_folder(profile, os.environ, home=Path.home())


def keystore_of(folder: Path, passphrase_file: Path | None, *, confirm: bool = False) -> Keystore:
    """The keys of a profile; the passphrase is asked now, since it serves all keys.

    Raises:
        PassphraseMissing: none came.
    """
    return Keystore(folder / "keys", passphrase=_passphrase(passphrase_file, confirm=confirm))


def new_profile(
    folder: Path, passphrase_file: Path | None, node: str | None, *, expected: Deployment | None = None
) -> Keystore:
    """The keys of a profile that is made now, for a node that has answered; nothing is made before it has.

    Args:
        folder: of the profile, which is not there yet.
        passphrase_file: of the new keys.
        node: address of the node; this machine's if not given.
        expected: the ledger and contracts that it has to follow, if they are known.

    Raises:
        DeploymentChanged: it follows others.
        ClientError: nothing answers there, or no node.
    """
    url = node or DEFAULT_NODE
    with Node(url) as asked:
        seen = asked.deployment()
    if expected is not None:
        compare_deployments(pinned=expected, seen=seen)
    keystore = keystore_of(folder, passphrase_file, confirm=True)
    create_profile(folder, node_url=url, keystore=keystore, deployment=seen)
    return keystore


def keys_if_needed(profile: str | None, passphrase_file: Path | None, node: str | None) -> Issuer:
    """The profile with its node; the passphrase is asked when a key is needed, if one is.

    Raises:
        ClientError: there is no usable profile.
    """
    folder = folder_of(profile)
    keystore = Keystore(folder / "keys", passphrase=lambda: _passphrase(passphrase_file, confirm=False))
    return Issuer(folder, keystore=keystore, node=Node(node) if node else None)


def open_issuer(profile: str | None, passphrase_file: Path | None, node: str | None) -> Issuer:
    """The profile with its keys and its node.

    Raises:
        ClientError: there is no usable profile or no passphrase.
    """
    folder = folder_of(profile)
    load_profile(folder)  # before anybody is asked for a passphrase
    keystore = keystore_of(folder, passphrase_file)
    return Issuer(folder, keystore=keystore, node=Node(node) if node else None)


def reading_node(profile: str | None, node: str | None) -> Node:
    """A node to read from: the one named, else the profile's, else this machine's.

    Raises:
        Unusable: no such address.
    """
    if node:
        return Node(node)
    folder = folder_of(profile)
    named = (folder / "profile.json").exists()
    return Node(load_profile(folder).node if named else DEFAULT_NODE)


def read_checkpoint(path: Path) -> Checkpoint:
    """The checkpoint in a file.

    Raises:
        Unusable: the file cannot be read.
        MalformedCheckpoint: it holds something else.
    """
    try:
        with path.open("rb") as file:
            return parse_checkpoint(file.read(MAX_CHECKPOINT_SIZE + 1))
    except OSError as error:
        raise Unusable(f"cannot read {path}: {error.strerror}") from None


def moment(text: str) -> datetime:
    """A time that a user typed, UTC unless it says otherwise.

    Raises:
        Unusable: it is none.
    """
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise Unusable(f"`{text}` is no time: write 2026-11-21 or 2026-11-21T10:00:00Z") from None
    return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def hash_of(text: str, *, name: str) -> bytes:
    """32 bytes that a user typed as 64 hexadecimal digits.

    Raises:
        Unusable: they are none.
    """
    digits = text.removeprefix("0x")
    try:
        value = bytes.fromhex(digits)
    except ValueError:
        value = b""
    if len(value) != 32 or len(digits) != 64:  # noqa: PLR2004 - bytes and their digits
        raise Unusable(f"{name} is 64 hexadecimal digits")
    return value


def ask_passphrase(*, name: str = "Passphrase", confirm: bool = False) -> str:
    """What a person types at the prompt, unseen."""
    return str(typer.prompt(name, hide_input=True, confirmation_prompt=confirm, err=True))


def _passphrase(file: Path | None, *, confirm: bool) -> str:
    prompt = (lambda: ask_passphrase(confirm=confirm)) if sys.stdin.isatty() else None
    return read_passphrase(file=file, environment=os.environ, prompt=prompt)

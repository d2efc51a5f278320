"""Credentials that others gave a profile, kept until the ledger has what they are for."""

from pathlib import Path
from typing import Literal

from node.client.atomic import make_private_folder, replace_file
from node.client.errors import MalformedProfile

Paper = Literal["invitation", "accreditation"]

_MAX_SIZE = 64 * 1024  # bytes


def kept_paper(folder: Path, paper: Paper) -> str | None:
    """The credential of that kind in the profile; None if there is none.

    Args:
        folder: of the profile.
        paper: the invitation to register, or the accreditation to accept.

    Raises:
        MalformedProfile: the file is no JWT.
    """
    path = folder / f"{paper}.jwt"
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_SIZE + 1)
    except FileNotFoundError:
        return None
    if len(content) > _MAX_SIZE or not content.isascii():
        raise MalformedProfile(f"{path} is no {paper}")
    return content.decode("ascii").strip()


def keep_paper(folder: Path, paper: Paper, credential: str) -> None:
    """The profile holds the credential.

    Args:
        folder: of the profile.
        paper: what it is.
        credential: a compact JWT, checked.

    Raises:
        OSError: the folder cannot be written.
    """
    make_private_folder(folder)
    replace_file(folder / f"{paper}.jwt", credential.strip().encode("ascii") + b"\n", mode=0o600)

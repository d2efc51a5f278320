"""The credential that invites a profile's DID to register itself, kept in the profile."""

from pathlib import Path

from node.client.atomic import make_private_folder, replace_file
from node.client.errors import MalformedProfile

_FILE = "invitation.jwt"
_MAX_SIZE = 64 * 1024  # bytes


def kept_invitation(folder: Path) -> str | None:
    """The invitation in the profile; None if there is none.

    Args:
        folder: of the profile.

    Raises:
        MalformedProfile: the file is no JWT.
    """
    path = folder / _FILE
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_SIZE + 1)
    except FileNotFoundError:
        return None
    if len(content) > _MAX_SIZE or not content.isascii():
        raise MalformedProfile(f"{path} is no invitation")
    return content.decode("ascii").strip()


def keep_invitation(folder: Path, credential: str) -> None:
    """The profile holds the invitation.

    Args:
        folder: of the profile.
        credential: a compact JWT, checked.

    Raises:
        OSError: the folder cannot be written.
    """
    make_private_folder(folder)
    replace_file(folder / _FILE, credential.strip().encode("ascii") + b"\n", mode=0o600)

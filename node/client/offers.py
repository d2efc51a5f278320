"""Challenges that an accreditor has sent out, kept until they are answered."""

import contextlib
import os
from collections.abc import Callable
from pathlib import Path

from did.methods.ebsi import is_ebsi_did
from node.client.atomic import make_private_folder, replace_file
from node.client.challenge import asker_of, new_challenge
from node.client.errors import Unusable

_MAX_SIZE = 256  # bytes


def kept_challenge(folder: Path, *, own: str, did: str, random: Callable[[int], bytes] = os.urandom) -> str:
    """The challenge that `did` was sent, or a new one, kept before it is shown.

    Args:
        folder: of the accreditor's profile.
        own: the accreditor's DID.
        did: who is to be accredited.
        random: the operating system's randomness.

    Raises:
        Unusable: `did` is no did:ebsi.
        OSError: the folder cannot be written.
    """
    path = _path(folder, did)
    with contextlib.suppress(OSError, UnicodeDecodeError, Unusable):
        with path.open("rb") as file:
            kept = file.read(_MAX_SIZE).decode("ascii").strip()
        if asker_of(kept) == own:
            return kept
    challenge = new_challenge(own, random=random)
    make_private_folder(path.parent)
    replace_file(path, challenge.encode() + b"\n", mode=0o600)
    return challenge


def forget_challenge(folder: Path, *, did: str) -> None:
    """The challenge was answered, and serves no second time."""
    with contextlib.suppress(FileNotFoundError):
        _path(folder, did).unlink()


def _path(folder: Path, did: str) -> Path:
    if not is_ebsi_did(did):
        raise Unusable(f"{did} is no did:ebsi of a legal entity")
    return folder / "challenges" / f"{did.rpartition(':')[2]}.txt"

"""What a command has begun and cannot make the same again: kept until it is done, so that it goes on.

A random number or a signature of the first run must be that of the second, else one deed stands on the ledger
twice.
"""

import contextlib
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from node.client.atomic import make_private_folder, replace_file
from node.client.errors import MalformedDraft

_MAX_SIZE = 256 * 1024  # bytes


class Begun:
    """One thing begun, in a file of the profile's folder `begun`, named after what was asked for."""

    def __init__(self, folder: Path, what: str, *asked: str) -> None:
        """Nothing is read yet.

        Args:
            folder: of the profile.
            what: the command, small letters and dashes.
            asked: what tells this from another thing of the same command.
        """
        name = hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:32]
        self._path = folder / "begun" / f"{what}-{name}.json"

    def load(self) -> dict[str, Any] | None:
        """What was begun; None if nothing was, or it is done.

        Raises:
            MalformedDraft: the file is not what `save` writes.
        """
        try:
            with self._path.open("rb") as file:
                content = file.read(_MAX_SIZE + 1)
        except FileNotFoundError:
            return None
        try:
            members = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise MalformedDraft(f"{self._path}: {error}") from None
        if len(content) > _MAX_SIZE or not isinstance(members, dict):
            raise MalformedDraft(f"{self._path} holds nothing that was begun")
        return members

    def save(self, members: Mapping[str, Any]) -> None:
        """It is on the disk, for its owner alone.

        Raises:
            OSError: the folder cannot be written.
        """
        make_private_folder(self._path.parent)
        replace_file(self._path, json.dumps(dict(members)).encode() + b"\n", mode=0o600)

    def forget(self) -> None:
        """It is done."""
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()

"""Salts that survive an interruption: on disk before anything is sent, gone when the receipts hold them.

Whoever destroys a receipt destroys its salt, and with it the link between file and ledger; so no other copy
may outlive the run (protocol section 8).
"""

import contextlib
import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from anchoring.errors import AnchoringError
from anchoring.receipt import MAX_RECEIPT_SIZE, Receipt, parse_receipt
from node.client.atomic import make_private_folder, replace_file
from node.client.documents import Unsecured, receipt_path

_MAX_PENDING = 256 * 1024 * 1024  # bytes: a full batch of salted files has about 150 MB


class PendingSalts:
    """The salts of one set of unsigned files, in a file of the profile named after the set."""

    def __init__(self, folder: Path, files: Iterable[Unsecured]) -> None:
        """Nothing is read yet.

        Args:
            folder: `pending` of the profile.
            files: all unsigned files of the run.
        """
        names = hashlib.sha256(b"".join(sorted({file.file_hash for file in files}))).hexdigest()
        self._path = folder / f"{names}.json"

    def load(self) -> dict[bytes, bytes]:
        """Salts by file hash of an earlier run that was cut off; an unreadable file counts as none."""
        try:
            with self._path.open("rb") as file:
                content = json.loads(file.read(_MAX_PENDING))
            pairs = {bytes.fromhex(name): bytes.fromhex(salt) for name, salt in content.items()}
        except (OSError, ValueError, AttributeError, TypeError):
            return {}
        return {name: salt for name, salt in pairs.items() if len(salt) == 32}  # noqa: PLR2004 - bytes of a salt

    def save(self, salts: Mapping[bytes, bytes]) -> None:
        """The salts are on the disk.

        Raises:
            OSError: the folder cannot be written.
        """
        make_private_folder(self._path.parent)
        content = json.dumps({name.hex(): salt.hex() for name, salt in salts.items()})
        replace_file(self._path, content.encode(), mode=0o600)

    def forget(self) -> None:
        """The file is gone."""
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()


def salts_in_receipts(files: Iterable[Unsecured]) -> dict[bytes, bytes]:
    """Salts by file hash, from receipts that lie beside files and are for what is in them now."""
    found = {}
    for file in files:
        receipt = receipt_beside(file.path)
        salt = receipt.salt if receipt else None
        if receipt and salt and file.salted(salt).digest == receipt.digest:
            found[file.file_hash] = salt
    return found


def receipt_beside(path: Path) -> Receipt | None:
    """The receipt that lies beside a file, if there is one that can be read."""
    try:
        with receipt_path(path).open("rb") as file:
            return parse_receipt(file.read(MAX_RECEIPT_SIZE + 1))
    except (OSError, AnchoringError):
        return None

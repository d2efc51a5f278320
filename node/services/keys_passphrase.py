"""The passphrase that seals the node's signing keys: out of a file that the operator names, or made.

A made one lies beside the database, readable by its owner alone: that keeps keys out of backups and copies of
the database, and from nobody who reads the folder.
"""

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from node.client.envelope import STRONG_N
from node.client.errors import PassphraseMissing
from node.client.passphrase import read_passphrase
from node.config import Settings
from node.errors import ConfigurationError

MADE: Final = "keys.passphrase"
"""Name of the made file in `data_dir`."""
_MARK: Final = 16
"""Hexadecimal digits that tell one draft of the made file from another."""
_MADE_N: Final = 4096
"""scrypt's cost under 256 random bits, which no guessing finds: 4 MiB, some milliseconds."""


@dataclass(frozen=True, slots=True)
class Passphrase:
    """A passphrase, and what new envelopes under it cost to open."""

    text: str = field(repr=False)
    scrypt_n: int


def keys_passphrase(settings: Settings) -> Passphrase:
    """The passphrase of the file that the settings name, or of one in `data_dir`, which is made if need be.

    Raises:
        ConfigurationError: the file cannot be read or made, or is empty.
    """
    if settings.keys_passphrase_file:
        return Passphrase(_read(Path(settings.keys_passphrase_file)), STRONG_N)
    file = settings.data_dir / MADE
    if not file.exists():
        _make(file)
    return Passphrase(_read(file), _MADE_N)


def _read(file: Path) -> str:
    try:
        return read_passphrase(file=file, environment={}, prompt=None)
    except PassphraseMissing as error:
        raise ConfigurationError(
            f"setting keys_passphrase_file (ANKYRA_KEYS_PASSPHRASE_FILE): {error}"
        ) from None


def drop_drafts(settings: Settings) -> None:
    """What processes that were killed while they made a passphrase left in `data_dir` is gone.

    Whoever is making one at this moment notices, and begins again.
    """
    _drop_drafts(settings.data_dir / MADE)


def _drop_drafts(file: Path) -> None:
    with suppress(OSError):  # a folder that is not ours to tidy is no reason to serve nobody
        for draft in file.parent.glob(f"{file.name}.{'[0-9a-f]' * _MARK}"):
            draft.unlink(missing_ok=True)


def _make(file: Path) -> None:
    """The file is there and whole, whoever was first."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        while not _is_there(file):
            pass
    except OSError as error:
        raise ConfigurationError(f"passphrase of the node's keys {file}: {error.strerror}") from None
    _drop_drafts(file)


def _is_there(file: Path) -> bool:
    """Whether the file holds a passphrase, a new one or another process's; else its draft was dropped."""
    draft = file.with_name(f"{file.name}.{secrets.token_hex(_MARK // 2)}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as writing:
            writing.write(secrets.token_hex(32) + "\n")
            writing.flush()
            os.fsync(writing.fileno())
        os.link(draft, file)
    except FileExistsError:
        return True
    except FileNotFoundError:
        return False
    else:
        return True
    finally:
        draft.unlink(missing_ok=True)

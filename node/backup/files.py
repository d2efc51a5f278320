"""Files that appear whole or not at all, and the files that one SQLite database is made of."""

import contextlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from node.backup.errors import AlreadyThere
from node.config import Settings
from node.errors import ConfigurationError

_SIDES = ("", "-wal", "-shm", "-journal")
"""What SQLite appends to a database's name for the files beside it."""


def database_file(settings: Settings) -> Path:
    """The file that holds the node's database, whether it is there or not.

    Raises:
        ConfigurationError: the setting names no file of SQLite's.
    """
    try:
        url = make_url(settings.database)
    except ArgumentError as error:
        raise ConfigurationError(f"setting database_url: {error}") from None
    named = url.database or ":memory:"
    if url.get_backend_name() != "sqlite" or named == ":memory:" or named.startswith("file:"):
        raise ConfigurationError(
            "setting database_url: a database is backed up that is in a file or on a server"
        )
    return Path(named)


def family(database: Path) -> list[tuple[Path, str]]:
    """The files of the database that are there, each with what its name has after the database's."""
    named = ((database.with_name(database.name + side), side) for side in _SIDES)
    return [(path, side) for path, side in named if os.path.lexists(path)]


@contextmanager
def private_file(beside: Path) -> Iterator[Path]:
    """An empty file (0600) in the folder of `beside`, gone at the end unless it was moved.

    Raises:
        OSError: the file system refuses.
    """
    path = beside.with_name(f".{beside.name[:64]}.{uuid4().hex}.tmp")
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        yield path
    finally:
        for left, _ in family(path):
            left.unlink()


def put_in_place(temporary: Path, path: Path, *, force: bool) -> None:
    """`path` is what `temporary` was, and both its bytes and its name survive a power cut.

    Raises:
        AlreadyThere: something is there, and `force` was not given.
        OSError: the file system refuses.
    """
    with temporary.open("rb") as file:
        os.fsync(file.fileno())
    if not force:
        try:
            path.hardlink_to(temporary)  # the one way that never replaces what another made meanwhile
        except FileExistsError:
            raise AlreadyThere(path, hint="name another file, or give --force") from None
        except OSError:  # a file system without hard links
            if os.path.lexists(path):
                raise AlreadyThere(path, hint="name another file, or give --force") from None
            temporary.replace(path)
    else:
        temporary.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """The names in the folder survive a power cut, where the system can promise that."""
    with contextlib.suppress(OSError):  # some file systems do not open folders; the rename itself stands
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

"""A backup made of one state of the database, while a server may be at work on it."""

import errno
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError

from anchoring.merkle import EMPTY_ROOT
from node.backup.errors import AlreadyThere, BackupError, NothingToBackUp
from node.backup.files import database_file, family, private_file, put_in_place
from node.backup.form import BackupHeader, write_form
from node.backup.server import copy_to_file, is_server
from node.clock import wall_clock
from node.config import Deployment, Settings, load_deployment
from node.db.cursor import read_cursor
from node.db.sqlite import BUSY_TIMEOUT
from node.progress import SILENT, Progress

_STEPS_BETWEEN_LOOKS = 1_000  # of SQLite's machine: two for each row that it copies


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What was written: where, what it says of itself, and the SHA-256 of its first line."""

    file: Path
    header: BackupHeader
    digest: bytes

    @property
    def sentence(self) -> str:
        """The result in words."""
        header = self.header
        return (
            f"{self.file}: {header.log_size} entries, root {header.log_root.hex()}, "
            f"{header.length} bytes, SHA-256 {self.digest.hex()}"
        )

    def to_json(self) -> dict[str, Any]:
        """Return the report for machines."""
        return {"file": str(self.file), **self.header.to_json(), "sha256": self.digest.hex()}


def back_up_node(
    settings: Settings,
    file: Path,
    *,
    force: bool = False,
    progress: Progress = SILENT,
    clock: Callable[[], datetime] = wall_clock,
) -> BackupReport:
    """`file` is a backup of the database as it was at one moment; what was deleted from it is not in it.

    Args:
        settings: whose database; a server may be at work on it.
        file: needs, with what is made beside it, twice the database's size for a while.
        force: whether a file that is there is replaced.
        progress: told how far the work is.
        clock: the present, aware UTC.

    Raises:
        AlreadyThere: the file is there and `force` was not given, or it is the database itself.
        NothingToBackUp: there is no database, or it is not a node's.
        BackupError: the database cannot be read.
        DatabaseUnavailable: the server that holds it does not answer.
        ConfigurationError: the settings or the deployment file cannot be used.
        OSError: the file system refuses.
    """
    deployment = load_deployment(settings.deployment)
    database = None if is_server(settings) else _file_to_copy(settings, file)
    if file.exists() and not force:
        raise AlreadyThere(file, hint="name another file, or give --force")
    with private_file(file) as snapshot, private_file(file) as temporary:
        if database is None:
            copy_to_file(settings, snapshot, progress)
        else:
            _copy(database, snapshot, progress)
        header = _describe(snapshot, deployment, clock())
        with snapshot.open("rb") as content, temporary.open("r+b") as out:
            digest = write_form(out, header, content, progress)
        put_in_place(temporary, file, force=force)
    return BackupReport(file, header, digest)


def _file_to_copy(settings: Settings, file: Path) -> Path:
    database = database_file(settings)
    if not database.is_file():
        raise NothingToBackUp(f"there is no database {database}")
    if file.resolve() in {path.resolve() for path, _ in family(database)}:
        raise AlreadyThere(file, hint="it is the database itself")
    return database


def _copy(database: Path, snapshot: Path, progress: Progress) -> None:
    """VACUUM INTO reads one state throughout, hinders no writer, and leaves out what was deleted."""
    total = database.stat().st_size
    raised: list[BaseException] = []

    def look() -> int:
        try:
            done = snapshot.stat().st_size
            progress.reach("bytes copied", done, max(total, done))
        except BaseException as error:  # noqa: BLE001 - SQLite would swallow it, an interrupt included
            raised.append(error)
        return len(raised)

    try:
        with closing(_open(database, mode="rw")) as connection:
            connection.set_progress_handler(look, _STEPS_BETWEEN_LOOKS)
            connection.execute("VACUUM INTO ?", (str(snapshot),))
    except sqlite3.DatabaseError as error:
        if raised:
            raise raised[0] from None
        if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL:
            raise OSError(
                errno.ENOSPC, "no space left for a copy of the database", str(snapshot.parent)
            ) from None
        raise BackupError(f"the database {database} cannot be copied: {error}") from None


def _describe(snapshot: Path, deployment: Deployment, now: datetime) -> BackupHeader:
    """The header for a snapshot: what it holds, not what the database may have become meanwhile."""
    engine = create_engine("sqlite://", creator=lambda: _open(snapshot, mode="ro"), poolclass=NullPool)
    try:
        with engine.connect() as connection:
            cursor = read_cursor(connection)
            schema = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    except DBAPIError as error:
        raise NothingToBackUp(f"the database is not one of a node ({error.orig})") from None
    finally:
        engine.dispose()
    return BackupHeader(
        chain_id=cursor.chain_id if cursor else deployment.chain_id,
        log_address=cursor.log_address if cursor else bytes.fromhex(deployment.registry_log[2:]),
        log_size=cursor.size if cursor else 0,
        log_root=cursor.root if cursor else EMPTY_ROOT,
        schema=schema,
        length=snapshot.stat().st_size,
        created_at=now.replace(microsecond=0),
    )


def _open(path: Path, *, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.resolve().as_uri()}?mode={mode}", uri=True, isolation_level=None, timeout=BUSY_TIMEOUT / 1000
    )

"""A backup put where a node's database goes: checked whole beside that place first, then moved there.

On a server its rows are copied from there, in one transaction.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from anchoring.merkle import EMPTY_ROOT
from node.backup.errors import AlreadyThere, AnotherDeployment, DamagedBackup, NewerBackup, NodeServing
from node.backup.files import database_file, family, private_file, put_in_place, sync_folder
from node.backup.form import BackupHeader, BackupReader
from node.backup.revisions import is_known
from node.backup.server import check_room, copy_from_file, is_server, name_of
from node.clock import wall_clock
from node.config import Deployment, Settings, load_deployment
from node.db.cursor import read_cursor
from node.db.lease import read_sighting, release_lease
from node.db.session import open_engine, reading, upgrade, writing
from node.progress import SILENT, Progress


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """What was restored.

    Attributes:
        database: a file, or the URL of a server's database without its password.
        header: what the backup says of itself.
        replaced: where the old database is now, if there was one: a file, or a schema of the server's.
    """

    database: str
    header: BackupHeader
    replaced: str | None

    @property
    def sentence(self) -> str:
        """The result in words."""
        header = self.header
        kept = f"; the old database is kept as {self.replaced}" if self.replaced else ""
        return f"{self.database}: {header.log_size} entries restored, root {header.log_root.hex()}{kept}"

    def to_json(self) -> dict[str, Any]:
        """Return the report for machines."""
        return {"database": self.database, **self.header.to_json(), "replaced": self.replaced}


def restore_node(
    settings: Settings,
    file: Path,
    *,
    force: bool = False,
    progress: Progress = SILENT,
    clock: Callable[[], datetime] = wall_clock,
) -> RestoreReport:
    """The node's database is the one in the backup, brought to the newest tables, with nobody following.

    Args:
        settings: whose database; no process may have it open, or (on a server) follow into it.
        file: a backup.
        force: whether a database that is there is set aside; it is kept beside the new one.
        progress: told how far the work is.
        clock: the present, aware UTC.

    Raises:
        NotABackup: the file is something else.
        DamagedBackup: it is not as it was written.
        NewerBackup: its form or its tables are newer than this version.
        AnotherDeployment: it is of another log than the deployment file names.
        AlreadyThere: a database is there and `force` was not given.
        NodeServing: a process has that database open.
        BackupError: the server does not take what the backup holds.
        ConfigurationError: the settings or the deployment file cannot be used.
        DatabaseUnavailable: the server does not answer.
        OSError: the file system refuses.
    """
    deployment = load_deployment(settings.deployment)
    with file.open("rb") as source:
        backup = BackupReader(file, source)
        _check_deployment(backup.header, deployment)
        if not is_known(backup.header.schema):
            raise NewerBackup(file, what="schema", found=backup.header.schema)
        if is_server(settings):
            return _into_server(settings, file, backup, force=force, progress=progress, now=clock())
        return _into_file(settings, file, backup, force=force, progress=progress, now=clock())


def _into_file(
    settings: Settings, file: Path, backup: BackupReader, *, force: bool, progress: Progress, now: datetime
) -> RestoreReport:
    database = database_file(settings)
    _check_room(database, force=force)
    database.parent.mkdir(parents=True, exist_ok=True)
    with _unpacked(database, file, backup, progress) as temporary:
        _check_room(database, force=force)  # a node may have been started meanwhile
        replaced = _set_aside(database, now)
        try:
            put_in_place(temporary, database, force=False)
        except BaseException:
            _bring_back(database, replaced)
            raise
    return RestoreReport(str(database), backup.header, None if replaced is None else str(replaced))


def _into_server(
    settings: Settings, file: Path, backup: BackupReader, *, force: bool, progress: Progress, now: datetime
) -> RestoreReport:
    check_room(settings, force=force)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with _unpacked(settings.data_dir / "restored", file, backup, progress) as temporary:
        replaced = copy_from_file(settings, temporary, now=now, force=force, progress=progress)
    return RestoreReport(name_of(settings), backup.header, replaced and f"schema {replaced}")


@contextmanager
def _unpacked(beside: Path, file: Path, backup: BackupReader, progress: Progress) -> Iterator[Path]:
    """The backup's database, checked whole, with the newest tables; gone at the end unless it was moved."""
    with private_file(beside) as temporary:
        with temporary.open("wb") as out:
            backup.copy_content(out, progress)
        _adopt(temporary, backup.header, file)
        yield temporary


def _check_deployment(header: BackupHeader, deployment: Deployment) -> None:
    address = "0x" + header.log_address.hex()
    if header.chain_id != deployment.chain_id:
        raise AnotherDeployment("chain id", expected=deployment.chain_id, found=header.chain_id)
    if address != deployment.registry_log.lower():
        raise AnotherDeployment("log", expected=deployment.registry_log, found=address)


def _check_room(database: Path, *, force: bool) -> None:
    """Return if the place is free, or may be made free."""
    found = family(database)
    if not found:
        return
    if database.is_file():
        _check_alone(database)
    if not force:
        raise AlreadyThere(found[0][0], hint="with --force it is set aside, and kept")


def _check_alone(database: Path) -> None:
    """Only who has the database alone may leave write-ahead logging; then all of it is in its one file."""
    uri = f"{database.resolve().as_uri()}?mode=rw"
    try:
        with closing(sqlite3.connect(uri, uri=True, isolation_level=None, timeout=1)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.DatabaseError as error:
        # a damaged database is set aside as it is: it may be the reason for restoring
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise NodeServing(database) from None


def _adopt(temporary: Path, header: BackupHeader, file: Path) -> None:
    """The restored database holds what the header says, has the newest tables, and nobody's lease."""
    engine = open_engine(f"sqlite:///{temporary.resolve()}")
    try:
        with reading(engine) as connection:
            cursor = read_cursor(connection)
            schema = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        held = (cursor.chain_id, cursor.log_address, cursor.size, cursor.root) if cursor else None
        said = (header.chain_id, header.log_address, header.log_size, header.log_root)
        if schema != header.schema or said != (held or (*said[:2], 0, EMPTY_ROOT)):
            raise DamagedBackup(file, "its database is not the one that its second line tells of")
        upgrade(engine)
        with writing(engine) as connection:
            sighting = read_sighting(connection)
            if sighting and sighting.holder:  # who followed when it was made does not follow here
                release_lease(connection, holder=sighting.holder)
    except DBAPIError as error:
        raise DamagedBackup(file, f"its database cannot be read ({error.orig})") from None
    finally:
        engine.dispose()


def _set_aside(database: Path, now: datetime) -> Path | None:
    """The files of the old database have another name, in the same folder; None if there were none."""
    found = family(database)
    if not found:
        return None
    aside = database.with_name(f"{database.name}.before-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    number = 1
    while family(aside):
        number += 1
        aside = database.with_name(f"{database.name}.before-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{number}")
    for path, side in found:
        path.rename(aside.with_name(aside.name + side))
    sync_folder(database.parent)
    return aside


def _bring_back(database: Path, aside: Path | None) -> None:
    if aside is None:
        return
    for path, side in family(aside):
        path.rename(database.with_name(database.name + side))

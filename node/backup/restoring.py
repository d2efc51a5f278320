"""A backup put where a node's database goes: checked whole beside that place first, then moved there."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
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
from node.backup.progress import Portions, Tell, silent
from node.backup.revisions import is_known
from node.clock import wall_clock
from node.config import Deployment, Settings, load_deployment
from node.db.cursor import read_cursor
from node.db.lease import read_sighting, release_lease
from node.db.session import open_engine, reading, upgrade, writing


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """What was restored: where, what the backup says of itself, and where the old database is now, if any."""

    database: Path
    header: BackupHeader
    replaced: Path | None

    @property
    def sentence(self) -> str:
        """The result in words."""
        header = self.header
        kept = f"; the old database is kept as {self.replaced}" if self.replaced else ""
        return f"{self.database}: {header.log_size} entries restored, root {header.log_root.hex()}{kept}"

    def to_json(self) -> dict[str, Any]:
        """Return the report for machines."""
        replaced = None if self.replaced is None else str(self.replaced)
        return {"database": str(self.database), **self.header.to_json(), "replaced": replaced}


def restore_node(
    settings: Settings,
    file: Path,
    *,
    force: bool = False,
    progress: Tell = silent,
    clock: Callable[[], datetime] = wall_clock,
) -> RestoreReport:
    """The node's database is the one in the backup, brought to the newest tables, with nobody following.

    Args:
        settings: whose database; no process may have it open.
        file: a backup.
        force: whether a database that is there is set aside; it is kept beside the new one.
        progress: told a sentence now and then.
        clock: the present, aware UTC.

    Raises:
        NotABackup: the file is something else.
        DamagedBackup: it is not as it was written.
        NewerBackup: its form or its tables are newer than this version.
        AnotherDeployment: it is of another log than the deployment file names.
        AlreadyThere: a database is there and `force` was not given.
        NodeServing: a process has that database open.
        ConfigurationError: the settings or the deployment file cannot be used.
        OSError: the file system refuses.
    """
    deployment = load_deployment(settings.deployment)
    database = database_file(settings)
    with file.open("rb") as source:
        backup = BackupReader(file, source)
        header = backup.header
        _check_deployment(header, deployment)
        if not is_known(header.schema):
            raise NewerBackup(file, what="schema", found=header.schema)
        _check_room(database, force=force)
        database.parent.mkdir(parents=True, exist_ok=True)
        with private_file(database) as temporary:
            with temporary.open("wb") as out:
                backup.copy_content(out, Portions("restored", total=header.length, tell=progress))
            _adopt(temporary, header, file)
            _check_room(database, force=force)  # a node may have been started meanwhile
            replaced = _set_aside(database, clock())
            try:
                put_in_place(temporary, database, force=False)
            except BaseException:
                _bring_back(database, replaced)
                raise
    return RestoreReport(database, header, replaced)


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

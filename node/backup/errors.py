"""Why a backup is not made, or not taken over; in every case nothing was changed."""

from pathlib import Path

from node.errors import NodeError


class BackupError(NodeError):
    """A backup was not made, or not restored."""


class AlreadyThere(BackupError):
    """Something stands where the result would go."""

    def __init__(self, place: Path | str, *, hint: str) -> None:
        super().__init__(f"{place} is there already: {hint}")
        self.place = place


class NothingToBackUp(BackupError):
    """The settings name no database that a node has made."""


class NodeServing(BackupError):
    """A process has the database open that is to be replaced, or follows into it."""

    def __init__(self, database: Path | str) -> None:
        super().__init__(f"a process has {database} open: stop the node first")
        self.database = database


class NotABackup(BackupError):
    """The file does not begin as a backup does."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is no backup of a node")
        self.path = path


class DamagedBackup(BackupError):
    """The file is not as it was written."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} is damaged: {reason}")
        self.path, self.reason = path, reason


class NewerBackup(BackupError):
    """A newer version of this software wrote it; `what` is `format` or `schema`, `found` its version."""

    def __init__(self, path: Path, *, what: str, found: str) -> None:
        super().__init__(
            f"{path} was written by a newer version ({what} {found}): restore it with that version"
        )
        self.path, self.what, self.found = path, what, found


class AnotherDeployment(BackupError):
    """The backup is of another log than the one that the deployment file names."""

    def __init__(self, what: str, *, expected: object, found: object) -> None:
        super().__init__(f"the backup is of another deployment: its {what} is {found}, expected {expected}")
        self.what, self.expected, self.found = what, expected, found

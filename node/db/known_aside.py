"""What the entries so far have made, in a temporary file: for reading a log of any length from its beginning.

The file is SQLite's own, whatever database the node has: it has no name, and is gone with who made it. A few
megabytes of it are in memory.
"""

import sqlite3
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from typing import Any, Self

from sqlalchemy import Table

from node.db.projection import standing_of
from node.db.row_making import ISSUERS, USERS, KeyInterval, MonthTally, Standing, Totals
from node.db.statistics import month_tally_of, totals_of
from node.db.tables import KEY_INTERVAL, LISTED, REVISION, TALLY
from node.errors import DatabaseUnavailable

_PREPARED = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -8192;
CREATE TABLE standing (
    did TEXT, attribute_id BLOB, issuer_type INTEGER, tao TEXT, attribute_id_tao BLOB, root_tao TEXT,
    PRIMARY KEY (did, attribute_id)
) WITHOUT ROWID;
CREATE TABLE listed (collection TEXT, name BLOB, PRIMARY KEY (collection, name)) WITHOUT ROWID;
CREATE TABLE key_interval (
    did TEXT, v_method_id TEXT, relationship TEXT, not_before INTEGER, not_after INTEGER,
    PRIMARY KEY (did, v_method_id, relationship)
) WITHOUT ROWID;
CREATE TABLE tally (
    did TEXT PRIMARY KEY, month INTEGER, batches INTEGER, credentials INTEGER, publications INTEGER
) WITHOUT ROWID;
CREATE TABLE head (subject BLOB PRIMARY KEY, hash BLOB) WITHOUT ROWID;
BEGIN;
"""
_STANDING = """
SELECT issuer_type, tao, attribute_id_tao, root_tao FROM standing WHERE did = ? AND attribute_id = ?
"""
_REPLACE = {
    name: f"INSERT OR REPLACE INTO {name} VALUES ({', '.join('?' * columns)})"  # noqa: S608 -- ours alone
    for name, columns in (("standing", 6), ("listed", 2), ("key_interval", 5), ("tally", 5), ("head", 2))
}
_TALLY = "SELECT month, batches, credentials, publications FROM tally WHERE did = ?"
_LISTED = "SELECT 1 FROM listed WHERE collection = ? AND name = ?"
_INTERVALS = """
SELECT relationship, not_before, not_after FROM key_interval WHERE did = ? AND v_method_id = ?
ORDER BY relationship
"""


class KnownAside:
    """Rows of entries before the next one, from the first entry of all; closed by its `with` block."""

    def __init__(self) -> None:
        """Nothing is known before the first entry.

        Raises:
            DatabaseUnavailable: no temporary file can be made.
        """
        self._file = _File()
        self._counts: dict[str, int] = {}
        self._totals = Totals()

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """The file is gone."""
        self._file.close()

    @property
    def heads(self) -> MutableMapping[bytes, bytes]:
        """The hash of each subject's last entry, for `anchoring.history` to keep there."""
        return _Heads(self._file)

    def take(self, table: Table, row: Mapping[str, Any]) -> None:
        """The row was made: what comes next depends on it.

        Raises:
            DatabaseUnavailable: the temporary file cannot be written.
        """
        if table is REVISION:
            now = standing_of(row)
            values = (now.issuer_type, now.tao, now.attribute_id_tao, now.root_tao)
            self._file.replace("standing", row["did"], row["attribute_id"], *values)
        elif table is TALLY:
            own, self._totals = month_tally_of(row), totals_of(row)
            self._file.replace("tally", row["did"], own.month, own.batches, own.credentials, own.publications)
        elif table is KEY_INTERVAL:
            times = row["not_before"], row["not_after"]
            self._file.replace("key_interval", row["did"], row["v_method_id"], row["relationship"], *times)
        elif table is LISTED:
            self._counts[row["collection"]] = row["ordinal"] + 1
            if row["collection"] in {ISSUERS, USERS}:
                self._file.replace("listed", row["collection"], row["name"])

    def standing(self, did: str, attribute_id: bytes) -> Standing | None:
        """The attribute's standing; None if it has none yet."""
        found = self._file.rows(_STANDING, did, attribute_id)
        return Standing(*found[0]) if found else None

    def count(self, collection: str) -> int:
        """How many members the collection has."""
        return self._counts.get(collection, 0)

    def is_listed(self, collection: str, name: bytes) -> bool:
        """Whether it has this one; known of issuers and users only."""
        return bool(self._file.rows(_LISTED, collection, name))

    def intervals(self, did: str, v_method_id: str) -> Sequence[KeyInterval]:
        """What a DID's verification method stands under and when, one for each relationship."""
        return [KeyInterval(*row) for row in self._file.rows(_INTERVALS, did, v_method_id)]

    def month_tally(self, did: str) -> MonthTally | None:
        """What the DID counts up to; None if it counted nothing yet."""
        found = self._file.rows(_TALLY, did)
        return MonthTally(*found[0]) if found else None

    def totals(self) -> Totals:
        """What everybody counts up to."""
        return self._totals


class _File:
    """A database without a name, in one transaction that never ends."""

    def __init__(self) -> None:
        try:
            self._connection = sqlite3.connect("", isolation_level=None)
            self._connection.executescript(_PREPARED)
            self._cursor = self._connection.cursor()  # one for all: making another takes longer than a look
        except sqlite3.Error as error:
            raise _out_of_order(error) from error

    def close(self) -> None:
        self._connection.close()

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        try:
            return self._cursor.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise _out_of_order(error) from error

    def replace(self, table: str, *values: object) -> None:
        self.rows(_REPLACE[table], *values)


class _Heads(MutableMapping[bytes, bytes]):
    """A mapping whose items lie in the file."""

    def __init__(self, file: _File) -> None:
        self._file = file

    def __getitem__(self, subject: bytes) -> bytes:
        for (found,) in self._file.rows("SELECT hash FROM head WHERE subject = ?", subject):
            head: bytes = found
            return head
        raise KeyError(subject)

    def __setitem__(self, subject: bytes, head: bytes) -> None:
        self._file.replace("head", subject, head)

    def __delitem__(self, subject: bytes) -> None:
        if subject not in self:
            raise KeyError(subject)
        self._file.rows("DELETE FROM head WHERE subject = ?", subject)

    def __iter__(self) -> Iterator[bytes]:
        return (subject for (subject,) in self._file.rows("SELECT subject FROM head ORDER BY subject"))

    def __len__(self) -> int:
        ((count,),) = self._file.rows("SELECT count(*) FROM head")
        return int(count)


def _out_of_order(error: sqlite3.Error) -> DatabaseUnavailable:
    return DatabaseUnavailable(f"the temporary file that entries are derived with: {error}")

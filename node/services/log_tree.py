"""The log's tree in memory, kept equal to the projection: grown by entries, cut back by reorganisations."""

import threading
from dataclasses import dataclass, field

from sqlalchemy import Connection

from anchoring.merkle import AppendOnlyTree
from node.db.cursor import Cursor
from node.db.entries import leaf_hashes
from node.services.errors import ProjectionDamaged


@dataclass(slots=True)
class LogTree:
    """One tree for all threads of a process; each question is answered at the state its connection sees.

    The cursor of that state says how many entries there are and what they hash to; the follower compared
    that root with the ledger's.
    """

    _tree: AppendOnlyTree = field(default_factory=AppendOnlyTree)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def root(self, connection: Connection, *, size: int, cursor: Cursor | None) -> bytes:
        """Return the root of the first `size` entries (RFC 9162 section 2.1.1).

        Raises:
            ProjectionDamaged: the entries in the database do not hash to the cursor's root.
        """
        with self._lock:
            self._agree(connection, cursor)
            return self._tree.root(size)

    def inclusion_path(
        self, connection: Connection, *, index: int, size: int, cursor: Cursor | None
    ) -> tuple[bytes, ...]:
        """Return the path of entry `index` in the log of `size` entries (RFC 9162 section 2.1.3.1).

        Raises:
            ProjectionDamaged: as for `root`.
        """
        with self._lock:
            self._agree(connection, cursor)
            return self._tree.inclusion_path(index, size=size)

    def consistency_path(
        self, connection: Connection, *, first: int, second: int, cursor: Cursor | None
    ) -> tuple[bytes, ...]:
        """Return the path from the log of `first` entries to that of `second` (RFC 9162 section 2.1.4.1).

        Raises:
            ProjectionDamaged: as for `root`.
        """
        with self._lock:
            self._agree(connection, cursor)
            return self._tree.consistency_path(first, second)

    def _agree(self, connection: Connection, cursor: Cursor | None) -> None:
        """Make the tree hold exactly what the connection sees."""
        size = cursor.size if cursor else 0
        if self._tree.size > size:
            self._tree.truncate(size)
        self._extend(connection, size)
        if cursor is None or self._tree.root() == cursor.root:
            return
        self._cut_to_common_entries(connection)
        self._extend(connection, size)
        if self._tree.root() != cursor.root:
            self._tree.truncate(0)
            raise ProjectionDamaged(size=size)

    def _extend(self, connection: Connection, size: int) -> None:
        if self._tree.size < size:
            self._tree.extend(leaf_hashes(connection, start=self._tree.size, stop=size))
        if self._tree.size != size:
            self._tree.truncate(0)
            raise ProjectionDamaged(size=size)

    def _cut_to_common_entries(self, connection: Connection) -> None:
        """Drop what a reorganisation replaced.

        All entries are compared, from the first on: reorganisations are rare, and an entry commits to the
        earlier entries of its own subject alone, so equal entries may stand behind different ones.
        """
        stored = leaf_hashes(connection, stop=self._tree.size)
        for index, stored_hash in enumerate(stored):
            if stored_hash != self._tree.leaf_hash(index):
                self._tree.truncate(index)
                return

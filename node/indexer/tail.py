"""The log's tail beside the database: read from it once, grown with each look, forgotten when in doubt."""

from collections.abc import Sequence

from sqlalchemy import Connection, Engine

from anchoring.errors import BrokenHistory
from node.chain.headers import Header
from node.chain.logs import LoggedEntry
from node.db.cursor import Cursor, read_cursor
from node.db.entries import entry_at, heads_of, leaf_hashes
from node.db.session import reading
from node.errors import Alarm, StaleCursor
from node.indexer.continuity import LogTail

LOG_GAP = "log-gap"
"""Name of the alarm that an entry is missing."""


class Tail:
    """Keeps a `LogTail` that is where the database is, or none."""

    def __init__(self, engine: Engine) -> None:
        """Nothing is read yet."""
        self._engine = engine
        self._tail: LogTail | None = None

    def forget(self) -> None:
        """The next use reads the database again."""
        self._tail = None

    def keep(self, tail: LogTail) -> None:
        """What `tail` has appended is now written."""
        self._tail = tail

    def at(self, cursor: Cursor | None) -> LogTail:
        """The tail that ends where the cursor stands.

        Raises:
            Alarm: the entries kept do not make the cursor's root.
            StaleCursor: another follower moved the cursor since it was read.
        """
        if self._tail is not None and cursor is not None and self._tail.root() == cursor.root:
            return self._tail
        with reading(self._engine) as connection:
            _unmoved(connection, cursor)
            hashes = leaf_hashes(connection)
            last = entry_at(connection, len(hashes) - 1) if hashes else None
        tail = LogTail(
            hashes,
            time=last.entry.time if last else 0,
            closed=last is not None and last.entry.kind == "log.closed",
        )
        if cursor is not None and (tail.size, tail.root()) != (cursor.size, cursor.root):
            raise Alarm(
                "database-damaged",
                f"the entries kept make the root {tail.root().hex()} of {tail.size}, the cursor tells of "
                f"{cursor.root.hex()} of {cursor.size}: run `ankyra node check`, then `ankyra node rebuild`",
            )
        self._tail = tail
        return tail

    def grow(
        self,
        tail: LogTail,
        chain: Sequence[Header],
        entries: Sequence[LoggedEntry],
        *,
        cursor: Cursor | None,
    ) -> bool:
        """True if all entries are of these very blocks and continue the log: `tail` is ahead of the database.

        Args:
            tail: as `at` gave it for `cursor`.
            chain: the blocks, in order.
            entries: of these blocks, in log order.
            cursor: where the database stands.

        Raises:
            Alarm: an entry is missing, or there twice.
            BrokenHistory: an entry does not continue the log.
            StaleCursor: another follower moved the cursor since it was read.
        """
        by_number = {header.number: header for header in chain}
        self._tail = None
        with reading(self._engine) as connection:
            _unmoved(connection, cursor)
            tail.know(heads_of(connection, {logged.entry.subject for logged in entries}))
        for logged in entries:
            header = by_number.get(logged.block_number)
            if header is None or header.hash != logged.block_hash:
                return False
            _in_order(logged, tail.size)
            if (logged.entry.time, logged.entry.parent) != (header.time, header.parent_hash):
                raise BrokenHistory("time or parent are not its block's", index=logged.entry.index)
            tail.append(logged.entry)
        return True


def _unmoved(connection: Connection, cursor: Cursor | None) -> None:
    """Return if the database is where it was: else what is read from it contradicts what was read before."""
    if read_cursor(connection) != cursor:
        raise StaleCursor("another follower moved the cursor first")


def _in_order(logged: LoggedEntry, size: int) -> None:
    index, block = logged.entry.index, logged.block_number
    if index > size:
        raise Alarm(
            LOG_GAP, f"block {block} has entry {index} of the log, and entry {size} is in no block before"
        )
    if index < size:
        raise Alarm("log-repeated", f"block {block} has entry {index} of the log, which came before")

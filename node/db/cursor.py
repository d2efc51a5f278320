"""How far the ledger has been followed: one cursor, moved by compare-and-swap, and the last few blocks."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import Connection, delete, insert, select, update

from node.db.kept_transactions import reopen_above
from node.db.tables import BLOCK, CURSOR, LIST_CHANGE, PROJECTION
from node.errors import AnotherLedger, StaleCursor

WINDOW = 65  # blocks kept to measure a reorg of depth 64 against
_CURSOR = select(CURSOR)  # made once: each answer begins with it


@dataclass(frozen=True, slots=True)
class Block:
    """A block's number, hash, parent's hash and time (seconds)."""

    number: int
    hash: bytes
    parent_hash: bytes
    time: int


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last followed block, and the log's size and root at its end."""

    chain_id: int
    log_address: bytes
    block_number: int
    block_hash: bytes
    block_time: int
    size: int
    root: bytes

    def at(self, block: Block, *, size: int, root: bytes) -> "Cursor":
        """Return where it stands in the same log once `block` is the last one followed.

        Args:
            block: before or after its own.
            size: of the log at the block's end.
            root: 32 bytes, the log's there.
        """
        return replace(
            self,
            block_number=block.number,
            block_hash=block.hash,
            block_time=block.time,
            size=size,
            root=root,
        )


def read_cursor(connection: Connection) -> Cursor | None:
    """Where the follower stands; None before its first step."""
    row = connection.execute(_CURSOR).first()
    if row is None:
        return None
    return Cursor(
        chain_id=row.chain_id,
        log_address=row.log_address,
        block_number=row.block_number,
        block_hash=row.block_hash,
        block_time=row.block_time,
        size=row.size,
        root=row.root,
    )


def read_window(connection: Connection) -> list[Block]:
    """The last followed blocks, oldest first; their numbers are consecutive."""
    rows = connection.execute(select(BLOCK).order_by(BLOCK.c.number))
    return [Block(row.number, row.hash, row.parent_hash, row.time) for row in rows]


def move_cursor(
    connection: Connection, *, expected: Cursor | None, cursor: Cursor, blocks: Iterable[Block]
) -> None:
    """The cursor is at `cursor` and the window ends there, in one transaction with the rows it explains.

    Args:
        connection: of a writing transaction.
        expected: the cursor from which the step was taken; None for the first.
        cursor: where the step leads; below `expected` when blocks were taken back.
        blocks: the step's new blocks, in order; those above the cursor's number are forgotten.

    Raises:
        StaleCursor: another follower moved it first.
        AnotherLedger: the step is of another chain or log than the database.
    """
    values = {
        "chain_id": cursor.chain_id,
        "log_address": cursor.log_address,
        "block_number": cursor.block_number,
        "block_hash": cursor.block_hash,
        "block_time": cursor.block_time,
        "size": cursor.size,
        "root": cursor.root,
    }
    if expected is None:
        if connection.execute(select(CURSOR.c.id)).first():
            raise StaleCursor("another follower has begun in this database")
        connection.execute(insert(CURSOR).values(id=1, **values))
    else:
        _same_log(expected, cursor)
        moved = connection.execute(
            update(CURSOR)
            .where(CURSOR.c.id == 1)
            .where(CURSOR.c.block_hash == expected.block_hash)
            .where(CURSOR.c.block_number == expected.block_number)
            .where(CURSOR.c.size == expected.size)
            .values(**values)
        )
        if moved.rowcount != 1:
            raise StaleCursor("another follower moved the cursor first")
        if cursor.block_number < expected.block_number:
            reopen_above(connection, cursor.block_number)
    connection.execute(delete(BLOCK).where(BLOCK.c.number > cursor.block_number))
    new = [block for block in blocks if block.number > cursor.block_number - WINDOW]
    if new:
        connection.execute(
            insert(BLOCK),
            [{"number": b.number, "hash": b.hash, "parent_hash": b.parent_hash, "time": b.time} for b in new],
        )
    connection.execute(delete(BLOCK).where(BLOCK.c.number <= cursor.block_number - WINDOW))


def place_cursor(
    connection: Connection, *, expected: Cursor, cursor: Cursor, blocks: Iterable[Block]
) -> None:
    """The cursor is at `cursor`, below `expected`, and the window is `blocks`, however far that is back.

    Args:
        connection: of a writing transaction.
        expected: the cursor from which the step was taken.
        cursor: where the step leads.
        blocks: the last ones up to there, in order.

    Raises:
        StaleCursor: another follower moved it first.
    """
    connection.execute(delete(BLOCK))
    move_cursor(connection, expected=expected, cursor=cursor, blocks=blocks)


def drop_entries(connection: Connection, *, size: int) -> None:
    """No projection table, nor what is derived beside it, has a row of an entry with index >= `size`."""
    for table in (*PROJECTION, LIST_CHANGE):
        connection.execute(delete(table).where(table.c.entry_index >= size))


def drop_projection(connection: Connection) -> None:
    """The projection, the cursor and the window are empty, as before the first step; blobs stay."""
    drop_entries(connection, size=0)
    reopen_above(connection, -1)
    connection.execute(delete(BLOCK))
    connection.execute(delete(CURSOR))


def _same_log(one: Cursor, other: Cursor) -> None:
    if one.chain_id != other.chain_id:
        raise AnotherLedger("chain id", expected=one.chain_id, found=other.chain_id)
    if one.log_address != other.log_address:
        raise AnotherLedger("log", expected=one.log_address.hex(), found=other.log_address.hex())

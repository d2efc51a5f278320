"""Writing the projection: rows, cursor and window in one transaction, forwards and backwards."""

from collections import defaultdict
from collections.abc import Callable, Sequence

from sqlalchemy import Connection, Table

from node.chain.logs import LoggedEntry
from node.db.bulk import insert_rows
from node.db.cursor import Block, Cursor, drop_entries, move_cursor, read_window
from node.db.entries import log_size, size_at_block
from node.db.known import KnownRows
from node.db.projection import Place, project
from node.db.row_making import Row
from node.errors import StaleCursor


def write_entries(
    connection: Connection,
    entries: Sequence[LoggedEntry],
    *,
    expected: Cursor | None,
    cursor: Cursor,
    blocks: Sequence[Block],
) -> None:
    """The entries' rows are in the projection and the cursor is at the end of the blocks they came in.

    Args:
        connection: of a writing transaction.
        entries: in log order, checked to continue the log.
        expected: the cursor from which the step was taken.
        cursor: where it leads.
        blocks: followed in this step.

    Raises:
        StaleCursor: another follower moved the cursor first.
        AnotherLedger: the step is of another chain or log than the database.
    """
    if log_size(connection) != (expected.size if expected else 0):
        raise StaleCursor("the entries kept are not those that the cursor tells of")
    known = KnownRows(connection)
    rows: dict[Table, list[Row]] = defaultdict(list)
    for logged in entries:
        place = Place(logged.block_number, logged.block_hash, logged.transaction_hash)
        for table, row in project(logged.entry, place, known):
            rows[table].append(row)
            known.take(table, row)
    for table, made in rows.items():
        insert_rows(connection, table, made)
    move_cursor(connection, expected=expected, cursor=cursor, blocks=blocks)


def take_back(
    connection: Connection, *, expected: Cursor, to: int, root_of: Callable[[int], bytes]
) -> Cursor:
    """The cursor after every block above number `to` was taken back with its rows.

    Args:
        connection: of a writing transaction.
        expected: the cursor from which the step is taken.
        to: number of a block in the window.
        root_of: the log's root at a size it has had.

    Raises:
        StaleCursor: another follower moved the cursor first, or the block is not in the window.
    """
    block = next((block for block in read_window(connection) if block.number == to), None)
    if block is None:
        raise StaleCursor(f"block {to} is not among those remembered")
    size = size_at_block(connection, to)
    cursor = expected.at(block, size=size, root=root_of(size))
    drop_entries(connection, size=size)
    move_cursor(connection, expected=expected, cursor=cursor, blocks=())
    return cursor

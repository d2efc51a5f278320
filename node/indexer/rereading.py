"""A gap in the log mended: what came after the last entry kept is read from the ledger once more.

Far behind the head a ledger node may no longer say what the log was, and entries that it withholds at the end
of a step are missed until the next entry comes (`extending`). The entries before the gap are right: they
continue one another. So the cursor goes back to where they end, and reading goes on there.
"""

from sqlalchemy import Engine

from node.chain.client import LedgerClient
from node.chain.headers import headers
from node.config import Deployment
from node.db.cursor import WINDOW, Block, Cursor, drop_entries, drop_projection, place_cursor, read_cursor
from node.db.entries import entry_at, size_at_block
from node.db.session import reading, writing
from node.errors import StaleCursor
from node.indexer.blocks import continues
from node.indexer.tail import Tail


def read_again(
    engine: Engine, ledger: LedgerClient, deployment: Deployment, *, tail: Tail, cursor: Cursor
) -> bool:
    """True if the cursor stands before the block of the last entry kept, whose entries are read again too.

    Args:
        engine: the database.
        ledger: the endpoint that is followed.
        deployment: whose log it is.
        tail: of the log in that database; forgotten, if the cursor moved.
        cursor: where the gap was found.

    Raises:
        LedgerError: the endpoint refused, lied, or is silent.
        StaleCursor: another follower moved the cursor first.
    """
    with reading(engine) as connection:
        last = entry_at(connection, cursor.size - 1) if cursor.size else None
    to = last.block_number - 1 if last is not None else deployment.first_block - 1
    if to < deployment.first_block:
        with writing(engine) as connection:
            if read_cursor(connection) != cursor:
                raise StaleCursor("another follower moved the cursor first")
            drop_projection(connection)
        tail.forget()
        return True
    found = headers(ledger, range(max(deployment.first_block, to - WINDOW + 1), to + 2))
    chain = [header for header in found if header is not None]
    if len(chain) != len(found) or not continues(None, [(h.number, h.hash, h.parent_hash) for h in chain]):
        return False  # the ledger reorganised: the next look will tell
    if last is None or chain[-1].hash != last.block_hash:
        return False  # the entry's own block was replaced, which is a reorganisation and no gap
    grown = tail.at(cursor)
    blocks = [Block(h.number, h.hash, h.parent_hash, h.time) for h in chain[:-1]]
    with writing(engine) as connection:
        size = size_at_block(connection, to)
        back = cursor.at(blocks[-1], size=size, root=grown.root(size))
        drop_entries(connection, size=size)
        place_cursor(connection, expected=cursor, cursor=back, blocks=blocks)
    tail.forget()
    return True

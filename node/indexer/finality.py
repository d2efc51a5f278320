"""What it means that the ledger took back blocks that had been called final."""

import logging
from datetime import datetime

from sqlalchemy import Connection

from node.db.broken_finality import BrokenFinality, note_broken_finality
from node.db.cursor import Cursor

_LOG = logging.getLogger("node.indexer.finality")


def finality_broken(
    connection: Connection, before: Cursor, after: Cursor, *, depth: int, now: datetime
) -> BrokenFinality | None:
    """What had been final and is taken back, kept in the same transaction; None if nothing was.

    Args:
        connection: of the writing transaction that takes the blocks back.
        before: the cursor from which they are taken.
        after: where it goes back to.
        depth: blocks that follow a final one.
        now: the node's clock.
    """
    blocks = before.block_number - depth - after.block_number
    if blocks <= 0:
        return None
    broken = BrokenFinality(
        at=now, first_block=after.block_number + 1, blocks=blocks, entries=before.size - after.size
    )
    note_broken_finality(connection, broken)
    return broken


def tell(broken: BrokenFinality) -> None:
    """Say in the log what answers of the past are no longer true."""
    _LOG.critical(
        "finality-broken: the ledger took back %d blocks from %d on that had been final, and %d entries",
        broken.blocks,
        broken.first_block,
        broken.entries,
    )

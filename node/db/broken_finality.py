"""Each time that the ledger took back what this node had called final; the rows stay for whoever asks."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, func, insert, select

from node.db.tables import BROKEN_FINALITY


@dataclass(frozen=True, slots=True)
class BrokenFinality:
    """Blocks called final that were taken back: `blocks` of them, beginning with number `first_block`.

    Attributes:
        at: when the follower saw it, by the node's clock.
        first_block: lowest of the blocks.
        blocks: how many of them had been final; those above them were taken back too.
        entries: log entries that were in them.
    """

    at: datetime
    first_block: int
    blocks: int
    entries: int


def note_broken_finality(connection: Connection, broken: BrokenFinality) -> None:
    """The event is kept, in one transaction with the rows that it takes away.

    Args:
        connection: of a writing transaction.
        broken: what was taken back.
    """
    connection.execute(
        insert(BROKEN_FINALITY).values(
            at=int(broken.at.timestamp()),
            first_block=broken.first_block,
            blocks=broken.blocks,
            entries=broken.entries,
        )
    )


def broken_finality(connection: Connection) -> tuple[int, BrokenFinality | None]:
    """How often it happened in this database, and the last time."""
    times = connection.execute(select(func.count()).select_from(BROKEN_FINALITY)).scalar_one()
    row = connection.execute(select(BROKEN_FINALITY).order_by(BROKEN_FINALITY.c.id.desc()).limit(1)).first()
    if row is None:
        return 0, None
    return times, BrokenFinality(
        datetime.fromtimestamp(row.at, UTC), row.first_block, row.blocks, row.entries
    )

"""The database compared with the ledger itself: every event read again, and the root asked for."""

from collections.abc import Callable, Iterator

from sqlalchemy import Engine

from node.chain.client import LedgerClient
from node.chain.headers import log_state
from node.chain.logs import fetch_entries
from node.config import Deployment
from node.db.check import Difference
from node.db.cursor import drop_projection, read_cursor
from node.db.entries import stream_entries
from node.db.leaves import drop_blob
from node.db.session import reading, writing
from node.errors import LedgerRefused
from node.indexer.blocks import MAX_RANGE

Progress = Callable[[str, int], None]


def recheck(
    engine: Engine, ledger: LedgerClient, deployment: Deployment, *, progress: Progress | None = None
) -> Iterator[Difference]:
    """Each entry that is not kept as the ledger has it, and the cursor's root where it is not the ledger's.

    Args:
        engine: the database.
        ledger: JSON-RPC to the ledger.
        deployment: whose log it is.
        progress: told (what, how many so far) now and then.

    Raises:
        LedgerUnavailable: no endpoint answered.
    """
    with reading(engine) as connection:
        cursor = read_cursor(connection)
        if cursor is None:
            return
        kept = stream_entries(connection)
        for first in range(deployment.first_block, cursor.block_number + 1, MAX_RANGE):
            last = min(first + MAX_RANGE - 1, cursor.block_number)
            for logged in fetch_entries(ledger, deployment.registry_log, first=first, last=last):
                mine = next(kept, None)
                index = logged.entry.index
                if mine is None or mine.entry.index != index:
                    yield Difference("entry", str(index), "the row is missing", entry_index=index)
                    return
                place = (mine.block_number, mine.block_hash, mine.transaction_hash)
                if mine.entry != logged.entry or place != (
                    logged.block_number,
                    logged.block_hash,
                    logged.transaction_hash,
                ):
                    yield Difference("entry", str(index), "not as on the ledger", entry_index=index)
            if progress:
                progress("blocks", last)
        for surplus in kept:
            index = surplus.entry.index
            yield Difference("entry", str(index), "not on the ledger", entry_index=index)
    try:
        state = log_state(ledger, deployment.registry_log, block_hash=cursor.block_hash)
    except LedgerRefused:
        return  # that block's state is no longer kept; every event was compared
    if (state.size, state.root) != (cursor.size, cursor.root):
        yield Difference("cursor", "1", f"the ledger's root is {state.root.hex()} of {state.size}")


def make_room(engine: Engine, damaged: list[Difference]) -> None:
    """The projection and every damaged blob are gone, to be followed and copied again; other blobs stay.

    Args:
        engine: the database; no follower may be at work.
        damaged: as `check_database` named it.
    """
    with writing(engine) as connection:
        drop_projection(connection)
        for root, size in {(d.root, d.size) for d in damaged if d.root is not None and d.size is not None}:
            drop_blob(connection, root=root, size=size)

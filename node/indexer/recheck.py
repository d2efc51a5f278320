"""The database compared with the ledger itself: every event read again, and the root asked for."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import Engine

from node.chain.client import LedgerClient
from node.chain.headers import Header, headers, log_state
from node.chain.logs import LoggedEntry, fetch_entries
from node.config import Deployment
from node.db.check import Difference
from node.db.cursor import Block, read_cursor, read_window
from node.db.entries import entry_rows
from node.db.session import reading
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
        yield from _replaced(ledger, read_window(connection))
        kept = entry_rows(connection)
        for first in range(deployment.first_block, cursor.block_number + 1, MAX_RANGE):
            last = min(first + MAX_RANGE - 1, cursor.block_number)
            for logged in fetch_entries(ledger, deployment.registry_log, first=first, last=last):
                mine = next(kept, None)
                index = logged.entry.index
                if mine is None or mine.entry_index != index:
                    yield Difference("entry", str(index), "the row is missing", entry_index=index)
                    return
                if not _same(mine, logged):
                    yield Difference("entry", str(index), "not as on the ledger", entry_index=index)
            if progress:
                progress("blocks", last)
        for surplus in kept:
            index = surplus.entry_index
            yield Difference("entry", str(index), "not on the ledger", entry_index=index)
    try:
        state = log_state(ledger, deployment.registry_log, block_hash=cursor.block_hash)
    except LedgerRefused:
        return  # that block's state is no longer kept; every event was compared
    if (state.size, state.root) != (cursor.size, cursor.root):
        yield Difference("cursor", "1", f"the ledger's root is {state.root.hex()} of {state.size}")


def _replaced(ledger: LedgerClient, window: Sequence[Block]) -> Iterator[Difference]:
    """The remembered blocks that the ledger does not have."""
    found = headers(ledger, [block.number for block in window])
    for block, header in zip(window, found, strict=True):
        if header is None or header != Header(block.number, block.hash, block.parent_hash, block.time):
            yield Difference("block", str(block.number), "not as on the ledger")


def _same(row: Any, logged: LoggedEntry) -> bool:
    """Whether a row, which may be damaged in any way, is what the ledger's event says."""
    entry = logged.entry
    kept = (row.kind, row.subject, row.previous, row.time, row.actor, row.parent, row.payload)
    place = (row.block_number, row.block_hash, row.transaction_hash)
    said = (entry.kind, entry.subject, entry.previous, entry.time, entry.actor, entry.parent, entry.payload)
    return (kept, place) == (said, (logged.block_number, logged.block_hash, logged.transaction_hash))

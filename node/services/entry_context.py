"""One entry of the log among others: what came before and after it about the same, and with it."""

from dataclasses import dataclass

from anchoring.entry import ZERO_HASH
from node.db.entries import StoredEntry, entry_at, find_entries
from node.db.kept_transactions import entries_of
from node.services.view import View

MOST_TOGETHER = 100
"""Entries of one transaction that are named."""


@dataclass(frozen=True, slots=True)
class EntryContext:
    """An entry and its neighbours.

    Attributes:
        found: the entry, and where on the ledger it stands.
        previous: log index of the entry before of the same subject; None for its first.
        following: log index of the next of the same subject; None if there is none yet.
        together: log indexes of the entries of the same transaction, this one among them.
        confirmations: blocks that follow.
        final: whether these are enough.
    """

    found: StoredEntry
    previous: int | None
    following: int | None
    together: tuple[int, ...]
    confirmations: int
    final: bool


def entry_context(view: View, index: int) -> EntryContext | None:
    """Return the entry at `index` among others; None if this node has not followed so far."""
    found = entry_at(view.connection, index)
    if found is None:
        return None
    subject = found.entry.subject
    before = []
    if found.entry.previous != ZERO_HASH:
        before = find_entries(view.connection, stop=index, limit=1, subject=subject, newest_first=True)
    after = find_entries(view.connection, start=index + 1, limit=1, subject=subject)
    together = entries_of(view.connection, [found.transaction_hash])[found.transaction_hash]
    return EntryContext(
        found=found,
        previous=before[0].entry.index if before else None,
        following=after[0].entry.index if after else None,
        together=tuple(one.index for one in together[:MOST_TOGETHER]),
        confirmations=view.cursor.block_number - found.block_number if view.cursor else 0,
        final=view.is_final(found.block_number),
    )

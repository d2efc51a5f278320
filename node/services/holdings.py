"""What a node lacks of what the ledger names, and what runs beside it: figures for those who watch it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from node.db.not_at_hand import batches_unavailable, lists_withheld, publications_not_at_hand
from node.db.session import reading
from node.foreign.proofs import DidkitProofs
from node.services.node import Node

KEPT: Final = timedelta(seconds=60)
"""For how long counts are given again: they read whole tables, seconds for millions, and anybody may ask."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """What is not at hand.

    Attributes:
        publications_not_at_hand: publications whose list is not kept, superseded ones included.
        lists_withheld: lists of which the one published last is not kept.
        batches_unavailable: anchored batches whose leaves are not kept.
    """

    publications_not_at_hand: int
    lists_withheld: int
    batches_unavailable: int


@dataclass(slots=True)
class RememberedHoldings:
    """The holdings of one node, counted at most once in `KEPT`, by one thread at a time.

    Whoever asks meanwhile gets the counts of before and keeps no thread waiting.
    """

    _lock: Lock = field(default_factory=Lock)
    _counted: tuple[datetime, Holdings] | None = None

    def of(self, node: Node) -> Holdings:
        """Return what is not at hand, as of now or of a moment ago."""
        before = self._counted
        if not self._lock.acquire(blocking=before is None):
            assert before is not None
            return before[1]
        try:
            now = node.clock()
            if self._counted is None or not timedelta(0) <= now - self._counted[0] < KEPT:
                self._counted = now, _count(node)
            return self._counted[1]
        finally:
            self._lock.release()


def didkit_is_up(node: Node) -> bool:
    """Whether the process that judges embedded proofs runs; it is started by the first that needs it."""
    return isinstance(node.proofs, DidkitProofs) and node.proofs.pid is not None


def _count(node: Node) -> Holdings:
    with reading(node.engine) as connection:
        missing = publications_not_at_hand(connection)
        return Holdings(
            publications_not_at_hand=missing,
            lists_withheld=lists_withheld(connection) if missing else 0,
            batches_unavailable=batches_unavailable(connection),
        )

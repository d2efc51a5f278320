"""How the ledger itself fares, as this node sees it: its endpoints, what is final, and whether that held."""

from dataclasses import dataclass
from datetime import UTC, datetime

from node.db.broken_finality import BrokenFinality, broken_finality
from node.db.cursor import read_window
from node.db.ledger_endpoints import EndpointState, read_endpoints
from node.services.view import View


@dataclass(frozen=True, slots=True)
class LedgerStatus:
    """What `/readyz` and `/metrics` tell of the ledger.

    Attributes:
        endpoints: each as the follower last found it.
        final_block: newest followed block that is called final; None before there is one.
        final_lag_blocks: blocks between it and the newest block seen.
        final_lag_seconds: since it was made.
        finality_broken: how often the ledger took back what had been final.
        last_broken: the last time.
    """

    endpoints: tuple[EndpointState, ...]
    final_block: int | None
    final_lag_blocks: int | None
    final_lag_seconds: int | None
    finality_broken: int
    last_broken: BrokenFinality | None

    @property
    def disagreement(self) -> bool:
        """Whether endpoints contradict one another."""
        return any(one.state == "disagrees" for one in self.endpoints)


def ledger_status(view: View) -> LedgerStatus:
    """Return how the ledger fares, by what is kept of it."""
    times, last = broken_finality(view.connection)
    depth = view.node.settings.finality_depth
    number = view.cursor.block_number - depth if view.cursor else None
    final = next((block for block in read_window(view.connection) if block.number == number), None)
    head = view.sighting.ledger_head if view.sighting else None
    seconds = (view.now - datetime.fromtimestamp(final.time, UTC)).total_seconds() if final else None
    return LedgerStatus(
        endpoints=read_endpoints(view.connection),
        final_block=final.number if final else None,
        final_lag_blocks=None if final is None or head is None else max(0, head - final.number),
        final_lag_seconds=None if seconds is None else max(0, int(seconds)),
        finality_broken=times,
        last_broken=last,
    )

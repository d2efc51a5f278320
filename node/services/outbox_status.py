"""How the outbox fares: what waits for a block, and for how long."""

from collections.abc import Mapping
from dataclasses import dataclass

from node.db.outbox_age import count_by_state, oldest_waiting
from node.services.view import View


@dataclass(frozen=True, slots=True)
class OutboxStatus:
    """What `/metrics` tells of the outbox.

    Attributes:
        age_seconds: age of the oldest kept transaction that is not on the ledger; 0 if there is none.
        transactions: how many are kept, by state.
    """

    age_seconds: int
    transactions: Mapping[str, int]


def outbox_status(view: View) -> OutboxStatus:
    """Return how the outbox fares in `view`."""
    since = oldest_waiting(view.connection)
    return OutboxStatus(
        age_seconds=0 if since is None else max(0, int(view.now.timestamp()) - since),
        transactions=count_by_state(view.connection),
    )

"""How the node fares: how far it has followed, whether the ledger answers, what stopped it."""

from dataclasses import dataclass

from node.services.ledger_status import LedgerStatus, ledger_status
from node.services.node import Node
from node.services.outbox_status import OutboxStatus, outbox_status
from node.services.view import View, lag_seconds, viewing

READY_LAG_SECONDS = 60
"""A node that may be further behind is alive, and not ready: others should be asked first."""


@dataclass(frozen=True, slots=True)
class Status:
    """What `/readyz` and `/metrics` tell.

    Attributes:
        ready: answers are complete up to `READY_LAG_SECONDS` ago.
        lag_seconds: for how long the ledger may have gone on unseen; None if it was never seen.
        cursor: last block followed.
        head: newest block that the ledger was seen to have.
        size: entries followed.
        ledger_reachable: the last look at the ledger got an answer.
        alarm: name of what stopped following; None if nothing did.
        alarm_sentence: the same for people.
        follower: `working` in this process, `waiting` for another one's lease, or `stopped`.
        outbox: how the kept transactions fare.
        ledger: how the ledger itself fares.
    """

    ready: bool
    lag_seconds: int | None
    cursor: int | None
    head: int | None
    size: int
    ledger_reachable: bool
    alarm: str | None
    alarm_sentence: str | None
    follower: str
    outbox: OutboxStatus
    ledger: LedgerStatus


def node_status(node: Node) -> Status:
    """Return how the node fares now."""
    with viewing(node) as view:
        sighting, cursor = view.sighting, view.cursor
        lag = lag_seconds(cursor, sighting, view.now)
        alarm = sighting.alarm if sighting else None
        reachable = bool(sighting and sighting.ledger_reachable)
        return Status(
            ready=reachable and alarm is None and lag is not None and lag <= READY_LAG_SECONDS,
            lag_seconds=lag,
            cursor=cursor.block_number if cursor else None,
            head=sighting.ledger_head if sighting else None,
            size=view.size,
            ledger_reachable=reachable,
            alarm=alarm,
            alarm_sentence=sighting.alarm_sentence if sighting else None,
            follower=_follower(view),
            outbox=outbox_status(view),
            ledger=ledger_status(view),
        )


def _follower(view: View) -> str:
    sighting = view.sighting
    if sighting is None or sighting.alarm is not None or not sighting.working(view.now):
        return "stopped"
    return "working" if sighting.holder == view.node.holder else "waiting"

"""Whether other nodes have the same log, as the follower's process last found; whoever serves reads it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from node.db.tables import PEER


@dataclass(frozen=True, slots=True)
class PeerState:
    """One peer at the last look.

    Attributes:
        name: scheme, host and port, and no more of its URL.
        state: `agrees`, `behind` (agrees as far as it has come), `disagrees`, `another` (follows another
            log), `unusable` (serves no checkpoint), or `unreachable`.
        size: of the log there; None if it did not say.
        seen_at: when that was, in seconds of the clock.
    """

    name: str
    state: str
    size: int | None
    seen_at: int


def note_peers(connection: Connection, states: Sequence[PeerState]) -> None:
    """These are the peers.

    Args:
        connection: of a writing transaction.
        states: of all of them, in their order.
    """
    connection.execute(delete(PEER))
    rows = [
        {"position": place, "name": one.name, "state": one.state, "size": one.size, "seen_at": one.seen_at}
        for place, one in enumerate(states)
    ]
    if rows:
        connection.execute(insert(PEER), rows)


def read_peers(connection: Connection) -> tuple[PeerState, ...]:
    """The peers as they were last noted, in their order."""
    rows = connection.execute(select(PEER).order_by(PEER.c.position))
    return tuple(PeerState(row.name, row.state, row.size, row.seen_at) for row in rows)

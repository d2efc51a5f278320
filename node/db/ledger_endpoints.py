"""What the follower last knew of each endpoint of the ledger; whoever serves the same database reads it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from node.db.tables import FOLLOWER, LEDGER_ENDPOINT


@dataclass(frozen=True, slots=True)
class EndpointState:
    """One endpoint at the follower's last look.

    Attributes:
        name: scheme, host and port, and no more of its URL.
        state: `agrees`, `lags` (agrees, and has not the newest block), `disagrees`, `unusable` (answers with
            errors or not as a ledger), or `unreachable`.
        head: newest block that it has; None if it did not say.
    """

    name: str
    state: str
    head: int | None


def note_endpoints(connection: Connection, states: Sequence[EndpointState], *, holder: str) -> None:
    """These are the endpoints; who lost its lease has no say any more.

    Args:
        connection: of a writing transaction.
        states: of all endpoints, in their order.
        holder: the follower that looked.
    """
    if connection.execute(select(FOLLOWER.c.id).where(FOLLOWER.c.holder == holder)).first() is None:
        return
    connection.execute(delete(LEDGER_ENDPOINT))
    rows = [
        {"position": place, "name": one.name, "state": one.state, "head": one.head}
        for place, one in enumerate(states)
    ]
    if rows:
        connection.execute(insert(LEDGER_ENDPOINT), rows)


def read_endpoints(connection: Connection) -> tuple[EndpointState, ...]:
    """The endpoints as a follower last noted them, in their order."""
    rows = connection.execute(select(LEDGER_ENDPOINT).order_by(LEDGER_ENDPOINT.c.position))
    return tuple(EndpointState(row.name, row.state, row.head) for row in rows)

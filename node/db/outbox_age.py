"""How many kept transactions there are in each state, and how long the oldest has waited for its block."""

from sqlalchemy import Connection, func, select

from node.db.kept_transactions import STATES, SUBMITTED
from node.db.tables import KEPT_TRANSACTION


def oldest_waiting(connection: Connection) -> int | None:
    """When the oldest kept transaction that is not on the ledger was handed in (seconds), if there is one."""
    query = select(func.min(KEPT_TRANSACTION.c.kept_at)).where(KEPT_TRANSACTION.c.state == SUBMITTED)
    oldest: int | None = connection.execute(query).scalar()
    return oldest


def count_by_state(connection: Connection) -> dict[str, int]:
    """How many transactions are kept in each of the states; those that are forgotten by now do not count."""
    query = select(KEPT_TRANSACTION.c.state, func.count()).group_by(KEPT_TRANSACTION.c.state)
    found = {row[0]: int(row[1]) for row in connection.execute(query)}
    return {state: found.get(state, 0) for state in STATES}

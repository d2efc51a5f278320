"""How long signed transactions have been waiting for their block."""

from sqlalchemy import Connection, func, select

from node.db.tables import BATCH, SUBMISSION


def oldest_waiting(connection: Connection) -> int | None:
    """When the oldest batch with a kept transaction and not on the ledger was accepted (seconds), if any."""
    anchored = (
        select(BATCH.c.entry_index)
        .where(BATCH.c.did == SUBMISSION.c.did)
        .where(BATCH.c.root == SUBMISSION.c.root)
        .where(BATCH.c.size == SUBMISSION.c.size)
        .exists()
    )
    query = (
        select(func.min(SUBMISSION.c.accepted_at))
        .where(SUBMISSION.c.signed_transaction.is_not(None))
        .where(SUBMISSION.c.failed.is_(False))
        .where(~anchored)
    )
    oldest: int | None = connection.execute(query).scalar()
    return oldest

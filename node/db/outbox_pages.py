"""What the outbox goes through page by page: those that wait, those that the log tells of, the old ones."""

from sqlalchemy import Connection, and_, delete, func, or_, select, tuple_

from node.db.kept_transactions import (
    ANCHORED,
    EXPIRED,
    FAILED,
    FINAL,
    PAGE,
    SUBMITTED,
    KeptTransaction,
    kept_transaction,
)
from node.db.tables import BLOCK, ENTRY, KEPT_TRANSACTION, SUBMISSION


def open_transactions(
    connection: Connection, *, after: KeptTransaction | None = None, limit: int = PAGE
) -> list[KeptTransaction]:
    """Those submitted, by sender and nonce; of one nonce the newest first: it is to replace the others."""
    table = KEPT_TRANSACTION.c
    query = select(KEPT_TRANSACTION).where(table.state == SUBMITTED)
    if after is not None:
        query = query.where(
            or_(
                tuple_(table.sender, table.nonce) > (after.sender, after.nonce),
                and_(
                    table.sender == after.sender,
                    table.nonce == after.nonce,
                    or_(
                        table.kept_at < after.kept_at,
                        and_(table.kept_at == after.kept_at, table.hash > after.hash),
                    ),
                ),
            )
        )
    ordered = query.order_by(table.sender, table.nonce, table.kept_at.desc(), table.hash).limit(limit)
    return [kept_transaction(row) for row in connection.execute(ordered)]


def unsettled_on_the_ledger(
    connection: Connection, *, final_block: int, after: bytes = b"", limit: int = PAGE
) -> list[KeptTransaction]:
    """Those, by hash, for which the projection says more than their state does, or no longer says it.

    Args:
        connection: of any transaction.
        final_block: number of the last block that nothing takes back any more.
        after: 32 bytes, the last hash of the page before.
        limit: of the page.
    """
    table = KEPT_TRANSACTION.c
    entered = select(ENTRY.c.entry_index).where(ENTRY.c.transaction_hash == table.hash)
    query = (
        select(KEPT_TRANSACTION)
        .where(
            or_(
                and_(table.state.in_((SUBMITTED, FAILED, EXPIRED)), entered.exists()),
                and_(table.state == ANCHORED, or_(table.block_number <= final_block, ~entered.exists())),
            )
        )
        .where(table.hash > after)
        .order_by(table.hash)
        .limit(limit)
    )
    return [kept_transaction(row) for row in connection.execute(query)]


def forget_settled(connection: Connection, *, before: int, limit: int = PAGE) -> int:
    """Transactions in their last state since `before` (seconds) are gone; how many.

    None goes whose block can still be taken back, and none that a batch waiting for it refers to. What the
    final ones did is in the projection.
    """
    table = KEPT_TRANSACTION.c
    remembered = select(func.min(BLOCK.c.number)).scalar_subquery()
    named = select(SUBMISSION.c.did).where(SUBMISSION.c.transaction_hash == table.hash)
    old = (
        select(table.hash)
        .where(table.state.in_((FINAL, FAILED, EXPIRED)))
        .where(table.changed_at < before)
        .where(or_(table.block_number.is_(None), table.block_number < remembered))
        .where(or_(table.state == FINAL, ~named.exists()))
        .limit(limit)
    )
    hashes = connection.execute(old).scalars().all()
    if hashes:
        connection.execute(delete(KEPT_TRANSACTION).where(table.hash.in_(hashes)))
    return len(hashes)

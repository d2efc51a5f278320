"""Signed transactions on their way to the ledger: kept before they are sent, and sent at once.

What is kept is sent again by the outbox until it is final, so an outage of the ledger loses nothing.
"""

from sqlalchemy import Connection

from node.chain.transactions import SignedTransaction, send_transaction
from node.db.kept_transactions import (
    EXPIRED,
    SUBMITTED,
    KeptTransaction,
    count_open,
    find_kept,
    keep,
    note_sent,
)
from node.db.session import writing
from node.errors import LedgerUnavailable, MalformedLedgerAnswer, MalformedTransaction
from node.failpoints import reach
from node.services.errors import TooManyTransactions
from node.services.node import Node

MAX_OF_SENDER = 64
"""Transactions of one sender that may wait for their block at a time."""
MAX_OPEN = 4_096
"""Transactions of all senders together that may wait for their block at a time."""
MAX_OF_STRANGERS = 1_024
"""Of `MAX_OPEN`, what those can fill whom no accreditation vouches for: the rest is never theirs to block."""
_MAX_NONCE = 2**63


def keep_signed(
    node: Node,
    connection: Connection,
    transaction: SignedTransaction,
    *,
    contract: str,
    function: str,
    did: str | None,
    vouched_for: bool = True,
) -> KeptTransaction:
    """Return the transaction as it is kept now; the same one again changes nothing, unless it was given up.

    Args:
        node: whose clock and settings apply.
        connection: of a writing transaction of its database.
        transaction: checked to be the call of `function`.
        contract: name of the contract that it calls.
        function: of that contract.
        did: whom it is about; None: nobody.
        vouched_for: False if anybody could have signed such a one.

    Raises:
        TooManyTransactions: as many wait already as are taken of this sender, or in all.
        MalformedTransaction: its nonce is one that no account comes to.
    """
    known, sender = find_kept(connection, transaction.hash), sender_of(transaction)
    if transaction.nonce >= _MAX_NONCE:
        raise MalformedTransaction(f"a nonce is below {_MAX_NONCE}, not {transaction.nonce}")
    if known is None or known.state == EXPIRED:
        # Counted where it is written: two handed in at once would both see a free place.
        of_all = MAX_OPEN if vouched_for else MAX_OF_STRANGERS
        for limit, of in ((MAX_OF_SENDER, sender), (of_all, None)):
            if count_open(connection, of) >= limit:
                raise TooManyTransactions(limit, of_sender=of is not None)
    now = int(node.clock().timestamp())
    return keep(
        connection,
        transaction_hash=transaction.hash,
        raw=transaction.raw,
        sender=sender,
        nonce=transaction.nonce,
        contract=contract,
        function=function,
        did=did,
        now=now,
        expires_at=now + node.settings.batch_expiry,
    )


def send_kept(node: Node, transaction: SignedTransaction, kept: KeptTransaction) -> None:
    """Hand a kept transaction to the ledger; what the ledger says against it is noted.

    A ledger that does not answer is no error: the outbox sends it as soon as it does.
    """
    if kept.state != SUBMITTED:
        return
    try:
        error = send_transaction(node.ledger, transaction)
    except (LedgerUnavailable, MalformedLedgerAnswer):
        return
    reach("transaction-sent")
    with writing(node.engine) as connection:
        note_sent(connection, kept, at=int(node.clock().timestamp()), error=error)


def sender_of(transaction: SignedTransaction) -> bytes:
    """Return the 20 bytes of who signed."""
    return bytes.fromhex(transaction.sender.removeprefix("0x"))

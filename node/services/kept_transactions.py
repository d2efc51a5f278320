"""Signed transactions on their way to the ledger: kept before they are sent, sent at once, and shown.

What is kept is sent again by the outbox until it is final, so an outage of the ledger loses nothing.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from node.chain.quantity import number
from node.chain.receipts import read_receipt
from node.chain.transactions import SignedTransaction, send_transaction
from node.db.cursor import read_cursor
from node.db.kept_transactions import (
    EXPIRED,
    FAILED,
    NONCE_USED,
    SUBMITTED,
    At,
    KeptTransaction,
    count_open,
    entries_of,
    find_kept,
    keep,
    move,
    note_sent,
)
from node.db.session import reading, writing
from node.errors import LedgerRefused, LedgerUnavailable, MalformedLedgerAnswer, MalformedTransaction
from node.failpoints import reach
from node.services.errors import TooManyTransactions, TransactionNotFound
from node.services.node import Node
from node.services.view import AsOf, View, viewing

MAX_OF_SENDER = 64
"""Transactions of one sender that may wait for their block at a time."""
MAX_OPEN = 4_096
"""Transactions of all senders together that may wait for their block at a time."""
_MAX_NONCE = 2**63


@dataclass(frozen=True, slots=True)
class TransactionState:
    """Where a transaction stands; times in seconds.

    Attributes:
        hash: 32 bytes.
        state: submitted, anchored, final, failed or expired.
        sender: 20 bytes.
        nonce: of the sender; None if the transaction was never handed in here.
        contract: that it calls; None likewise.
        function: of that contract; None likewise.
        did: whom it is about.
        kept_at: when it was handed in here; None if it was not.
        sent_at: when it was last handed to the ledger.
        expires_at: when it may be given up; None once it is in its last state.
        block_number: of the block that its state comes from.
        block_time: of the block that its entries are in.
        entries: indexes of its entries in the log.
        confirmations: blocks that follow.
        reason: why it failed or was given up, or what it waits for.
        as_of: the state of the projection that this was read from.
    """

    hash: bytes
    state: str
    sender: bytes
    nonce: int | None
    contract: str | None
    function: str | None
    did: str | None
    kept_at: int | None
    sent_at: int | None
    expires_at: int | None
    block_number: int | None
    block_time: int | None
    entries: tuple[int, ...]
    confirmations: int | None
    reason: str | None
    as_of: AsOf


def transaction_state(node: Node, transaction_hash: bytes) -> TransactionState:
    """Return where the transaction stands, as far as this node has followed.

    Raises:
        TransactionNotFound: it was not handed in here, and no entry followed so far came of it.
    """
    with viewing(node) as view:
        kept = find_kept(view.connection, transaction_hash)
        entries = entries_of(view.connection, [transaction_hash]).get(transaction_hash, [])
        if kept is None and not entries:
            raise TransactionNotFound
        block = entries[0].block if entries else None
        concluded = block or (kept.block if kept and kept.state == FAILED else None)
        state = _state(view, kept, block)
        return TransactionState(
            hash=transaction_hash,
            state=state,
            sender=kept.sender if kept else entries[0].actor,
            nonce=kept.nonce if kept else None,
            contract=kept.contract if kept else None,
            function=kept.function if kept else None,
            did=kept.did if kept else entries[0].did,
            kept_at=kept.kept_at if kept else None,
            sent_at=kept.sent_at if kept else None,
            expires_at=kept.expires_at if kept and state == SUBMITTED else None,
            block_number=concluded.number if concluded else None,
            block_time=entries[0].time if entries else None,
            entries=tuple(entry.index for entry in entries),
            confirmations=None if block is None else _confirmations(view, block),
            reason=kept.error if kept and not entries else None,
            as_of=view.as_of,
        )


def shown_state(kept: KeptTransaction) -> str:
    """Return the state of a kept transaction that has no entry in the projection."""
    return kept.state if kept.state in {FAILED, EXPIRED} else SUBMITTED


def _state(view: View, kept: KeptTransaction | None, block: At | None) -> str:
    if block is not None:
        return "final" if view.is_final(block.number) else "anchored"
    assert kept is not None
    return shown_state(kept)


def _confirmations(view: View, block: At) -> int:
    return view.cursor.block_number - block.number if view.cursor else 0


def keep_signed(
    node: Node,
    connection: Connection,
    transaction: SignedTransaction,
    *,
    contract: str,
    function: str,
    did: str | None,
) -> KeptTransaction:
    """Return the transaction as it is kept now; the same one again changes nothing, unless it was given up.

    Args:
        node: whose clock and settings apply.
        connection: of a writing transaction of its database.
        transaction: checked to be the call of `function`.
        contract: name of the contract that it calls.
        function: of that contract.
        did: whom it is about; None: nobody.

    Raises:
        TooManyTransactions: as many wait already as are taken of this sender, or in all.
        MalformedTransaction: its nonce is one that no account comes to.
    """
    known, sender = find_kept(connection, transaction.hash), sender_of(transaction)
    if transaction.nonce >= _MAX_NONCE:
        raise MalformedTransaction(f"a nonce is below {_MAX_NONCE}, not {transaction.nonce}")
    if known is None or known.state == EXPIRED:
        # Counted where it is written: two handed in at once would both see a free place.
        for limit, of in ((MAX_OF_SENDER, sender), (MAX_OPEN, None)):
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


@dataclass(frozen=True, slots=True)
class Standing:
    """What is certain of a transaction before it is kept.

    Attributes:
        entered: the projection has entries of it.
        mined: the ledger has a receipt of it.
        used: how many of its sender's are mined up to the last followed block; None if that is not known.
        dead_since: that block, if another transaction had its nonce by then.
    """

    entered: bool
    mined: bool
    used: int | None = None
    dead_since: At | None = None


def standing_of(node: Node, *, transaction_hash: bytes, sender: bytes, nonce: int) -> Standing:
    """Return what is certain of a transaction.

    Dead is what the projection, complete up to its last block, does not have, and whose nonce was used by the
    end of that very block. Any endpoint gives the same answer to that, or none.

    Args:
        node: whose projection and ledger are asked.
        transaction_hash: 32 bytes.
        sender: 20 bytes.
        nonce: of the sender.

    Raises:
        LedgerUnavailable: no endpoint answered.
    """
    with reading(node.engine) as connection:
        cursor = read_cursor(connection)
        entered = bool(entries_of(connection, [transaction_hash]))
    if entered:
        return Standing(entered=True, mined=True)
    answer = node.ledger.request("eth_getTransactionReceipt", "0x" + transaction_hash.hex())
    log = node.deployment.registry_log
    if read_receipt(answer, transaction_hash=transaction_hash, log_address=log) is not None:
        return Standing(entered=False, mined=True)
    used = None if cursor is None else _used(node, sender, cursor.block_hash)
    if cursor is None or used is None or nonce >= used:
        return Standing(entered=False, mined=False, used=used)
    block = At(cursor.block_number, cursor.block_hash)
    return Standing(entered=False, mined=False, used=used, dead_since=block)


def _used(node: Node, sender: bytes, block_hash: bytes) -> int | None:
    at = {"blockHash": "0x" + block_hash.hex()}
    try:
        return number(node.ledger.request("eth_getTransactionCount", "0x" + sender.hex(), at))
    except LedgerRefused:
        return None  # the block was replaced, or that endpoint has not got so far: nothing is certain


def bury_if_dead(node: Node, kept: KeptTransaction) -> bool:
    """Return whether the kept transaction can never be mined, its nonce being used; then it has failed.

    While the ledger does not answer nothing is known to be dead.
    """
    if kept.state in {FAILED, EXPIRED}:
        return True
    if kept.state != SUBMITTED:
        return False
    try:
        standing = standing_of(node, transaction_hash=kept.hash, sender=kept.sender, nonce=kept.nonce)
    except (LedgerUnavailable, LedgerRefused, MalformedLedgerAnswer):
        return False
    if standing.dead_since is None:
        return False
    with writing(node.engine) as connection:
        now = int(node.clock().timestamp())
        return move(connection, kept, to=FAILED, block=standing.dead_since, error=NONCE_USED, now=now)

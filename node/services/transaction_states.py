"""Where a signed transaction stands: from what the outbox and the projection say together."""

from dataclasses import dataclass

from node.db.kept_transactions import EXPIRED, FAILED, SUBMITTED, At, KeptTransaction, entries_of, find_kept
from node.services.errors import TransactionNotFound
from node.services.node import Node
from node.services.view import AsOf, View, viewing


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


def _state(view: View, kept: KeptTransaction | None, block: At | None) -> str:
    if block is not None:
        return "final" if view.is_final(block.number) else "anchored"
    assert kept is not None
    return shown_state(kept)


def _confirmations(view: View, block: At) -> int:
    return view.cursor.block_number - block.number if view.cursor else 0


def shown_state(kept: KeptTransaction) -> str:
    """Return the state of a kept transaction that has no entry in the projection."""
    return kept.state if kept.state in {FAILED, EXPIRED} else SUBMITTED

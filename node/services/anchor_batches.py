"""Batches handed in by their issuers: checked, kept, and answered with the transaction that anchors them.

The contract decides who may anchor; the node asks it by estimating the transaction, so that an issuer hears a
refusal before it signs. The same batch twice is one batch, with one transaction.
"""

import json
from typing import Any

from anchoring.merkle import HASH_SIZE
from node.chain.quantity import number
from node.db.batches import anchored_batch
from node.db.kept_transactions import find_kept
from node.db.leaves import find_blob, store_leaves, tile_levels
from node.db.session import reading, writing
from node.db.submissions import (
    Submission,
    accept,
    count_waiting,
    find_submission,
    renew_unsigned,
    waiting_digests,
)
from node.errors import LedgerUnavailable, SubmissionConflict, TransactionReverted
from node.failpoints import reach
from node.services.batch_states import BatchState, batch_state
from node.services.errors import NodeBehind, NotAccredited, NotTheIssuer, TooManyPending, TooMuchWaiting
from node.services.node import Node
from node.services.offered_batches import OfferedBatch, check_digests, check_signature
from node.services.transaction_standing import bury_if_dead
from node.services.view import View, viewing

MAX_WAITING = 64
"""Batches of one DID that may wait for their transaction at a time."""
CONTRACT = "AnchorRegistry"
FUNCTION = "anchorBatch"
_ACTS_FOR_NOBODY = "NotAController"
_ON_THE_LEDGER = "BatchExists"


def accept_batch(node: Node, batch: OfferedBatch) -> BatchState:
    """Keep the batch and return its state with the transaction to sign; the same batch again changes nothing.

    Raises:
        BatchRefused: its subclass says what is wrong with the batch, or who may not anchor it.
        NodeBehind: the ledger has the batch, and this node has not followed so far yet.
        LedgerUnavailable: a new transaction is needed and the ledger does not answer.
    """
    check_digests(batch)
    with viewing(node) as view:
        check_signature(view, batch)
        reach("batch-checked")
        anchored = _is_anchored(view, batch)
        known = find_submission(view.connection, did=batch.did, root=batch.root, size=batch.size)
        if not anchored and known is None:
            _check_quotas(view, batch, limit=node.settings.max_waiting)
        held = find_blob(view.connection, root=batch.root, size=batch.size) is not None
    if anchored:
        if not held:
            levels = tile_levels(batch.digests)
            with writing(node.engine) as connection:
                store_leaves(
                    connection, root=batch.root, size=batch.size, leaves=batch.digests, levels=levels
                )
    elif known is None or not held or not _still_good(node, known, batch):
        _keep(node, batch, known, _build(node, batch))
        reach("batch-kept")
    return batch_state(node, did=batch.did, root=batch.root, size=batch.size)


def _check_quotas(view: View, batch: OfferedBatch, *, limit: int) -> None:
    if count_waiting(view.connection, batch.did) >= MAX_WAITING:
        raise TooManyPending(MAX_WAITING)
    if (waiting_digests(view.connection) + batch.size) * HASH_SIZE > limit:
        raise TooMuchWaiting(limit)


def anchor_arguments(*, did: str, attribute_id: bytes, root: bytes, size: int) -> tuple[Any, ...]:
    """Return the arguments of the call that anchors a batch, in the contract's order."""
    return (did, attribute_id, root, size)


def _is_anchored(view: View, batch: OfferedBatch) -> bool:
    found = anchored_batch(view.connection, did=batch.did, root=batch.root, size=batch.size)
    return found is not None


def _still_good(node: Node, known: Submission, batch: OfferedBatch) -> bool:
    """Return whether the known submission's transaction can still be the one that anchors the batch."""
    if known.transaction_hash is not None:
        with reading(node.engine) as connection:
            kept = find_kept(connection, known.transaction_hash)
        return kept is not None and not bury_if_dead(node, kept)
    same = known.sender == bytes.fromhex(batch.sender[2:]) and known.attribute_id == batch.attribute_id
    if not same or known.expires_at <= int(node.clock().timestamp()):
        return False
    try:
        used = number(node.ledger.request("eth_getTransactionCount", batch.sender, "latest"))
    except LedgerUnavailable:
        return True  # the same answer as before needs no ledger
    return number(json.loads(known.unsigned_transaction)["nonce"]) >= used


def _build(node: Node, batch: OfferedBatch) -> dict[str, Any]:
    if not node.registries.call("DidRegistry", "isController", batch.did, batch.sender):
        raise NotTheIssuer(
            f"{batch.sender} holds no ledger key of {batch.did} or of one of its controllers now."
        )
    arguments = anchor_arguments(
        did=batch.did, attribute_id=batch.attribute_id, root=batch.root, size=batch.size
    )
    try:
        return node.registries.build_transaction(CONTRACT, FUNCTION, arguments, sender=batch.sender)
    except TransactionReverted as error:
        if error.name == _ON_THE_LEDGER:
            raise NodeBehind from error
        if error.name == _ACTS_FOR_NOBODY:
            raise NotTheIssuer(str(error)) from error
        raise NotAccredited(error.ebsi or str(error)) from error


def _keep(node: Node, batch: OfferedBatch, known: Submission | None, unsigned: dict[str, Any]) -> None:
    now = int(node.clock().timestamp())
    expires_at = now + node.settings.batch_expiry
    text, sender = json.dumps(unsigned), bytes.fromhex(batch.sender[2:])
    levels = tile_levels(batch.digests)  # before the lock, for which the follower waits too
    with writing(node.engine) as connection:
        store_leaves(connection, root=batch.root, size=batch.size, leaves=batch.digests, levels=levels)
        if known is None:
            accept(
                connection,
                did=batch.did,
                root=batch.root,
                size=batch.size,
                attribute_id=batch.attribute_id,
                sender=sender,
                jws=batch.jws,
                unsigned_transaction=text,
                accepted_at=now,
                expires_at=expires_at,
            )
            return
        try:
            renew_unsigned(
                connection,
                known,
                attribute_id=batch.attribute_id,
                sender=sender,
                jws=batch.jws,
                unsigned_transaction=text,
                expires_at=expires_at,
            )
        except SubmissionConflict:
            return  # another request kept a signed transaction meanwhile: that one stands

"""Where a batch stands on its way to the ledger: from what the projection and the submission say together."""

import json
from dataclasses import dataclass
from typing import Any

from node.db.batches import UNAVAILABLE, AnchoredBatch, anchored_batch
from node.db.kept_transactions import KeptTransaction, find_kept
from node.db.leaves import find_blob
from node.db.submissions import Submission, find_submission
from node.services.errors import BatchNotFound
from node.services.node import Node
from node.services.transaction_states import shown_state
from node.services.view import AsOf, View, viewing


@dataclass(frozen=True, slots=True)
class BatchState:
    """One batch's state; times in ledger seconds.

    Attributes:
        did: the issuer.
        attribute_id: 32 bytes, the accreditation under which it is anchored.
        root: 32 bytes.
        size: digests.
        state: accepted, submitted, anchored, final, failed or expired.
        leaves: held, malformed or unavailable.
        accepted_at: when it was handed in here; None if it was not.
        expires_at: when it is dropped if it is not anchored.
        transaction_hash: 32 bytes, of the transaction kept or found on the ledger.
        entry_index: its place in the log.
        anchored_at: time of its block.
        block_number: number of its block.
        confirmations: blocks that follow.
        reason: why it failed, or what the ledger said last of the kept transaction.
        unsigned_transaction: what to sign; None once it is anchored.
        as_of: the state that this was read from.
    """

    did: str
    attribute_id: bytes
    root: bytes
    size: int
    state: str
    leaves: str
    accepted_at: int | None
    expires_at: int | None
    transaction_hash: bytes | None
    entry_index: int | None
    anchored_at: int | None
    block_number: int | None
    confirmations: int | None
    reason: str | None
    unsigned_transaction: dict[str, Any] | None
    as_of: AsOf


def batch_state(node: Node, *, did: str, root: bytes, size: int) -> BatchState:
    """Return where the batch stands.

    Raises:
        BatchNotFound: it was not handed in here and is not on the ledger.
    """
    with viewing(node) as view:
        return state_in(view, did=did, root=root, size=size)


def state_in(view: View, *, did: str, root: bytes, size: int) -> BatchState:
    """Return where the batch stands in `view`.

    Raises:
        BatchNotFound: it was not handed in here and is not on the ledger.
    """
    submission = find_submission(view.connection, did=did, root=root, size=size)
    anchored = anchored_batch(view.connection, did=did, root=root, size=size)
    if anchored is not None:
        return _on_the_ledger(view, anchored, submission)
    if submission is None:
        raise BatchNotFound
    return _on_its_way(view, submission)


def _on_the_ledger(view: View, batch: AnchoredBatch, submission: Submission | None) -> BatchState:
    following = view.cursor.block_number - batch.block_number if view.cursor else 0
    return BatchState(
        did=batch.did,
        attribute_id=batch.attribute_id,
        root=batch.root,
        size=batch.size,
        state="final" if view.is_final(batch.block_number) else "anchored",
        leaves=batch.leaves,
        accepted_at=submission.accepted_at if submission else None,
        expires_at=None,
        transaction_hash=batch.transaction_hash,
        entry_index=batch.entry_index,
        anchored_at=batch.time,
        block_number=batch.block_number,
        confirmations=following,
        reason=None,
        unsigned_transaction=None,
        as_of=view.as_of,
    )


def _on_its_way(view: View, submission: Submission) -> BatchState:
    blob = find_blob(view.connection, root=submission.root, size=submission.size)
    signed = submission.transaction_hash
    kept = None if signed is None else find_kept(view.connection, signed)
    state = _state(submission, kept, now=int(view.now.timestamp()))
    signable = state in {"accepted", "submitted"}
    return BatchState(
        did=submission.did,
        attribute_id=submission.attribute_id,
        root=submission.root,
        size=submission.size,
        state=state,
        leaves=blob.state if blob else UNAVAILABLE,
        accepted_at=submission.accepted_at,
        expires_at=submission.expires_at,
        transaction_hash=submission.transaction_hash,
        entry_index=None,
        anchored_at=None,
        block_number=None,
        confirmations=None,
        reason=kept.error if kept else None,
        unsigned_transaction=json.loads(submission.unsigned_transaction) if signable else None,
        as_of=view.as_of,
    )


def _state(submission: Submission, kept: KeptTransaction | None, *, now: int) -> str:
    if kept is not None:
        return shown_state(kept)
    return "expired" if submission.expires_at <= now else "accepted"

"""Signed transactions that anchor batches: compared with the batch, kept before they are sent, sent at once.

What is kept is sent again by the outbox until it is final, so an outage of the ledger loses nothing.
"""

from node.chain.transactions import SignedTransaction, check_transaction, read_transaction, send_transaction
from node.db.batches import anchored_batch
from node.db.session import writing
from node.db.submissions import (
    NONCE_USED,
    Submission,
    find_submission,
    keep_transaction,
    note_outcome,
    note_sent,
)
from node.errors import LedgerUnavailable, MalformedLedgerAnswer, SubmissionConflict
from node.services.anchor_batches import CONTRACT, FUNCTION, anchor_arguments
from node.services.batch_states import BatchState, batch_state
from node.services.errors import AnotherTransactionKept, BatchNotFound
from node.services.kept_transactions import is_dead
from node.services.node import Node
from node.services.view import viewing


def submit_transaction(
    node: Node, *, did: str, root: bytes, size: int, signed_transaction: bytes
) -> BatchState:
    """Keep and send the transaction that anchors the batch; the same one again changes nothing.

    Raises:
        BatchNotFound: the batch was not handed in here.
        TransactionRefused: its subclass says in what it is not the transaction that anchors this batch.
        AnotherTransactionKept: another one is kept and can still be mined.
    """
    with viewing(node) as view:
        submission = find_submission(view.connection, did=did, root=root, size=size)
        anchored = anchored_batch(view.connection, did=did, root=root, size=size) is not None
    if submission is None:
        raise BatchNotFound
    transaction = read_transaction(signed_transaction)
    check_transaction(
        transaction,
        sender="0x" + submission.sender.hex(),
        chain_id=node.deployment.chain_id,
        contract=CONTRACT,
        address=node.deployment.address(CONTRACT),
        function=FUNCTION,
        arguments=anchor_arguments(did=did, attribute_id=submission.attribute_id, root=root, size=size),
    )
    if not anchored:
        _keep(node, submission, transaction)
        _send(node, submission, transaction)
    return batch_state(node, did=did, root=root, size=size)


def _keep(node: Node, submission: Submission, transaction: SignedTransaction) -> None:
    kept = submission.transaction_hash
    dead = kept not in {None, transaction.hash} and not submission.failed and is_dead(node, submission)
    with writing(node.engine) as connection:
        if dead:
            note_outcome(connection, submission, failed=True, error=NONCE_USED)
        try:
            keep_transaction(
                connection,
                submission,
                signed_transaction=transaction.raw,
                transaction_hash=transaction.hash,
            )
        except SubmissionConflict as error:
            raise AnotherTransactionKept(kept or bytes(32)) from error


def _send(node: Node, submission: Submission, transaction: SignedTransaction) -> None:
    now = int(node.clock().timestamp())
    try:
        error = send_transaction(node.ledger, transaction)
    except (LedgerUnavailable, MalformedLedgerAnswer):
        return  # kept: the outbox sends it as soon as the ledger answers
    with writing(node.engine) as connection:
        current = find_submission(connection, did=submission.did, root=submission.root, size=submission.size)
        if current is not None and current.transaction_hash == transaction.hash:
            note_sent(connection, current, at=now, error=error)

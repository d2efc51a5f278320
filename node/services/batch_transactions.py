"""Signed transactions that anchor batches: compared with the batch, kept before they are sent, and sent."""

from node.chain.transactions import SignedTransaction, check_transaction, read_transaction
from node.db.batches import anchored_batch
from node.db.kept_transactions import KeptTransaction, find_kept
from node.db.session import reading, writing
from node.db.submissions import Submission, find_submission, refer_to
from node.errors import SubmissionConflict
from node.failpoints import reach
from node.services.anchor_batches import CONTRACT, FUNCTION, anchor_arguments
from node.services.batch_states import BatchState, batch_state
from node.services.errors import AnotherTransactionKept, BatchNotFound
from node.services.kept_transactions import keep_signed, send_kept
from node.services.node import Node
from node.services.transaction_standing import bury_if_dead
from node.services.view import viewing


def submit_transaction(
    node: Node, *, did: str, root: bytes, size: int, signed_transaction: bytes
) -> BatchState:
    """Keep and send the transaction that anchors the batch; the same one again changes nothing.

    Raises:
        BatchNotFound: the batch was not handed in here.
        TransactionRefused: its subclass says in what it is not the transaction that anchors this batch.
        AnotherTransactionKept: another one is kept, can still be mined, and has another nonce.
        TooManyTransactions: too many of its sender wait already.
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
    reach("transaction-checked")
    if not anchored:
        kept = _keep(node, submission, transaction)
        reach("transaction-kept")
        send_kept(node, transaction, kept)
    return batch_state(node, did=did, root=root, size=size)


def _keep(node: Node, submission: Submission, transaction: SignedTransaction) -> KeptTransaction:
    rival = submission.transaction_hash
    if rival is not None and rival != transaction.hash:
        with reading(node.engine) as connection:
            kept = find_kept(connection, rival)
        if kept is not None:
            bury_if_dead(node, kept)
    try:
        with writing(node.engine) as connection:
            kept = keep_signed(
                node, connection, transaction, contract=CONTRACT, function=FUNCTION, did=submission.did
            )
            refer_to(connection, submission, kept)
    except SubmissionConflict as error:
        raise AnotherTransactionKept(rival or bytes(32)) from error
    return kept

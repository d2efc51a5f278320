"""Whether a signed transaction that is kept can still be mined."""

from typing import Any

from node.chain.quantity import number
from node.chain.transactions import read_transaction
from node.db.submissions import Submission
from node.errors import LedgerUnavailable
from node.services.node import Node


def is_dead(node: Node, submission: Submission) -> bool:
    """Return whether the kept transaction can never be mined: its nonce is used, and not by itself.

    While the ledger does not answer nothing is known to be dead.
    """
    if submission.signed_transaction is None:
        return False
    kept = read_transaction(submission.signed_transaction)
    try:
        used = number(node.ledger.request("eth_getTransactionCount", kept.sender, "latest"))
        receipt: Any = node.ledger.request("eth_getTransactionReceipt", "0x" + kept.hash.hex())
    except LedgerUnavailable:
        return False
    return kept.nonce < used and receipt is None

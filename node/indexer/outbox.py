"""Kept transactions, sent again until what they do is final: after an outage, after a reorg, after a loss."""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine

from node.chain.client import LedgerClient
from node.chain.quantity import number
from node.chain.registries import Registries
from node.chain.transactions import SignedTransaction, read_transaction, send_transaction
from node.db.cursor import read_cursor
from node.db.session import reading, writing
from node.db.status_uploads import drop_unpublished
from node.db.submissions import (
    NONCE_USED,
    Submission,
    drop_expired,
    note_outcome,
    note_sent,
    open_submissions,
)
from node.errors import LedgerRefused, MalformedLedgerAnswer, MalformedTransaction, TransactionReverted

_LOG = logging.getLogger("node.indexer.outbox")
RESEND_AFTER = 5  # seconds between two sendings of one transaction
_CONTRACT, _FUNCTION = "AnchorRegistry", "anchorBatch"


@dataclass(frozen=True, slots=True)
class Outbox:
    """The submissions of one database and the ledger that they are for."""

    engine: Engine
    ledger: LedgerClient
    registries: Registries
    finality_depth: int

    def step(self, now: datetime) -> int:
        """How many transactions were sent; those not seen on the ledger, or seen and lost again.

        Raises:
            LedgerUnavailable: no endpoint answered; what is kept waits.
        """
        at, sent, after = int(now.timestamp()), 0, None
        with reading(self.engine) as connection:
            cursor = read_cursor(connection)
        final_block = cursor.block_number - self.finality_depth if cursor else -1
        while True:
            with reading(self.engine) as connection:
                waiting = open_submissions(connection, final_block=final_block, after=after)
            sent += sum(self._handle(submission, at) for submission in waiting)
            if not waiting:
                break
            after = waiting[-1]
        with writing(self.engine) as connection:
            drop_expired(connection, now=at)
            drop_unpublished(connection, now=at)
        return sent

    def _handle(self, submission: Submission, at: int) -> bool:
        """True if it was sent; one that the ledger stumbles over does not hold up the next."""
        try:
            return self._look_after(submission, at)
        except (LedgerRefused, MalformedLedgerAnswer, MalformedTransaction) as error:
            _LOG.warning("a kept transaction waits: %s", type(error).__name__)
            return False

    def _look_after(self, submission: Submission, at: int) -> bool:
        transaction = read_transaction(submission.signed_transaction or b"")
        name = "0x" + transaction.hash.hex()
        receipt = self.ledger.request("eth_getTransactionReceipt", name)
        if receipt is not None:
            self._note_receipt(submission, transaction, receipt)
            return False
        used = number(self.ledger.request("eth_getTransactionCount", transaction.sender, "latest"))
        if transaction.nonce < used:
            # Asked in this order: had it been mined in between, there would be a receipt now.
            if self.ledger.request("eth_getTransactionReceipt", name) is None:
                self._note_outcome(submission, failed=True, error=NONCE_USED)
            return False
        if submission.failed:  # a reorg took back what had failed
            self._note_outcome(submission, failed=False, error=None)
        if submission.last_sent_at is not None and at - submission.last_sent_at < RESEND_AFTER:
            return False
        return self._send(submission, transaction, at)

    def _send(self, submission: Submission, transaction: SignedTransaction, at: int) -> bool:
        error = send_transaction(self.ledger, transaction)
        with writing(self.engine) as connection:
            note_sent(connection, submission, at=at, error=error)
        return error is None

    def _note_receipt(self, submission: Submission, transaction: SignedTransaction, receipt: Any) -> None:
        if not isinstance(receipt, dict):
            raise MalformedLedgerAnswer("a receipt is not an object")
        failed = number(receipt.get("status")) == 0
        if failed == submission.failed and (failed or submission.last_error is None):
            return
        reason = self._reason(transaction, number(receipt.get("blockNumber"))) if failed else None
        self._note_outcome(submission, failed=failed, error=reason)

    def _reason(self, transaction: SignedTransaction, block: int) -> str:
        """Why the contract refused, asked again as of the block before; a sentence in any case."""
        try:
            self.registries.check_call(
                _CONTRACT, _FUNCTION, transaction.data, transaction.sender, block=hex(block - 1)
            )
        except TransactionReverted as refusal:
            return str(refusal)
        except LedgerRefused:
            pass  # the state of that block is no longer kept
        return "the contract refused it"

    def _note_outcome(self, submission: Submission, *, failed: bool, error: str | None) -> None:
        with writing(self.engine) as connection:
            note_outcome(connection, submission, failed=failed, error=error)

"""Kept transactions, sent again until what they do is final: after an outage, after a reorg, after a loss."""

import logging
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine

from node.chain.client import LedgerClient
from node.chain.registries import Registries
from node.chain.sending import Sending
from node.chain.transactions import read_transaction
from node.db.cursor import Cursor, read_cursor, read_window
from node.db.kept_transactions import (
    At,
    KeptTransaction,
    move,
    note_error,
    note_sent,
)
from node.db.outbox_pages import forget_settled, open_transactions, unsettled_on_the_ledger
from node.db.session import reading, writing
from node.db.status_uploads import drop_unpublished
from node.db.submissions import drop_expired
from node.errors import LedgerRefused, MalformedLedgerAnswer, MalformedTransaction, TransactionReverted
from node.failpoints import reach
from node.indexer.outbox_look import Gaps, blocks_entered, look
from node.indexer.outbox_states import NO_ENTRY, REFUSED, Move, Seen, Send, Stay, decide

_LOG = logging.getLogger("node.indexer.outbox")
KEPT_FOR = 604_800
"""Seconds for which a transaction is kept after its last change, unless the operator says otherwise."""


@dataclass(slots=True)
class Outbox:
    """The kept transactions of one database and the ledger that they are for.

    Attributes:
        engine: the database.
        ledger: JSON-RPC to the ledger.
        registries: the contracts behind `ledger`.
        finality_depth: blocks after which nothing is taken back.
        kept_for: seconds after which a settled transaction is forgotten.
    """

    engine: Engine
    ledger: LedgerClient
    registries: Registries
    finality_depth: int
    kept_for: int = KEPT_FOR
    _dropped_at: int | None = field(default=None, init=False)

    def step(self, now: datetime) -> int:
        """How many transactions were sent; those not seen on the ledger, or seen and lost again.

        Raises:
            LedgerUnavailable: no endpoint answered; what is kept waits.
        """
        at = int(now.timestamp())
        self._settle(at)
        sent = self._look_after_open(at)
        if at != self._dropped_at:  # whole seconds count: within one hardly anything more expires
            with writing(self.engine) as connection:
                drop_expired(connection, now=at)
                drop_unpublished(connection, now=at)
                forget_settled(connection, before=at - self.kept_for)
            self._dropped_at = at
        return sent

    def _settle(self, at: int) -> None:
        """What the projection says of transactions is noted; the ledger need not be asked for that."""
        after = b""
        while True:
            with reading(self.engine) as connection:
                final_block = self._final_block(read_cursor(connection))
                page = unsettled_on_the_ledger(connection, final_block=final_block, after=after)
            if not page:
                return
            reach("outbox-settling")
            with writing(self.engine) as connection:
                # Read again: the follower may have gone on, or back, since the page was read.
                final_block = self._final_block(read_cursor(connection))
                entered = blocks_entered(connection, page)
                for kept in page:
                    seen = Seen(entry=entered.get(kept.hash))
                    decision = decide(kept, seen, final_block=final_block, now=at)
                    if isinstance(decision, Move):
                        move(connection, kept, to=decision.to, block=decision.block, error=None, now=at)
            after = page[-1].hash

    def _look_after_open(self, at: int) -> int:
        """How many of those submitted were sent; a page of them is asked for in two requests."""
        sent, after, gaps, sending = 0, None, Gaps(), Sending(self.ledger)
        while True:
            with reading(self.engine) as connection:
                page = open_transactions(connection, after=after)
                if not page:
                    return sent
                cursor, window = read_cursor(connection), read_window(connection)
                entered = blocks_entered(connection, page)
            followed = At(cursor.block_number, cursor.block_hash) if cursor else None
            hashes = {block.number: block.hash for block in window}
            looked = look(self.ledger, page, followed=followed, log_address=self._log_address)
            for kept in page:
                used = looked.used.get(kept.sender)
                seen = Seen(
                    entry=entered.get(kept.hash),
                    followed=followed,
                    window=hashes,
                    mined=looked.mined.get(kept.hash),
                    used=used,
                    missing=gaps.missing(kept, used=used),
                )
                if kept.hash not in looked.unknown:
                    decision = decide(kept, seen, final_block=self._final_block(cursor), now=at)
                    sent += self._act(kept, decision, sending, at)
            after = page[-1]

    def _act(self, kept: KeptTransaction, decision: Stay | Send | Move, sending: Sending, at: int) -> bool:
        """True if it was sent."""
        match decision:
            case Stay(note):
                if note is not None and note != kept.error:
                    with writing(self.engine) as connection:
                        note_error(connection, kept, error=note)
                return False
            case Send(note):
                return self._send(kept, note, sending, at)
            case Move():
                self._conclude(kept, decision, at)
                return False

    def _send(self, kept: KeptTransaction, note: str | None, sending: Sending, at: int) -> bool:
        reach("outbox-sending")
        try:
            error = sending.send(read_transaction(kept.raw))
        except (MalformedLedgerAnswer, MalformedTransaction) as stumbled:
            # What the ledger stumbles over does not hold up the next.
            _LOG.warning("a kept transaction waits: %s", type(stumbled).__name__)
            return False
        reach("outbox-sent")
        with writing(self.engine) as connection:
            note_sent(connection, kept, at=at, error=note or error)
        return error is None

    def _conclude(self, kept: KeptTransaction, decision: Move, at: int) -> None:
        error = decision.error
        if error == REFUSED and decision.block is not None:
            error = self._reason(kept, decision.block.number)
        if error == NO_ENTRY:
            _LOG.error("a transaction was mined without an entry of the log: is this the right deployment?")
        reach("outbox-settling")
        with writing(self.engine) as connection:
            move(connection, kept, to=decision.to, block=decision.block, error=error, now=at)

    def _reason(self, kept: KeptTransaction, block: int) -> str:
        """Why the contract refused, asked again as of the block before; a sentence in any case."""
        transaction = read_transaction(kept.raw)
        try:
            self.registries.check_call(
                kept.contract, kept.function, transaction.data, transaction.sender, block=hex(block - 1)
            )
        except TransactionReverted as refusal:
            return str(refusal)
        except (LedgerRefused, MalformedLedgerAnswer):
            pass  # the state of that block is no longer kept
        return REFUSED

    def _final_block(self, cursor: Cursor | None) -> int:
        return cursor.block_number - self.finality_depth if cursor else -1

    @property
    def _log_address(self) -> str:
        return self.registries.deployment.registry_log

"""What the ledger says of a page of kept transactions, in two requests whatever their number."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from node.chain.client import LedgerClient
from node.chain.quantity import number
from node.chain.receipts import Receipt, read_receipt
from node.db.kept_transactions import At, KeptTransaction, entries_of
from node.errors import LedgerRefused, MalformedLedgerAnswer
from node.indexer.outbox_states import Mined
from node.written_kinds import WRITTEN


@dataclass(frozen=True, slots=True)
class Look:
    """What was answered.

    Attributes:
        mined: of each transaction that has a receipt, by its hash.
        unknown: hashes of the transactions of which nothing is known, for the ledger stumbled over them.
        used: how many transactions of a sender are mined up to the followed block, where that was answered.
    """

    mined: dict[bytes, Mined] = field(default_factory=dict)
    unknown: set[bytes] = field(default_factory=set)
    used: dict[bytes, int] = field(default_factory=dict)


class Gaps:
    """The lowest nonce that is missing, told while the transactions go by in the order of their nonces."""

    def __init__(self) -> None:
        """Nothing went by yet."""
        self._sender, self._next = b"", 0

    def missing(self, kept: KeptTransaction, *, used: int | None) -> int | None:
        """The nonce that has to come before `kept`, and that no kept transaction has; None if none is known.

        Args:
            kept: by sender and nonce the one after the one before.
            used: how many of the sender's are mined; None if that is not known.
        """
        if used is None:
            return None
        if kept.sender != self._sender:
            self._sender, self._next = kept.sender, used
        if kept.nonce > self._next:
            return self._next
        self._next = max(self._next, kept.nonce + 1)
        return None


def look(
    ledger: LedgerClient, page: Sequence[KeptTransaction], *, followed: At | None, log_address: str
) -> Look:
    """What the ledger says of these transactions; what it refuses to say is not known, and no more.

    The nonces are asked for at the end of the last followed block, by its hash: any endpoint then gives the
    same answer or none, and the projection, which is complete up to there, cannot contradict it.

    Args:
        ledger: JSON-RPC to the ledger.
        page: any number of them.
        followed: the last followed block; None if nothing was followed yet.
        log_address: of the log, a 0x-address.

    Raises:
        LedgerUnavailable: no endpoint answered.
    """
    found = Look()
    if followed is not None:
        found.used.update(_used(ledger, sorted({kept.sender for kept in page}), followed))
    for kept, answer in zip(page, _receipts(ledger, page), strict=True):
        try:
            if isinstance(answer, LedgerRefused):
                raise answer
            receipt = read_receipt(answer, transaction_hash=kept.hash, log_address=log_address)
        except (LedgerRefused, MalformedLedgerAnswer):
            found.unknown.add(kept.hash)
            continue
        if receipt is not None:
            found.mined[kept.hash] = _mined(kept, receipt)
    return found


def blocks_entered(connection: Connection, page: Sequence[KeptTransaction]) -> dict[bytes, At]:
    """The block in which the projection has the entry that a transaction was to make, by its hash.

    By kind and sender too: which transaction an entry came from is the endpoint's word alone.
    """
    made = entries_of(connection, [kept.hash for kept in page])
    return {
        kept.hash: entry.block
        for kept in page
        for entry in made.get(kept.hash, ())
        if (entry.kind, entry.actor) == (WRITTEN.get((kept.contract, kept.function)), kept.sender)
    }


def _mined(kept: KeptTransaction, receipt: Receipt) -> Mined:
    kind = WRITTEN.get((kept.contract, kept.function), "")
    return Mined(
        block=At(receipt.block_number, receipt.block_hash),
        succeeded=receipt.succeeded,
        wrote=receipt.wrote(kind, actor=kept.sender),
    )


def _used(ledger: LedgerClient, senders: Sequence[bytes], followed: At) -> dict[bytes, int]:
    at = {"blockHash": "0x" + followed.hash.hex()}
    try:
        counts = ledger.batch(("eth_getTransactionCount", ("0x" + sender.hex(), at)) for sender in senders)
        return {sender: number(count) for sender, count in zip(senders, counts, strict=True)}
    except (LedgerRefused, MalformedLedgerAnswer):
        return {}  # the block was replaced, or that endpoint has not got so far


def _receipts(ledger: LedgerClient, page: Sequence[KeptTransaction]) -> list[object]:
    """An answer for each, or the refusal; one by one only where all together are refused."""
    asked = [("eth_getTransactionReceipt", ("0x" + kept.hash.hex(),)) for kept in page]
    try:
        return list(ledger.batch(asked))
    except (LedgerRefused, MalformedLedgerAnswer):
        pass
    answers: list[object] = []
    for method, params in asked:
        try:
            answers.append(ledger.request(method, *params))
        except LedgerRefused as refused:
            answers.append(refused)
        except MalformedLedgerAnswer:
            answers.append({})  # no receipt
    return answers

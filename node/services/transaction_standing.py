"""What is certain of a transaction before anything is done about it: mined, or dead, or neither."""

from dataclasses import dataclass

from node.chain.quantity import number
from node.chain.receipts import read_receipt
from node.db.cursor import read_cursor
from node.db.kept_transactions import (
    EXPIRED,
    FAILED,
    NONCE_USED,
    SUBMITTED,
    At,
    KeptTransaction,
    entries_of,
    move,
)
from node.db.session import reading, writing
from node.errors import LedgerRefused, LedgerUnavailable, MalformedLedgerAnswer
from node.services.node import Node


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

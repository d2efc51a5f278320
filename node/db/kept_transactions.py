"""The outbox: signed transactions, kept before they are sent and until what they do is final.

A state that was concluded from a followed block is written with that block, and only while the block is still
followed; when the follower takes blocks back, `reopen_above` reopens what was concluded from them in the same
database transaction. So no state outlives its reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    func,
    insert,
    or_,
    select,
    update,
)

from node.db.tables import BLOCK, ENTRY, KEPT_TRANSACTION

SUBMITTED = "submitted"
ANCHORED = "anchored"
FINAL = "final"
FAILED = "failed"
EXPIRED = "expired"
STATES = (SUBMITTED, ANCHORED, FINAL, FAILED, EXPIRED)
PAGE = 256
NONCE_USED = "its nonce was used by another transaction"


@dataclass(frozen=True, slots=True)
class At:
    """A block: its number and hash."""

    number: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class KeptTransaction:
    """A signed transaction and where it stands; times in seconds of the node's clock.

    Attributes:
        hash: 32 bytes.
        raw: as signed.
        sender: 20 bytes.
        nonce: of the sender.
        contract: name of the contract that it calls.
        function: of that contract.
        did: whom the call is about, where its first argument says so.
        state: submitted, anchored, final, failed or expired.
        kept_at: when it was handed in.
        changed_at: when `state` was last changed.
        sent_at: when it was last handed to the ledger.
        block: from which `state` was concluded; None while submitted, and when expired.
        error: what the ledger said last, or why it failed.
        expires_at: when waiting for a missing nonce, or for a ledger that refuses it, ends.
    """

    hash: bytes
    raw: bytes
    sender: bytes
    nonce: int
    contract: str
    function: str
    did: str | None
    state: str
    kept_at: int
    changed_at: int
    sent_at: int | None
    block: At | None
    error: str | None
    expires_at: int


@dataclass(frozen=True, slots=True)
class FoundEntry:
    """An entry of the log that a transaction made: where, of which kind, by which sender (20 bytes)."""

    index: int
    kind: str
    actor: bytes
    did: str | None
    time: int
    block: At


def keep(
    connection: Connection,
    *,
    transaction_hash: bytes,
    raw: bytes,
    sender: bytes,
    nonce: int,
    contract: str,
    function: str,
    did: str | None,
    now: int,
    expires_at: int,
) -> KeptTransaction:
    """The transaction is kept; one that is kept already stays as it is, and one given up is open again.

    Args:
        connection: of a writing transaction.
        transaction_hash: 32 bytes.
        raw: as signed.
        sender: 20 bytes.
        nonce: below 2^63.
        contract: name of the contract that it calls.
        function: of that contract.
        did: whom the call is about, if it says so.
        now: seconds.
        expires_at: seconds.
    """
    known = find_kept(connection, transaction_hash)
    if known is None:
        connection.execute(
            insert(KEPT_TRANSACTION).values(
                hash=transaction_hash,
                raw=raw,
                sender=sender,
                nonce=nonce,
                contract=contract,
                function=function,
                did=did,
                state=SUBMITTED,
                kept_at=now,
                changed_at=now,
                expires_at=expires_at,
            )
        )
    elif known.state == EXPIRED:
        connection.execute(
            update(KEPT_TRANSACTION)
            .where(KEPT_TRANSACTION.c.hash == transaction_hash)
            .where(KEPT_TRANSACTION.c.state == EXPIRED)
            .values(state=SUBMITTED, changed_at=now, sent_at=None, error=None, expires_at=expires_at)
        )
    else:
        return known
    found = find_kept(connection, transaction_hash)
    assert found is not None
    return found


def find_kept(connection: Connection, transaction_hash: bytes) -> KeptTransaction | None:
    """The kept transaction with this hash, if it is not forgotten."""
    query = select(KEPT_TRANSACTION).where(KEPT_TRANSACTION.c.hash == transaction_hash)
    row = connection.execute(query).first()
    return kept_transaction(row) if row else None


def entries_of(connection: Connection, hashes: Sequence[bytes]) -> dict[bytes, list[FoundEntry]]:
    """The entries that each of these transactions made, as far as the ledger was followed, in log order."""
    found: dict[bytes, list[FoundEntry]] = {}
    for start in range(0, len(hashes), PAGE):
        asked = ENTRY.c.transaction_hash.in_(hashes[start : start + PAGE])
        for row in connection.execute(select(ENTRY).where(asked).order_by(ENTRY.c.entry_index)):
            found.setdefault(row.transaction_hash, []).append(_entry(row))
    return found


def move(
    connection: Connection,
    kept: KeptTransaction,
    *,
    to: str,
    block: At | None,
    error: str | None,
    now: int,
) -> bool:
    """True if the transaction went from the state that `kept` tells of to the state `to`.

    False, and nothing is changed, if it is in another state by now, or if `block`, from which this was
    concluded, is not followed (any more).

    Args:
        connection: of a writing transaction.
        kept: as it was read.
        to: one of `STATES`.
        block: from which it was concluded; None where it was not from a block.
        error: why, or what the ledger said last.
        now: seconds.
    """
    if block is not None and not is_followed(connection, block):
        return False
    moved = connection.execute(
        update(KEPT_TRANSACTION)
        .where(_as_read(kept))
        .values(
            state=to,
            block_number=block.number if block else None,
            block_hash=block.hash if block else None,
            error=error,
            changed_at=now,
        )
    )
    return moved.rowcount == 1


def note_sent(connection: Connection, kept: KeptTransaction, *, at: int, error: str | None) -> None:
    """The transaction was handed to the ledger at `at` (seconds), which took it, or gave `error`."""
    connection.execute(update(KEPT_TRANSACTION).where(_as_read(kept)).values(sent_at=at, error=error))


def note_error(connection: Connection, kept: KeptTransaction, *, error: str) -> None:
    """Something is to be said of the transaction, whose state stays as it is."""
    connection.execute(update(KEPT_TRANSACTION).where(_as_read(kept)).values(error=error))


def is_followed(connection: Connection, block: At) -> bool:
    """Whether the ledger has been followed to this very block; those no longer remembered count as such."""
    last, first = connection.execute(select(func.max(BLOCK.c.number), func.min(BLOCK.c.number))).one()
    if last is None or block.number > last:
        return False
    if block.number < first:
        return True
    known = connection.execute(select(BLOCK.c.hash).where(BLOCK.c.number == block.number)).scalar()
    return bool(known == block.hash)


def reopen_above(connection: Connection, number: int) -> None:
    """What was concluded from blocks above `number` is open again; the ledger has other blocks there now."""
    connection.execute(
        update(KEPT_TRANSACTION)
        .where(KEPT_TRANSACTION.c.block_number > number)
        .values(state=SUBMITTED, block_number=None, block_hash=None, error=None, sent_at=None)
    )


def count_open(connection: Connection, sender: bytes | None = None) -> int:
    """How many transactions wait, of one sender or in all: what a quota is held against."""
    query = select(func.count()).select_from(KEPT_TRANSACTION).where(KEPT_TRANSACTION.c.state == SUBMITTED)
    if sender is not None:
        query = query.where(KEPT_TRANSACTION.c.sender == sender)
    return connection.execute(query).scalar() or 0


def may_be_mined(*also: ColumnElement[bool]) -> Select[Any]:
    """Kept transactions, of those that meet `also`, not mined, and to be mined yet, be it after a reorg."""
    table = KEPT_TRANSACTION.c
    remembered = select(func.min(BLOCK.c.number)).scalar_subquery()
    freed = and_(table.state == FAILED, table.block_number >= remembered)
    return select(table.hash).where(or_(table.state == SUBMITTED, freed)).where(*also)


def _as_read(kept: KeptTransaction) -> ColumnElement[bool]:
    table = KEPT_TRANSACTION.c
    number = table.block_number.is_(None) if kept.block is None else table.block_number == kept.block.number
    return and_(table.hash == kept.hash, table.state == kept.state, number)


def kept_transaction(row: Row[Any]) -> KeptTransaction:
    """The value that a row of `kept_transaction` holds."""
    return KeptTransaction(
        hash=row.hash,
        raw=row.raw,
        sender=row.sender,
        nonce=row.nonce,
        contract=row.contract,
        function=row.function,
        did=row.did,
        state=row.state,
        kept_at=row.kept_at,
        changed_at=row.changed_at,
        sent_at=row.sent_at,
        block=None if row.block_number is None else At(row.block_number, row.block_hash),
        error=row.error,
        expires_at=row.expires_at,
    )


def _entry(row: Row[Any]) -> FoundEntry:
    return FoundEntry(
        index=row.entry_index,
        kind=row.kind,
        actor=row.actor,
        did=row.did,
        time=row.time,
        block=At(row.block_number, row.block_hash),
    )

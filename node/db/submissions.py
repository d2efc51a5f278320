"""Batches handed in by their issuers, with the transaction offered to anchor each and the one kept for it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, insert, or_, select, update

from node.db.cursor import read_cursor
from node.db.kept_transactions import ANCHORED, FINAL, SUBMITTED, KeptTransaction, may_be_mined
from node.db.lease import read_sighting
from node.db.leaves import drop_blob
from node.db.tables import BATCH, KEPT_TRANSACTION, SUBMISSION
from node.errors import SubmissionConflict

_OPEN = (SUBMITTED, ANCHORED, FINAL)


@dataclass(frozen=True, slots=True)
class Submission:
    """A batch accepted from its issuer; times in seconds; `sender` is who is to sign (20 bytes)."""

    did: str
    root: bytes
    size: int
    attribute_id: bytes
    sender: bytes
    jws: str
    unsigned_transaction: str
    transaction_hash: bytes | None
    accepted_at: int
    expires_at: int


def find_submission(connection: Connection, *, did: str, root: bytes, size: int) -> Submission | None:
    """What was handed in under this identity, if anything was."""
    row = connection.execute(select(SUBMISSION).where(_is(did, root, size))).first()
    return _submission(row) if row else None


def accept(
    connection: Connection,
    *,
    did: str,
    root: bytes,
    size: int,
    attribute_id: bytes,
    sender: bytes,
    jws: str,
    unsigned_transaction: str,
    accepted_at: int,
    expires_at: int,
) -> Submission:
    """The submission of this identity: the one that was there before, else a new one."""
    known = find_submission(connection, did=did, root=root, size=size)
    if known is not None:
        return known
    connection.execute(
        insert(SUBMISSION).values(
            did=did,
            root=root,
            size=size,
            attribute_id=attribute_id,
            sender=sender,
            jws=jws,
            unsigned_transaction=unsigned_transaction,
            accepted_at=accepted_at,
            expires_at=expires_at,
        )
    )
    return Submission(
        did=did,
        root=root,
        size=size,
        attribute_id=attribute_id,
        sender=sender,
        jws=jws,
        unsigned_transaction=unsigned_transaction,
        transaction_hash=None,
        accepted_at=accepted_at,
        expires_at=expires_at,
    )


def renew_unsigned(
    connection: Connection,
    submission: Submission,
    *,
    attribute_id: bytes,
    sender: bytes,
    jws: str,
    unsigned_transaction: str,
    expires_at: int,
) -> None:
    """The submission offers this transaction instead and waits for it signed; the one before is let go.

    Raises:
        SubmissionConflict: a signed transaction is kept and may still be mined.
    """
    changed = connection.execute(
        update(SUBMISSION)
        .where(_is(submission.did, submission.root, submission.size))
        .where(~_transaction_kept(_OPEN))
        .values(
            attribute_id=attribute_id,
            sender=sender,
            jws=jws,
            unsigned_transaction=unsigned_transaction,
            expires_at=expires_at,
            transaction_hash=None,
        )
    )
    if changed.rowcount != 1:
        raise SubmissionConflict("a signed transaction is kept for this batch")


def refer_to(connection: Connection, submission: Submission, kept: KeptTransaction) -> None:
    """The kept transaction is the submission's; the same one again is fine, and so is one of the same nonce.

    Whichever of two with the same sender and nonce is mined, the other can never be.

    Raises:
        SubmissionConflict: another one is kept and may be mined beside this one.
    """
    rival = or_(KEPT_TRANSACTION.c.sender != kept.sender, KEPT_TRANSACTION.c.nonce != kept.nonce)
    referred = connection.execute(
        update(SUBMISSION)
        .where(_is(submission.did, submission.root, submission.size))
        .where(or_(SUBMISSION.c.transaction_hash == kept.hash, ~_transaction_kept(_OPEN, rival)))
        .values(transaction_hash=kept.hash)
    )
    if referred.rowcount != 1:
        raise SubmissionConflict("another signed transaction is kept for this batch")


def count_waiting(connection: Connection, did: str) -> int:
    """How many batches the issuer has handed in that are not anchored: what a quota is measured against."""
    query = (
        select(func.count())
        .select_from(SUBMISSION)
        .outerjoin(BATCH, _same_batch())
        .where(SUBMISSION.c.did == did)
        .where(BATCH.c.entry_index.is_(None))
    )
    return connection.execute(query).scalar() or 0


def waiting_digests(connection: Connection) -> int:
    """How many digests are kept for batches of all issuers that are not anchored."""
    query = (
        select(func.coalesce(func.sum(SUBMISSION.c.size), 0))
        .select_from(SUBMISSION)
        .outerjoin(BATCH, _same_batch())
        .where(BATCH.c.entry_index.is_(None))
    )
    return int(connection.execute(query).scalar() or 0)


def drop_expired(connection: Connection, *, now: int, limit: int = 64) -> int:
    """Submissions past their time and never anchored are gone, with leaves nothing else names; how many.

    One whose transaction is kept stays while that transaction may still be mined, be it after a reorg. What
    an unfinished projection does not show may be anchored all the same: nothing is dropped before it is at
    the head, nor while nobody knows where that is: the ledger is away, or an alarm has stopped the follower.
    """
    cursor, sighting = read_cursor(connection), read_sighting(connection)
    if cursor is None or sighting is None or not sighting.shows_the_head(cursor.block_number):
        return 0
    query = (
        select(SUBMISSION.c.did, SUBMISSION.c.root, SUBMISSION.c.size)
        .outerjoin(BATCH, _same_batch())
        .where(SUBMISSION.c.expires_at <= now)
        .where(~may_be_mined(KEPT_TRANSACTION.c.hash == SUBMISSION.c.transaction_hash).exists())
        .where(BATCH.c.entry_index.is_(None))
        .limit(limit)
    )
    expired = connection.execute(query).all()
    for did, root, size in expired:
        connection.execute(delete(SUBMISSION).where(_is(did, root, size)))
        if not _named(connection, root, size):
            drop_blob(connection, root=root, size=size, damaged=False)
    return len(expired)


def _named(connection: Connection, root: bytes, size: int) -> bool:
    anchored = select(BATCH.c.entry_index).where(BATCH.c.root == root).where(BATCH.c.size == size).limit(1)
    handed_in = (
        select(SUBMISSION.c.did).where(SUBMISSION.c.root == root).where(SUBMISSION.c.size == size).limit(1)
    )
    return any(connection.execute(query).first() is not None for query in (anchored, handed_in))


def _transaction_kept(states: tuple[str, ...], *also: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the submission's transaction is kept, in one of these states."""
    return (
        select(KEPT_TRANSACTION.c.hash)
        .where(KEPT_TRANSACTION.c.hash == SUBMISSION.c.transaction_hash)
        .where(KEPT_TRANSACTION.c.state.in_(states))
        .where(*also)
        .correlate(SUBMISSION)
        .exists()
    )


def _is(did: str, root: bytes, size: int) -> ColumnElement[bool]:
    return and_(SUBMISSION.c.did == did, SUBMISSION.c.root == root, SUBMISSION.c.size == size)


def _same_batch() -> ColumnElement[bool]:
    return and_(
        BATCH.c.did == SUBMISSION.c.did,
        BATCH.c.root == SUBMISSION.c.root,
        BATCH.c.size == SUBMISSION.c.size,
    )


def _submission(row: Row[Any]) -> Submission:
    return Submission(
        did=row.did,
        root=row.root,
        size=row.size,
        attribute_id=row.attribute_id,
        sender=row.sender,
        jws=row.jws,
        unsigned_transaction=row.unsigned_transaction,
        transaction_hash=row.transaction_hash,
        accepted_at=row.accepted_at,
        expires_at=row.expires_at,
    )

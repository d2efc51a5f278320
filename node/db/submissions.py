"""Batches handed in by their issuers, and the signed transactions kept until what they anchor is final."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, insert, or_, select, update

from node.db.cursor import read_cursor
from node.db.entries import size_at_block
from node.db.lease import read_sighting
from node.db.leaves import drop_blob
from node.db.tables import BATCH, SUBMISSION
from node.errors import SubmissionConflict

NONCE_USED = "its nonce was used by another transaction"


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
    signed_transaction: bytes | None
    transaction_hash: bytes | None
    accepted_at: int
    expires_at: int
    last_sent_at: int | None
    last_error: str | None
    failed: bool


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
            failed=False,
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
        signed_transaction=None,
        transaction_hash=None,
        accepted_at=accepted_at,
        expires_at=expires_at,
        last_sent_at=None,
        last_error=None,
        failed=False,
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
    """The submission offers this transaction instead and waits for it signed; the one before is forgotten.

    Raises:
        SubmissionConflict: a signed transaction is kept and has not failed.
    """
    changed = connection.execute(
        update(SUBMISSION)
        .where(_is(submission.did, submission.root, submission.size))
        .where(or_(SUBMISSION.c.signed_transaction.is_(None), SUBMISSION.c.failed))
        .values(
            attribute_id=attribute_id,
            sender=sender,
            jws=jws,
            unsigned_transaction=unsigned_transaction,
            expires_at=expires_at,
            signed_transaction=None,
            transaction_hash=None,
            last_sent_at=None,
            last_error=None,
            failed=False,
        )
    )
    if changed.rowcount != 1:
        raise SubmissionConflict("a signed transaction is kept for this batch")


def keep_transaction(
    connection: Connection, submission: Submission, *, signed_transaction: bytes, transaction_hash: bytes
) -> None:
    """The signed transaction is kept, to be sent until what it does is final; the same one again is fine.

    Raises:
        SubmissionConflict: another one is kept and has not failed.
    """
    kept = connection.execute(
        update(SUBMISSION)
        .where(_is(submission.did, submission.root, submission.size))
        .where(
            or_(
                SUBMISSION.c.signed_transaction.is_(None),
                SUBMISSION.c.failed,
                SUBMISSION.c.transaction_hash == transaction_hash,
            )
        )
        .values(
            signed_transaction=signed_transaction,
            transaction_hash=transaction_hash,
            last_error=None,
            failed=False,
        )
    )
    if kept.rowcount != 1:
        raise SubmissionConflict("another signed transaction is kept for this batch")


def note_sent(connection: Connection, submission: Submission, *, at: int, error: str | None = None) -> None:
    """The kept transaction was handed to the ledger at `at` (seconds), which took it, or gave `error`."""
    _note(connection, submission, {"last_sent_at": at, "last_error": error})


def note_outcome(connection: Connection, submission: Submission, *, failed: bool, error: str | None) -> None:
    """The kept transaction failed for the reason given, or (after a reorg) is open again."""
    _note(connection, submission, {"failed": failed, "last_error": error})


def open_submissions(
    connection: Connection, *, final_block: int, after: Submission | None = None, limit: int = 256
) -> list[Submission]:
    """Submissions with a signed transaction whose batch is not in a block up to `final_block`, by key."""
    settled = size_at_block(connection, final_block)
    final = select(BATCH.c.entry_index).where(_same_batch()).where(BATCH.c.entry_index < settled).exists()
    query = select(SUBMISSION).where(SUBMISSION.c.signed_transaction.is_not(None)).where(~final)
    if after is not None:
        query = query.where(_follows(after))
    ordered = query.order_by(SUBMISSION.c.did, SUBMISSION.c.root, SUBMISSION.c.size).limit(limit)
    return [_submission(row) for row in connection.execute(ordered)]


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


def drop_expired(connection: Connection, *, now: int, limit: int = 64) -> int:
    """Submissions past their time and never anchored are gone, with leaves nothing else names; how many.

    One whose transaction is kept stays while that transaction may still be mined. What an unfinished
    projection does not show may be anchored all the same: nothing is dropped before it is at the head.
    """
    cursor, sighting = read_cursor(connection), read_sighting(connection)
    if cursor is None or sighting is None or sighting.ledger_head is None:
        return 0
    if cursor.block_number < sighting.ledger_head:
        return 0
    query = (
        select(SUBMISSION.c.did, SUBMISSION.c.root, SUBMISSION.c.size)
        .outerjoin(BATCH, _same_batch())
        .where(SUBMISSION.c.expires_at <= now)
        .where(or_(SUBMISSION.c.signed_transaction.is_(None), SUBMISSION.c.failed))
        .where(BATCH.c.entry_index.is_(None))
        .limit(limit)
    )
    expired = connection.execute(query).all()
    for did, root, size in expired:
        connection.execute(delete(SUBMISSION).where(_is(did, root, size)))
        if not _named(connection, root, size):
            drop_blob(connection, root=root, size=size)
    return len(expired)


def _named(connection: Connection, root: bytes, size: int) -> bool:
    anchored = select(BATCH.c.entry_index).where(BATCH.c.root == root).where(BATCH.c.size == size).limit(1)
    handed_in = (
        select(SUBMISSION.c.did).where(SUBMISSION.c.root == root).where(SUBMISSION.c.size == size).limit(1)
    )
    return any(connection.execute(query).first() is not None for query in (anchored, handed_in))


def _note(connection: Connection, submission: Submission, values: Mapping[str, object]) -> None:
    # Only of this very transaction: its issuer may have replaced it meanwhile.
    connection.execute(
        update(SUBMISSION)
        .where(_is(submission.did, submission.root, submission.size))
        .where(SUBMISSION.c.transaction_hash == submission.transaction_hash)
        .values(**values)
    )


def _is(did: str, root: bytes, size: int) -> ColumnElement[bool]:
    return and_(SUBMISSION.c.did == did, SUBMISSION.c.root == root, SUBMISSION.c.size == size)


def _same_batch() -> ColumnElement[bool]:
    return and_(
        BATCH.c.did == SUBMISSION.c.did,
        BATCH.c.root == SUBMISSION.c.root,
        BATCH.c.size == SUBMISSION.c.size,
    )


def _follows(after: Submission) -> ColumnElement[bool]:
    same_did = SUBMISSION.c.did == after.did
    same_root = and_(same_did, SUBMISSION.c.root == after.root)
    return or_(
        SUBMISSION.c.did > after.did,
        and_(same_did, SUBMISSION.c.root > after.root),
        and_(same_root, SUBMISSION.c.size > after.size),
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
        signed_transaction=row.signed_transaction,
        transaction_hash=row.transaction_hash,
        accepted_at=row.accepted_at,
        expires_at=row.expires_at,
        last_sent_at=row.last_sent_at,
        last_error=row.last_error,
        failed=row.failed,
    )

"""Signed transactions put into a database's outbox as the node's services put them there."""

import httpx
from sqlalchemy import Engine

from node.chain.transactions import read_transaction
from node.db.kept_transactions import KeptTransaction, find_kept, keep
from node.db.session import reading, writing
from node.db.submissions import find_submission, refer_to

WEEK = 604_800


def keep_raw(
    engine: Engine,
    raw: bytes,
    *,
    now: int,
    contract: str = "AnchorRegistry",
    function: str = "anchorBatch",
    did: str | None = None,
    batch: tuple[str, bytes, int] | None = None,
) -> KeptTransaction:
    """Keep the transaction, which nobody has sent yet; `batch` is the submission that it is for."""
    transaction = read_transaction(raw)
    with writing(engine) as connection:
        kept = keep(
            connection,
            transaction_hash=transaction.hash,
            raw=raw,
            sender=bytes.fromhex(transaction.sender[2:]),
            nonce=transaction.nonce,
            contract=contract,
            function=function,
            did=did,
            now=now,
            expires_at=now + WEEK,
        )
        if batch is not None:
            submission = find_submission(connection, did=batch[0], root=batch[1], size=batch[2])
            assert submission is not None
            refer_to(connection, submission, kept)
    return kept


def kept_as_of_now(engine: Engine, raw: bytes) -> KeptTransaction:
    """The transaction as the outbox has it now."""
    with reading(engine) as connection:
        kept = find_kept(connection, read_transaction(raw).hash)
    assert kept is not None
    return kept


def refusal() -> httpx.Response:
    """An endpoint's word against a call, which says nothing about any other."""
    return httpx.Response(200, json={"id": None, "error": {"code": -32000, "message": "not today"}})

"""Kept transactions read again: who signed, which nonce, which call; columns must say what the bytes say."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, update

from node.artifacts import load_artifact
from node.chain.transactions import SignedTransaction, read_transaction
from node.config import CONTRACTS, Deployment
from node.db.difference import Difference, Reach
from node.db.tables import KEPT_TRANSACTION
from node.errors import MalformedTransaction

_ROWS = 100
_SELECTOR = 4


def recheck_kept(
    connection: Connection, deployment: Deployment, *, progress: Reach | None = None
) -> Iterator[Difference]:
    """Each kept transaction whose hash, sender, nonce, contract or function is not what was signed.

    Args:
        connection: of a reading transaction.
        deployment: whose contracts may be called.
        progress: told how many are done.
    """
    total = connection.execute(select(func.count()).select_from(KEPT_TRANSACTION)).scalar_one()
    rows = connection.execute(select(KEPT_TRANSACTION), execution_options={"yield_per": _ROWS})
    for done, row in enumerate(rows, start=1):
        what = _wrong(row, deployment)
        if what:
            key = row.hash.hex() if isinstance(row.hash, bytes) else repr(row.hash)
            yield Difference(KEPT_TRANSACTION.name, key, what, kept_hash=row.hash)
        if progress and (done % _ROWS == 0 or done == total):
            progress("transactions read again", done, total)


def mend_kept(connection: Connection, deployment: Deployment, kept_hash: bytes) -> None:
    """The columns say again what the bytes say; a transaction that has another hash, or is none, is gone.

    Args:
        connection: of a writing transaction.
        deployment: whose contracts may be called.
        kept_hash: under which it is kept.
    """
    this = KEPT_TRANSACTION.c.hash == kept_hash
    raw = connection.execute(select(KEPT_TRANSACTION.c.raw).where(this)).scalar()
    said = _said(raw, kept_hash, deployment)
    if said is None:
        connection.execute(delete(KEPT_TRANSACTION).where(this))  # its issuer has it, and hands it in again
    else:
        connection.execute(update(KEPT_TRANSACTION).where(this).values(said))


def _wrong(row: Row[Any], deployment: Deployment) -> str:
    said = _said(row.raw, row.hash, deployment)
    if said is None:
        return "its bytes are not the transaction of that hash"
    kept = row._mapping  # noqa: SLF001 - the public name of it
    other = [name for name, value in said.items() if kept[name] != value]
    return f"what was signed has another {', '.join(other)}" if other else ""


def _said(raw: object, kept_hash: object, deployment: Deployment) -> dict[str, object] | None:
    """What the bytes say; None if they are no transaction of that hash to a contract of the deployment."""
    try:
        signed = read_transaction(raw) if isinstance(raw, bytes) else None
    except MalformedTransaction:
        return None
    if signed is None or signed.hash != kept_hash:
        return None
    called = _called(signed, deployment)
    if called is None:
        return None
    contract, function = called
    sender = bytes.fromhex(signed.sender[2:])
    return {"sender": sender, "nonce": signed.nonce, "contract": contract, "function": function}


def _called(signed: SignedTransaction, deployment: Deployment) -> tuple[str, str] | None:
    for contract in CONTRACTS:
        if (signed.to or "").lower() == deployment.address(contract).lower():
            for fragment in load_artifact(contract).functions.values():
                if fragment.selector == signed.data[:_SELECTOR]:
                    return contract, fragment.name
    return None
